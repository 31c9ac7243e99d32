/**
 * What kind of network a node is on, and what that means for its calls: the measurements of udp-probe.ts, reachability.ts
 * and port-mapping.ts put together. Pure; the words are the command line's.
 */

import { isBehindTwoNats, type NatBehaviour, type NatKind } from './nat-behaviour.ts'
import type { PortMappingStatus } from './port-mapping.ts'
import type { OwnPort, OwnPorts } from './reachability.ts'
import type { UdpFindings } from './udp-probe.ts'

/**
 * Whom calls go straight to. `all`: everybody whose network lets UDP through; a symmetric NAT is got through by probing.
 * `most`: but for people who are behind a symmetric NAT as well. `nobody`: all calls are relayed.
 */
export type DirectCalls = 'all' | 'most' | 'nobody' | 'unknown'

/** What would make it better, the most useful first. */
export type Advice = 'connect' | 'wait' | 'allow-udp' | 'map-ports' | 'ask-public-address' | 'ask-ipv6'

export interface NetworkReport {
  /** Some supernode is there; without one there are no calls. */
  isOnline: boolean
  udp: 'passes' | 'blocked' | 'unknown'
  /** In a word, of the family that most people have. */
  kind: NatKind
  /** Undefined where this machine has no address of the family, or nobody could be asked. */
  ipv4: NatBehaviour | undefined
  ipv6: NatBehaviour | undefined
  /** How peers see us, over TCP as well: IP addresses. */
  seenAt: string[]
  /** The ways in, as peers that were asked just now found them. */
  ports: OwnPort[]
  portMapping: PortMappingStatus
  /** The provider shares one address among customers, or a router stands behind another (RFC 6598, RFC 7021). */
  isBehindTwoNats: boolean | undefined
  /** Nearest first; `over` is what was measured. */
  supernodes: { peerId: string; rttMs: number; over: 'udp' | 'tcp' }[]
  directCalls: DirectCalls
  advice: Advice[]
}

export interface NetworkFacts {
  /** Of supernodes, over their warm connections. */
  rttsMs: { peerId: string; rttMs: number }[]
  homes: number
  udp: UdpFindings | undefined
  ports: OwnPorts
  portMapping: PortMappingStatus
}

export function reportOf({ rttsMs, homes, udp, ports, portMapping }: NetworkFacts): NetworkReport {
  const isOnline = homes > 0
  const { ipv4, ipv6 } = udp ?? {}
  const kind = isOnline ? (ipv4?.kind ?? ipv6?.kind ?? 'unknown') : 'offline'
  const publicHosts = [...(ipv4?.publicHosts ?? []), ...ports.seenAt]
  const report = {
    isOnline,
    udp: udp === undefined ? ('unknown' as const) : udp.isBlocked ? ('blocked' as const) : ('passes' as const),
    kind: udp?.isBlocked === true && isOnline ? 'UDP blocked' : kind,
    ipv4,
    ipv6,
    seenAt: [...new Set([...publicHosts, ...(ipv6?.publicHosts ?? [])])],
    ports: ports.ports,
    portMapping,
    isBehindTwoNats: isBehindTwoNats(portMapping.externalHost, publicHosts),
    supernodes: supernodesOf(rttsMs, udp),
  }
  return { ...report, directCalls: directCallsOf(report.kind), advice: adviceFor(report) }
}

function directCallsOf(kind: NatKind): DirectCalls {
  switch (kind) {
    case 'public':
    case 'full cone':
    case 'address-restricted':
    case 'firewalled':
    case 'port-restricted':
    case 'cone':
      return 'all'
    case 'symmetric':
    case 'symmetric (sequential)':
      return 'most'
    case 'UDP blocked':
    case 'offline':
      return 'nobody'
    case 'unknown':
      return 'unknown'
  }
}

type Judged = Omit<NetworkReport, 'directCalls' | 'advice'>

function adviceFor({ isOnline, kind, ipv4, ipv6, ports, portMapping, ...rest }: Judged): Advice[] {
  if (!isOnline) return ['connect']
  if (kind === 'UDP blocked') return ['allow-udp']
  if (kind === 'unknown') return ['wait']
  const isHard = kind === 'symmetric' || kind === 'symmetric (sequential)'
  const isReached = ports.some((port) => port.isReached)
  const isNatted = ipv4 !== undefined && ipv4.mapping !== 'none' && ipv4.mapping !== 'unknown'
  // behind a second NAT a mapping in the first opens nothing
  const twoNats = rest.isBehindTwoNats === true
  return [
    ...(isNatted && !isReached && !twoNats && portMapping.state !== 'mapped' ? ['map-ports' as const] : []),
    ...(twoNats ? ['ask-public-address' as const] : []),
    ...((isHard || twoNats) && ipv6?.publicHosts[0] === undefined ? ['ask-ipv6' as const] : []),
  ]
}

/** UDP is what a call takes, so where it was measured it is told. */
function supernodesOf(rttsMs: NetworkFacts['rttsMs'], udp: UdpFindings | undefined): NetworkReport['supernodes'] {
  const over = new Map<string, NetworkReport['supernodes'][number]>()
  for (const { peerId, rttMs } of rttsMs) over.set(peerId, { peerId, rttMs, over: 'tcp' })
  for (const { peerId, rttMs } of udp?.servers ?? []) {
    const known = over.get(peerId)
    if (rttMs === undefined || (known?.over === 'udp' && known.rttMs <= rttMs)) continue
    over.set(peerId, { peerId, rttMs, over: 'udp' })
  }
  return [...over.values()].toSorted((a, b) => a.rttMs - b.rttMs)
}
