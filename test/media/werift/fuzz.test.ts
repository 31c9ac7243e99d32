/** Thousands of random and mutated datagrams at a live session, from strangers and from the path: the audio goes on. */

import { createSocket } from 'node:dgram'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { seededRandom } from '../../../src/lib/random.ts'
import type { Random } from '../../../src/lib/random.ts'
import { connectPair, eventually, listen, packet } from './pair.ts'
import { openWire } from './wire.ts'
import type { End } from './wire.ts'

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)
const ROUNDS = Math.ceil(Number(process.env['FC_RUNS'] ?? 100) * 0.8)
const DATAGRAMS_A_ROUND = 50

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

fuzz(`audio goes on both ways (FC_SEED=${seed})`, async () => {
  console.error(`FC_SEED=${seed}`)
  const random = seededRandom(seed)
  const wire = await openWire()
  const real: Record<End, Buffer[]> = { a: [], b: [] }
  wire.inspect = (to, data) => {
    if (real[to].length < 400) real[to].push(Buffer.from(data))
    return true
  }
  const { a, b, stop } = await connectPair({ carry: wire.rewrite })
  const failures: string[] = []
  a.on('failed', (reason) => failures.push(`a: ${reason}`))
  b.on('failed', (reason) => failures.push(`b: ${reason}`))
  const binding = [...a.channelBinding()]
  const [atA, atB] = [listen(a), listen(b)]
  const stranger = createSocket('udp4')

  for (let round = 1; round <= ROUNDS; round++) {
    for (let shots = 0; shots < DATAGRAMS_A_ROUND; shots++) {
      const to: End = random() < 0.5 ? 'a' : 'b'
      const data = random() < 0.5 ? invent(random) : mutate(random, real[to][below(random, real[to].length)]!)
      if (random() < 0.5) stranger.send(data, wire.portOf(to), '127.0.0.1')
      else wire.inject(to, data)
    }
    a.send(packet(round))
    b.send(packet(round))
    const text = `frame ${round}`
    assert.ok(await eventually(() => atA.includes(text) && atB.includes(text)), `silent in round ${round}: ${failures}`)
  }
  assert.equal(failures, [])
  // A truncated or prolonged packet is not authentic, a repeated one not new: nothing came that was not sent, or twice.
  assert.is(new Set(atA).size, atA.length)
  assert.is(atA.length, ROUNDS)
  assert.is(atB.length, ROUNDS)
  assert.equal([...a.channelBinding()], binding)
  assert.equal([...b.channelBinding()], binding)
  stranger.close()
  await stop()
  await wire.stop()
})

fuzz.run()
