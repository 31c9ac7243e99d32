/**
 * Which ways are tried at all, and which candidates are told. With `relayOnly` no packet leaves for an address of the
 * peer's but by way of a relay.
 */

import { type Address, familyOf, isLoopback, isNowhere, isPrivate } from '../lib/ip.ts'
import type { RelayServer } from '../turn/relay-server.ts'
import type { Candidate, CandidateType } from './candidate.ts'
import { type Base, type Remote, priorityOf } from './pair.ts'

export function isPairable(base: Base, { address: { host } }: Remote, relayOnly: boolean): boolean {
  if (isNowhere(host) || familyOf(host) !== familyOf(base.address.host)) return false
  if (base.kind === 'socket') return !relayOnly && isLoopback(host) === isLoopback(base.address.host)
  // a relay stands on the internet; only one within our own network reaches what is within
  const own = base.address.host
  if (isLoopback(host)) return isLoopback(own)
  return !isPrivate(host) || isPrivate(own) || isLoopback(own)
}

/** IPv6 first of equals (RFC 8421 §4), then in the order of the bases. */
export function localCandidate(
  type: CandidateType,
  { host, port }: Address,
  { foundation, order, ufrag }: { foundation: string; order: number; ufrag: string },
): Candidate {
  const preference = (familyOf(host) === 'ipv6' ? 65_535 : 65_279) - Math.min(order, 255)
  return { foundation, priority: priorityOf(type, preference), type, host, port, ufrag }
}

export interface RelayWish {
  server: RelayServer
  family: 'ipv4' | 'ipv6'
}

const RELAYS_WANTED = 2

/** The allocations to have, in the order in which to ask for them: `have` and `failed` are named by `wishKey`. */
export function wantedRelays(
  servers: readonly RelayServer[],
  { have, failed, peerHosts }: { have: ReadonlySet<string>; failed: ReadonlySet<string>; peerHosts: readonly string[] },
): RelayWish[] {
  const families = new Set(peerHosts.map(familyOf))
  const isIpv6Wanted = families.has('ipv6') && !families.has('ipv4')
  const wishes: RelayWish[] = []
  for (const family of isIpv6Wanted ? (['ipv4', 'ipv6'] as const) : (['ipv4'] as const)) {
    const usable = servers.filter((server) => !failed.has(wishKey({ server, family })))
    // those we have are kept, whatever the order is now
    const held = usable.filter((server) => have.has(wishKey({ server, family })))
    const others = usable.filter((server) => !held.includes(server))
    for (const server of [...held, ...others].slice(0, RELAYS_WANTED)) wishes.push({ server, family })
  }
  return wishes.filter((wish) => !have.has(wishKey(wish)))
}

export const wishKey = ({ server, family }: RelayWish): string => `${server.peerId} ${family}`
