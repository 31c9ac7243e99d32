/** The contract of MediaSession, over real sockets on 127.0.0.1. */

import { once } from 'node:events'
import { createSocket } from 'node:dgram'
import { setTimeout as delay } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TincanError } from '../../../src/errors.ts'
import type { IceServers } from '../../../src/ice/ice.ts'
import { dropped } from '../../../src/media/werift/drops.ts'
import { createWeriftSession } from '../../../src/media/werift/session.ts'
import { relayServer, startServer } from '../../turn/relay-site.ts'
import {
  KEYINGS,
  LOOPBACK,
  LOOPBACK_DTLS,
  connectOverWire,
  connectPair,
  eventually,
  isDtls,
  isRtp,
  listen,
  makePair,
  packet,
  pairOf,
} from './pair.ts'
import { openWire } from './wire.ts'

const session = suite('media session')

/** What a supernode would say of itself that listens there. */
const serversAt = (host: string, port: number): IceServers => ({
  stun: [{ host, port }],
  relays: [
    {
      peerId: 'somebody',
      udp: [{ host, port }],
      tcp: [],
      username: 'alice',
      credential: 'secret',
      realm: 'tincan',
      nonce: 'nonce',
      expiresMs: Date.now() + 3_600_000,
    },
  ],
})

async function failure(act: () => Promise<unknown>): Promise<TincanError> {
  try {
    await act()
  } catch (error) {
    assert.instance(error, TincanError)
    return error as TincanError
  }
  return assert.unreachable('it did not fail') as never
}

for (const keying of KEYINGS) {
  session(`${keying}: packets go both ways, with the numbers and bytes they were sent with`, async () => {
    const { a, b, stop } = await connectPair(pairOf(keying))
    const [toA, toB] = [once(a, 'packet'), once(b, 'packet')]
    a.send({ sequenceNumber: 7, timestamp: 4_294_967_295, marker: true, payload: Uint8Array.of(1, 2, 3) })
    b.send({ sequenceNumber: 9, timestamp: 960, marker: false, payload: new Uint8Array(400).fill(7) })
    const [atB] = await toB
    const [atA, receivedAtMs] = await toA
    assert.equal([atB.sequenceNumber, atB.timestamp, atB.marker], [7, 4_294_967_295, true])
    assert.equal([...atB.payload], [1, 2, 3])
    assert.equal([atA.sequenceNumber, atA.timestamp, atA.marker], [9, 960, false])
    assert.equal([...atA.payload], [...new Uint8Array(400).fill(7)])
    assert.ok(Math.abs(Date.now() - receivedAtMs) < 60_000)
    await stop()
  })
}

session('keys come by the descriptions alone, or by a handshake on the path', async () => {
  for (const keying of KEYINGS) {
    const { seen, stop } = await connectOverWire(pairOf(keying))
    assert.is([...seen.a, ...seen.b].some(isDtls), keying === 'dtls', keying)
    await stop()
  }
})

session('who wants keys in one way refuses who wants them in the other', async () => {
  for (const [ours, theirs] of [
    [LOOPBACK, LOOPBACK_DTLS],
    [LOOPBACK_DTLS, LOOPBACK],
  ] as const) {
    const [a, b, c] = [createWeriftSession(ours), createWeriftSession(theirs), createWeriftSession(theirs)]
    const offer = await a.createOffer()
    assert.is((await failure(() => b.createAnswer(offer))).code, 'CALL_FAILED')
    const answer = await b.createAnswer(await c.createOffer())
    assert.is((await failure(() => a.setAnswer(answer))).code, 'CALL_FAILED')
    await Promise.all([a.stop(), b.stop(), c.stop()])
  }
})

session('whoever changed a sealed description on its way leaves both ends with other keys', async () => {
  const pair = makePair()
  const [atA, atB] = [listen(pair.a), listen(pair.b)]
  const offer = await pair.a.createOffer()
  await pair.a.setAnswer(await pair.b.createAnswer(offer.replace('useinbandfec=1', 'useinbandfec=0')))
  await pair.connected
  const before = dropped('srtp-refused')
  for (let number = 1; number <= 20; number++) for (const end of [pair.a, pair.b]) end.send(packet(number))
  assert.ok(await eventually(() => dropped('srtp-refused') >= before + 40))
  assert.equal([...atA, ...atB], [])
  await pair.stop()
})

