/** Who holds a name, as it travels: from a registrar, and from a home that has asked several. */

import { decoded } from '../lib/decoded.ts'
import { HOLDERS_MAX, DEVICES_MAX } from './index-entry.ts'
import type { Held } from './index-table.ts'
import { LookupReply, type Holder } from './index.pb.js'
import { openClaim, openLease, same, type Lease } from './records.ts'

const LAPSED_MAX = 2

export const encodeHeld = (held: (Held & { votes?: number })[]): Uint8Array =>
  encodeHolders(
    held.slice(0, HOLDERS_MAX).map(({ claim, leases, lapsed, sinceMs, votes = 0 }) => ({
      claim: claim.bytes,
      leases: leases.slice(0, DEVICES_MAX).map(({ bytes }) => bytes),
      lapsed: lapsed.map(({ bytes }) => bytes),
      sinceMs,
      registrars: votes,
    })),
  )

export const encodeHolders = (holders: Holder[]): Uint8Array =>
  LookupReply.encode({ holders: holders.map((each) => ({ ...each, lapsed: each.lapsed.slice(0, LAPSED_MAX) })) })

/**
 * Opens what a registrar or a home sent: the accounts whose records are genuine and belong together. Undefined when it is
 * no such message. Never throws.
 */
export function decodeHeld(bytes: Uint8Array, network: string): Held[] | undefined {
  const limits = { holders: HOLDERS_MAX, holders$: { leases: DEVICES_MAX, lapsed: LAPSED_MAX } }
  const reply = decoded(() => LookupReply.decode(bytes, { limits }))
  return reply?.holders.map((holder) => openHolder(holder, network)).filter((held) => held !== undefined)
}

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
