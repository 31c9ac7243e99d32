/**
 * Who holds one name at one registrar, and what changes that. Pure: time comes in with each call.
 *
 * A name has an incumbent. A newcomer is refused while the incumbent's claim lives. There are three ways past it: the
 * incumbent's own key names a successor; its recovery key does, after a window in which the old key may object; or
 * another account shows that registrars near the name hold its claim too, as after a partition: then both are held,
 * whoever was seen first comes first, and nobody is asked to guess.
 */

import { StoredEntry, type StoredHolding } from './index-entry.pb.js'
import type { Holder } from './index.pb.js'
import {
  openClaim,
  openLease,
  readClaim,
  readLease,
  recoveryKeyHashOf,
  same,
  type Claim,
  type Lease,
  type Succession,
} from './records.ts'

/** One account's hold on a name. */
export interface Holding {
  claim: Claim
  /** Since when registrars know the claim. */
  sinceMs: number
  /** When the owner last signed it; somebody else showing it again renews nothing. */
  renewedMs: number
  /** Newest of each device; those that have lapsed say where it was seen last. */
  leases: Lease[]
}

export interface Entry {
  /** At least one; whoever was seen first comes first. */
  holdings: Holding[]
  /** A recovery that waits. */
  heir: Holding | undefined
}

export interface EntryLimits {
  /** How long a claim holds its name after the owner last signed it. */
  incumbencyMs: number
  /** How long the old key may object to a recovery. */
  contestMs: number
}

export interface Bid {
  claim: Claim
  lease: Lease | undefined
  /** Since when other registrars near the name know the claim; undefined when too few of them say so. */
  witnessedMs: number | undefined
  /** When enough of them last said so. */
  saidMs?: number | undefined
}

export type GrantOutcome = 'GRANTED' | 'INVALID' | 'TAKEN' | 'STALE' | 'EXPIRED' | 'FULL' | 'PENDING' | 'CONTESTED'

export interface Grant {
  outcome: GrantOutcome
  /** Of the other holder, when TAKEN, PENDING or CONTESTED. */
  other?: Claim
  /** When what waits takes effect: this recovery, or the one that `heir` asks for. */
  pendingUntilMs?: number
  heir?: Claim
  /** Since when this account is held. */
  sinceMs?: number
}

export const HOLDERS_MAX = 3
export const DEVICES_MAX = 8
/** A device that has lapsed is “last seen” for this long: Skype promised 72 hours. */
export const LAST_SEEN_MS = 7 * 86_400_000

/** Clocks of a device and a registrar may differ by this much before a claim looks dated ahead or a lease too long. */
export const CLOCK_SKEW_MS = 300_000
/** No lease lives as long as this. */
const LEASE_MS_MAX = 3_600_000

/** What is left of an entry at this moment; undefined when nobody holds the name any more. */
export function settled(known: Entry, limits: EntryLimits, nowMs: number): Entry | undefined {
  const entry = redated(known, nowMs)
  const { heir } = entry
  const isLive = ({ renewedMs }: Holding) => nowMs - renewedMs < limits.incumbencyMs
  const mayObject = (each: Holding) => isLive(each) && successionFrom(each.claim, (heir as Holding).claim) !== undefined
  const isDue =
    heir !== undefined && (nowMs - heir.sinceMs >= limits.contestMs || !entry.holdings.some((each) => mayObject(each)))
  const holdings = isDue ? entry.holdings.map((each) => inherited(each, heir)) : entry.holdings
  const live = holdings.filter(isLive)
  if (live.length === 0) return undefined
  for (const holding of live)
    if (holding.leases.some(({ expiresMs }) => nowMs - expiresMs >= LAST_SEEN_MS))
      holding.leases = holding.leases.filter(({ expiresMs }) => nowMs - expiresMs < LAST_SEEN_MS)
  return isDue || live.length < entry.holdings.length ? { holdings: live, heir: isDue ? undefined : heir } : entry
}

/**
 * What is dated by a time that the network has given up: it would hold a name for as long as that time was ahead, and
 * bar what its owner signs now.
 */
