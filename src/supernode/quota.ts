/**
 * How much work each of many askers may have done: a token bucket for each key, kept as one number, the time at which
 * the bucket will be full again. Pure: the time comes in with each call, in milliseconds from any origin.
 *
 * The table is bounded. A bucket that is full is the same as none, so only those are dropped for newcomers; while every
 * bucket is in use, newcomers share one. So nobody empties a bucket in use by showing up under many keys.
 */

import type { ProfileName } from '../overlay/overlay.ts'

export interface Rate {
  perSecond: number
  /** What may come at once. */
  burst: number
}

const KEYS_MAX = 4096
const ROUNDING_MS = 1e-6
/** How many buckets are looked at to make room for a newcomer: the cost of a flood of keys. */
const LOOKED_AT = 8

export class Quota {
  readonly #perMs: number
  readonly #burstMs: number
  readonly #keysMax: number
  /** Times are kept from the first one heard: as Unix epoch they would have no digits left for a hundred a millisecond. */
  #originMs: number | undefined
  /** When each bucket is full again. The order is that in which they are looked at for room. */
  readonly #fullAtMs = new Map<string, number>()
  /** The bucket of those that found no room. */
  #sharedFullAtMs = -Infinity

  constructor({ perSecond, burst }: Rate, keysMax = KEYS_MAX) {
    this.#perMs = perSecond / 1000
    this.#burstMs = burst / this.#perMs
    this.#keysMax = keysMax
  }

  get size(): number {
    return this.#fullAtMs.size
  }

  /** Milliseconds until this much may be taken; 0 when it may be now. Takes nothing. */
  waitMs(key: string, nowMs: number, cost = 1): number {
    const debtMs = this.#debtMs(this.#fullAt(key), this.#sinceOrigin(nowMs))
    // what costs more than a whole bucket waits for a full one
    const allowedMs = Math.max(0, this.#burstMs - cost / this.#perMs)
    const waitMs = debtMs - allowedMs
    return waitMs < ROUNDING_MS ? 0 : waitMs
  }

  /** Takes, whether or not there is so much: ask `waitMs` first. */
  take(key: string, nowMs: number, cost = 1): void {
    const atMs = this.#sinceOrigin(nowMs)
    const debtMs = this.#debtMs(this.#fullAt(key), atMs) + cost / this.#perMs
    const fullAtMs = atMs + Math.min(this.#burstMs, debtMs)
    if (this.#fullAtMs.has(key) || this.#hasRoom(atMs)) this.#fullAtMs.set(key, fullAtMs)
    else this.#sharedFullAtMs = fullAtMs
  }

  /** Takes if there is so much; otherwise the milliseconds to wait. */
  admit(key: string, nowMs: number, cost = 1): number {
    const waitMs = this.waitMs(key, nowMs, cost)
    if (waitMs === 0) this.take(key, nowMs, cost)
    return waitMs
  }

  #fullAt(key: string): number {
    const fullAtMs = this.#fullAtMs.get(key)
    if (fullAtMs !== undefined) return fullAtMs
    return this.#fullAtMs.size < this.#keysMax ? -Infinity : this.#sharedFullAtMs
  }

  /** Never more than a whole bucket, so that a clock put back locks nobody out. */
  #debtMs(fullAtMs: number, atMs: number): number {
    return Math.min(this.#burstMs, Math.max(0, fullAtMs - atMs))
  }

  #sinceOrigin(nowMs: number): number {
    this.#originMs ??= nowMs
    return nowMs - this.#originMs
  }

  #hasRoom(atMs: number): boolean {
    if (this.#fullAtMs.size < this.#keysMax) return true
    let looked = 0
    for (const [key, fullAtMs] of this.#fullAtMs) {
      if (looked++ >= LOOKED_AT) break
      this.#fullAtMs.delete(key)
      if (fullAtMs <= atMs) return true
      this.#fullAtMs.set(key, fullAtMs) // in use: looked at again when it is the last one's turn
    }
    return false
  }
}

/**
 * A device renews its lease every few minutes at each of three places, and registrars pass records on when supernodes
 * come and go; an account has at most eight devices. More than this is somebody who plays with a signing key.
 */
const GRANTS: Record<ProfileName, Rate> = {
  internet: { perSecond: 2, burst: 240 },
  local: { perSecond: 50, burst: 2_000 }, // leases of seconds, and tests that restart nodes
}

/** What a registrar grants to one account: the key of the account that signed the claim, in hexadecimal. */
export class GrantQuota {
  readonly #quota: Quota

  constructor(profile: ProfileName) {
    this.#quota = new Quota(GRANTS[profile])
  }

  /** 0 when it is granted, otherwise the milliseconds to wait: throw `Refusal` with them. */
  admit(accountKeyHex: string, nowMs: number): number {
    return Math.ceil(this.#quota.admit(accountKeyHex, nowMs))
  }
}
