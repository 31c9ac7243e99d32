/** How much a relay gives, and to whom; what is refused beyond it is counted. */

import { bytesOfHost } from '../lib/ip.ts'

export interface TurnLimits {
  allocationsMax: number
  /** A username is one device in one call: both families, and as much again while it moves. */
  allocationsPerUsername: number
  allocationsPerDevice: number
  /** A client's /24, or /48 of IPv6. */
  allocationsPerBlock: number
  permissionsPerAllocation: number
  channelsPerAllocation: number
  /** Data relayed, both ways together; what is beyond is dropped. */
  allocationBytesPerSecond: number
  totalBytesPerSecond: number
  streamsMax: number
  /** An IPv4 address, or a /64 of IPv6. */
  streamsPerAddress: number
  /** Questions without credentials, and those whose credentials do not hold, from one block. */
  strangersPerBlockPerSecond: number
  strangersPerSecond: number
}

export const TURN_LIMITS: TurnLimits = {
  allocationsMax: 400,
  allocationsPerUsername: 4,
  allocationsPerDevice: 8,
  allocationsPerBlock: 64,
  permissionsPerAllocation: 64,
  channelsPerAllocation: 64,
  allocationBytesPerSecond: 64_000, // ten voices
  totalBytesPerSecond: 625_000,
  streamsMax: 1_000,
  streamsPerAddress: 32,
  strangersPerBlockPerSecond: 50,
  strangersPerSecond: 2_000,
}

/** How long a rate may be exceeded by as much again. */
const BURST_SECONDS = 2

const BLOCKS_MAX = 4096

export class TokenBucket {
  readonly #perMs: number
  readonly #burst: number
  #tokens: number
  #atMs = 0

  /** `burst` tokens are there at first, and at most. */
  constructor(perSecond: number, burst: number = perSecond * BURST_SECONDS) {
    this.#perMs = perSecond / 1000
    this.#burst = burst
    this.#tokens = burst
  }

  has(count: number, nowMs: number): boolean {
    const passedMs = nowMs - this.#atMs
    if (passedMs > 0) {
      this.#tokens = Math.min(this.#burst, this.#tokens + passedMs * this.#perMs)
      this.#atMs = nowMs
    }
    return this.#tokens >= count
  }

  take(count: number, nowMs: number): boolean {
    if (!this.has(count, nowMs)) return false
    this.#tokens -= count
    return true
  }
}

/** A rate for each block of addresses, and one for all of them. */
export class BlockRates {
  readonly #perSecond: number
  readonly #total: TokenBucket
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(perBlockPerSecond: number, perSecond: number) {
    this.#perSecond = perBlockPerSecond
    this.#total = new TokenBucket(perSecond)
  }

  has(host: string, nowMs: number): boolean {
    return this.#total.has(1, nowMs) && (this.#buckets.get(blockOf(host))?.has(1, nowMs) ?? true)
  }

  take(host: string, nowMs: number): boolean {
    return this.#bucket(blockOf(host)).take(1, nowMs) && this.#total.take(1, nowMs)
  }

  get size(): number {
    return this.#buckets.size
  }

  #bucket(block: string): TokenBucket {
    const known = this.#buckets.get(block)
    if (known !== undefined) return known
    // who was seen first goes: a forged source costs a real block no more than its memory of excess
    if (this.#buckets.size >= BLOCKS_MAX) this.#buckets.delete(this.#buckets.keys().next().value as string)
    const bucket = new TokenBucket(this.#perSecond)
    this.#buckets.set(block, bucket)
    return bucket
  }
}

/** Apart: over UDP a forged source uses up the share of whoever has that address, who still gets in by a stream. */
export interface Strangers {
  datagrams: BlockRates
  streams: BlockRates
}

/** What one network usually has: a /24, or a /48 of IPv6. */
export function blockOf(host: string): string {
  if (!host.includes(':')) return host.slice(0, host.lastIndexOf('.'))
  return Buffer.from(bytesOfHost(host).subarray(0, 6)).toString('hex')
}

/** Bytes a second, over the last whole second. */
export class RateMeter {
  #second = 0
  #bytes = 0
  #last = 0

  add(bytes: number, nowMs: number): void {
    this.#roll(nowMs)
    this.#bytes += bytes
  }

  perSecond(nowMs: number): number {
    this.#roll(nowMs)
    return Math.max(this.#last, this.#bytes)
  }

  #roll(nowMs: number): void {
    const second = Math.floor(nowMs / 1000)
    if (second === this.#second) return
    this.#last = second === this.#second + 1 ? this.#bytes : 0
    this.#second = second
    this.#bytes = 0
  }
}
