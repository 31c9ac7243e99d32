/**
 * A small real network in this process, for tests and trying out: n nodes on loopback sockets, their keys in memory,
 * supernodes promoted by their own decision. Nothing in it is simulated.
 */

import { createNode } from './create-node.ts'
import type { Node } from './node.ts'
import type { NodeOptions } from './node-interface.ts'

export interface TestnetOptions {
  /** Name of the network; a name of its own keeps two from mixing. */
  network?: string | undefined
  /** Join an existing network through these. */
  bootstrap?: string[] | undefined
  /** A username for each node: `names[i]`. */
  names?: string[] | undefined
  /** Told as each node is up. */
  onNode?: ((node: Node, count: number) => void) | undefined
  signal?: AbortSignal | undefined
}

const STARTED_AT_ONCE = 4
const READY_MS_MAX = 30_000
const POLL_MS = 50

export class Testnet {
  readonly nodes: Node[] = []
  readonly network: string
  readonly #bootstrap: string[]

  constructor(network: string, bootstrap: string[]) {
    this.network = network
    this.#bootstrap = bootstrap
  }

  /** What another node joins through. */
  get bootstrap(): string[] {
    const own = this.nodes.slice(0, 3).flatMap(({ listen }) => listen.slice(0, 1))
    return own.length > 0 ? own : this.#bootstrap
  }

  /** One more node in this network. */
  async add(options: NodeOptions = {}): Promise<Node> {
    const [node] = await this.addAll([options])
    return node as Node
  }

  /** Several at once; `nodes` keeps the order asked for. When one does not come up the others stay, and it rejects. */
  async addAll(options: NodeOptions[]): Promise<Node[]> {
    const { network, bootstrap } = this
    const common: NodeOptions = { home: false, profile: 'local', network, bootstrap, listen: LISTEN }
    const started = await Promise.allSettled(options.map((each) => createNode({ ...common, ...each })))
    const nodes = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    this.nodes.push(...nodes)
    for (const each of started) if (each.status === 'rejected') throw each.reason
    return nodes
  }

  supernodes(): Node[] {
    return this.nodes.filter(({ role }) => role === 'supernode')
  }

  /**
   * Waits until every node is attached, registered if it has a username, and every supernode knows of all the others.
   * Rejects after 30 s.
   */
  async ready(): Promise<void> {
    const untilMs = performance.now() + READY_MS_MAX
    const isReady = (node: Node) => {
      const { homes, role, supernodes } = node.status()
      const isAcquainted = role === 'client' || supernodes >= this.supernodes().length
      return homes.length > 0 && isAcquainted && (node.online || node.username === undefined)
    }
    while (!this.nodes.every(isReady)) {
      if (performance.now() > untilMs) throw new Error('the test network is not ready after 30 s')
      await new Promise((done) => setTimeout(done, POLL_MS))
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

const LISTEN = ['/ip4/127.0.0.1/tcp/0']

/** Starts `count` nodes and waits until they are attached. */
export async function testnet(count: number, options: TestnetOptions = {}): Promise<Testnet> {
  const net = new Testnet(options.network ?? 'testnet', options.bootstrap ?? [])
  try {
    while (net.nodes.length < count) {
      const from = net.nodes.length
      // the first alone: the others join through it
      const batch = from === 0 ? 1 : Math.min(STARTED_AT_ONCE, count - from)
      const made = await net.addAll(
        Array.from({ length: batch }, (_, i) => ({ username: options.names?.[from + i], signal: options.signal })),
      )
      made.forEach((node, i) => options.onNode?.(node, from + i + 1))
    }
    if (count > 1) await net.ready()
    return net
  } catch (error) {
    await net.stop()
    throw error
  }
}
