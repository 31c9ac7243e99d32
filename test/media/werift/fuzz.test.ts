/**
 * A hundred thousand random and mutated datagrams at a live session, from strangers and from the path, and what a peer can
 * do who has the keys: the voice goes on, and nothing grows.
 */

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RtcpReceiverInfo, RtcpRrPacket } from 'werift'
import type { Keying } from '../../../src/media/session.ts'
import { seededRandom } from '../../../src/lib/random.ts'
import type { Random } from '../../../src/lib/random.ts'
import { SealedKeying } from '../../../src/media/werift/keying.ts'
import { dropped } from '../../../src/media/werift/drops.ts'
import { createWeriftSession } from '../../../src/media/werift/session.ts'
import { memoryHeld } from '../../support/memory.ts'
import { KEYINGS, LOOPBACK, connectOverWire, eventually, listen, packet, pairOf } from './pair.ts'
import { PEER_SSRC, openPeer } from './peer.ts'
import type { End } from './wire.ts'

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)
const runs = Number(process.env['FC_RUNS'] ?? 100)
const DATAGRAMS_A_ROUND = 100
/** A hundred thousand in a plain run, and not more than ten times that. */
const ROUNDS: Record<Keying, number> = { sealed: 10 * Math.min(runs, 1000), dtls: 2 * Math.min(runs, 1000) }
/** Of the heap, by anything that is not given back. */
const GROWTH_MAX_BYTES = 8_000_000

const fuzz = suite('a live session under fire')

const below = (random: Random, limit: number): number => Math.floor(random() * limit)

function randomBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => below(random, 256)))
}

/** Random bytes that begin like STUN, DTLS, RTP, RTCP, ChannelData, or like nothing. */
function invent(random: Random): Buffer {
  const data = randomBytes(random, below(random, 200))
  const starts = [
    [0, 1],
    [1, 1],
    [20],
    [21, 254, 253],
    [22, 254, 253],
    [23, 254, 253],
    [30],
    [0x90, 111],
    [0x80, 200],
    [0x40],
  ]
  const start = starts[below(random, starts.length + 1)] ?? []
  data.set(start.slice(0, data.length))
  if (start[0] === 0 && data.length >= 20) data.set([0, data.length - 20, 0x21, 0x12, 0xa4, 0x42], 2)
  return data
}

/** A datagram that was really sent, with some of its bytes changed, cut, or prolonged. */
function mutate(random: Random, real: Buffer): Buffer {
  const data = Buffer.from(real)
  const kind = below(random, 4)
  if (kind === 0) return data.subarray(0, below(random, data.length))
  if (kind === 1) return Buffer.concat([data, randomBytes(random, below(random, 100))])
  for (let changes = below(random, 8) + 1; changes > 0; changes--) data[below(random, data.length)] = below(random, 256)
  return data
}

for (const keying of KEYINGS) {
  fuzz(`${keying}: every packet of the call is heard once, both ways (FC_SEED=${seed})`, async () => {
    console.error(`FC_SEED=${seed}`)
    const random = seededRandom(seed)
    const { a, b, wire, seen, stop } = await connectOverWire(pairOf(keying))
    wire.inspect = (to, data) => {
      if (seen[to].length < 400) seen[to].push(Buffer.from(data))
      return true
    }
    const failures: string[] = []
    a.on('failed', (reason) => failures.push(`a: ${reason}`))
    b.on('failed', (reason) => failures.push(`b: ${reason}`))
    const [atA, atB] = [listen(a), listen(b)]
    const stranger = createSocket('udp4')
    let held = 0

    for (let round = 1; round <= ROUNDS[keying]; round++) {
      for (let shots = 0; shots < DATAGRAMS_A_ROUND; shots++) {
        const to: End = random() < 0.5 ? 'a' : 'b'
        const data = random() < 0.5 ? invent(random) : mutate(random, seen[to][below(random, seen[to].length)]!)
        if (random() < 0.5) stranger.send(data, wire.portOf(to), '127.0.0.1')
        else wire.inject(to, data)
      }
      a.send(packet(round))
      b.send(packet(round))
      const text = `frame ${round}`
      assert.ok(await eventually(() => atA.at(-1) === text && atB.at(-1) === text), `silent in ${round}: ${failures}`)
      if (round === Math.ceil(ROUNDS[keying] / 4)) held = memoryHeld()
    }
    const grown = memoryHeld() - held
    assert.ok(grown < GROWTH_MAX_BYTES, `${grown} bytes more`)
    assert.equal(failures, [])
    // a truncated or prolonged packet is not authentic, a repeated one not new: nothing came that was not sent, or twice
    for (const heard of [atA, atB]) assert.equal([new Set(heard).size, heard.length], [ROUNDS[keying], ROUNDS[keying]])
    stranger.close()
    await stop()
  })
}

fuzz('a peer who has the keys can repeat, lie and flood, and is heard as often as it spoke', async () => {
  const session = createWeriftSession(LOOPBACK)
  const peer = openPeer('offerer', (events) => new SealedKeying(events))
  const heard = listen(session)
  const connected = once(session, 'connected')
  await peer.meet(session)
  await connected
  assert.ok(await eventually(() => peer.media() !== undefined && peer.hasPath()))
  const media = peer.media()!
  let number = 0
  const speak = async (when: string) => {
    const sealed = media.sealRtp(packet(++number), PEER_SSRC, 111)!
    for (let copies = 0; copies < 20; copies++) peer.send(sealed)
    assert.ok(await eventually(() => heard.at(-1) === `frame ${number}`), when)
  }
  await speak('at first')
  const held = memoryHeld()
  const before = { unwanted: dropped('rtp-unwanted'), reports: dropped('rtcp-too-many') }

  for (let round = 0; round < 60; round++) {
    for (let shots = 0; shots < 20; shots++) {
      // as if from another source, then as another codec
      peer.send(media.sealRtp(packet(++number), PEER_SSRC + 1 + round * 100 + shots, 111)!)
      peer.send(media.sealRtp(packet(++number), PEER_SSRC, 112)!)
      peer.send(media.sealRtcp(flood(peer.sessionSsrc(), shots)))
    }
    await speak(`in round ${round}`)
  }
  assert.is(heard.length, 61)
  assert.is(new Set(heard).size, 61)
  assert.ok(dropped('rtp-unwanted') - before.unwanted > 1000)
  assert.ok(dropped('rtcp-too-many') - before.reports > 500)
  const { rttMs = 0, remoteLossPercent = 0, packetsReceived } = session.stats()
  assert.is(packetsReceived, 61)
  assert.ok(rttMs >= 0 && rttMs <= 30_000)
  assert.ok(remoteLossPercent >= 0 && remoteLossPercent <= 100)
  const grown = memoryHeld() - held
  assert.ok(grown < GROWTH_MAX_BYTES, `${grown} bytes more`)
  await Promise.all([session.stop(), peer.stop()])
})

/** A compound packet as large as can be, all of it reports on the session, none of them true. */
function flood(ssrc: number, salt: number): Buffer {
  const block = new RtcpReceiverInfo({
    ssrc,
    fractionLost: 255,
    packetsLost: 0xffffff,
    highestSequence: 0xffffffff,
    jitter: 0xffffffff,
    lsr: (salt * 0x01234567) >>> 0,
    dlsr: 0xffffffff,
  })
  const one = new RtcpRrPacket({ ssrc: PEER_SSRC, reports: Array.from({ length: 31 }, () => block) }).serialize()
  return Buffer.concat([one, one])
}

fuzz.run()
