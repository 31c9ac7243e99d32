/** The people of a network: real nodes, which become its supernodes by their own decision and answer every call. */

import { createNode, type NodeOptions, type NodeStatus, type TincanError } from '../../../src/index.ts'
import { RpcCaller } from '../../../src/overlay/rpc.ts'
import { Testnet, testnet } from '../../../src/testnet.ts'
import { act } from '../actor.ts'
import { setDelay } from '../delay-line.ts'
import { setClock } from '../shifted-clock.ts'
import { usage } from '../usage.ts'
import { until } from '../wait.ts'

export type Residents = typeof deeds

export interface Peer {
  peerId: string
  address: string | undefined
  listen: string[]
}

/** How an attempt went; `code` is that of the TincanError when it came to nothing. */
export interface Outcome {
  ms: number
  /** Whom the name led to. */
  address?: string | undefined
  code?: string
}

const TALK_MS_MAX = 15_000

let net: Testnet
let asked = 0

const { prototype: caller } = RpcCaller as unknown as { prototype: { call: (...args: unknown[]) => unknown } }
const { call: ask } = caller
caller.call = function (...args) {
  asked++
  return ask.apply(this, args)
}

const nodeAt = (at: number): Testnet['nodes'][number] => {
  const node = net.nodes[at]
  if (node === undefined) throw new RangeError(`there is no node ${at}`)
  return node
}

const deeds = {
  setDelay,
  usage,

  /** Remote calls that the nodes here have made of others, of every role. */
  asked: (): number => asked,

  /** By how much the clock of this process is off, from that true moment on. */
  setClock: (offMs: number, fromMs?: number): void => setClock(offMs, fromMs),

  /** So many nodes that find each other; resolves to what others join through. */
  async start(network: string, count: number, bootstrap: string[], names: string[] = []): Promise<string[]> {
    net = await testnet(count, { network, bootstrap, names })
    return net.bootstrap
  },

  /** Nobody yet. */
  join(network: string, bootstrap: string[]): void {
    net = new Testnet(network, bootstrap)
  },

  /** More of them, side by side. */
  async add(options: NodeOptions[]): Promise<Peer[]> {
    const nodes = await net.addAll(options)
    for (const node of nodes) node.on('call', (call) => void call.accept().catch(() => {})) // the caller gave up
    return nodes.map(({ peerId, address, listen }) => ({ peerId, address, listen }))
  },

  /** Nodes that carry nothing for others; they know each other as little as strangers do. */
  async addClients(count: number, bootstrap: string[]): Promise<void> {
    await net.addAll(Array.from({ length: count }, () => ({ supernode: false, bootstrap })))
  },

  peers: (): Peer[] => net.nodes.map(({ peerId, address, listen }) => ({ peerId, address, listen })),

  supernodes: (): number => net.supernodes().length,

  statuses: (): NodeStatus[] => net.nodes.map((node) => node.status()),

  lookup: (at: number, name: string): Promise<Outcome> =>
    outcome(async () => ({ address: (await nodeAt(at).lookup(name)).address })),

  /** Talks silence to silence, and hangs up once sound comes from the other side. */
  call: (at: number, name: string): Promise<Outcome> =>
    outcome(async () => {
      const signal = AbortSignal.timeout(TALK_MS_MAX)
      const call = await nodeAt(at).call(name, { signal })
      try {
        await call.active
        await until('the other side is heard', () => call.stats().packetsReceived > 0, TALK_MS_MAX)
        return { address: call.peer.address }
      } finally {
        call.hangup()
      }
    }),

  /** A stranger comes and wants a name. */
  claim: (username: string, options: NodeOptions): Promise<Outcome> =>
    outcome(async () => {
      const common: NodeOptions = { home: false, profile: 'local', supernode: false, listen: ['/ip4/127.0.0.1/tcp/0'] }
      const stranger = await createNode({ ...common, ...options, username })
      const { address } = stranger
      await stranger.stop()
      return { address }
    }),
}

async function outcome(attempt: () => Promise<Omit<Outcome, 'ms'>>): Promise<Outcome> {
  const startedMs = performance.now()
  const ms = () => performance.now() - startedMs
  try {
    return { ...(await attempt()), ms: ms() }
  } catch (error) {
    return { code: (error as TincanError).code ?? String(error), ms: ms() }
  }
}

act(deeds)
