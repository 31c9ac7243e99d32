import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { adviceLines, callsLine, networkRows } from '../../src/cli/netcheck-words.ts'
import { pongLine } from '../../src/cli/ping-words.ts'
import type { NetworkReport, Pong } from '../../src/index.ts'

const words = suite('netcheck and ping in words')

const REPORT: NetworkReport = {
  isOnline: true,
  udp: 'passes',
  kind: 'port-restricted',
  ipv4: {
    kind: 'port-restricted',
    mapping: 'endpoint-independent',
    filtering: 'address-and-port-dependent',
    ports: 'preserved',
    portStep: undefined,
    publicHosts: ['198.51.100.9'],
    isHairpinned: true,
  },
  ipv6: undefined,
  seenAt: ['198.51.100.9'],
  ports: [
    { transport: 'tcp', family: 'ipv4', isReached: true, address: '/ip4/198.51.100.9/tcp/4001', witnesses: 2 },
    { transport: 'ws', family: 'ipv4', isReached: false, address: undefined, witnesses: 1 },
  ],
  portMapping: {
    state: 'mapped',
    protocol: 'UPnP',
    externalHost: '100.64.0.7',
    ports: [{ transport: 'tcp', internalHost: '192.168.1.2', internalPort: 4001, externalPort: 4002 }],
  },
  isBehindTwoNats: true,
  supernodes: [{ peerId: '12D3KooWabcdefgh', rttMs: 8.26, over: 'udp' }],
  directCalls: 'most',
  advice: ['ask-public-address', 'ask-ipv6'],
}

words('every fact has its line', () => {
  assert.equal(networkRows(REPORT), [
    ['network', ['port-restricted NAT: easy to pass']],
    ['UDP', ['passes']],
    [
      'IPv4',
      [
        '198.51.100.9',
        'mapping endpoint-independent, ports preserved',
        'filtering address-and-port-dependent',
        'hairpins: people behind the same NAT meet by its outside address',
      ],
    ],
    ['IPv6', ['none, or nobody to ask']],
    ['ports', ['TCP IPv4: open at /ip4/198.51.100.9/tcp/4001, by 2 peers', 'WebSocket IPv4: closed to 1 peer']],
    ['mapping', ['UPnP, 100.64.0.7: TCP 4001 at 4002']],
    ['provider', ['shares one address among several customers (CGNAT), or your router is behind another']],
    ['nearest', ['12D3KooWabcd…  8.3 ms (UDP)']],
  ])
  assert.is(adviceLines(REPORT).length, 2)
})

words('what will work is said of each kind of network, in different words', () => {
  const lines = (['all', 'most', 'nobody', 'unknown'] as const).map((directCalls) =>
    callsLine({ ...REPORT, directCalls }),
  )
  lines.push(callsLine({ ...REPORT, directCalls: 'nobody', udp: 'blocked' }))
  assert.is(new Set(lines).size, lines.length)
  assert.match(callsLine(REPORT), /straight to everybody except people behind symmetric NATs/)
})

words('a network without UDP tells the address that TCP is seen at', () => {
  const rows = networkRows({ ...REPORT, udp: 'blocked', ipv4: undefined })
  assert.equal(rows[2], ['IPv4', ['198.51.100.9 (by TCP)']])
})

words('a pong says which way it took', () => {
  const pong: Pong = {
    sequence: 1,
    from: 'bob.k7q2m',
    rttMs: 84.4,
    path: 'relay',
    remote: undefined,
    relays: ['12D3KooWabcdefgh'],
    ms: 300,
  }
  assert.is(pongLine(pong), 'pong from bob.k7q2m via relay 12D3KooWabcd… in 84 ms')
  assert.is(pongLine({ ...pong, relays: [] }), 'pong from bob.k7q2m via a relay in 84 ms')
  const direct = { ...pong, path: 'direct' as const, remote: '203.0.113.7:4711', relays: [], rttMs: 2.31 }
  assert.is(pongLine(direct), 'pong from bob.k7q2m, direct 203.0.113.7:4711 in 2.3 ms')
  assert.is(pongLine({ ...pong, rttMs: undefined }), 'no pong from bob.k7q2m within a second')
})

words.run()
