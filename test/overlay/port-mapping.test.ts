import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { steadyClock } from '../../src/lib/clock.ts'
import { type MapQuestion, pcpMap, pmpMap, readPcpMap, readPmpHost, readPmpMap } from '../../src/overlay/nat-pmp.ts'
import { PortMapping, type PortMappingStatus } from '../../src/overlay/port-mapping.ts'
import { locationOf, serviceOf } from '../../src/overlay/upnp.ts'
import { holds } from '../support/property.ts'
import { until } from './loopback.ts'
import { Router, type RouterOptions } from './router.ts'

const mapping = suite('port mapping')

const WANTED = [
  { transport: 'tcp' as const, port: 4001 },
  { transport: 'udp' as const, port: 3478 },
]

async function homeWith(options: RouterOptions) {
  const router = await new Router(options).start()
  const own = new PortMapping({
    clock: steadyClock,
    gateways: () => ['127.0.0.1'],
    places: { pcpPort: router.pcpPort, ssdp: { host: '127.0.0.1', port: router.ssdpPort } },
  })
  return {
    router,
    own,
    async settled(): Promise<PortMappingStatus> {
      await until('it is known', () => own.status.state !== 'searching')
      return own.status
    },
    async [Symbol.asyncDispose]() {
      await own.stop()
      await router[Symbol.asyncDispose]()
    },
  }
}

for (const protocol of ['PCP', 'NAT-PMP', 'UPnP'] as const) {
  mapping(`${protocol}: ports are mapped, told with the outside address, and taken away at the stop`, async () => {
    await using home = await homeWith({ speaks: [protocol] })
    home.own.want(WANTED)
    const status = await home.settled()
    const at = (transport: 'tcp' | 'udp', port: number) => ({
      transport,
      internalHost: '127.0.0.1',
      internalPort: port,
      externalPort: port,
    })
    assert.equal(status, {
      state: 'mapped',
      protocol,
      externalHost: '198.51.100.9',
      ports: [at('tcp', 4001), at('udp', 3478)],
    })
    assert.equal([...home.router.mappings.keys()], ['tcp 4001', 'udp 3478'])
    home.own.want(WANTED.slice(1))
    await until('what is not wanted is closed', () => home.router.mappings.size === 1)
    await home.own.stop()
    assert.is(home.router.mappings.size, 0)
    assert.is(home.own.status.state, 'off')
  })

  mapping(`${protocol}: a router that refuses is said to`, async () => {
    await using home = await homeWith({ speaks: [protocol], refuses: true })
    home.own.want(WANTED)
    assert.equal(await home.settled(), {
      state: 'refused',
      protocol,
      externalHost: protocol === 'PCP' ? undefined : '198.51.100.9',
      ports: [],
    })
  })
}

mapping('another port than the one wished for is taken', async () => {
  for (const protocol of ['PCP', 'NAT-PMP'] as const) {
    await using home = await homeWith({ speaks: [protocol], externalPort: (wished) => wished + 7 })
    home.own.want(WANTED)
    const { ports } = await home.settled()
    assert.ok(
      ports.every(({ internalPort, externalPort }) => externalPort >= internalPort + 7),
      protocol,
    )
  }
})

mapping(
  'by UPnP, a port that is taken is changed for another, and a lease for ever taken where there is no other',
  async () => {
    await using home = await homeWith({ speaks: ['UPnP'], taken: [4001], onlyPermanent: true })
    home.own.want(WANTED)
    const { state, ports } = await home.settled()
    assert.is(state, 'mapped')
    assert.not.equal(ports[0]?.externalPort, 4001)
    assert.is(ports[1]?.externalPort, 3478)
    assert.equal(
      [...home.router.mappings.values()].map(({ seconds }) => seconds),
      [0, 0],
    )
  },
)

mapping('a router that speaks several is asked in one only, PCP first', async () => {
  await using home = await homeWith({ speaks: ['PCP', 'NAT-PMP', 'UPnP'] })
  home.own.want(WANTED)
  assert.is((await home.settled()).protocol, 'PCP')
  assert.equal([...new Set(home.router.heard)], ['PCP'])
})

mapping('without a router that maps, or without any, nothing is mapped and nothing breaks', async () => {
  await using home = await homeWith({ speaks: [] })
  home.own.want(WANTED)
  assert.is((await home.settled()).state, 'none')
  const alone = new PortMapping({ clock: steadyClock, gateways: () => [] })
  alone.want(WANTED)
  await until('it is known', () => alone.status.state === 'none')
  await alone.stop()
})

