import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { fixedJitterBuffer } from '../../src/media/jitter-buffer.ts'
import type { JitterBuffer, Playout } from '../../src/media/jitter-buffer.ts'
import type { RtpPacket } from '../../src/media/session.ts'
import { holds } from '../support/property.ts'

const jitterBuffer = suite('jitter buffer')

const PLAIN = Uint8Array.of(0xf8, 0, 0)
const WITH_FEC = Uint8Array.of(0x08, 0b0100_0000)

const packet = (sequenceNumber: number, isFec = false): RtpPacket => ({
  sequenceNumber: sequenceNumber & 0xffff,
  timestamp: (sequenceNumber * 960) >>> 0,
  marker: false,
  payload: isFec ? WITH_FEC : PLAIN,
})

const say = (playout: Playout): string =>
  playout.kind === 'packet' || playout.kind === 'fec'
    ? `${playout.kind} ${playout.packet.sequenceNumber}`
    : playout.kind

/** Ticks every 20 ms from `nowMs` on. */
const play = (buffer: JitterBuffer, nowMs: number, times: number): string[] =>
  Array.from({ length: times }, (_, at) => say(buffer.next(nowMs + at * 20)))

jitterBuffer('nothing is played before the delay has passed', () => {
  const buffer = fixedJitterBuffer({ delayMs: 60 })
  assert.equal(play(buffer, 0, 2), ['silence', 'silence'])
  buffer.put(packet(7), 100)
  assert.is(say(buffer.next(159)), 'silence')
  assert.is(say(buffer.next(160)), 'packet 7')
})

jitterBuffer('packets are put in order, duplicates dropped', () => {
  const buffer = fixedJitterBuffer({ delayMs: 60 })
  for (const number of [11, 10, 12, 10, 14, 13, 12]) buffer.put(packet(number), 0)
  assert.equal(play(buffer, 60, 5), ['packet 10', 'packet 11', 'packet 12', 'packet 13', 'packet 14'])
  assert.is(buffer.stats().duplicates, 2)
  buffer.put(packet(14), 160)
  assert.is(buffer.stats().duplicates, 3)
})

jitterBuffer('a lost frame comes from the next packet’s FEC, or is concealed where it has none', () => {
  const buffer = fixedJitterBuffer({ delayMs: 60 })
  for (const [number, isFec] of [
    [1, false],
    [3, true],
    [5, false],
  ] as const)
    buffer.put(packet(number, isFec), 0)
  assert.equal(play(buffer, 60, 5), ['packet 1', 'fec 3', 'packet 3', 'conceal', 'packet 5'])
})

jitterBuffer('a packet that comes after its frame was concealed is late, and not played', () => {
  const buffer = fixedJitterBuffer({ delayMs: 60 })
  for (const number of [1, 3, 4]) buffer.put(packet(number), 0)
  assert.equal(play(buffer, 60, 2), ['packet 1', 'conceal'])
  buffer.put(packet(2), 90)
  assert.equal(play(buffer, 100, 2), ['packet 3', 'packet 4'])
  assert.is(buffer.stats().late, 1)
})

jitterBuffer('when the path becomes slower the delay grows, and nothing is lost', () => {
  const buffer = fixedJitterBuffer({ delayMs: 20 })
  buffer.put(packet(1), 0)
  assert.equal(play(buffer, 20, 3), ['packet 1', 'conceal', 'conceal'])
  buffer.put(packet(2), 75)
  buffer.put(packet(3), 80)
  assert.equal(play(buffer, 80, 2), ['packet 2', 'packet 3'])
  assert.is(buffer.stats().late, 0)
})

jitterBuffer('a gap that was waited through is not concealed a second time', () => {
  const buffer = fixedJitterBuffer({ delayMs: 20 })
  buffer.put(packet(1), 0)
  assert.equal(play(buffer, 20, 3), ['packet 1', 'conceal', 'conceal'])
  for (const number of [4, 5]) buffer.put(packet(number), 75)
  assert.equal(play(buffer, 80, 2), ['packet 4', 'packet 5'])
})

jitterBuffer('concealing ends after 100 ms, and the next packet starts anew with the full delay', () => {
  const buffer = fixedJitterBuffer({ delayMs: 60 })
  buffer.put(packet(65_535), 0)
  assert.equal(play(buffer, 60, 8), ['packet 65535', ...Array<string>(5).fill('conceal'), 'silence', 'silence'])
  buffer.put(packet(0), 220)
  buffer.put(packet(1), 240)
  assert.equal(play(buffer, 260, 3), ['silence', 'packet 0', 'packet 1'])
  assert.is(buffer.stats().resyncs, 0)
})

jitterBuffer('after a long outage the first packet is enough to go on', () => {
  const buffer = fixedJitterBuffer({ delayMs: 60 })
  buffer.put(packet(100), 0)
  play(buffer, 60, 10)
  buffer.put(packet(9000), 5000)
  assert.is(say(buffer.next(5060)), 'packet 9000')
})

