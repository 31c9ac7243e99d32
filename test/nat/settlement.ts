/**
 * A world with people in it: supernodes on its internet and residents in its homes, each the real command line in a
 * process of its own, with the profile of the internet. What they do is driven through the sockets of their homes,
 * which no network namespace keeps apart.
 */

import { join } from 'node:path'

import type { NodeStatus } from '../../src/index.ts'
import type { Line } from '../../src/cli/line.ts'
import { findRunning } from '../../src/cli/remote-line.ts'
import { Homes, Tincan } from '../cli/tincan.ts'
import { until } from '../support/wait.ts'
import { furnish, haveServed, peopleOf, type Place, placeOf, SUPERNODES } from './residents.ts'
import { type Home, type Host, World } from './world.ts'

/** Processes that start at once on two cores. */
const STARTING_AT_ONCE = 4
/** A decision comes within 42 s, and the first node cannot serve before another has reached it. */
const SERVING_MAX_MS = 150_000
/** With everybody else, on a machine with other work, and the wait for the supernodes in it. */
const ONLINE_MAX_MS = 240_000
/** Every home has three supernodes, and one may be killed. */
const SERVING_MIN = 4
/** How many of them everybody is told of to begin with. */
const KNOWN = 3

export interface Resident {
  name: string
  place: Place
  home: Home
  host: Host
  node: Tincan
  /** Where it keeps its state. */
  directory: string
  /** Where its calls are recorded, numbered from the second on. */
  sink: string
}

export interface SettlementOptions {
  isImpairable: boolean
  /** Seconds from ringing to answering, as `up --answer-after` has it. */
  answerAfter?: string | undefined
  /** Residents have STUN alone. */
  isWithoutRelays?: boolean
  note: (text: string) => void
}

export class Settlement implements AsyncDisposable {
  readonly world: World
  readonly residents = new Map<string, Resident>()
  /** By peer id. */
  readonly supernodes = new Map<string, { name: string; host: Host; node: Tincan }>()
  readonly #homes = new Homes()
  readonly #nodes: Tincan[] = []
  readonly #options: SettlementOptions
  #bootstrap: string[] = []

  readonly #end = () => {
    for (const node of this.#nodes) node.kill('SIGKILL')
    this.#homes[Symbol.dispose]()
  }

  private constructor(world: World, options: SettlementOptions) {
    this.world = world
    this.#options = options
    process.on('exit', this.#end)
  }

  /** Resolves when the supernodes are up; they serve once others have reached them, which takes about half a minute. */
  static async found(options: SettlementOptions): Promise<Settlement> {
    const settlement = new Settlement(await World.make(options), options)
    try {
      await settlement.#startSupernodes()
      return settlement
    } catch (error) {
      await settlement[Symbol.asyncDispose]()
      throw error
    }
  }

  path(file: string): string {
    return join(this.#homes.directory, file)
  }

  /** Builds homes for these people and has them move in; resolves when all are online. */
  async settle(people: string[]): Promise<void> {
    const places = new Map<string, { place: Place; home: Home; host: Host }>()
    for (const name of new Set(people)) {
      const place = placeOf(name)
      if (place !== 'one-lan') {
        const home = this.world.addHome(name, place)
        places.set(name, { place, home, host: home.hosts[0] as Host })
      } else if (!places.has(name)) {
        const home = this.world.addHome(place, 'port-restricted', 2)
        const both = peopleOf({ a: place, b: place })
        home.hosts.forEach((host, at) => places.set(both[at] as string, { place, home, host }))
      }
    }
    const waiting = [...places]
    const move = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await this.#moveIn(...next)
    }
    await Promise.all(Array.from({ length: STARTING_AT_ONCE }, move))
  }

  resident(name: string): Resident {
    const resident = this.residents.get(name)
    if (resident === undefined) throw new Error(`${name} does not live here`)
    return resident
  }

  /** The node of this resident, as the commands in its home see it. */
  async line(name: string): Promise<Line> {
    const running = await findRunning(this.resident(name).directory)
    if (running === undefined) throw new Error(`the node of ${name} has ended`)
    return running.line
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node[Symbol.asyncDispose]()))
    process.off('exit', this.#end)
    this.world[Symbol.dispose]()
    this.#homes[Symbol.dispose]()
  }

