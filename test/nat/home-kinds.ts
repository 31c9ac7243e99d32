/**
 * The kinds of homes that a world has: what their NATs do, in the words of RFC 4787, and what their firewalls let pass.
 * No more than a table; `nat-rules.ts` makes rules of it, `home.ts` a home.
 */

/** By what a NAT tells flows apart: RFC 4787 §4.1 (mapping), §5 (filtering). */
export type Dependence = 'endpoint-independent' | 'address-dependent' | 'address-and-port-dependent'

export interface NatBehaviour {
  mapping: Exclude<Dependence, 'address-dependent'>
  filtering: Dependence
  /** Which external port a flow gets: its own where that is free, any, or the one that is next. */
  ports: 'kept' | 'random' | 'sequential'
  /** Two behind it reach each other at their external addresses (RFC 4787 §6). */
  hairpins?: boolean
}

export interface HomeKind {
  /** Undefined: no NAT, an address of the internet. */
  nat?: NatBehaviour
  /** The provider's NAT behind which all homes of the kind are, in front of their own. */
  carrier?: NatBehaviour
  families: ('ipv4' | 'ipv6')[]
  /** What does not get out: UDP, or everything but TCP to port 443. */
  blocks?: 'udp' | 'all-but-web'
  /** In a word or two, for tables. */
  says: string
}

const cone = (filtering: Dependence): NatBehaviour => ({ mapping: 'endpoint-independent', filtering, ports: 'kept' })
const portRestricted = cone('address-and-port-dependent')
const symmetric: NatBehaviour = {
  mapping: 'address-and-port-dependent',
  filtering: 'address-and-port-dependent',
  ports: 'random',
}

const table = {
  public: { families: ['ipv4'], says: 'no NAT' },
  'full-cone': { families: ['ipv4'], nat: cone('endpoint-independent'), says: 'full cone' },
  'address-restricted': { families: ['ipv4'], nat: cone('address-dependent'), says: 'address-restricted cone' },
  'port-restricted': { families: ['ipv4'], nat: portRestricted, says: 'port-restricted cone' },
  'random-ports': {
    families: ['ipv4'],
    nat: { ...portRestricted, ports: 'random' },
    says: 'port-restricted cone that gives random ports',
  },
  symmetric: { families: ['ipv4'], nat: symmetric, says: 'symmetric, random ports' },
  'symmetric-sequential': {
    families: ['ipv4'],
    nat: { ...symmetric, ports: 'sequential' },
    says: 'symmetric, one port after the other',
  },
  cgnat: {
    families: ['ipv4'],
    nat: portRestricted,
    carrier: { ...portRestricted, ports: 'random', hairpins: true },
    says: 'port-restricted cone behind a carrier’s port-restricted cone',
  },
  'cgnat-symmetric': {
    families: ['ipv4'],
    nat: symmetric,
    carrier: symmetric,
    says: 'symmetric behind a carrier’s symmetric NAT',
  },
  'udp-blocked': { families: ['ipv4'], nat: portRestricted, blocks: 'udp', says: 'no UDP' },
  'web-only': { families: ['ipv4'], nat: portRestricted, blocks: 'all-but-web', says: 'TCP to port 443 only' },
  'ipv6-only': { families: ['ipv6'], says: 'IPv6 only, behind a firewall' },
  'dual-stack': {
    families: ['ipv4', 'ipv6'],
    nat: portRestricted,
    says: 'port-restricted cone, and IPv6 behind a firewall',
  },
  hairpin: {
    families: ['ipv4'],
    nat: { ...portRestricted, hairpins: true },
    says: 'port-restricted cone that hairpins',
  },
} satisfies Record<string, HomeKind>

export type KindName = keyof typeof table

export const KINDS: Record<KindName, HomeKind> = table
export const KIND_NAMES = Object.keys(table) as KindName[]

/** What is seen of its NATs from outside: the more dependent of the two decides. */
export function behaviourOf({ nat, carrier }: HomeKind): Pick<NatBehaviour, 'mapping' | 'filtering'> | undefined {
  if (nat === undefined) return undefined
  const both = [nat, ...(carrier === undefined ? [] : [carrier])]
  const order: Dependence[] = ['endpoint-independent', 'address-dependent', 'address-and-port-dependent']
  const most = <T extends Dependence>(list: T[]): T =>
    list.toSorted((a, b) => order.indexOf(b) - order.indexOf(a))[0] as T
  return { mapping: most(both.map(({ mapping }) => mapping)), filtering: most(both.map(({ filtering }) => filtering)) }
}
