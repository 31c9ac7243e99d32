/**
 * What kind of NAT a socket is behind: the questions of RFC 5780 §4.3 and §4.4 in the words of RFC 4787 §4 and §5, asked
 * of several supernodes instead of one server with two addresses. Pure: samples are pushed in. One judgement is about
 * one socket of one address family; what the household's other machines do is not seen, and neither are timeouts.
 */

import { type Address, addressKey, isPrivate, isSameAddress } from '../lib/ip.ts'

/** `none`: the world sees the socket as it is. */
export type Mapping = 'none' | 'endpoint-independent' | 'address-dependent' | 'address-and-port-dependent' | 'unknown'

export type Filtering = 'endpoint-independent' | 'address-dependent' | 'address-and-port-dependent' | 'unknown'

/** Which outside port a mapping gets: the inside one, the next one, or any. */
export type PortChoice = 'preserved' | 'sequential' | 'random' | 'unknown'

/**
 * The verdict in a word. `cone`: one mapping for everybody, but nobody could be asked what it lets in. `firewalled`: an
 * address of its own, and only answers get in.
 */
export type NatKind =
  | 'public'
  | 'firewalled'
  | 'full cone'
  | 'address-restricted'
  | 'port-restricted'
  | 'cone'
  | 'symmetric'
  | 'symmetric (sequential)'
  | 'UDP blocked'
  | 'offline'
  | 'unknown'

/** A question to a STUN server, in the order they left the socket, and how the server sees us if it answered. */
export interface MappingSample {
  server: Address
  mapped: Address | undefined
}

/** A packet that a supernode sent us unasked, from a port that we never sent to. */
export interface FilteringSample {
  /** Had the socket sent anything to that supernode's address? */
  isContacted: boolean
  hasArrived: boolean
}

export interface NatSamples {
  /** The socket itself; its host is an address of this machine's when it was bound to all of them. */
  localPort: number
  /** Every address of this machine's. */
  ownHosts: string[]
  mappings: MappingSample[]
  filterings: FilteringSample[]
  /** Could a packet to the socket's own outside address come back in? Undefined when it was not tried. */
  isHairpinned?: boolean | undefined
}

export interface NatBehaviour {
  kind: NatKind
  mapping: Mapping
  filtering: Filtering
  ports: PortChoice
  /** From one mapping to the next, where ports are given out one after the other. */
  portStep: number | undefined
  /** How the world sees us; several hosts where the NAT, or the machine, has several ways out. */
  publicHosts: string[]
  isHairpinned: boolean | undefined
}

/** A NAT that counts gives out a few to others in between. */
const STEP_MAX = 16

/** Nobody asked: nothing known. Asked in vain: blocked. */
export function judgeNat(samples: NatSamples): NatBehaviour {
  const answered = samples.mappings.filter(isAnswered)
  const mapping = mappingOf(samples, answered)
  const filtering = filteringOf(samples.filterings)
  const { ports, portStep } = portsOf(samples.localPort, answered)
  return {
    kind:
      answered.length === 0 && samples.mappings.length > 0
        ? 'UDP blocked'
        : kindOf(mapping, filtering, ports, samples.filterings),
    mapping,
    filtering,
    ports,
    portStep,
    publicHosts: [...new Set(answered.map(({ mapped }) => mapped.host))],
    isHairpinned: samples.isHairpinned,
  }
}

/**
 * Is there a second NAT between ours and the world? Our router says what its own outside address is, the world says what
 * it sees; a router that is itself given a private address (RFC 1918), or one of a provider's (RFC 6598), is behind another.
 */
export function isBehindTwoNats(routersHost: string | undefined, publicHosts: string[]): boolean | undefined {
  if (routersHost === undefined) return undefined
  if (isPrivate(routersHost)) return true
  return publicHosts.length === 0 ? undefined : !publicHosts.includes(routersHost)
}

type Answered = MappingSample & { mapped: Address }

const isAnswered = (sample: MappingSample): sample is Answered => sample.mapped !== undefined

function mappingOf({ localPort, ownHosts }: NatSamples, answered: Answered[]): Mapping {
  const [first, ...others] = answered
  if (first === undefined) return 'unknown'
  if (answered.every(({ mapped }) => mapped.port === localPort && ownHosts.includes(mapped.host))) return 'none'
  const servers = new Set(answered.map(({ server }) => addressKey(server)))
  if (servers.size < 2) return 'unknown'
  if (others.every(({ mapped }) => isSameAddress(mapped, first.mapped))) return 'endpoint-independent'
  // two ports of one host tell which of the two it is; without them, the harder one is as likely
  const hosts = Map.groupBy(answered, ({ server }) => server.host)
  const pairs = [...hosts.values()].filter((each) => new Set(each.map(({ server }) => server.port)).size > 1)
  const isByAddress = pairs.length > 0 && pairs.every(([one, ...more]) => more.every((each) => isSame(each, one)))
  return isByAddress ? 'address-dependent' : 'address-and-port-dependent'
}

const isSame = (a: Answered, b: Answered | undefined): boolean => b !== undefined && isSameAddress(a.mapped, b.mapped)

/** A packet that arrived shows what gets in; the strictest rule that would have stopped the others is the rule. */
function filteringOf(samples: FilteringSample[]): Filtering {
  const contacted = samples.filter(({ isContacted }) => isContacted)
  const strangers = samples.filter(({ isContacted }) => !isContacted)
  const arrived = ({ hasArrived }: FilteringSample): boolean => hasArrived
  if (strangers.some(arrived)) return 'endpoint-independent'
  if (contacted.some(arrived)) return strangers.length > 0 ? 'address-dependent' : 'unknown'
  return contacted.length > 0 ? 'address-and-port-dependent' : 'unknown'
}

function portsOf(localPort: number, answered: Answered[]): { ports: PortChoice; portStep: number | undefined } {
  const ports = answered.map(({ mapped }) => mapped.port)
  if (ports.length === 0) return { ports: 'unknown', portStep: undefined }
  if (ports.every((port) => port === localPort)) return { ports: 'preserved', portStep: undefined }
  // one mapping for several servers is no step
  const given = ports.filter((port, at) => port !== ports[at - 1])
  const steps = given.slice(1).map((port, at) => port - given[at]!)
  const [first] = steps
  if (first === undefined) return { ports: 'unknown', portStep: undefined }
  const isNext = steps.every((step) => Math.abs(step) <= STEP_MAX && Math.sign(step) === Math.sign(first))
  // some count in another order of bytes than they write in: by 256
  const isEven = steps.length > 1 && steps.every((step) => step === first)
  if (!isNext && !isEven) return { ports: 'random', portStep: undefined }
  return { ports: 'sequential', portStep: steps.reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a)) }
}

function kindOf(mapping: Mapping, filtering: Filtering, ports: PortChoice, filterings: FilteringSample[]): NatKind {
  switch (mapping) {
    case 'unknown':
      return 'unknown'
    case 'none':
      // on a network of its own there may be no stranger to ask: an address without a NAT is public until shown otherwise
      return filtering === 'endpoint-independent' || !filterings.some(({ hasArrived }) => !hasArrived)
        ? 'public'
        : 'firewalled'
    case 'endpoint-independent':
      return CONES[filtering]
    default:
      return ports === 'sequential' ? 'symmetric (sequential)' : 'symmetric'
  }
}

const CONES: Record<Filtering, NatKind> = {
  'endpoint-independent': 'full cone',
  'address-dependent': 'address-restricted',
  'address-and-port-dependent': 'port-restricted',
  unknown: 'cone',
}
