/**
 * Which way a call between two places must go. Pure. A relay is right only where no packet could pass without one:
 *
 * - one side lets no UDP out;
 * - one side has IPv6 alone, the other IPv4 alone;
 * - both sides give every flow a port that the other cannot foresee. Against a NAT that filters by port but keeps its
 *   own mapping such a side is still found: it opens many ports, the other tries many (birthday probing).
 *
 * One port after the other can be foreseen, so what two such NATs do is left open.
 */

import { type HomeKind, KINDS } from './home-kinds.ts'
import { PLACES, type Place } from './residents.ts'

export type ExpectedPath = 'direct' | 'relay' | 'either'

const kindOf = (place: Place): HomeKind => KINDS[place === 'one-lan' ? 'port-restricted' : place]

export function expectedPath(a: Place, b: Place): ExpectedPath {
  if (a === 'one-lan' && b === 'one-lan') return 'direct'
  const [one, other] = [kindOf(a), kindOf(b)]
  if (one.blocks !== undefined || other.blocks !== undefined) return 'relay'
  const shared = one.families.filter((family) => other.families.includes(family))
  if (shared.length === 0) return 'relay'
  if (shared.includes('ipv6')) return 'direct'
  if (!isSymmetric(one) || !isSymmetric(other)) return 'direct'
  return isForeseeable(one) || isForeseeable(other) ? 'either' : 'relay'
}

const natsOf = ({ nat, carrier }: HomeKind) => [nat, carrier].filter((each) => each !== undefined)
const isSymmetric = (kind: HomeKind): boolean =>
  natsOf(kind).some(({ mapping }) => mapping === 'address-and-port-dependent')
const isForeseeable = (kind: HomeKind): boolean => natsOf(kind).every(({ ports }) => ports !== 'random')

export interface Pair {
  a: Place
  b: Place
}

/** All pairs in both orders; who lives on one LAN calls within it. */
export const ALL_PAIRS: Pair[] = PLACES.flatMap((a) =>
  PLACES.filter((b) => (a === 'one-lan') === (b === 'one-lan')).map((b) => ({ a, b })),
)

/** Each kind at least once as caller and as callee, the hardest pairs, and the LAN. */
export const REPRESENTATIVE_PAIRS: Pair[] = (
  [
    ['public', 'symmetric'],
    ['full-cone', 'cgnat-symmetric'],
    ['address-restricted', 'random-ports'],
    ['port-restricted', 'port-restricted'],
    ['random-ports', 'hairpin'],
    ['symmetric', 'port-restricted'],
    ['symmetric', 'symmetric'],
    ['symmetric-sequential', 'full-cone'],
    ['cgnat', 'cgnat'],
    ['cgnat-symmetric', 'cgnat-symmetric'],
    ['udp-blocked', 'public'],
    ['web-only', 'udp-blocked'],
    ['port-restricted', 'web-only'],
    ['ipv6-only', 'dual-stack'],
    ['ipv6-only', 'ipv6-only'],
    ['dual-stack', 'address-restricted'],
    ['hairpin', 'symmetric-sequential'],
    ['one-lan', 'one-lan'],
  ] as const
).map(([a, b]) => ({ a, b }))

/** The longest silence that a call may have when this happens to it, in milliseconds. */
export const SILENCE_MS_MAX = {
  'relay-killed': 1_000,
  'address-changed': 1_500,
  'nat-forgets': 1_500,
  /** Five seconds of it are the fault's. */
  blackout: 6_500,
}

export type FaultName = keyof typeof SILENCE_MS_MAX
export const FAULT_NAMES = Object.keys(SILENCE_MS_MAX) as FaultName[]
