import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { estimateQuality, mouthToEarMs } from '../../src/media/quality.ts'
import { holds } from '../support/property.ts'

const quality = suite('quality')

const table: [oneWayDelayMs: number, lossPercent: number, mos: number][] = [
  [60, 0, 4.38],
  [60, 1, 4.29],
  [60, 5, 3.86],
  [60, 10, 3.34],
  [150, 3, 4.0],
  [250, 0, 3.99],
  [250, 10, 2.68],
  [400, 5, 2.23],
]
for (const [oneWayDelayMs, lossPercent, mos] of table) {
  quality(`${lossPercent} % loss at ${oneWayDelayMs} ms is a MOS of ${mos}`, () => {
    assert.is(Math.round(estimateQuality({ oneWayDelayMs, lossPercent }).mos * 100) / 100, mos)
  })
}

quality('bursts are worse than the same loss at random', () => {
  const facts = { oneWayDelayMs: 60, lossPercent: 5 }
  assert.ok(estimateQuality({ ...facts, burstRatio: 3 }).r < estimateQuality(facts).r)
})

quality('more loss or more delay never sounds better, and every score is within bounds', () => {
  const any = fc.record({
    lossPercent: fc.double({ min: -10, max: 200 }),
    oneWayDelayMs: fc.double({ min: -100, max: 1e9 }),
    burstRatio: fc.double({ min: 0, max: 100 }),
  })
  holds(
    fc.property(any, fc.double({ min: 0, max: 100, noNaN: true }), (facts, more) => {
      const { r, mos } = estimateQuality(facts)
      assert.ok(r >= 0 && r <= 93.2 && mos >= 1 && mos <= 4.5)
      assert.ok(estimateQuality({ ...facts, lossPercent: facts.lossPercent + more }).r <= r + 1e-9)
      assert.ok(estimateQuality({ ...facts, oneWayDelayMs: facts.oneWayDelayMs + more }).r <= r + 1e-9)
    }),
  )
})

quality('mouth to ear is a frame, the look-ahead, half the round trip and the jitter buffer', () => {
  assert.is(mouthToEarMs({ rttMs: 80, delayMs: 60 }), 126.5)
  assert.is(mouthToEarMs({ rttMs: undefined, delayMs: 60 }), 86.5)
})

quality.run()
