import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import type { Address } from '../../src/lib/ip.ts'
import {
  type FilteringSample,
  isBehindTwoNats,
  judgeNat,
  type MappingSample,
  type NatBehaviour,
} from '../../src/overlay/nat-behaviour.ts'
import { holds } from '../support/property.ts'

const nat = suite('nat behaviour')

const LOCAL_PORT = 50_000
const OWN = ['192.168.1.7', '2001:db8:1::7', '203.0.113.7']
const at = (text: string): Address => {
  const [, host = '', port] = /^(.*):(\d+)$/.exec(text)!
  return { host, port: Number(port) }
}

/** `A B>m` is a question to A … in order, and how it saw us; nothing after `>` when it did not answer. */
const asked = (text: string): MappingSample[] =>
  text.split(' ').map((each) => {
    const [server = '', mapped = ''] = each.split('>')
    return { server: at(server), mapped: mapped === '' ? undefined : at(mapped) }
  })

const [A, A2, B, C] = ['198.51.100.1:3478', '198.51.100.1:3479', '198.51.100.65:3478', '203.0.113.99:443']
const contacted = (hasArrived: boolean): FilteringSample => ({ isContacted: true, hasArrived })
const stranger = (hasArrived: boolean): FilteringSample => ({ isContacted: false, hasArrived })
const open = [contacted(true), stranger(true)]
const byAddress = [contacted(true), stranger(false)]
const byPort = [contacted(false), stranger(false)]

const table: [what: string, mappings: string, filterings: FilteringSample[], expected: Partial<NatBehaviour>][] = [
  [
    'an address of its own, open',
    `${A}>203.0.113.7:50000 ${B}>203.0.113.7:50000`,
    open,
    { kind: 'public', mapping: 'none', filtering: 'endpoint-independent', ports: 'preserved' },
  ],
  [
    'an address of its own, and a firewall that lets answers in',
    `${A}>203.0.113.7:50000 ${B}>203.0.113.7:50000`,
    byPort,
    { kind: 'firewalled', mapping: 'none', filtering: 'address-and-port-dependent' },
  ],
  [
    'an address of its own, seen by one that sends from another port, and nobody else to ask',
    `${A}>203.0.113.7:50000`,
    [contacted(true)],
    { kind: 'public', mapping: 'none', filtering: 'unknown' },
  ],
  [
    'one mapping, open to all',
    `${A}>198.51.100.9:50000 ${B}>198.51.100.9:50000 ${C}>198.51.100.9:50000`,
    open,
    { kind: 'full cone', mapping: 'endpoint-independent', ports: 'preserved', publicHosts: ['198.51.100.9'] },
  ],
  [
    'one mapping, open to every port of who was sent to',
    `${A}>198.51.100.9:1234 ${B}>198.51.100.9:1234`,
    byAddress,
    { kind: 'address-restricted', filtering: 'address-dependent', ports: 'unknown' },
  ],
  [
    'one mapping, open to who was sent to, exactly',
    `${A}>198.51.100.9:1234 ${B}>198.51.100.9:1234`,
    byPort,
    { kind: 'port-restricted', filtering: 'address-and-port-dependent' },
  ],
  [
    'one mapping, and nobody to ask what it lets in',
    `${A}>198.51.100.9:1234 ${B}>198.51.100.9:1234`,
    [],
    { kind: 'cone', mapping: 'endpoint-independent', filtering: 'unknown' },
  ],
  [
    'the port of our own under another host is a NAT all the same',
    `${A}>198.51.100.9:50000 ${B}>198.51.100.9:50000`,
    byPort,
    { kind: 'port-restricted', ports: 'preserved' },
  ],
  [
    'the host of our own under another port, too',
    `${A}>203.0.113.7:50001 ${B}>203.0.113.7:50001`,
    byPort,
    { kind: 'port-restricted', mapping: 'endpoint-independent' },
  ],
  [
    'a mapping for each, anywhere',
    `${A}>198.51.100.9:1234 ${B}>198.51.100.9:61000 ${C}>198.51.100.9:33333`,
    byPort,
    { kind: 'symmetric', mapping: 'address-and-port-dependent', ports: 'random', portStep: undefined },
  ],
  [
    'a mapping for each, one after the other',
    `${A}>198.51.100.9:1234 ${B}>198.51.100.9:1235 ${C}>198.51.100.9:1237`,
    byPort,
    { kind: 'symmetric (sequential)', ports: 'sequential', portStep: 1 },
  ],
  [
    'a mapping for each, two by two and downwards',
    `${A}>198.51.100.9:1234 ${B}>198.51.100.9:1232`,
    byPort,
    { kind: 'symmetric (sequential)', portStep: -2 },
  ],
  [
    'a mapping for each, by a step that is always the same',
    `${A}>198.51.100.9:8270 ${A2}>198.51.100.9:8526 ${B}>198.51.100.9:8782`,
    byPort,
    { kind: 'symmetric (sequential)', ports: 'sequential', portStep: 256 },
  ],
  [
    'up and down is no order',
    `${A}>198.51.100.9:1234 ${B}>198.51.100.9:1236 ${C}>198.51.100.9:1235`,
    byPort,
    { kind: 'symmetric', ports: 'random' },
  ],
  [
    'a mapping for each address, one for all its ports',
    `${A}>198.51.100.9:1234 ${A2}>198.51.100.9:1234 ${B}>198.51.100.9:41000`,
    byAddress,
    { kind: 'symmetric', mapping: 'address-dependent' },
  ],
  [
    'a mapping for each port',
    `${A}>198.51.100.9:1234 ${A2}>198.51.100.9:41000 ${B}>198.51.100.9:4000`,
    byAddress,
    { kind: 'symmetric', mapping: 'address-and-port-dependent' },
  ],
  [
    'a way out for each server is several addresses',
    `${A}>198.51.100.9:1234 ${B}>198.51.100.10:1234`,
    byPort,
    { kind: 'symmetric', publicHosts: ['198.51.100.9', '198.51.100.10'] },
  ],
  [
    'one answer shows an address, and no more',
    `${A}>198.51.100.9:1234 ${B}>`,
    [],
    { kind: 'unknown', mapping: 'unknown', publicHosts: ['198.51.100.9'] },
  ],
  [
    'the same server twice is one answer',
    `${A}>198.51.100.9:1234 ${A}>198.51.100.9:1234`,
    [],
    { kind: 'unknown', mapping: 'unknown' },
  ],
  [
    'two that answer are enough, whoever else does not',
    `${A}>198.51.100.9:1234 ${C}> ${B}>198.51.100.9:1234`,
    byPort,
    { kind: 'port-restricted' },
  ],
  ['no answer', `${A}> ${B}>`, [], { kind: 'UDP blocked', mapping: 'unknown', publicHosts: [] }],
  [
    'a stranger gets in, so everybody does, whatever was lost',
    `${A}>198.51.100.9:1234 ${B}>198.51.100.9:1234`,
    [contacted(false), stranger(true)],
    { kind: 'full cone' },
  ],
  [
    'a stranger that was kept out does not tell the two kinds of rule apart',
    `${A}>198.51.100.9:1234 ${B}>198.51.100.9:1234`,
    [stranger(false)],
    { kind: 'cone', filtering: 'unknown' },
  ],
]

