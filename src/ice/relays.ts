/**
 * The relays an agent holds: one at the best server, one at the next as a standby, a new one for each that is lost. What
 * is wanted is in policy.ts, what an allocation does in turn/.
 */

import type { Clock } from '../lib/clock.ts'
import { familyOf } from '../lib/ip.ts'
import { makeLog, short } from '../lib/log.ts'
import { type Allocation, allocate } from '../turn/client.ts'
import type { RelayServer } from '../turn/relay-server.ts'
import { type RelayWish, wantedRelays, wishKey } from './policy.ts'

const log = makeLog('ice')

/** The second is asked for so much later: most calls never need it. */
const STANDBY_AFTER_MS = 600
/** A server that failed is asked again, ever more seldom. */
const RETRY_MS = 4_000
const RETRY_MS_MAX = 60_000

export interface RelaysOptions {
  clock: Clock
  isUdpBlocked: boolean
  /** What connections to servers leave from; any when not given. */
  hostAddresses: readonly string[] | undefined
  added: (allocation: Allocation) => void
  removed: (allocation: Allocation) => void
}

interface Held {
  wish: RelayWish
  allocation: Allocation | undefined
  abort: AbortController
}

export class Relays {
  readonly #options: RelaysOptions
  readonly #held = new Map<string, Held>()
  readonly #failures = new Map<string, { untilMs: number; count: number }>()
  readonly #closing = new Set<Promise<void>>()
  #servers: readonly RelayServer[] = []
  #peerHosts: readonly string[] = []
  #isStarted = false
  #isStopped = false
  #startedMs = Number.NEGATIVE_INFINITY
  #cancelFill = (): void => {}

  constructor(options: RelaysOptions) {
    this.#options = options
  }

  setServers(servers: readonly RelayServer[]): void {
    this.#servers = servers
    this.#failures.clear()
    this.#fill()
  }

  /** Of the peer's candidates: they say which families are needed, and whom relays are to let in. */
  setPeerHosts(hosts: readonly string[]): void {
    this.#peerHosts = hosts
    for (const { allocation } of this.#held.values()) if (allocation !== undefined) this.#permit(allocation)
    this.#fill()
  }

  start(): void {
    this.#isStarted = true
    this.#fill()
  }

  /** After a change of network: each moves, or is had anew. */
  refresh(): void {
    for (const held of [...this.#held.values()]) {
      if (held.allocation !== undefined) void this.#move(held, held.allocation) // cannot reject
    }
    this.#failures.clear()
    this.#fill()
  }

  /** Gives all back. Bounded, never rejects. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#cancelFill()
    for (const { abort, allocation } of this.#held.values()) {
      abort.abort()
      if (allocation !== undefined) this.#close(allocation)
    }
    this.#held.clear()
    await Promise.all(this.#closing)
  }

  #fill(): void {
    if (!this.#isStarted || this.#isStopped) return
    this.#cancelFill()
    const nowMs = this.#options.clock.now()
    const failed = new Set([...this.#failures].filter(([, { untilMs }]) => untilMs > nowMs).map(([key]) => key))
    const have = new Set(this.#held.keys())
    const wishes = wantedRelays(this.#servers, { have, failed, peerHosts: this.#peerHosts })
    const [wish] = wishes
    let againMs = Math.min(...[...this.#failures.values()].map(({ untilMs }) => untilMs).filter((at) => at > nowMs))
    if (wish !== undefined) {
      const waitMs = have.size === 0 ? 0 : this.#startedMs + STANDBY_AFTER_MS - nowMs
      if (waitMs <= 0) void this.#get(wish) // cannot reject
      if (waitMs > 0 || wishes.length > 1) againMs = nowMs + Math.max(waitMs, 0) + (waitMs > 0 ? 0 : STANDBY_AFTER_MS)
    }
    if (againMs < Infinity) this.#cancelFill = this.#options.clock.after(againMs - nowMs, () => this.#fill())
  }

  async #get(wish: RelayWish): Promise<void> {
    const key = wishKey(wish)
    const abort = new AbortController()
    const held: Held = { wish, allocation: undefined, abort }
    this.#held.set(key, held)
    this.#startedMs = this.#options.clock.now()
    const { isUdpBlocked } = this.#options
    const hostAddress = this.#hostFor(wish.server)
    try {
      const allocation = await allocate({ ...wish, isUdpBlocked, hostAddress, signal: abort.signal })
      if (this.#isStopped || this.#held.get(key) !== held) return this.#close(allocation)
      held.allocation = allocation
      this.#failures.delete(key)
      log('relayed', { relay: short(wish.server.peerId), transport: allocation.transport, rtt: allocation.rttMs })
      allocation.onLost(() => {
        if (this.#held.get(key) === held) this.#lose(held, allocation)
      })
      this.#permit(allocation)
      this.#options.added(allocation)
    } catch {
      if (this.#isStopped || this.#held.get(key) !== held) return
      this.#held.delete(key)
      this.#failed(key)
      this.#fill()
    }
  }

  #lose({ wish }: Held, allocation: Allocation): void {
    const key = wishKey(wish)
    log('relay-lost', { relay: short(wish.server.peerId) })
    this.#held.delete(key)
    this.#failed(key)
    this.#close(allocation)
    this.#options.removed(allocation)
    this.#fill()
  }

  async #move(held: Held, allocation: Allocation): Promise<void> {
    const key = wishKey(held.wish)
    const hasMoved = await allocation.move()
    if (hasMoved || this.#isStopped || this.#held.get(key) !== held) return
    this.#lose(held, allocation)
    this.#failures.delete(key)
    this.#fill()
  }

  #failed(key: string): void {
    const count = (this.#failures.get(key)?.count ?? 0) + 1
    const untilMs = this.#options.clock.now() + Math.min(RETRY_MS * 2 ** (count - 1), RETRY_MS_MAX)
    this.#failures.set(key, { untilMs, count })
  }

  #close(allocation: Allocation): void {
    const closing = allocation.close().finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
  }

  #permit(allocation: Allocation): void {
    const family = familyOf(allocation.relayed.host)
    const hosts = this.#peerHosts.filter((host) => familyOf(host) === family)
    if (hosts.length > 0) allocation.permit([...new Set(hosts)])
  }

  #hostFor({ udp, tcp }: RelayServer): string | undefined {
    const families = new Set([...udp, ...tcp].map(({ host }) => familyOf(host)))
    return this.#options.hostAddresses?.find((host) => families.has(familyOf(host)))
  }
}