function redated(entry: Entry, nowMs: number): Entry {
  const { holdings, heir } = entry
  if (![...holdings, ...(heir === undefined ? [] : [heir])].some((each) => isAhead(each, nowMs))) return entry
  const redate = (holding: Holding): Holding => ({
    ...holding,
    sinceMs: Math.min(holding.sinceMs, nowMs),
    renewedMs: Math.min(holding.renewedMs, nowMs),
    leases: holding.leases.filter(({ expiresMs }) => expiresMs <= nowMs + LEASE_MS_MAX), // shown again if it lives
  })
  return { holdings: holdings.map(redate), heir: heir && redate(heir) }
}

const isAhead = (
  { sinceMs, renewedMs, leases }: Pick<Holding, 'sinceMs' | 'renewedMs'> & { leases: { expiresMs: number }[] },
  nowMs: number,
): boolean =>
  Math.max(sinceMs, renewedMs) > nowMs + CLOCK_SKEW_MS ||
  leases.some(({ expiresMs }) => expiresMs > nowMs + LEASE_MS_MAX)

/** Changes `entry` (undefined: nobody holds the name) as the bid deserves; returns it with the verdict. */
export function admit(
  entry: Entry | undefined,
  bid: Bid,
  limits: EntryLimits,
  nowMs: number,
): { entry: Entry | undefined; grant: Grant } {
  const { claim, witnessedMs, saidMs } = bid
  const sinceMs = Math.min(nowMs, witnessedMs ?? nowMs)
  const own = entry?.holdings.find((holding) => same(holding.claim.accountKey, claim.accountKey))
  if (entry === undefined) {
    const holding = newHolding(claim, sinceMs, nowMs)
    return { entry: { holdings: [holding], heir: undefined }, grant: addLease(holding, bid.lease, nowMs) }
  }
  if (own !== undefined) return { entry, grant: renew(entry, own, bid, { limits, nowMs }) }

  const incumbent = entry.holdings[0] as Holding
  for (const [at, { claim: old }] of entry.holdings.entries()) {
    const way = isBefore(claim, old) ? undefined : successionFrom(old, claim)
    if (way === 'rotation') {
      const holding = newHolding(claim, (entry.holdings[at] as Holding).sinceMs, nowMs)
      entry.holdings[at] = holding
      if (entry.heir !== undefined && successionFrom(old, entry.heir.claim) !== undefined) entry.heir = undefined
      return { entry, grant: addLease(holding, bid.lease, nowMs) }
    }
    if (way === 'recovery') return inherit(entry, bid, { old, limits, nowMs })
  }
  const isSucceeded = entry.holdings.some(({ claim: newer }) => isPassedOn(claim, newer, saidMs, limits))
  if (witnessedMs === undefined || isSucceeded || entry.holdings.length >= HOLDERS_MAX)
    return { entry, grant: { outcome: 'TAKEN', other: incumbent.claim } }
  const rival = newHolding(claim, sinceMs, nowMs)
  entry.holdings.push(rival)
  rank(entry)
  return { entry, grant: contested(entry, rival, addLease(rival, bid.lease, nowMs)) }
}

function renew(
  entry: Entry,
  own: Holding,
  { claim, lease, witnessedMs }: Bid,
  { limits, nowMs }: { limits: EntryLimits; nowMs: number },
): Grant {
  if (claim.seq < own.claim.seq) return { outcome: 'STALE' }
  // the recovery key is for when this key is lost or stolen: it cannot be what changes it
  const hash = own.claim.recoveryKeyHash
  if (hash !== undefined && (claim.recoveryKeyHash === undefined || !same(hash, claim.recoveryKeyHash)))
    return { outcome: 'INVALID' }
  const isLater = claim.seq > own.claim.seq || claim.issuedMs >= own.claim.issuedMs
  if (isLater || own.claim.issuedMs > nowMs + CLOCK_SKEW_MS) own.claim = claim
  own.renewedMs = Math.max(own.renewedMs, Math.min(claim.issuedMs, nowMs))
  own.leases = own.leases.filter(({ devicePeerId }) => !own.claim.revokedDevices.has(devicePeerId))
  if (witnessedMs !== undefined && witnessedMs < own.sinceMs) {
    own.sinceMs = witnessedMs
    rank(entry)
  }
  const { heir } = entry
  if (heir !== undefined && isContested(own.claim, heir.claim)) entry.heir = undefined
  return contested(entry, own, {
    ...addLease(own, lease, nowMs),
    ...(entry.heir && { heir: entry.heir.claim, pendingUntilMs: entry.heir.sinceMs + limits.contestMs }),
  })
}

