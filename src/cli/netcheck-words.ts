/** A network report in words: what the network is like, what will work, and what to do about the rest. */

import type { NetworkReport } from '../index.ts'

type Advice = NetworkReport['advice'][number]
type Family = NonNullable<NetworkReport['ipv4']>

/** Label and text; a text of several lines has one for each fact. */
export function networkRows(report: NetworkReport): [string, string[]][] {
  const { portMapping } = report
  return [
    ['network', [kindLine(report)]],
    ['UDP', [{ passes: 'passes', blocked: 'is blocked', unknown: 'nobody could be asked' }[report.udp]]],
    ['IPv4', familyLines(report.ipv4, report.seenAt, 'ipv4')],
    ['IPv6', familyLines(report.ipv6, report.seenAt, 'ipv6')],
    ['ports', portLines(report)],
    ['mapping', [mappingLine(portMapping)]],
    ...(report.isBehindTwoNats === true
      ? [
          ['provider', ['shares one address among several customers (CGNAT), or your router is behind another']] as [
            string,
            string[],
          ],
        ]
      : []),
    ['nearest', supernodeLines(report)],
  ]
}

/** What will work. */
export function callsLine({ directCalls, udp }: NetworkReport): string {
  switch (directCalls) {
    case 'all':
      return 'Calls go straight to everybody whose network lets UDP through; to the others they are relayed.'
    case 'most':
      return 'Calls go straight to everybody except people behind symmetric NATs, as here, or without UDP; those are relayed.'
    case 'nobody':
      return udp === 'blocked'
        ? 'Every call is relayed, over TCP: that works, with more delay than need be.'
        : 'No calls: nobody can be reached.'
    case 'unknown':
      return 'Calls work; whether straight or relayed cannot be told before more supernodes are known.'
  }
}

const ADVICE: Record<Advice, string> = {
  connect:
    'No supernode can be reached. Is this machine online? If it is, give somebody to join through: --bootstrap ADDRESS',
  wait: 'Too few supernodes are known to tell more. Ask again in a minute: tincan netcheck',
  'allow-udp': 'Ask whoever runs this network to let UDP out, to any port; port 443 alone helps already.',
  'map-ports':
    'To be reached from outside, turn on UPnP or NAT-PMP in your router, or forward the ports that “tincan status” lists.',
  'ask-public-address': 'Ask your provider for a public IPv4 address of your own: no setting of your router can help.',
  'ask-ipv6': 'Ask your provider for IPv6: it needs no NAT, so calls between two people who have it go straight.',
}

export const adviceLines = ({ advice }: NetworkReport): string[] => advice.map((each) => ADVICE[each])

const KINDS: Record<NetworkReport['kind'], string> = {
  public: 'open: this machine has an address of its own',
  firewalled: 'this machine has an address of its own, behind a firewall that lets in answers only',
  'full cone': 'full-cone NAT: whoever knows the port gets in',
  'address-restricted': 'address-restricted NAT: easy to pass',
  'port-restricted': 'port-restricted NAT: easy to pass',
  cone: 'a NAT with one outside port for everybody: easy to pass',
  symmetric: 'symmetric NAT, outside ports at random: hard to pass',
  'symmetric (sequential)': 'symmetric NAT, outside ports one after the other: hard to pass',
  'UDP blocked': 'a firewall that blocks UDP',
  offline: 'offline',
  unknown: 'not known yet',
}

const kindLine = ({ kind }: NetworkReport): string => KINDS[kind]

function familyLines(family: Family | undefined, seenAt: string[], name: 'ipv4' | 'ipv6'): string[] {
  const hosts = seenAt.filter((host) => host.includes(':') === (name === 'ipv6'))
  if (family === undefined) return hosts.length === 0 ? ['none, or nobody to ask'] : [`${hosts.join(', ')} (by TCP)`]
  const { kind, mapping, filtering, ports, portStep, publicHosts, isHairpinned } = family
  if (kind === 'UDP blocked') return [hosts.length === 0 ? 'no answer' : `${hosts.join(', ')} (by TCP)`]
  const step = portStep === undefined ? '' : ` (by ${portStep})`
  const isNat = mapping !== 'none' && mapping !== 'unknown'
  return [
    `${publicHosts.join(', ')}${publicHosts.length > 1 ? ' (several ways out)' : ''}`,
    ...(mapping === 'none' ? ['no NAT'] : mapping === 'unknown' ? [] : [`mapping ${mapping}, ports ${ports}${step}`]),
    ...(filtering === 'unknown' ? [] : [`filtering ${filtering}`]),
    ...(isNat && isHairpinned === true ? ['hairpins: people behind the same NAT meet by its outside address'] : []),
  ]
}

function portLines({ ports }: NetworkReport): string[] {
  if (ports.length === 0) return ['nobody could be asked']
  return ports.map(({ transport, family, isReached, address, witnesses }) => {
    const name = `${{ tcp: 'TCP', ws: 'WebSocket' }[transport]} ${{ ipv4: 'IPv4', ipv6: 'IPv6' }[family]}`
    const by = `${witnesses} ${witnesses === 1 ? 'peer' : 'peers'}`
    return isReached ? `${name}: open at ${address}, by ${by}` : `${name}: closed to ${by}`
  })
}

function mappingLine({ state, protocol, externalHost, ports }: NetworkReport['portMapping']): string {
  switch (state) {
    case 'off':
      return 'off'
    case 'searching':
      return 'asking the router'
    case 'none':
      return 'the router offers none'
    case 'refused':
      return `the router speaks ${protocol}, but refuses`
    case 'mapped': {
      const list = ports.map((port) => `${port.transport.toUpperCase()} ${port.internalPort} at ${port.externalPort}`)
      return `${protocol}, ${externalHost ?? 'outside address unknown'}: ${list.join(', ')}`
    }
  }
}

function supernodeLines({ supernodes }: NetworkReport): string[] {
  if (supernodes.length === 0) return ['no supernode']
  return supernodes
    .slice(0, 5)
    .map(
      ({ peerId, rttMs, over }) =>
        `${peerId.slice(0, 12)}…  ${rttMs.toFixed(rttMs < 10 ? 1 : 0)} ms (${over.toUpperCase()})`,
    )
}