session('of several answers to one offer one is taken, also when another was of no use', async () => {
  const [a, b, c] = [createWeriftSession(LOOPBACK), createWeriftSession(LOOPBACK), createWeriftSession(LOOPBACK)]
  a.on('candidate', (text) => [b, c].forEach((each) => each.addCandidate(text)))
  for (const each of [b, c]) each.on('candidate', (text) => a.addCandidate(text))
  const offer = await a.createOffer()
  const answers = await Promise.all([b, c].map((each) => each.createAnswer(offer)))
  const connected = [once(a, 'connected'), once(c, 'connected')]
  const noKey = answers[0]!.replace(/a=tincan-key:.*/, `a=tincan-key:${Buffer.alloc(32).toString('base64')}`)
  assert.is((await failure(() => a.setAnswer(noKey))).code, 'CALL_FAILED')
  await a.setAnswer(answers[1]!)
  assert.is((await failure(() => a.setAnswer(answers[0]!))).code, 'CALL_FAILED')
  await Promise.all(connected)
  const heard = [listen(b), listen(c)]
  a.send(packet(1))
  assert.ok(await eventually(() => heard[1]!.length === 1))
  assert.equal(heard[0], [])
  await Promise.all([a, b, c].map((each) => each.stop()))
})

session('sequence numbers and timestamps wrap on the way as they should', async () => {
  const { a, b, stop } = await connectPair()
  const heard = listen(b)
  for (let number = 65_500; number < 65_600; number++) a.send(packet(number))
  assert.ok(await eventually(() => heard.length === 100))
  assert.is(heard.at(-1), 'frame 65599')
  await stop()
})

session('a direct path is called direct, and receiver reports tell of round trip and loss', async () => {
  const { a, b, stop } = await connectPair()
  assert.is(a.stats().path, 'direct')
  assert.is(a.stats().rttMs, undefined)
  const heard = listen(b)
  let number = 1
  assert.ok(
    await eventually(() => {
      a.send(packet(number++))
      return a.stats().rttMs !== undefined
    }),
  )
  const { packetsSent, rttMs, remoteLossPercent } = a.stats()
  assert.ok(packetsSent >= heard.length && heard.length > 0)
  assert.is(b.stats().packetsReceived, heard.length)
  assert.ok(rttMs! >= 0 && rttMs! < 5000)
  assert.is(remoteLossPercent, 0)
  assert.equal(a.stats().relays, [])
  await stop()
})

session('who only listens hears of loss as well', async () => {
  const { a, b, wire, stop } = await connectOverWire()
  let carried = 0
  wire.inspect = (to, data) => !(to === 'b' && isRtp(data)) || ++carried % 4 !== 0
  let number = 1
  assert.ok(
    await eventually(() => {
      a.send(packet(number++))
      const { remoteLossPercent = 0, rttMs } = a.stats()
      // one in four, give or take what a short interval cuts off
      return remoteLossPercent > 15 && remoteLossPercent < 35 && rttMs !== undefined
    }),
  )
  assert.is(b.stats().remoteLossPercent, undefined)
  await stop()
})

session('the longest silence of the peer is told, also while it lasts', async () => {
  const { a, b, stop } = await connectPair()
  const heard = listen(b)
  await delay(50)
  assert.is(b.stats().longestGapMs, 0)
  a.send(packet(1))
  assert.ok(await eventually(() => heard.length === 1))
  await delay(300)
  assert.ok(b.stats().longestGapMs > 250)
  a.send(packet(2))
  assert.ok(await eventually(() => heard.length === 2))
  const { longestGapMs } = b.stats()
  assert.ok(longestGapMs > 250)
  await stop()
  await delay(2 * longestGapMs)
  assert.is(b.stats().longestGapMs, longestGapMs)
})

session('each session has a certificate of its own', async () => {
  const sessions = [createWeriftSession(LOOPBACK_DTLS), createWeriftSession(LOOPBACK_DTLS)]
  const offers = await Promise.all(sessions.map((each) => each.createOffer()))
  const [first, second] = offers.map((offer) => /a=fingerprint:sha-256 (.*)/.exec(offer)?.[1])
  assert.ok(first !== undefined && first !== second)
  await Promise.all(sessions.map((each) => each.stop()))
})