/** A recovery: it takes effect when the old key has had its time to object. The first to ask waits first. */
function inherit(
  entry: Entry,
  { claim, witnessedMs, lease }: Bid,
  { old, limits, nowMs }: { old: Claim; limits: EntryLimits; nowMs: number },
): { entry: Entry; grant: Grant } {
  const { heir } = entry
  const isOther = heir !== undefined && !same(heir.claim.accountKey, claim.accountKey)
  if (isOther || isContested(old, claim)) return { entry, grant: { outcome: 'TAKEN', other: old } }
  const sinceMs = Math.min(heir?.sinceMs ?? nowMs, witnessedMs ?? nowMs)
  entry.heir = newHolding(claim, sinceMs, nowMs)
  const pendingUntilMs = sinceMs + limits.contestMs
  if (pendingUntilMs > nowMs) return { entry, grant: { outcome: 'PENDING', other: old, pendingUntilMs } }
  const after = settled(entry, limits, nowMs) as Entry
  const own = after.holdings.find((holding) => holding.claim === claim) as Holding
  return { entry: after, grant: addLease(own, lease, nowMs) }
}

/** Takes a lease for an account that holds the name. */
function addLease(holding: Holding, lease: Lease | undefined, nowMs: number): Grant {
  const granted: Grant = { outcome: 'GRANTED', sinceMs: holding.sinceMs }
  if (lease === undefined) return granted
  if (holding.claim.revokedDevices.has(lease.devicePeerId)) return { outcome: 'INVALID' }
  const known = holding.leases.find(({ devicePeerId }) => devicePeerId === lease.devicePeerId)
  if (known !== undefined && lease.seq < known.seq) return { outcome: 'STALE' }
  const others = holding.leases.filter((each) => each !== known)
  if (others.length >= DEVICES_MAX) {
    const lapsed = others.filter(({ expiresMs }) => expiresMs <= nowMs).sort((a, b) => a.expiresMs - b.expiresMs)[0]
    if (lapsed === undefined || lease.expiresMs <= nowMs) return { outcome: 'FULL' }
    others.splice(others.indexOf(lapsed), 1)
  }
  holding.leases = [...others, lease]
  // kept as where the device was seen last, but it does not make it reachable
  return lease.expiresMs <= nowMs ? { outcome: 'EXPIRED' } : granted
}

/** How the name came from `old`'s account to `claim`'s, if it did. */
function successionFrom(old: Claim, claim: Claim): 'rotation' | 'recovery' | undefined {
  const from = claim.successions.findIndex(({ fromAccountKey }) => same(fromAccountKey, old.accountKey))
  if (from < 0) return undefined
  const hash = old.recoveryKeyHash
  // who steals the account key must not get rid of the recovery key with it
  const keepsRecovery = hash === undefined || (claim.recoveryKeyHash !== undefined && same(hash, claim.recoveryKeyHash))
  let way: 'rotation' | 'recovery' = 'rotation'
  for (const { signer, fromAccountKey } of claim.successions.slice(from)) {
    if (same(signer, fromAccountKey)) continue
    if (hash === undefined || !same(recoveryKeyHashOf(signer), hash)) return undefined
    way = 'recovery'
  }
  return way === 'rotation' && !keepsRecovery ? undefined : way
}

/** The old key has objected to recoveries signed that early. */
function isContested(old: Claim, claim: Claim): boolean {
  const from = claim.successions.findIndex(({ fromAccountKey }) => same(fromAccountKey, old.accountKey))
  const recovery = from < 0 ? undefined : claim.successions.slice(from).find(isRecovery)
  return recovery !== undefined && recovery.issuedMs <= old.contestedMs
}

/**
 * Whether `newer` has the name from the account of `claim`. What that account says of itself by now, its recovery key and
 * its objections, proves nothing: whoever stole its key says what suits him. An objection was in time when registrars
 * said that they hold the account after every window for the recovery must have passed.
 */
function isPassedOn(claim: Claim, newer: Claim, saidMs = -Infinity, { contestMs }: EntryLimits): boolean {
  const from = newer.successions.findIndex(({ fromAccountKey }) => same(fromAccountKey, claim.accountKey))
  const recovery = from < 0 ? undefined : newer.successions.slice(from).find(isRecovery)
  return from >= 0 && (recovery === undefined || saidMs <= recovery.issuedMs + 2 * contestMs)
}

