import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { ReceiveStatistics } from '../../src/media/receive-statistics.ts'
import { holds } from '../support/property.ts'

const receiveStatistics = suite('receive statistics')

const arrive = (statistics: ReceiveStatistics, number: number, atMs: number): void =>
  statistics.arrived(
    {
      sequenceNumber: number & 0xffff,
      timestamp: (number * 960) >>> 0,
      marker: false,
      payload: new Uint8Array(),
    },
    atMs,
  )

receiveStatistics('loss is what was expected less what came, across the wrap of the numbers', () => {
  const statistics = new ReceiveStatistics()
  for (let number = 65_500; number < 65_700; number += 1) if (number % 10 !== 0) arrive(statistics, number, number * 20)
  assert.is(statistics.packetsReceived, 180)
  assert.is(statistics.packetsLost, 19) // 65500 came before the first that was seen
})

receiveStatistics('duplicates never make the loss negative, reordering is no loss', () => {
  const statistics = new ReceiveStatistics()
  for (const number of [5, 3, 4, 4, 4, 6]) arrive(statistics, number, 0)
  assert.is(statistics.packetsLost, 0)
  assert.is(statistics.packetsReceived, 6)
})

receiveStatistics('a restarted sender is counted on from its new numbers; a single stray is not counted', () => {
  const statistics = new ReceiveStatistics()
  for (const number of [1, 2, 4, 30_000, 5, 50_000, 50_001, 50_003]) arrive(statistics, number, 0)
  assert.is(statistics.packetsReceived, 6)
  // 3, and 50002; the 50000 that announced the restart is given up with the old numbering.
  assert.is(statistics.packetsLost, 2)
})

receiveStatistics('an even stream has no jitter; one that is 10 ms early and late by turns comes near to 20 ms', () => {
  const even = new ReceiveStatistics()
  const uneven = new ReceiveStatistics()
  for (let number = 0; number < 300; number += 1) {
    arrive(even, number, number * 20)
    arrive(uneven, number, number * 20 + (number % 2 === 0 ? 10 : -10))
  }
  assert.is(even.jitterMs, 0)
  assert.ok(Math.abs(uneven.jitterMs - 20) < 0.1, String(uneven.jitterMs))
})

receiveStatistics('jitter goes on across the wrap of the timestamp', () => {
  const statistics = new ReceiveStatistics()
  const start = Math.floor(2 ** 32 / 960) - 5
  for (let number = start; number < start + 10; number += 1) arrive(statistics, number, number * 20)
  assert.ok(statistics.jitterMs < 1e-6)
})

receiveStatistics('concealed time is a share of played time, and bunched losses have a burst ratio above 1', () => {
  const single = new ReceiveStatistics()
  const bunched = new ReceiveStatistics()
  for (let frame = 0; frame < 100; frame += 1) {
    single.played(frame % 10 === 0 ? 'concealed' : 'decoded')
    bunched.played(frame >= 50 && frame < 60 ? 'concealed' : frame === 0 ? 'recovered' : 'decoded')
  }
  assert.is(single.concealedPercent, 10)
  assert.is(bunched.concealedPercent, 10)
  assert.is(single.burstRatio, 1)
  assert.is(bunched.burstRatio, 9)
  assert.is(bunched.fecRecovered, 1)
})

receiveStatistics('whatever is sent, the numbers stay numbers', () => {
  const any = fc.record({ number: fc.nat(0xffff), timestamp: fc.nat(0xffff_ffff), afterMs: fc.nat(1e6) })
  holds(
    fc.property(fc.array(any, { maxLength: 200 }), (packets) => {
      const statistics = new ReceiveStatistics()
      let nowMs = 0
      for (const { number, timestamp, afterMs } of packets) {
        nowMs += afterMs
        statistics.arrived({ sequenceNumber: number, timestamp, marker: false, payload: new Uint8Array() }, nowMs)
      }
      assert.ok(statistics.packetsLost >= 0)
      assert.ok(statistics.packetsReceived <= packets.length)
      assert.ok(statistics.jitterMs >= 0 && statistics.jitterMs < 5000)
    }),
  )
})

receiveStatistics.run()
