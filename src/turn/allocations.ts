/** The allocations of a server: who may have one, by which name they are found, and when they end. Told the time. */

import { type Address, familyOf } from '../lib/ip.ts'
import type { Allocation, Owner } from './allocation.ts'
import { RateMeter, TokenBucket, type TurnLimits } from './limits.ts'

/** RFC 8656 §3.2, §7.2. */
export const LIFETIME_DEFAULT_S = 600
const LIFETIME_MAX_S = 3600
/** However long a call is, its credentials were good when it began. */
export const RUNNING_MS_MAX = 24 * 3_600_000
/** What one call more would take: a voice both ways. */
const CALL_BYTES_PER_SECOND = 16_000

/** Of the room, which may be taken up from forged addresses. */
const CROWDED_SHARE = 1 / 4

/** `A` is what a server keeps beside: sockets. */
export class Allocations<A extends Allocation = Allocation> {
  readonly #limits: TurnLimits
  readonly #all = new Set<A>()
  readonly #byRelay = new Map<number, A>()
  readonly #byTicket = new Map<string, A>()
  /** How many each username, device and block has; those that are being made count. */
  readonly #counts = new Map<string, number>()
  readonly #bucket: TokenBucket
  readonly #meter = new RateMeter()
  #admitted = 0

  constructor(limits: TurnLimits) {
    this.#limits = limits
    this.#bucket = new TokenBucket(limits.totalBytesPerSecond)
  }

  get size(): number {
    return this.#all.size
  }

  /** Bytes a second that are relayed for all together. */
  bytesPerSecond(nowMs: number): number {
    return this.#meter.perSecond(nowMs)
  }

  /** Counts one more in, or says the code to refuse it with. Whoever is let in must be `left` again. */
  admit(owner: Owner, nowMs: number): 486 | 508 | undefined {
    const { allocationsMax, totalBytesPerSecond } = this.#limits
    if (this.#admitted >= allocationsMax) return 508
    if (this.#meter.perSecond(nowMs) + CALL_BYTES_PER_SECOND > totalBytesPerSecond) return 508
    const shares = this.#shares(owner)
    if (shares.some(([key, max]) => (this.#counts.get(key) ?? 0) >= max)) return 486
    for (const [key] of shares) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
    this.#admitted++
    return undefined
  }

  /** There are so many that more are made only for those who showed that they are where they ask from. */
  isCrowded({ block }: Owner): boolean {
    const { allocationsMax, allocationsPerBlock } = this.#limits
    const ofBlock = this.#counts.get(blockKey(block)) ?? 0
    return this.#admitted >= CROWDED_SHARE * allocationsMax || ofBlock >= CROWDED_SHARE * allocationsPerBlock
  }

  left(owner: Owner): void {
    this.#admitted--
    for (const [key] of this.#shares(owner)) {
      const count = (this.#counts.get(key) ?? 1) - 1
      if (count === 0) this.#counts.delete(key)
      else this.#counts.set(key, count)
    }
  }

  /** Of somebody who was admitted. */
  add(allocation: A): void {
    this.#all.add(allocation)
    this.#byRelay.set(relayKey(allocation.relayed), allocation)
  }

  remove(allocation: A): void {
    if (!this.#all.delete(allocation)) return
    this.#byRelay.delete(relayKey(allocation.relayed))
    for (const ticket of [allocation.ticket, allocation.previousTicket]) {
      if (ticket !== undefined) this.#byTicket.delete(ticket)
    }
    this.left(allocation.owner)
  }

  /** The one that is relayed from there; the host must be our own. */
  ofRelay(address: Address): A | undefined {
    const allocation = this.#byRelay.get(relayKey(address))
    return allocation?.relayed.host === address.host ? allocation : undefined
  }

  ofTicket(ticket: string): A | undefined {
    return this.#byTicket.get(ticket)
  }

  /** RFC 8016 §3.1: the ticket that was valid is so until the client is heard again, lest it lose the answer. */
  renewTicket(allocation: A, ticket: string): void {
    this.forgetPreviousTicket(allocation)
    allocation.previousTicket = allocation.ticket
    allocation.ticket = ticket
    this.#byTicket.set(ticket, allocation)
  }

  forgetPreviousTicket(allocation: A): void {
    if (allocation.previousTicket === undefined) return
    this.#byTicket.delete(allocation.previousTicket)
    allocation.previousTicket = undefined
  }

  /** Whether so much may be relayed now; counted if so. */
  spend(allocation: A, bytes: number, nowMs: number): boolean {
    if (!allocation.bucket.has(bytes, nowMs) || !this.#bucket.take(bytes, nowMs)) return false
    allocation.bucket.take(bytes, nowMs)
    this.#meter.add(bytes, nowMs)
    return true
  }

  /** Those that have ended; each must be removed. What lapsed within the others is forgotten. */
  lapsed(nowMs: number): A[] {
    const ended: A[] = []
    for (const allocation of this.#all) {
      if (allocation.expiresMs <= nowMs) ended.push(allocation)
      else allocation.lapse(nowMs)
    }
    return ended
  }

  all(): A[] {
    return [...this.#all]
  }

  #shares({ username, deviceTag, block }: Owner): [key: string, max: number][] {
    const { allocationsPerUsername, allocationsPerDevice, allocationsPerBlock } = this.#limits
    return [
      [`username ${username}`, allocationsPerUsername],
      [`device ${deviceTag}`, allocationsPerDevice],
      [blockKey(block), allocationsPerBlock],
    ]
  }
}

/** §7.2: no shorter than the default, no longer than the longest; 0 ends it. */
export const grantedLifetime = (askedS: number | undefined): number =>
  Math.min(LIFETIME_MAX_S, Math.max(LIFETIME_DEFAULT_S, askedS ?? LIFETIME_DEFAULT_S))

const relayKey = ({ host, port }: Address): number => (familyOf(host) === 'ipv6' ? 0x10000 : 0) + port

const blockKey = (block: string): string => `block ${block}`
