/**
 * What a registrar holds, and who may change it; the rules for one name are in index-entry.ts. Pure: time comes in with
 * each call.
 *
 * Invariants: a lease makes nobody reachable from its expiry on; a record never gives way to one with a lower sequence
 * number; the table never grows past its bounds, and a newcomer never pushes out a live claim: when there is no room it
 * is refused. Only names that nobody has renewed for the incumbency make room.
 *
 * Names are kept packed, about 1 KB each with a lease.
 */

import { decoded } from '../lib/decoded.ts'
import type { ProfileName } from '../overlay/overlay.ts'
import {
  CLOCK_SKEW_MS,
  admit,
  packEntry,
  readPacked,
  settled,
  unpackEntry,
  type Bid,
  type Entry,
  type EntryLimits,
  type Grant,
  type Holding,
} from './index-entry.ts'
import type { Holder } from './index.pb.js'
import { NAME_KEY_BYTES, nameKeys } from './placement.ts'
import { openClaim, openLease, same, type Claim, type Lease } from './records.ts'

export interface IndexLimits extends EntryLimits {
  /** A lease that would live longer than this is invalid: its device must show that it is alive. */
  leaseMs: number
  namesMax: number
  /** Of all packed names together. */
  bytesMax: number
}

const DAY_MS = 86_400_000
const COMMON = { incumbencyMs: 30 * DAY_MS, namesMax: 200_000, bytesMax: 400 * 1024 * 1024 }

export const INDEX_LIMITS: Record<ProfileName, IndexLimits> = {
  local: { ...COMMON, leaseMs: 30_000, contestMs: 20_000 },
  internet: { ...COMMON, leaseMs: 600_000, contestMs: 3 * DAY_MS },
}

/** A full table looks for names to drop at most this often: strangers could make it search all day. */
const SWEEP_EVERY_MS = 60_000
/** Counting leases means unpacking names: beyond this many it is an estimate from the first ones. */
const COUNTED_MAX = 1_000
const ENTRY_BYTES_MAX = 128 * 1024 // three holders with eight of the largest leases each, and an heir

export { CLOCK_SKEW_MS }

/** One account's hold on a name, as a look-up tells it. */
export interface Held {
  claim: Claim
  /** Of devices that are online. */
  leases: Lease[]
  /** Of devices that are not, newest first: where they were seen last. */
  lapsed: Lease[]
  sinceMs: number
}

export class IndexTable {
  readonly #network: string
  readonly #limits: IndexLimits
  /** By key, both as one character a byte: the shortest that a Map can keep. */
  readonly #packed = new Map<string, string>()
  readonly #changed = new Set<string>()
  #bytes = 0
  #sweptMs = -Infinity

  constructor(network: string, limits: IndexLimits) {
    this.#network = network
    this.#limits = limits
  }

  get namesHeld(): number {
    return this.#packed.size
  }

