import { createSocket } from 'node:dgram'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { steadyClock } from '../../src/lib/clock.ts'
import type { Address } from '../../src/lib/ip.ts'
import { knockOf } from '../../src/overlay/knock.ts'
import { type StunServer, UdpProbe, type UdpProbeParts } from '../../src/overlay/udp-probe.ts'
import { until } from './loopback.ts'
import { type StunResponder, stunResponder } from './stun-responder.ts'

const udp = suite('udp probe')

const serverOf = (peerId: string, main: StunResponder, other?: StunResponder): StunServer => ({
  peerId,
  stun: [main.at],
  otherStun: other === undefined ? [] : [other.at],
})

/** Sends from a socket that is in nobody's table, as a supernode does. */
async function sendFrom(host: string, to: Address, data: Buffer): Promise<void> {
  const socket = createSocket('udp4')
  await new Promise<void>((done) => socket.bind(0, host, done))
  await new Promise<void>((done) => socket.send(data, to.port, to.host, () => done()))
  socket.close()
}

interface World {
  /** By peer id: where their connections come from. */
  peers?: Record<string, string>
  servers: () => StunServer[]
  /** Where the socket really is, and which knocks get through. */
  inside?: () => Address | undefined
  isLetIn?: (peerId: string) => boolean
  seenAt?: string
}

function probeIn({ peers = {}, servers, inside, isLetIn = () => true, seenAt = '127.0.0.1' }: World) {
  const knocks: { peerId: string; port: number }[] = []
  const parts: UdpProbeParts = {
    overlay: {
      peers: () => Object.keys(peers),
      remoteAddress: (peerId) => peers[peerId] && `/ip4/${peers[peerId]}/tcp/4001`,
    },
    stunServers: () => Promise.resolve(servers()),
    async askForKnock(peerId, { port, token }) {
      knocks.push({ peerId, port })
      const to = inside?.()
      if (to !== undefined && isLetIn(peerId)) await sendFrom('127.0.0.3', to, knockOf(token))
      return seenAt
    },
    clock: steadyClock,
  }
  const probe = new UdpProbe(parts)
  return Object.assign(probe, { knocks, [Symbol.dispose]: () => probe.stop() })
}

udp('a socket that everybody sees as it is, and that everybody reaches, is public', async () => {
  await using a = await stunResponder()
  await using b = await stunResponder(undefined, '127.0.0.2')
  using probe = probeIn({
    servers: () => [serverOf('a', a), serverOf('b', b)],
    peers: { a: '127.0.0.1', b: '127.0.0.2', stranger: '127.0.0.3' },
    inside: () => a.asked[0]?.from,
  })
  const found = await probe.look()
  assert.is(found?.ipv4?.kind, 'public')
  assert.is(found?.ipv4?.filtering, 'endpoint-independent')
  assert.is(found?.ipv6, undefined)
  assert.is(probe.isUdpBlocked(), false)
  assert.equal(
    found?.servers.map(({ peerId, rttMs }) => [peerId, rttMs !== undefined && rttMs >= 0 && rttMs < 1_100]),
    [
      ['a', true],
      ['b', true],
    ],
  )
  // one that was sent to, and one that was not, at the port that is seen
  assert.equal(probe.knocks.map(({ peerId }) => peerId).toSorted(), ['a', 'stranger'])
  assert.ok(probe.knocks.every(({ port }) => port === a.asked[0]?.from.port))
})

udp('no answer is longer than the question', async () => {
  await using v4 = await stunResponder()
  await using v6 = await stunResponder(() => ({ host: '2001:db8::1', port: 1 }))
  using probe = probeIn({ servers: () => [serverOf('a', v4), serverOf('b', v6)] })
  await probe.look()
  for (const { asked, answerBytes } of [v4, v6]) assert.ok(answerBytes <= asked[0]!.bytes, `${answerBytes}`)
})

udp('what a hostile server says of the socket that cannot be, is no answer', async () => {
  const lies = [
    { host: '198.51.100.9', port: 0 },
    { host: '2001:db8::1', port: 4711 },
    { host: '255.255.255.255', port: 4711 },
  ]
  for (const lie of lies) {
    await using a = await stunResponder(() => lie)
    using probe = probeIn({ servers: () => [serverOf('a', a)] })
    assert.equal((await probe.look())?.ipv4?.publicHosts, [])
  }
})

