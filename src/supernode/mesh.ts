/**
 * Which connections a supernode keeps open to others, and whom it passes a look-up on to. Pure.
 *
 * A cold dial costs six one-way delays, a warm link one; so the supernodes nearest to us are kept warm, because they
 * hold what we hold, and a few at each greater distance, because with them every key is a few hops away, each of which
 * halves the distance at least (Maymounkov & Mazières 2002, §2.4).
 */

import { compareDistance } from '../overlay/peer-id.ts'

export const LINKS_NEAREST = 16
/** A link outlives some newcomers that are nearer, so that the set is not shuffled by each of them. */
const LINKS_NEAREST_KEPT = 24
/** In each bucket: one may hang and one may be full. */
const LINKS_PER_BUCKET = 3
export const LINKS_MAX = 96

export interface LinkPeer {
  peerId: string
  kadId: Uint8Array
  /** How long we have been connected; who has stayed will stay. */
  heldMs?: number | undefined
  rttMs?: number | undefined
}

/**
 * The links to have, the nearest first: those held now stay as long as they are any good, the others fill up what is
 * missing. At most LINKS_MAX.
 */
export function chooseLinks(own: Uint8Array, known: LinkPeer[], held: ReadonlySet<string>): LinkPeer[] {
  const sorted = known.toSorted((a, b) => compareDistance(own, a.kadId, b.kadId))
  const isKept = ({ peerId }: LinkPeer, rank: number) => rank < LINKS_NEAREST_KEPT && held.has(peerId)
  const buckets = new Map<number, { kept: LinkPeer[]; others: LinkPeer[] }>()
  sorted.forEach((peer, rank) => {
    if (rank < LINKS_NEAREST) return
    const bits = commonPrefixBits(own, peer.kadId)
    const bucket = buckets.get(bits) ?? { kept: [], others: [] }
    ;(isKept(peer, rank) ? bucket.kept : bucket.others).push(peer)
    buckets.set(bits, bucket)
  })
  const far = [...buckets.values()].flatMap(({ kept, others }) => {
    others.sort((a, b) => Number(held.has(b.peerId)) - Number(held.has(a.peerId)) || merit(b) - merit(a))
    return [...kept, ...others.slice(0, Math.max(0, LINKS_PER_BUCKET - kept.length))]
  })
  return [...sorted.slice(0, LINKS_NEAREST), ...far].slice(0, LINKS_MAX)
}

/** The links nearer to the Kademlia id than we are, nearest first: each hop gets closer, so none goes in circles. */
export function nextHops<T extends { kadId: Uint8Array }>(
  kadId: Uint8Array,
  ownKadId: Uint8Array,
  links: T[],
  count: number,
): T[] {
  return links
    .filter((link) => compareDistance(kadId, link.kadId, ownKadId) < 0)
    .sort((a, b) => compareDistance(kadId, a.kadId, b.kadId))
    .slice(0, count)
}

export function commonPrefixBits(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) {
    const differing = (a[i] as number) ^ (b[i] as number)
    if (differing !== 0) return 8 * i + Math.clz32(differing) - 24
  }
  return 8 * a.length
}

/** A second of round trip weighs as much as ten doublings of the time a link has held. */
const merit = ({ heldMs = 0, rttMs = 200 }: LinkPeer): number => Math.log2(1 + heldMs / 1000) - rttMs / 100