  /**
   * Takes a claim and, unless empty, a lease under one of the name's keys. `witnessedMs` is since when other registrars
   * know the claim, when enough of them say so, and `saidMs` when they did.
   */
  grant(
    key: Uint8Array,
    records: { claim: Uint8Array; lease: Uint8Array } & Partial<Pick<Bid, 'witnessedMs' | 'saidMs'>>,
    nowMs: number,
  ): Grant {
    if (key.length !== NAME_KEY_BYTES) return { outcome: 'INVALID' }
    const id = latin1(key)
    const held = this.#live(id, nowMs)
    const claim = this.#opened(records.claim, held)
    if (claim === undefined || !nameKeys(this.#network, claim.name).some((own) => same(own, key)))
      return { outcome: 'INVALID' }
    if (claim.issuedMs > nowMs + CLOCK_SKEW_MS || isDatedAhead(claim, nowMs)) return { outcome: 'INVALID' }
    const lease = records.lease.length > 0 ? openLease(records.lease, this.#network) : undefined
    if (records.lease.length > 0) {
      if (lease === undefined || lease.name !== claim.name || !same(lease.accountKey, claim.accountKey))
        return { outcome: 'INVALID' }
      if (lease.expiresMs > nowMs + this.#limits.leaseMs + CLOCK_SKEW_MS) return { outcome: 'INVALID' }
    }
    if (claim.issuedMs <= nowMs - this.#limits.incumbencyMs) return { outcome: 'EXPIRED' }
    if (held === undefined && !this.#hasRoom(nowMs)) return { outcome: 'FULL' }
    const { witnessedMs, saidMs } = records
    const { entry, grant } = admit(held, { claim, lease, witnessedMs, saidMs }, this.#limits, nowMs)
    if (entry !== undefined && grant.outcome !== 'TAKEN') this.#keep(id, entry)
    return grant
  }

  /** Who holds a key at this moment, whoever was seen first first, as it travels. */
  lookupPacked(key: Uint8Array, nowMs: number): Holder[] {
    const packed = key.length === NAME_KEY_BYTES ? this.#packed.get(latin1(key)) : undefined
    if (packed === undefined) return []
    const holders = readPacked(bytesOf(packed), this.#limits, nowMs)
    if (holders !== undefined) return holders
    this.#live(latin1(key), nowMs)
    return this.lookupPacked(key, nowMs)
  }

  /** The same, read. */
  lookup(key: Uint8Array, nowMs: number): Held[] {
    if (key.length !== NAME_KEY_BYTES) return []
    const entry = this.#live(latin1(key), nowMs)
    return entry === undefined ? [] : entry.holdings.map((holding) => heldNow(holding, nowMs))
  }

  /** Leases that have not lapsed; of a large table an estimate. */
  leasesHeld(nowMs: number): number {
    let [names, leases] = [0, 0]
    for (const { holders } of this.entries(nowMs)) {
      for (const holder of holders) leases += holder.leases.length
      if (++names >= COUNTED_MAX) return Math.round((leases / names) * this.#packed.size)
    }
    return leases
  }

  /** Every name held, as it was granted; for handing over. */
  *entries(nowMs: number): Generator<{ key: Uint8Array; holders: Held[]; heir: Claim | undefined }> {
    for (const id of this.#packed.keys()) {
      const entry = this.#live(id, nowMs)
      if (entry === undefined) continue
      const holders = entry.holdings.map((holding) => heldNow(holding, nowMs))
      yield { key: bytesOf(id), holders, heir: entry.heir?.claim }
    }
  }

  /** The keys whose names changed since this was last asked: what a store has to write. */
  changed(): Uint8Array[] {
    const keys = [...this.#changed].map(bytesOf)
    this.#changed.clear()
    return keys
  }

  /** A name packed, for a store; undefined when nobody holds it any more. */
  dump(key: Uint8Array): Uint8Array | undefined {
    const packed = this.#packed.get(latin1(key))
    return packed === undefined ? undefined : bytesOf(packed)
  }

  /** Takes back what was dumped, verifying all of it; false when it is not genuine, over, or the name is held already. */
  restore(key: Uint8Array, bytes: Uint8Array, nowMs: number): boolean {
    const id = latin1(key)
    if (key.length !== NAME_KEY_BYTES || this.#packed.has(id) || bytes.length > ENTRY_BYTES_MAX) return false
    const unpacked = decoded(() => unpackEntry(bytes, this.#network, false))
    const { name } = unpacked?.holdings[0]?.claim ?? {}
    if (unpacked === undefined || name === undefined) return false
    const isOfKey = nameKeys(this.#network, name).some((own) => same(own, key))
    if (!isOfKey || unpacked.holdings.some(({ claim }) => claim.name !== name)) return false
    for (const holding of [...unpacked.holdings, ...(unpacked.heir === undefined ? [] : [unpacked.heir])]) {
      // what no table of ours would have packed: a time to come would keep a name for ever
      holding.renewedMs = Math.min(holding.renewedMs, holding.claim.issuedMs, nowMs)
      holding.sinceMs = Math.min(holding.sinceMs, nowMs)
    }
    const entry = settled(unpacked, this.#limits, nowMs)
    if (entry === undefined || !this.#hasRoom(nowMs)) return false
    this.#keep(id, entry)
    return true
  }

  /** The very bytes we hold need no second look at their signature. */
  #opened(bytes: Uint8Array, held: Entry | undefined): Claim | undefined {
    const known = held?.holdings.find(({ claim }) => same(claim.bytes, bytes))
    return known?.claim ?? openClaim(bytes, this.#network)
  }

  /** What is held at this moment, without what has lapsed. */
  #live(id: string, nowMs: number): Entry | undefined {
    const packed = this.#packed.get(id)
    const known = packed === undefined ? undefined : unpackEntry(bytesOf(packed), this.#network, true)
    const entry = known && settled(known, this.#limits, nowMs)
    if (entry === undefined) this.#drop(id)
    else if (entry !== known) this.#keep(id, entry)
    return entry
  }

  #keep(id: string, entry: Entry): void {
    const packed = latin1(packEntry(entry))
    this.#bytes += packed.length - (this.#packed.get(id)?.length ?? 0)
    this.#packed.set(id, packed)
    this.#changed.add(id)
  }

  #drop(id: string): void {
    const packed = this.#packed.get(id)
    if (packed === undefined) return
    this.#bytes -= packed.length
    this.#packed.delete(id)
    this.#changed.add(id)
  }

  #hasRoom(nowMs: number): boolean {
    if (this.#isFull() && nowMs - this.#sweptMs >= SWEEP_EVERY_MS) {
      this.#sweptMs = nowMs
      for (const id of this.#packed.keys()) this.#live(id, nowMs)
    }
    return !this.#isFull()
  }

  #isFull(): boolean {
    return this.#packed.size >= this.#limits.namesMax || this.#bytes >= this.#limits.bytesMax
  }
}

function heldNow({ claim, leases, sinceMs }: Holding, nowMs: number): Held {
  const lapsed = leases.filter(({ expiresMs }) => expiresMs <= nowMs)
  return {
    claim,
    leases: leases.filter(({ expiresMs }) => expiresMs > nowMs),
    lapsed: lapsed.sort((a, b) => b.expiresMs - a.expiresMs),
    sinceMs,
  }
}

/** A recovery dated ahead would outlive every objection until then, and an objection every recovery. */
const isDatedAhead = ({ successions, contestedMs }: Claim, nowMs: number): boolean =>
  contestedMs > nowMs + CLOCK_SKEW_MS ||
  successions.some(
    ({ signer, fromAccountKey, issuedMs }) => issuedMs > nowMs + CLOCK_SKEW_MS && !same(signer, fromAccountKey),
  )

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'))
