/**
 * What a registrar holds, and who may change it. Pure: time comes in with each call.
 *
 * Invariants: a name is held by one account at a time; a lease answers no look-up from its expiry on; a record never
 * gives way to one with a lower sequence number; the table never grows past its bounds, and a newcomer never pushes
 * out a live claim (it is refused instead).
 */

import { NAME_KEY_BYTES, nameKeys } from './placement.ts'
import type { ProfileName } from '../overlay/overlay.ts'
import { openClaim, openLease, same, type Claim, type Lease } from './records.ts'

export interface IndexLimits {
  /** A lease that would live longer than this is invalid: its device must show that it is alive. */
  leaseMs: number
  /** How long a claim holds its name after the owner last signed it. */
  incumbencyMs: number
  namesMax: number
}

const NAMES_MAX = 200_000 // about 1 KB a name

export const INDEX_LIMITS: Record<ProfileName, IndexLimits> = {
  local: { leaseMs: 30_000, incumbencyMs: 30 * 86_400_000, namesMax: NAMES_MAX },
  internet: { leaseMs: 600_000, incumbencyMs: 30 * 86_400_000, namesMax: NAMES_MAX },
}

/** Clocks of a device and a registrar may differ by this much before a claim looks dated ahead or a lease too long. */
export const CLOCK_SKEW_MS = 300_000
const DEVICES_MAX = 8
/** A full table looks for names to drop at most this often: strangers could make it search all day. */
const SWEEP_EVERY_MS = 60_000

export type GrantOutcome = 'GRANTED' | 'INVALID' | 'TAKEN' | 'STALE' | 'EXPIRED' | 'FULL'

interface Entry {
  claim: Claim
  /** When the owner last signed the claim; somebody else showing it again renews nothing. */
  renewedMs: number
  leases: Map<string, Lease>
}

export class IndexTable {
  readonly #network: string
  readonly #limits: IndexLimits
  readonly #entries = new Map<string, Entry>()
  #sweptMs = -Infinity

  constructor(network: string, limits: IndexLimits) {
    this.#network = network
    this.#limits = limits
  }

  /** Takes a claim and, unless empty, a lease under one of the name's keys. TAKEN comes with the holder's claim. */
  grant(
    key: Uint8Array,
    claimBytes: Uint8Array,
    leaseBytes: Uint8Array,
    nowMs: number,
  ): { outcome: GrantOutcome; holder?: Uint8Array } {
    const claim = openClaim(claimBytes, this.#network)
    if (claim === undefined || !nameKeys(this.#network, claim.name).some((own) => same(own, key)))
      return { outcome: 'INVALID' }
    if (claim.issuedMs > nowMs + CLOCK_SKEW_MS) return { outcome: 'INVALID' }
    const lease = leaseBytes.length > 0 ? openLease(leaseBytes, this.#network) : undefined
    if (leaseBytes.length > 0) {
      if (lease === undefined || lease.name !== claim.name || !same(lease.accountKey, claim.accountKey))
        return { outcome: 'INVALID' }
      if (lease.expiresMs > nowMs + this.#limits.leaseMs + CLOCK_SKEW_MS) return { outcome: 'INVALID' }
    }
    const isClaimOver = claim.issuedMs <= nowMs - this.#limits.incumbencyMs
    if (isClaimOver || (lease !== undefined && lease.expiresMs <= nowMs)) return { outcome: 'EXPIRED' }

    const id = idOf(key)
    const held = this.#live(id, nowMs)
    if (held !== undefined && !same(held.claim.accountKey, claim.accountKey))
      return { outcome: 'TAKEN', holder: held.claim.bytes }
    if (held !== undefined && claim.seq < held.claim.seq) return { outcome: 'STALE' }
    const heldLease = lease && held?.leases.get(lease.devicePeerId)
    if (lease !== undefined && heldLease !== undefined && lease.seq < heldLease.seq) return { outcome: 'STALE' }
    if (held === undefined && !this.#hasRoom(nowMs)) return { outcome: 'FULL' }

    const entry: Entry = held ?? { claim, renewedMs: -Infinity, leases: new Map() }
    if (lease !== undefined) {
      if (!entry.leases.has(lease.devicePeerId) && entry.leases.size >= DEVICES_MAX) return { outcome: 'FULL' }
      entry.leases.set(lease.devicePeerId, lease)
    }
    if (claim.seq > entry.claim.seq || claim.issuedMs >= entry.claim.issuedMs) entry.claim = claim
    entry.renewedMs = Math.max(entry.renewedMs, Math.min(claim.issuedMs, nowMs))
    this.#entries.set(id, entry)
    return { outcome: 'GRANTED' }
  }

  /** What is held under a key at this moment: the claim, and the leases that have not lapsed. */
  lookup(key: Uint8Array, nowMs: number): { claim: Claim; leases: Lease[] } | undefined {
    if (key.length !== NAME_KEY_BYTES) return undefined
    const entry = this.#live(idOf(key), nowMs)
    if (entry === undefined) return undefined
    return { claim: entry.claim, leases: [...entry.leases.values()] }
  }

  leasesHeld(nowMs: number): number {
    let count = 0
    for (const { leases } of this.#entries.values())
      for (const lease of leases.values()) if (lease.expiresMs > nowMs) count++
    return count
  }

  /** Every name held, as it was granted; for handing over. */
  *entries(nowMs: number): Generator<{ key: Uint8Array; claim: Claim; leases: Lease[] }> {
    for (const [id, entry] of this.#entries) {
      if (this.#live(id, nowMs) === undefined) continue
      yield { key: new Uint8Array(Buffer.from(id, 'latin1')), claim: entry.claim, leases: [...entry.leases.values()] }
    }
  }

  /** What is held at this moment, without what has lapsed. */
  #live(id: string, nowMs: number): Entry | undefined {
    const entry = this.#entries.get(id)
    if (entry !== undefined && nowMs - entry.renewedMs >= this.#limits.incumbencyMs) {
      this.#entries.delete(id)
      return undefined
    }
    if (entry !== undefined) lapse(entry, nowMs)
    return entry
  }

  #hasRoom(nowMs: number): boolean {
    if (this.#entries.size >= this.#limits.namesMax && nowMs - this.#sweptMs >= SWEEP_EVERY_MS) {
      this.#sweptMs = nowMs
      for (const id of this.#entries.keys()) this.#live(id, nowMs)
    }
    return this.#entries.size < this.#limits.namesMax
  }
}

function lapse(entry: Entry, nowMs: number): void {
  for (const [device, lease] of entry.leases) if (lease.expiresMs <= nowMs) entry.leases.delete(device)
}

const idOf = (key: Uint8Array): string => Buffer.from(key).toString('latin1')
