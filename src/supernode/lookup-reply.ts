/** Who holds a name, as it travels: from a registrar, and from a home that has asked several. */

import { decoded } from '../lib/decoded.ts'
import { FRAME_BYTES_MAX } from '../overlay/rpc.ts'
import { HOLDERS_MAX, DEVICES_MAX } from './index-entry.ts'
import type { Held } from './index-table.ts'
import { LookupReply, type Holder } from './index.pb.js'
import { openClaim, openLease, same, type Lease } from './records.ts'

const LAPSED_MAX = 2
/** With room for what they are wrapped in. */
const HOLDERS_BYTES_MAX = FRAME_BYTES_MAX - 1024

/** As it travels. */
export const holderOf = ({ claim, leases, lapsed, sinceMs, votes = 0 }: Held & { votes?: number }): Holder => ({
  claim: claim.bytes,
  leases: leases.slice(0, DEVICES_MAX).map(({ bytes }) => bytes),
  lapsed: lapsed.map(({ bytes }) => bytes),
  sinceMs,
  registrars: votes,
})

/** No longer than a frame: of whoever has the largest records some are left out, so that a rival hides nobody but himself. */
export function encodeHolders(holders: Holder[]): Uint8Array {
  const told = holders.slice(0, HOLDERS_MAX).map((each) => ({
    ...each,
    leases: each.leases.slice(0, DEVICES_MAX),
    lapsed: each.lapsed.slice(0, LAPSED_MAX),
  }))
  while (told.reduce((sum, each) => sum + bytesOf(each), 0) > HOLDERS_BYTES_MAX) {
    const largest = told.reduce((a, b) => (bytesOf(b) > bytesOf(a) ? b : a))
    if ((largest.lapsed.pop() ?? largest.leases.pop()) === undefined) told.splice(told.indexOf(largest), 1)
  }
  return LookupReply.encode({ holders: told })
}

const bytesOf = ({ claim, leases, lapsed }: Holder): number =>
  [claim, ...leases, ...lapsed].reduce((sum, { length }) => sum + length, 0)

/** Reads what a registrar or a home sent, without looking at signatures. Undefined when it is no such message. */
export function decodeHolders(bytes: Uint8Array): Holder[] | undefined {
  const limits = { holders: HOLDERS_MAX, holders$: { leases: DEVICES_MAX, lapsed: LAPSED_MAX } }
  return decoded(() => LookupReply.decode(bytes, { limits }))?.holders
}

/** Whether these answers name the same accounts with the very same records. */
export function areSame([first, ...others]: Holder[][]): boolean {
  return others.every(
    (holders) =>
      holders.length === first?.length &&
      holders.every(({ claim, leases, lapsed }, i) => {
        const other = first[i] as Holder
        return same(claim, other.claim) && areSameBytes(leases, other.leases) && areSameBytes(lapsed, other.lapsed)
      }),
  )
}

const areSameBytes = (a: Uint8Array[], b: Uint8Array[]): boolean =>
  a.length === b.length && a.every((bytes, i) => same(bytes, b[i] as Uint8Array))

/**
 * Opens what a registrar or a home sent: the accounts whose records are genuine and belong together. Undefined when it is
 * no such message. Never throws.
 */
export const decodeHeld = (bytes: Uint8Array, network: string): Held[] | undefined => {
  const holders = decodeHolders(bytes)
  return holders && openHolders(holders, network)
}

export const openHolders = (holders: Holder[], network: string): Held[] =>
  holders.map((holder) => openHolder(holder, network)).filter((held) => held !== undefined)

function openHolder(holder: Holder, network: string): Held | undefined {
  const claim = openClaim(holder.claim, network)
  if (claim === undefined || !Number.isSafeInteger(holder.sinceMs)) return undefined
  const open = (leases: Uint8Array[]) =>
    leases
      .map((bytes) => openLease(bytes, network))
      .filter(
        (lease) =>
          lease !== undefined &&
          lease.name === claim.name &&
          same(lease.accountKey, claim.accountKey) &&
          !claim.revokedDevices.has(lease.devicePeerId),
      ) as Lease[]
  return { claim, leases: open(holder.leases), lapsed: open(holder.lapsed), sinceMs: holder.sinceMs }
}
