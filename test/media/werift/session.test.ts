/** The contract of MediaSession, over real sockets on 127.0.0.1. */

import { once } from 'node:events'
import { createSocket } from 'node:dgram'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TincanError } from '../../../src/errors.ts'
import type { MediaSessionOptions } from '../../../src/media/session.ts'
import { createWeriftSession } from '../../../src/media/werift/session.ts'
import { startTurnServer } from '../../support/turn-server.ts'
import { LOOPBACK, connectOverWire, connectPair, eventually, isDtls, isRtp, listen, makePair, packet } from './pair.ts'
import { openWire } from './wire.ts'

const session = suite('media session')

async function failure(act: () => Promise<unknown>): Promise<TincanError> {
  try {
    await act()
  } catch (error) {
    assert.instance(error, TincanError)
    return error as TincanError
  }
  return assert.unreachable('it did not fail') as never
}

session('packets go both ways, with the numbers and bytes they were sent with', async () => {
  const { a, b, stop } = await connectPair()
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
  await stop()
})

session('both ends export the same channel binding, and none before they are connected', async () => {
  const pair = makePair()
  assert.throws(
    () => pair.a.channelBinding(),
    (error: unknown) => error instanceof TincanError && error.code === 'CALL_FAILED',
  )
  await pair.negotiate()
  await pair.connected
  const [ofA, ofB] = [pair.a.channelBinding(), pair.b.channelBinding()]
  assert.is(ofA.length, 32)
  assert.equal([...ofA], [...ofB])
  await pair.stop()
  const other = await connectPair()
  assert.not.equal([...other.a.channelBinding()], [...ofA])
  await other.stop()
})

session('each session has a certificate of its own', async () => {
  const sessions = [createWeriftSession(LOOPBACK), createWeriftSession(LOOPBACK)]
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

session('an ICE restart keeps media flowing, before, while and after the new path is found', async () => {
  const { a, b, stop, negotiate } = await connectPair()
  const [atA, atB] = [listen(a), listen(b)]
  const binding = [...a.channelBinding()]
  let number = 0
  const exchange = async (when: string) => {
    const text = `frame ${++number}`
    a.send(packet(number))
    b.send(packet(number))
    assert.ok(await eventually(() => atA.includes(text) && atB.includes(text)), when)
  }
  for (let round = 0; round < 4; round++) {
    const [first, second] = round % 2 === 0 ? [a, b] : [b, a]
    const offer = await first.createOffer({ iceRestart: true })
    await exchange('while only one end has restarted')
    const answer = await second.createAnswer(offer)
    await exchange('while only one end has both descriptions')
    await first.setAnswer(answer)
    for (let more = 0; more < 20; more++) await exchange('while the new path is found')
  }
  assert.equal([...b.channelBinding()], binding)
  await negotiate()
  await exchange('after a plain renegotiation')
  await stop()
})

session('media goes through a relay when nothing else is allowed, and it is called a relay at both ends', async () => {
  await using turn = await startTurnServer()
  const relayed: MediaSessionOptions = { ...LOOPBACK, ice: { turn }, relayOnly: true }
  const { a, b, stop } = await connectPair({ a: relayed })
  const heard = listen(b)
  a.send(packet(1))
  assert.ok(await eventually(() => heard.length === 1 && b.stats().path === 'relay'))
  assert.is(a.stats().path, 'relay')
  assert.ok(turn.relayed > 0)
  await stop()
  assert.is(turn.allocations, 0)
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

session('a relay-only session shows the peer no address of ours', async () => {
  await using turn = await startTurnServer()
  const a = createWeriftSession({ ...LOOPBACK, ice: { turn }, relayOnly: true })
  const shown: string[] = []
  a.on('candidate', (text) => shown.push(text))
  await a.createOffer()
  assert.ok(await eventually(() => shown.length > 0))
  assert.ok(
    shown.every((text) => / typ relay raddr 0\.0\.0\.0 rport 9/.test(text)),
    shown.join('\n'),
  )
  await a.stop()
  const without = createWeriftSession({ ...LOOPBACK, relayOnly: true })
  assert.is((await failure(() => without.createOffer())).code, 'CALL_FAILED')
  await without.stop()
})

session('a peer whose certificate is not the one it described is refused', async () => {
  const pair = makePair()
  const failed = once(pair.a, 'failed')
  const forged = (sdp: string) =>
    sdp.replace(/(sha-256 )../, (_, start: string) => `${start}${sdp.includes('sha-256 00') ? '11' : '00'}`)
  const answer = await pair.b.createAnswer(await pair.a.createOffer())
  await pair.a.setAnswer(forged(answer))
  await failed
  await pair.stop()
})

session('nothing that a peer describes throws anything but CALL_FAILED', async () => {
  const a = createWeriftSession(LOOPBACK)
  const b = createWeriftSession(LOOPBACK)
  const offer = await a.createOffer()
  const nonsense = [
    '',
    'v=0',
    'x'.repeat(100_000),
    `${offer}${offer}`,
    `${offer}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n`,
    offer.replace('m=audio', 'm=video'),
    offer.replace('sha-256', 'sha-1'),
    offer.replace(/a=fingerprint.*\r\n/, ''),
    offer.replace(/a=ice-pwd:.*/, 'a=ice-pwd:short'),
    offer.replace('opus/48000/2', 'PCMU/8000'),
    offer.replace('a=mid:0', 'a=mid:0\r\na=ice-lite'),
  ]
  for (const sdp of nonsense) assert.is((await failure(() => b.createAnswer(sdp))).code, 'CALL_FAILED', sdp)
  assert.is((await failure(() => b.setAnswer(offer))).code, 'CALL_FAILED')
  for (const sdp of nonsense) assert.is((await failure(() => a.setAnswer(sdp))).code, 'CALL_FAILED', sdp)
  const answer = await b.createAnswer(offer)
  await a.setAnswer(answer)
  assert.is((await failure(() => a.setAnswer(answer))).code, 'CALL_FAILED')
  const swapped = (await b.createOffer()).replace(/(sha-256 )..:../, '$1AB:CD')
  assert.is((await failure(() => a.createAnswer(swapped))).code, 'CALL_FAILED')
  await Promise.all([a.stop(), b.stop()])
  assert.is((await failure(() => a.createOffer())).code, 'CALL_FAILED')
})

session('lost handshake packets delay a connection and do not break it', async () => {
  for (let lost = 0; lost < 6; lost++) {
    const wire = await openWire()
    let seen = 0
    wire.inspect = (_, data) => !isDtls(data) || seen++ % 6 !== lost
    const pair = await connectPair({ carry: wire.rewrite })
    const heard = listen(pair.b)
    pair.a.send(packet(1))
    assert.ok(await eventually(() => heard.length === 1))
    await pair.stop()
    await wire.stop()
  }
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
  const turn = { host: '127.0.0.1', port, username: 'alice', credential: 'secret' }
  const unanswered: MediaSessionOptions = { ...LOOPBACK, ice: { stun: `127.0.0.1:${port}`, turn } }
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

  const half = makePair()
  await half.b.createAnswer(await half.a.createOffer())
  await half.stop()

  const wire = await openWire()
  let handshakes = 0
  wire.inspect = (_, data) => !isDtls(data) || handshakes++ < 2
  const shaking = makePair({ carry: wire.rewrite })
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