session('descriptions hold no candidates, and candidates come after the description they belong to', async () => {
  const a = createWeriftSession(LOOPBACK)
  let hasOffer = false
  const announced = new Promise<{ text: string; hadOffer: boolean }>((resolve) => {
    a.once('candidate', (text) => resolve({ text, hadOffer: hasOffer }))
  })
  const offer = await a.createOffer()
  hasOffer = true
  assert.not.match(offer, 'candidate')
  const { text, hadOffer } = await announced
  assert.ok(hadOffer)
  assert.match((JSON.parse(text) as { candidate: string }).candidate, / 127\.0\.0\.1 \d+ typ host/)
  await a.stop()
})

session('candidates that come before the description they belong to are kept for it', async () => {
  const a = createWeriftSession(LOOPBACK)
  const b = createWeriftSession(LOOPBACK)
  const connected = Promise.all([once(a, 'connected'), once(b, 'connected')])
  b.on('candidate', (text) => a.addCandidate(text))
  const offer = await a.createOffer()
  const [candidate] = await once(a, 'candidate')
  b.addCandidate(candidate)
  await a.setAnswer(await b.createAnswer(offer))
  await connected
  await Promise.all([a.stop(), b.stop()])
})

session('media goes through a relay when nothing else is allowed, and both ends say so', async () => {
  await using turn = await startServer()
  const servers = { stun: [], relays: [relayServer(turn)] }
  const { a, b, stop } = await connectPair({ a: { ...LOOPBACK, servers, relayOnly: true } })
  const [atA, atB] = [listen(a), listen(b)]
  a.send(packet(1))
  b.send(packet(1))
  assert.ok(await eventually(() => atA.length === 1 && atB.length === 1 && b.stats().path === 'relay'))
  assert.is(a.stats().path, 'relay')
  assert.equal(a.stats().relays, ['12D3KooWtest'])
  assert.ok(turn.stats().allocations > 0)
  await stop()
  assert.ok(await eventually(() => turn.stats().allocations === 0), 'the allocation ends with the session')
})

session('a relay-only session waits for its servers, and shows the peer no address of its own', async () => {
  await using turn = await startServer()
  const pair = makePair({ a: { ...LOOPBACK, relayOnly: true } })
  const shown: string[] = []
  pair.a.on('candidate', (text) => shown.push(text))
  let isConnected = false
  const connected = pair.connected.then(() => (isConnected = true))
  await pair.negotiate()
  await delay(200)
  assert.equal([isConnected, shown], [false, []])
  pair.a.setServers({ stun: turn.udp, relays: [relayServer(turn)] })
  await connected
  assert.ok(shown.length > 0)
  assert.ok(
    shown.every((text) => / typ relay raddr 0\.0\.0\.0 rport 9/.test(text)),
    shown.join('\n'),
  )
  await pair.stop()
})

session('a call whose direct path dies goes on through a relay, and back when it lives again', async () => {
  await using turn = await startServer()
  const servers = { stun: [], relays: [relayServer(turn)] }
  const { a, b, wire, stop } = await connectOverWire({ a: { ...LOOPBACK, servers }, b: { ...LOOPBACK, servers } })
  const paths: (string | undefined)[] = []
  a.on('path', (path) => paths.push(path))
  const [atA, atB] = [listen(a), listen(b)]
  let number = 0
  const flows = (patienceMs?: number) => {
    const [heardA, heardB] = [atA.length, atB.length]
    return eventually(() => {
      a.send(packet(++number))
      b.send(packet(number))
      return atA.length > heardA + 20 && atB.length > heardB + 20
    }, patienceMs)
  }
  assert.ok(await flows())
  assert.is(a.stats().path, 'direct')
  let cut = true
  wire.inspect = () => !cut
  assert.ok(await eventually(() => a.stats().path === 'relay' && b.stats().path === 'relay'), `${paths}`)
  assert.ok(await flows())
  cut = false
  assert.ok(await eventually(() => a.stats().path === 'direct' && b.stats().path === 'direct'), `${paths}`)
  assert.ok(await flows())
  await stop()
})