  async #startSupernodes(): Promise<void> {
    const { note } = this.#options
    const places = SUPERNODES.map((name) => {
      const directory = this.#homes.path(name)
      return { name, directory, host: this.world.addHost(name), peerId: furnish(directory, name) }
    })
    this.#bootstrap = places
      .slice(0, KNOWN)
      .flatMap(({ host, peerId }) => addressesOf(host).map((a) => `${a}/p2p/${peerId}`))
    for (const { name, directory, host, peerId } of places) {
      await haveServed(directory)
      const listen = addressesOf(host).join(',')
      const node = this.#start(name, directory, host, { TINCAN_LISTEN: listen })
      this.supernodes.set(peerId, { name, host, node })
    }
    await Promise.all([...this.supernodes.values()].map(({ node }) => node.event(({ event }) => event === 'ready')))
    note(`${this.supernodes.size} supernodes are up`)
  }

  /** Resolves when enough supernodes serve. */
  async served(): Promise<void> {
    const serving = () => [...this.supernodes.values()].filter(({ node }) => roleOf(node) === 'supernode').length
    await until('enough supernodes serve', () => serving() >= SERVING_MIN, SERVING_MAX_MS).catch(
      async (error: Error) => {
        throw new Error(`${error.message}\n${await this.#whyNot()}`)
      },
    )
    this.#options.note(`${serving()} supernodes serve`)
  }

  async #whyNot(): Promise<string> {
    const lines = [...this.supernodes.values()].map(async ({ name, node }) => {
      const status = (await (await findRunning(this.#homes.path(name)))?.line.status()) as NodeStatus | undefined
      return `${name}: ${status === undefined ? `has ended: ${node.stderr}` : `${status.role}, ${status.reason}`}`
    })
    return (await Promise.all(lines)).join('\n')
  }

  async #moveIn(name: string, { place, home, host }: { place: Place; home: Home; host: Host }): Promise<void> {
    const directory = this.#homes.path(name)
    furnish(directory, name)
    const sink = this.path(`heard-by-${name}.wav`)
    const { answerAfter, isWithoutRelays = false } = this.#options
    const answering = answerAfter === undefined ? [] : ['--answer-after', answerAfter]
    const relaying = isWithoutRelays ? ['--no-relay'] : []
    const node = this.#start(name, directory, host, {}, ['--sink', sink, ...answering, ...relaying])
    this.residents.set(name, { name, place, home, host, node, directory, sink })
    const isOnline = () =>
      node.events.some(({ event, online }) => event === 'online' || (event === 'ready' && online === true))
    await until(`${name} is online`, isOnline, ONLINE_MAX_MS).catch((error: Error) => {
      throw new Error(`${error.message}\n${node.stdout}\n${node.stderr}`)
    })
    this.#options.note(`${name} is online`)
  }

  #start(name: string, directory: string, host: Host, env: NodeJS.ProcessEnv, more: string[] = []): Tincan {
    const words = ['up', name, '--home', directory, '--profile', 'internet', '--json']
    const sound = ['--answer', 'auto', '--source', 'tone', ...more]
    const places = { TINCAN_BOOTSTRAP: this.#bootstrap.join(','), ...env }
    const node = new Tincan([...words, ...sound], places, host.within)
    this.#nodes.push(node)
    return node
  }
}

/** Where a supernode listens: over TCP, and as a web server would, for whoever is let through to nothing else. */
const addressesOf = ({ addresses }: Host): string[] =>
  addresses.flatMap((address) => {
    const host = address.includes(':') ? `/ip6/${address}` : `/ip4/${address}`
    return [`${host}/tcp/4001`, `${host}/tcp/443/ws`]
  })

const roleOf = (node: Tincan): unknown =>
  node.events.findLast(({ event }) => event === 'ready' || event === 'role')?.['role']
