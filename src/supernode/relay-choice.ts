/**
 * Which supernodes relay a call that finds no direct path. Pure. The round trip through a relay is the sum of both legs,
 * so each end tells the other how far its own supernodes are; ICE then measures what was allocated and takes the best.
 */

import { networksOf } from './attachment.ts'
import type { Contact } from '../overlay/overlay.ts'

/** Primary, standby, and one more to learn the kind of our NAT from. */
export const RELAYS_WANTED = 3
export const HINTS_MAX = 8
/** Of one that only the other end has measured: farther than most, so that what both have measured goes first. */
const UNKNOWN_RTT_MS = 150

export interface KnownRelay extends Contact {
  rttMs: number
}

/**
 * Best first, at most three: by the sum of both round trips, the second in another network than the first where there
 * is one. Relays that we do not know ourselves are taken only when they are clearly better: reaching them costs a dial.
 */
export function chooseRelays(own: KnownRelay[], theirs: KnownRelay[]): Contact[] {
  const sums = new Map<string, { contact: Contact; sumMs: number }>()
  const ownRtts = new Map(own.map(({ peerId, rttMs }) => [peerId, rttMs]))
  const theirRtts = new Map(theirs.map(({ peerId, rttMs }) => [peerId, rttMs]))
  for (const contact of [...theirs, ...own]) {
    const { peerId } = contact
    const sumMs = (ownRtts.get(peerId) ?? UNKNOWN_RTT_MS) + (theirRtts.get(peerId) ?? UNKNOWN_RTT_MS)
    sums.set(peerId, { contact, sumMs })
  }
  const ranked = [...sums.values()].toSorted((a, b) => a.sumMs - b.sumMs).map(({ contact }) => contact)
  const [first, ...others] = ranked
  if (first === undefined) return []
  const networks = new Set(networksOf(first))
  const elsewhere = others.find((each) => !networksOf(each).some((network) => networks.has(network)))
  const rest = elsewhere === undefined ? others : [elsewhere, ...others.filter((each) => each !== elsewhere)]
  return [first, ...rest].slice(0, RELAYS_WANTED)
}