session('looking for addresses again costs no packet', async () => {
  const { a, b, stop } = await connectPair()
  const [atA, atB] = [listen(a), listen(b)]
  for (let number = 1; number <= 60; number++) {
    if (number % 20 === 10) for (const end of [a, b]) end.refresh()
    a.send(packet(number))
    b.send(packet(number))
    assert.ok(await eventually(() => atA.length === number && atB.length === number), `${number}`)
  }
  await stop()
})

session('sessions meet over IPv6, and over whichever family both have', async () => {
  for (const hostsOfB of [['::1'], ['127.0.0.1', '::1']]) {
    const { a, b, stop } = await connectPair({ a: { hostAddresses: ['::1'] }, b: { hostAddresses: hostsOfB } })
    const heard = listen(b)
    a.send(packet(1))
    assert.ok(await eventually(() => heard.length === 1))
    await stop()
  }
})

session('a peer whose certificate is not the one it described is refused', async () => {
  const pair = makePair(pairOf('dtls'))
  const failed = once(pair.a, 'failed')
  const forged = (sdp: string) =>
    sdp.replace(/(sha-256 )../, (_, start: string) => `${start}${sdp.includes('sha-256 00') ? '11' : '00'}`)
  const answer = await pair.b.createAnswer(await pair.a.createOffer())
  await pair.a.setAnswer(forged(answer))
  await failed
  await pair.stop()
})

session('nothing that a peer describes throws anything but CALL_FAILED', async () => {
  for (const keying of KEYINGS) {
    const options = { ...LOOPBACK, keying }
    const [a, b] = [createWeriftSession(options), createWeriftSession(options)]
    const offer = await a.createOffer()
    const nonsense = [
      '',
      'v=0',
      'x'.repeat(100_000),
      `${offer}${offer}`,
      `${offer}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n`,
      offer.replace('m=audio', 'm=video'),
      offer.replace(/a=(fingerprint|tincan-key).*\r\n/, ''),
      offer.replace(/a=ice-pwd:.*/, 'a=ice-pwd:short'),
      offer.replace('opus/48000/2', 'PCMU/8000'),
      offer.replace('a=mid:0', 'a=mid:0\r\na=ice-lite'),
    ]
    for (const sdp of nonsense) assert.is((await failure(() => b.createAnswer(sdp))).code, 'CALL_FAILED', sdp)
    assert.is((await failure(() => b.setAnswer(offer))).code, 'CALL_FAILED')
    for (const sdp of nonsense) assert.is((await failure(() => a.setAnswer(sdp))).code, 'CALL_FAILED', sdp)
    const answer = await b.createAnswer(offer)
    await a.setAnswer(answer)
    for (const again of [
      () => a.setAnswer(answer),
      () => b.createAnswer(offer),
      () => a.createOffer(),
      () => b.createOffer(),
    ]) {
      assert.is((await failure(again)).code, 'CALL_FAILED')
    }
    await Promise.all([a.stop(), b.stop()])
    assert.is((await failure(() => a.createOffer())).code, 'CALL_FAILED')
  }
})

session('lost handshake packets delay a connection and do not break it', async () => {
  for (let lost = 0; lost < 6; lost++) {
    const wire = await openWire()
    let seen = 0
    wire.inspect = (_, data) => !isDtls(data) || seen++ % 6 !== lost
    const pair = await connectPair({ ...pairOf('dtls'), carry: wire.rewrite })
    const heard = listen(pair.b)
    pair.a.send(packet(1))
    assert.ok(await eventually(() => heard.length === 1))
    await pair.stop()
    await wire.stop()
  }
})

session('a session that was connected is not ended by whatever comes as DTLS', async () => {
  const { a, b, wire, seen, stop } = await connectOverWire(pairOf('dtls'))
  const [atA, atB] = [listen(a), listen(b)]
  const failed = [a, b].map((end) => once(end, 'failed').then(() => true))
  for (const end of ['a', 'b'] as const) {
    for (const datagram of [...seen.a, ...seen.b].filter(isDtls)) wire.inject(end, datagram)
    wire.inject(end, Buffer.from([21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0]))
  }
  for (let number = 1; number <= 20; number++) {
    a.send(packet(number))
    b.send(packet(number))
    assert.ok(await eventually(() => atA.length === number && atB.length === number))
  }
  assert.is(await Promise.race([...failed, Promise.resolve(false)]), false)
  await stop()
})