for (const [what, mappings, filterings, expected] of table) {
  nat(what, () => {
    const seen = judgeNat({ localPort: LOCAL_PORT, ownHosts: OWN, mappings: asked(mappings), filterings })
    for (const [key, value] of Object.entries(expected)) assert.equal(seen[key as keyof NatBehaviour], value, key)
  })
}

nat('of an IPv6 socket', () => {
  const server = (host: string) => ({ server: { host, port: 3478 } })
  const mapped = { host: '2001:db8:1::7', port: LOCAL_PORT }
  const mappings = [
    { ...server('2001:db8:a::1'), mapped },
    { ...server('2001:db8:a::2'), mapped },
  ]
  const judge = (filterings: FilteringSample[]) =>
    judgeNat({ localPort: LOCAL_PORT, ownHosts: OWN, mappings, filterings }).kind
  assert.equal([judge(open), judge(byPort), judge([])], ['public', 'firewalled', 'public'])
})

nat('nobody asked: nothing is known, and nothing said to be blocked', () => {
  const seen = judgeNat({ localPort: LOCAL_PORT, ownHosts: OWN, mappings: [], filterings: [] })
  assert.equal([seen.kind, seen.mapping, seen.filtering, seen.ports], ['unknown', 'unknown', 'unknown', 'unknown'])
})

const routers: [what: string, routersHost: string | undefined, publicHosts: string[], expected: boolean | undefined][] =
  [
    ['no router that tells', undefined, ['198.51.100.9'], undefined],
    ['a router that the world sees', '198.51.100.9', ['198.51.100.9'], false],
    ['a router that the world sees, among others', '198.51.100.9', ['198.51.100.8', '198.51.100.9'], false],
    ['a router that the world sees differently', '198.51.100.9', ['203.0.113.1'], true],
    ['a router in the provider’s network', '100.64.3.4', ['198.51.100.9'], true],
    ['a router in somebody’s own network', '192.168.0.2', [], true],
    ['a router of which the world was not asked', '198.51.100.9', [], undefined],
  ]
for (const [what, host, publicHosts, expected] of routers)
  nat(`two NATs: ${what}`, () => assert.is(isBehindTwoNats(host, publicHosts), expected))

/** A NAT by its two rules: what it maps, what it lets in. */
nat('what a NAT of given rules does is told by those rules', () => {
  const server = fc.record({
    host: fc.constantFrom('198.51.100.1', '198.51.100.2', '198.51.100.3'),
    port: fc.constantFrom(443, 3478),
  })
  const rule = fc.constantFrom('endpoint-independent', 'address-dependent', 'address-and-port-dependent' as const)
  holds(
    fc.property(
      fc.uniqueArray(server, { selector: ({ host, port }) => `${host}:${port}` }),
      rule,
      (servers, mapping) => {
        const ports = new Map<string, number>()
        const portFor = ({ host, port }: Address): number => {
          const key =
            mapping === 'endpoint-independent' ? '' : mapping === 'address-dependent' ? host : `${host}:${port}`
          if (!ports.has(key)) ports.set(key, 20_000 + 977 * ports.size * (ports.size % 2 === 0 ? 1 : -1))
          return ports.get(key)!
        }
        const mappings = servers.map((each) => ({ server: each, mapped: { host: '192.0.2.1', port: portFor(each) } }))
        const seen = judgeNat({ localPort: LOCAL_PORT, ownHosts: OWN, mappings, filterings: [] }).mapping
        const hosts = new Set(servers.map(({ host }) => host))
        const told: unknown[] =
          servers.length < 2
            ? ['unknown']
            : mapping === 'address-and-port-dependent'
              ? [mapping]
              : mapping === 'endpoint-independent' || hosts.size === 1
                ? ['endpoint-independent']
                : hosts.size === servers.length
                  ? ['address-and-port-dependent'] // no host was asked twice
                  : ['address-dependent']
        assert.ok(told.includes(seen), `${seen}, not ${told}`)
      },
    ),
  )
})

nat.run()