mapping('a stop in the middle of a search ends it', async () => {
  await using home = await homeWith({ speaks: [] })
  home.own.want(WANTED)
  await home.own.stop()
  assert.is(home.own.status.state, 'off')
})

mapping('a description elsewhere than at the gateway is not fetched', async () => {
  const elsewhere = [
    'http://127.0.0.2:1/rootDesc.xml',
    'https://127.0.0.1/rootDesc.xml',
    'http://u@127.0.0.1:1/',
    'nonsense',
  ]
  for (const location of elsewhere) {
    assert.is(
      locationOf(
        `HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nLOCATION: ${location}\r\n\r\n`,
        '127.0.0.1',
      ),
      undefined,
      location,
    )
  }
  await using home = await homeWith({ speaks: ['UPnP'], location: () => 'http://127.0.0.2:9/rootDesc.xml' })
  home.own.want(WANTED)
  assert.is((await home.settled()).state, 'none')
  assert.equal(home.router.heard, [])
})

mapping('a service that is carried out elsewhere is not used', () => {
  const service = (control: string) =>
    `<service><serviceType>urn:schemas-upnp-org:service:WANPPPConnection:1</serviceType><controlURL>${control}</controlURL></service>`
  const at = new URL('http://192.0.2.1:5000/desc.xml')
  assert.is(serviceOf(service('/ctl'), at)?.control.href, 'http://192.0.2.1:5000/ctl')
  assert.is(serviceOf(service('http://192.0.2.1:80/ctl'), at)?.control.href, 'http://192.0.2.1/ctl')
  for (const control of ['http://192.0.2.2/ctl', '//192.0.2.2/ctl', 'file:///etc/passwd', ''])
    assert.is(serviceOf(service(control), at)?.control.hostname ?? '192.0.2.1', '192.0.2.1', control)
  assert.is(serviceOf(service('http://192.0.2.2/ctl'), at), undefined)
})

const QUESTION: MapQuestion = { transport: 'tcp', internalPort: 4001, externalPort: 4002, lifetimeSeconds: 7200 }
const NONCE = Uint8Array.from({ length: 12 }, (_, i) => i)

mapping('the bytes of RFC 6887 and RFC 6886', () => {
  assert.is(
    pcpMap(QUESTION, '192.168.1.2', NONCE).toString('hex'),
    '0201000000001c2000000000000000000000ffffc0a80102000102030405060708090a0b060000000fa10fa200000000000000000000ffff00000000',
  )
  assert.is(pmpMap(QUESTION).toString('hex'), '000200000fa10fa200001c20')
  assert.is(pmpMap({ ...QUESTION, lifetimeSeconds: 0 }).toString('hex'), '000200000fa1000000000000')
})

mapping('an answer to another question is none', () => {
  const answer = pcpMap(QUESTION, '192.168.1.2', NONCE)
  answer[1] = 0x81
  answer[3] = 0
  assert.is((readPcpMap(answer, QUESTION, NONCE) as { externalPort: number }).externalPort, 4002)
  assert.is(readPcpMap(answer, { ...QUESTION, internalPort: 1 }, NONCE), undefined)
  assert.is(readPcpMap(answer, { ...QUESTION, transport: 'udp' }, NONCE), undefined)
  assert.is(readPcpMap(answer, QUESTION, new Uint8Array(12)), undefined)
})

mapping('whatever a router sends, reading it throws nothing', () => {
  holds(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.string(), (bytes, text) => {
      const data = Buffer.from(bytes)
      for (const head of [
        data,
        Buffer.concat([Buffer.from([2, 0x81]), data]),
        Buffer.concat([Buffer.from([0, 0x82]), data]),
      ]) {
        readPcpMap(head, QUESTION, NONCE)
        readPmpMap(head, QUESTION)
        readPmpHost(head)
      }
      locationOf(text, '192.0.2.1')
      serviceOf(text, new URL('http://192.0.2.1/'))
    }),
  )
})

mapping('a description made to be read for ever is read in no time', () => {
  const at = new URL('http://192.0.2.1/')
  for (const [head, filler] of [
    ['<URLBase>', ' '],
    ['<service><serviceType>', '\n'],
    ['', '<URLBase '],
    ['', '<service>'],
    ['', '</service>'],
  ] as const)
    assert.is(serviceOf(head + filler.repeat((64 * 1024) / filler.length) + '<', at), undefined)
})

mapping.run()