session('a number is used once: what does not follow the last is not sent', async () => {
  const { a, b, stop } = await connectPair()
  const heard = listen(b)
  for (const number of [10, 11, 11, 9, 12]) a.send(packet(number))
  assert.ok(await eventually(() => heard.length === 3))
  assert.equal(heard, ['frame 10', 'frame 11', 'frame 12'])
  assert.is(a.stats().packetsSent, 3)
  await stop()
})

session('an address that cannot be bound costs a candidate, and nothing else', async () => {
  // TEST-NET-1 (RFC 5737) is nobody's address
  const { a, b, stop } = await connectPair({ a: { hostAddresses: ['192.0.2.1', '127.0.0.1'] } })
  const heard = listen(b)
  a.send(packet(1))
  assert.ok(await eventually(() => heard.length === 1))
  await stop()
})

session('an end that begins late, behind a filter that opens when it sends, is met', async () => {
  const wire = await openWire()
  let checks = 0
  let hasOpened = false
  wire.inspect = (to) => {
    if (to === 'b') hasOpened = true
    else checks++
    return hasOpened
  }
  const pair = makePair({ carry: wire.rewrite })
  const answer = await pair.b.createAnswer(await pair.a.createOffer())
  assert.ok(await eventually(() => checks >= 5))
  await pair.a.setAnswer(answer)
  await pair.connected
  await pair.stop()
  await wire.stop()
})

session('packets before the connection and after the end are dropped without a word', async () => {
  const pair = makePair()
  pair.a.send(packet(1))
  await pair.negotiate()
  await pair.connected
  await pair.stop()
  pair.a.send(packet(2))
  pair.a.addCandidate('{}')
  assert.is(pair.a.stats().packetsSent, 0)
  await pair.stop()
})

session('media on the wire is encrypted', async () => {
  const { a, b, wire, stop } = await connectOverWire()
  const seen: Buffer[] = []
  wire.inspect = (_, data) => seen.push(data) > 0
  const heard = listen(b)
  a.send(packet(1, 'a secret between two tin cans'))
  assert.ok(await eventually(() => heard.length === 1))
  const media = seen.filter(isRtp)
  assert.ok(media.length > 0)
  assert.not(media.some((data) => data.includes('secret')))
  await stop()
})

session('stop is prompt and leaves nothing open, at whatever point it comes', async () => {
  const silent = createSocket('udp4')
  silent.bind(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address()
  const unanswered = { ...LOOPBACK, servers: serversAt('127.0.0.1', port) }
  const open = () =>
    process.getActiveResourcesInfo().filter((kind) => kind === 'UDPWrap' || kind.includes('TCP')).length
  const before = open()

  await createWeriftSession(LOOPBACK).stop()

  const offering = createWeriftSession(LOOPBACK)
  const offered = offering.createOffer().then(
    () => 'done',
    () => 'stopped',
  )
  await offering.stop()
  await offered

  const gathering = createWeriftSession(unanswered)
  await gathering.createOffer()
  await gathering.stop()

  const asking = createWeriftSession(unanswered)
  const asked = once(silent, 'message')
  await asking.createOffer()
  await asked
  await asking.stop()

  const half = makePair()
  await half.b.createAnswer(await half.a.createOffer())
  await half.stop()

  const wire = await openWire()
  let handshakes = 0
  wire.inspect = (_, data) => !isDtls(data) || handshakes++ < 2
  const shaking = makePair({ ...pairOf('dtls'), carry: wire.rewrite })
  await shaking.negotiate()
  assert.ok(await eventually(() => handshakes > 3))
  await shaking.stop()
  await wire.stop()

  const connected = await connectPair({ a: unanswered })
  await Promise.all([connected.stop(), connected.stop()])
  await connected.stop()

  assert.ok(await eventually(() => open() <= before), process.getActiveResourcesInfo().join(' '))
  silent.close()
})

session.run()