jitterBuffer('one packet from nowhere is ignored; two in a row are a sender that restarted', () => {
  const buffer = fixedJitterBuffer({ delayMs: 60 })
  for (const number of [1, 2, 3, 4]) buffer.put(packet(number), 0)
  buffer.put(packet(40_000), 0)
  assert.equal(play(buffer, 60, 2), ['packet 1', 'packet 2'])
  buffer.put(packet(20_000), 100)
  buffer.put(packet(20_001), 120)
  assert.equal(play(buffer, 140, 3), ['silence', 'packet 20000', 'packet 20001'])
  assert.is(buffer.stats().resyncs, 1)
})

jitterBuffer('a level that ran away is cut back, once, and the sound goes on in order', () => {
  const buffer = fixedJitterBuffer({ delayMs: 60 })
  // A second of sound at once: the path was held up, and is fast from then on.
  for (let number = 0; number < 40; number += 1) buffer.put(packet(number), 0)
  const heard: string[] = []
  for (let tick = 0; tick < 400; tick += 1) {
    heard.push(say(buffer.next(60 + tick * 20)))
    buffer.put(packet(40 + tick), 60 + tick * 20 + 1)
  }
  assert.not(heard.includes('conceal'))
  const { skipped, held, delayMs } = buffer.stats()
  assert.ok(skipped > 30 && skipped < 40, String(skipped))
  assert.ok(held <= 6, String(held))
  assert.ok(delayMs < 120, String(delayMs))
  const numbers = heard.map((playout) => Number(playout.split(' ')[1]))
  assert.ok(numbers.every((number, at) => at === 0 || number > (numbers[at - 1] as number)))
})

jitterBuffer('delayMs says how long packets stay', () => {
  const buffer = fixedJitterBuffer({ delayMs: 60 })
  for (let tick = 0; tick < 200; tick += 1) {
    buffer.put(packet(tick), tick * 20)
    buffer.next(tick * 20)
  }
  assert.is(Math.round(buffer.stats().delayMs), 60)
})

/** What a listener should hear of packets that all come in time: each once and in order, FEC where it helps. */
function model(sent: { isLost: boolean; isFec: boolean }[], first: number): string[] {
  const number = (at: number): number => (first + at) & 0xffff
  return sent.map(({ isLost }, at) => {
    const next = sent[at + 1]
    if (!isLost) return `packet ${number(at)}`
    return next !== undefined && !next.isLost && next.isFec ? `fec ${number(at + 1)}` : 'conceal'
  })
}

jitterBuffer('any loss, order and duplication within the delay is heard as the plain model says, at any number', () => {
  const sending = fc.record({
    isLost: fc.boolean(),
    isFec: fc.boolean(),
    lateMs: fc.nat(20),
    again: fc.option(fc.nat(500), { nil: undefined }),
  })
  holds(
    fc.property(
      fc.array(sending, { minLength: 3, maxLength: 250 }),
      fc.nat(0xffff),
      fc.nat(19),
      (plan, first, phaseMs) => {
        // At most two lost in a row, none at either end: longer runs empty the buffer, which has tests of its own.
        const sent = plan.map((one, at) => ({
          ...one,
          isLost: one.isLost && at % 3 !== 0 && at < plan.length - 2,
        }))
        const arrivals = sent
          .flatMap(({ isLost, isFec, lateMs, again }, at) => {
            if (isLost) return []
            const arrived = { atMs: at * 20 + lateMs, packet: packet(first + at, isFec) }
            return again === undefined ? [arrived] : [arrived, { ...arrived, atMs: arrived.atMs + again }]
          })
          .sort((one, other) => one.atMs - other.atMs)
        const buffer = fixedJitterBuffer({ delayMs: 60 })
        const heard: string[] = []
        for (let nowMs = phaseMs; heard.length < sent.length; nowMs += 20) {
          while (arrivals[0] !== undefined && arrivals[0].atMs <= nowMs) {
            const { packet: arrived, atMs } = arrivals.shift() as (typeof arrivals)[0]
            buffer.put(arrived, atMs)
          }
          const playout = say(buffer.next(nowMs))
          if (heard.length > 0 || playout !== 'silence') heard.push(playout)
        }
        assert.equal(heard, model(sent, first))
      },
    ),
  )
})

jitterBuffer('a hostile sender neither breaks it nor fills it, and each packet is played once at most', () => {
  const step = fc.oneof(
    fc.record({ put: fc.nat(0xffff), run: fc.nat(200) }),
    fc.record({ ticks: fc.nat(30), leapMs: fc.integer({ min: -1000, max: 100_000 }) }),
  )
  holds(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const buffer = fixedJitterBuffer({ delayMs: 60 })
      const put = new Set<RtpPacket>()
      let nowMs = 0
      for (const one of steps) {
        if ('put' in one) {
          for (let at = 0; at < one.run; at += 1) {
            const sent = packet(one.put + at, at % 2 === 0)
            put.add(sent)
            buffer.put(sent, nowMs)
            assert.ok(buffer.stats().held <= 64)
          }
          continue
        }
        nowMs += one.leapMs
        for (let tick = 0; tick < one.ticks; tick += 1) {
          nowMs += 20
          const playout = buffer.next(nowMs)
          if (playout.kind === 'packet') assert.ok(put.delete(playout.packet), 'played twice')
          if (playout.kind === 'fec') assert.ok(put.has(playout.packet))
        }
      }
      assert.ok(buffer.stats().held >= 0)
    }),
  )
})

jitterBuffer.run()
