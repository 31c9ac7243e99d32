import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { judgeNat, type NatBehaviour, type NatKind } from '../../src/overlay/nat-behaviour.ts'
import { type Advice, type DirectCalls, type NetworkFacts, reportOf } from '../../src/overlay/network-report.ts'
import { NOT_MAPPED, type PortMappingStatus } from '../../src/overlay/port-mapping.ts'

const reports = suite('network report')

const behaviour = (kind: NatKind): NatBehaviour => ({
  ...judgeNat({ localPort: 1, ownHosts: [], mappings: [], filterings: [] }),
  kind,
  mapping: kind === 'public' || kind === 'firewalled' ? 'none' : 'endpoint-independent',
  publicHosts: ['198.51.100.9'],
})

const facts = (kind: NatKind, more: Partial<NetworkFacts> = {}): NetworkFacts => ({
  rttsMs: [{ peerId: 'a', rttMs: 20 }],
  homes: 3,
  udp: { isBlocked: kind === 'UDP blocked', ipv4: behaviour(kind), ipv6: undefined, servers: [] },
  ports: { ports: [], seenAt: ['198.51.100.9'] },
  portMapping: { ...NOT_MAPPED, state: 'none' },
  ...more,
})

const mapped = (externalHost: string): PortMappingStatus => ({
  state: 'mapped',
  protocol: 'PCP',
  externalHost,
  ports: [],
})

const table: [what: string, of: NetworkFacts, directCalls: DirectCalls, advice: Advice[]][] = [
  ['an open network', facts('public'), 'all', []],
  ['a firewall', facts('firewalled'), 'all', []],
  ['a full cone', facts('full cone'), 'all', ['map-ports']],
  ['an address-restricted NAT', facts('address-restricted'), 'all', ['map-ports']],
  ['a port-restricted NAT', facts('port-restricted'), 'all', ['map-ports']],
  ['a symmetric NAT', facts('symmetric'), 'most', ['map-ports', 'ask-ipv6']],
  ['UDP is blocked', facts('UDP blocked'), 'nobody', ['allow-udp']],
  ['nobody to ask', facts('unknown', { udp: undefined }), 'unknown', ['wait']],
  ['no supernode', facts('unknown', { homes: 0, udp: undefined }), 'nobody', ['connect']],
  ['a router that maps', facts('port-restricted', { portMapping: mapped('198.51.100.9') }), 'all', []],
  [
    'a router behind another',
    facts('port-restricted', { portMapping: mapped('100.64.0.7') }),
    'all',
    ['ask-public-address', 'ask-ipv6'],
  ],
  [
    'a port that a person has forwarded',
    facts('port-restricted', {
      ports: {
        ports: [
          { transport: 'tcp', family: 'ipv4', isReached: true, address: '/ip4/198.51.100.9/tcp/1', witnesses: 1 },
        ],
        seenAt: [],
      },
    }),
    'all',
    [],
  ],
]
for (const [what, of, directCalls, advice] of table) {
  reports(`${what}: who can be called straight, and what would help`, () => {
    const report = reportOf(of)
    assert.equal([report.directCalls, report.advice], [directCalls, advice])
  })
}

reports('what UDP took to a supernode is told before what its connection took, nearest first', () => {
  const udp = {
    isBlocked: false,
    ipv4: behaviour('public'),
    ipv6: undefined,
    servers: [
      { peerId: 'a', family: 'ipv4' as const, rttMs: 30 },
      { peerId: 'a', family: 'ipv6' as const, rttMs: 25 },
      { peerId: 'c', family: 'ipv4' as const, rttMs: undefined },
    ],
  }
  const rttsMs = [
    { peerId: 'a', rttMs: 40 },
    { peerId: 'b', rttMs: 10 },
  ]
  assert.equal(reportOf(facts('public', { udp, rttsMs })).supernodes, [
    { peerId: 'b', rttMs: 10, over: 'tcp' },
    { peerId: 'a', rttMs: 25, over: 'udp' },
  ])
})

reports('where UDP is blocked the address is told all the same, as peers see it over TCP', () => {
  const report = reportOf(facts('UDP blocked'))
  assert.equal([report.kind, report.udp, report.seenAt], ['UDP blocked', 'blocked', ['198.51.100.9']])
})

reports.run()
