/**
 * A network of real nodes on loopback whose would-be supernodes have a process each, so that every one of them can be
 * killed or frozen by itself; the clients live several to a process. Everybody in it has a username and answers calls.
 */

import type { NodeStatus } from '../../src/index.ts'
import { hire, type Actor } from './actor.ts'
import type { Outcome, Residents } from './actors/residents.ts'
import { until } from './wait.ts'

export interface TownOptions {
  network: string
  /** Nodes that may become supernodes. */
  willing: number
  clients: number
}

/** A Node process starts in a second of CPU: more at once would only make each of them late. */
const STARTED_AT_ONCE = 2
const CLIENTS_A_PROCESS = 9
const CLIENTS_AT_ONCE = 3
const HOMES = 3
const SETTLED_AFTER_MS = 3_000
const SETTLED_MS_MAX = 90_000

export class Resident {
  readonly name: string
  readonly peerId: string
  /** With the letters of its key. */
  readonly address: string
  readonly listen: string
  readonly actor: Actor<Residents>
  readonly #at: number

  constructor(
    name: string,
    facts: { peerId: string; address: string; listen: string },
    actor: Actor<Residents>,
    at: number,
  ) {
    this.name = name
    this.peerId = facts.peerId
    this.address = facts.address
    this.listen = facts.listen
    this.actor = actor
    this.#at = at
  }

  async status(): Promise<NodeStatus> {
    return (await this.actor.ask('statuses'))[this.#at] as NodeStatus
  }

  lookup(name: string): Promise<Outcome> {
    return this.actor.ask('lookup', this.#at, name)
  }

  call(name: string): Promise<Outcome> {
    return this.actor.ask('call', this.#at, name)
  }
}

export class Town implements AsyncDisposable {
  readonly network: string
  /** Alone in their processes. */
  readonly willing: Resident[] = []
  readonly clients: Resident[] = []
  readonly #actors: Actor<Residents>[] = []

  constructor(network: string) {
    this.network = network
  }

  /** Everybody whose process has not ended. */
  get residents(): Resident[] {
    return [...this.willing, ...this.clients].filter(({ actor }) => !actor.hasLeft)
  }

  /** What one more node joins through. */
  get bootstrap(): string[] {
    return this.willing
      .filter(({ actor }) => !actor.hasLeft)
      .slice(0, 3)
      .map(({ listen }) => listen)
  }

  async settle({ willing, clients }: Pick<TownOptions, 'willing' | 'clients'>): Promise<void> {
    await this.#house([{ name: 'willing1' }]) // the others join through it
    const households = Array.from({ length: willing - 1 }, (_, i) => [{ name: `willing${i + 2}` }])
    for (let at = 0; at < clients; at += CLIENTS_A_PROCESS) {
      const count = Math.min(CLIENTS_A_PROCESS, clients - at)
      households.push(Array.from({ length: count }, (_, i) => ({ name: `client${at + i + 1}`, isClient: true })))
    }
    const workers = Array.from({ length: STARTED_AT_ONCE }, async () => {
      for (let next = households.shift(); next !== undefined; next = households.shift()) await this.#house(next)
    })
    await Promise.all(workers)
    await this.settled()
  }

  /** Waits until everybody who lives is findable through three homes that live, and the supernodes stay the same. */
  async settled(): Promise<void> {
    let before = ''
    let sinceMs = performance.now()
    await until(
      'everybody is findable through three homes',
      async () => {
        const statuses = await this.statuses()
        const alive = new Set(statuses.map(({ peerId }) => peerId))
        const isWell = ({ online, homes }: NodeStatus) =>
          online && homes.length === HOMES && homes.every((home) => alive.has(home))
        const now = statuses.map(({ role }) => role).join()
        if (now !== before || !statuses.every(isWell)) [before, sinceMs] = [now, performance.now()]
        return performance.now() - sinceMs >= SETTLED_AFTER_MS
      },
      SETTLED_MS_MAX,
    )
  }

  /** Of everybody who lives; `only` those, when somebody cannot answer. */
  async statuses(only: Resident[] = this.residents): Promise<NodeStatus[]> {
    const actors = new Set(only.map(({ actor }) => actor))
    const all = (await Promise.all([...actors].map((actor) => actor.ask('statuses')))).flat()
    const wanted = new Set(only.map(({ peerId }) => peerId))
    return all.filter(({ peerId }) => wanted.has(peerId))
  }

  /** Those of the would-be supernodes that are supernodes now. */
  async supernodes(): Promise<Resident[]> {
    const living = this.willing.filter(({ actor }) => !actor.hasLeft)
    const serving = new Set(
      (await this.statuses(living)).filter(({ role }) => role === 'supernode').map(({ peerId }) => peerId),
    )
    return living.filter(({ peerId }) => serving.has(peerId))
  }

  async #house(people: { name: string; isClient?: boolean }[]): Promise<void> {
    const actor = hire<Residents>('residents')
    this.#actors.push(actor)
    await actor.ask('join', this.network, this.bootstrap)
    for (let at = 0; at < people.length; at += CLIENTS_AT_ONCE) {
      const batch = people.slice(at, at + CLIENTS_AT_ONCE)
      const options = batch.map(({ name, isClient }) => ({
        username: name,
        bootstrap: this.bootstrap,
        supernode: isClient !== true,
      }))
      const peers = await actor.ask('add', options)
      for (const [i, { peerId, address, listen }] of peers.entries()) {
        const { name, isClient } = batch[i] as (typeof batch)[number]
        const facts = { peerId, address: address as string, listen: listen[0] as string }
        const home = isClient === true ? this.clients : this.willing
        home.push(new Resident(name, facts, actor, at + i))
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#actors.map((actor) => actor[Symbol.asyncDispose]()))
  }
}

/** Resolves when the town has settled. */
export async function town({ network, willing, clients }: TownOptions): Promise<Town> {
  const built = new Town(network)
  try {
    await built.settle({ willing, clients })
    return built
  } catch (error) {
    await built[Symbol.asyncDispose]()
    throw error
  }
}