udp('behind one mapping for all, what gets in tells the kind', async () => {
  const outside = { host: '198.51.100.9', port: 4711 }
  const kinds: [letIn: string[], kind: string][] = [
    [['a', 'stranger'], 'full cone'],
    [['a'], 'address-restricted'],
    [[], 'port-restricted'],
  ]
  for (const [letIn, kind] of kinds) {
    await using a = await stunResponder(() => outside)
    await using b = await stunResponder(() => outside, '127.0.0.2')
    using probe = probeIn({
      servers: () => [serverOf('a', a), serverOf('b', b)],
      peers: { a: '127.0.0.1', stranger: '127.0.0.3' },
      inside: () => a.asked[0]?.from,
      isLetIn: (peerId) => letIn.includes(peerId),
      seenAt: outside.host,
    })
    const found = await probe.look()
    assert.is(found?.ipv4?.kind, kind)
    assert.equal(found?.ipv4?.publicHosts, [outside.host])
    assert.is(found?.ipv4?.isHairpinned, false)
  }
})

udp('a peer that sees us elsewhere than the socket is seen says nothing of what gets in', async () => {
  const outside = { host: '198.51.100.9', port: 4711 }
  await using a = await stunResponder(() => outside)
  await using b = await stunResponder(() => outside, '127.0.0.2')
  using probe = probeIn({
    servers: () => [serverOf('a', a), serverOf('b', b)],
    peers: { a: '127.0.0.1', stranger: '127.0.0.3' },
    isLetIn: () => false,
    seenAt: '198.51.100.10',
  })
  assert.is((await probe.look())?.ipv4?.kind, 'cone')
})

udp('a mapping for each server, and one for each port, are symmetric', async () => {
  const outside = (port: number) => () => ({ host: '198.51.100.9', port })
  await using a = await stunResponder(outside(2_000))
  await using a2 = await stunResponder(outside(2_001))
  await using b = await stunResponder(outside(2_002), '127.0.0.2')
  using counted = probeIn({ servers: () => [serverOf('a', a, a2), serverOf('b', b)], seenAt: '198.51.100.9' })
  const found = await counted.look()
  assert.equal(
    [found?.ipv4?.kind, found?.ipv4?.mapping, found?.ipv4?.portStep],
    ['symmetric (sequential)', 'address-and-port-dependent', 1],
  )
  // the second port is no server of its own
  assert.is(found?.servers.length, 2)

  await using same = await stunResponder(outside(2_000))
  using byHost = probeIn({ servers: () => [serverOf('a', a, same), serverOf('b', b)], seenAt: '198.51.100.9' })
  assert.is((await byHost.look())?.ipv4?.mapping, 'address-dependent')
})

udp('where nothing comes back UDP is blocked, known in time and asked a few times only', async () => {
  await using a = await stunResponder(() => undefined)
  await using b = await stunResponder(() => undefined, '127.0.0.2')
  using probe = probeIn({ servers: () => [serverOf('a', a), serverOf('b', b)] })
  assert.is(probe.isUdpBlocked(), undefined)
  probe.nudge()
  await until('it is known', () => probe.isUdpBlocked() !== undefined)
  assert.is(probe.isUdpBlocked(), true)
  const found = await probe.look()
  assert.equal([found?.isBlocked, found?.ipv4?.kind], [true, 'UDP blocked'])
  assert.ok(a.asked.length <= 8 && b.asked.length <= 8)
  assert.is(probe.knocks.length, 0)
})

udp('one answer is enough for UDP to pass', async () => {
  await using a = await stunResponder(() => undefined)
  await using b = await stunResponder(undefined, '127.0.0.2')
  using probe = probeIn({ servers: () => [serverOf('a', a), serverOf('b', b)] })
  assert.is((await probe.look())?.isBlocked, false)
  assert.is(probe.isUdpBlocked(), false)
})

udp('nothing is known while there is nobody to ask, and it is found out when there is', async () => {
  await using a = await stunResponder()
  let servers: StunServer[] = []
  using probe = probeIn({ servers: () => servers })
  assert.is(await probe.look(), undefined)
  assert.is(probe.isUdpBlocked(), undefined)
  servers = [serverOf('a', a)]
  probe.nudge()
  await until('it is known', () => probe.isUdpBlocked() === false)
})

udp('after a move nothing is known until it was asked anew', async () => {
  let isBlocked = false
  await using a = await stunResponder((from) => (isBlocked ? undefined : from))
  using probe = probeIn({ servers: () => [serverOf('a', a)] })
  await probe.look()
  assert.is(probe.isUdpBlocked(), false)
  isBlocked = true
  probe.recheck()
  assert.is(probe.isUdpBlocked(), undefined)
  await until('it is known', () => probe.isUdpBlocked() === true)
})

udp.run()