/** `old` has the name from the very account of `claim`, which does not know of it: from a time before. */
function isBefore(claim: Claim, old: Claim): boolean {
  const step = old.successions.findLast(({ fromAccountKey }) => same(fromAccountKey, claim.accountKey))
  return step !== undefined && !claim.successions.some(({ bytes }) => same(bytes, step.bytes))
}

const isRecovery = ({ signer, fromAccountKey }: Succession): boolean => !same(signer, fromAccountKey)

/** A recovery that is due takes the place of the account it recovers from. */
function inherited(holding: Holding, heir: Holding): Holding {
  return successionFrom(holding.claim, heir.claim) === undefined ? holding : { ...heir, sinceMs: holding.sinceMs }
}

function contested(entry: Entry, own: Holding, grant: Grant): Grant {
  const other = entry.holdings.find((holding) => holding !== own)
  return grant.outcome === 'GRANTED' && other !== undefined
    ? { ...grant, outcome: 'CONTESTED', other: other.claim }
    : grant
}

const newHolding = (claim: Claim, sinceMs: number, nowMs: number): Holding => ({
  claim,
  sinceMs,
  renewedMs: Math.min(claim.issuedMs, nowMs),
  leases: [],
})

const rank = (entry: Entry): void => void entry.holdings.sort((a, b) => a.sinceMs - b.sinceMs)

/** Packed for keeping. */
export function packEntry({ holdings, heir }: Entry): Uint8Array {
  const pack = ({ claim, leases, sinceMs, renewedMs }: Holding): StoredHolding => ({
    claim: claim.bytes,
    leases: leases.map(({ bytes, expiresMs }) => ({ lease: bytes, expiresMs })),
    sinceMs,
    renewedMs,
  })
  return StoredEntry.encode({ holdings: holdings.map(pack), ...(heir && { heir: pack(heir) }) })
}

/**
 * Undefined unless every record is genuine. `isVerified`: this process packed it, so signatures are not checked again.
 * Throws what the decoder throws.
 */
export function unpackEntry(bytes: Uint8Array, network: string, isVerified: boolean): Entry | undefined {
  const entry = StoredEntry.decode(bytes, { limits: { holdings: HOLDERS_MAX } })
  const [claimOf, leaseOf] = isVerified ? [readClaim, readLease] : [openClaim, openLease]
  const unpack = ({ claim: claimBytes, leases: stored, sinceMs, renewedMs }: StoredHolding): Holding | undefined => {
    const claim = claimOf(claimBytes, network)
    const leases = stored.map(({ lease }) => leaseOf(lease, network))
    if (claim === undefined || leases.length > DEVICES_MAX) return undefined
    if (leases.some((lease) => lease === undefined || !same(lease.accountKey, claim.accountKey))) return undefined
    return { claim, leases: leases as Lease[], sinceMs, renewedMs }
  }
  const holdings = entry.holdings.map(unpack)
  const heir = entry.heir && unpack(entry.heir)
  if (holdings.length === 0 || holdings.includes(undefined) || (entry.heir && heir === undefined)) return undefined
  return { holdings: holdings as Holding[], heir }
}

/**
 * What a look-up tells of a packed entry, without reading its records: it is asked for a thousand times as often as it
 * changes. Undefined when time has changed it, and it has to be unpacked and settled first. Throws what the decoder throws.
 */
export function readPacked(bytes: Uint8Array, limits: EntryLimits, nowMs: number): Holder[] | undefined {
  const { holdings, heir } = StoredEntry.decode(bytes)
  if (heir !== undefined && nowMs - heir.sinceMs >= limits.contestMs) return undefined
  if (holdings.some(({ renewedMs }) => nowMs - renewedMs >= limits.incumbencyMs)) return undefined
  if (holdings.some((each) => isAhead(each, nowMs))) return undefined
  return holdings.map(({ claim, leases, sinceMs }) => {
    const lapsed = leases.filter(({ expiresMs }) => expiresMs <= nowMs && nowMs - expiresMs < LAST_SEEN_MS)
    return {
      claim,
      leases: leases.filter(({ expiresMs }) => expiresMs > nowMs).map(({ lease }) => lease),
      lapsed: lapsed.sort((a, b) => b.expiresMs - a.expiresMs).map(({ lease }) => lease),
      sinceMs,
      registrars: 0,
    }
  })
}
