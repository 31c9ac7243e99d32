/** Reports from one end to the other: what is lost, how long the way is, and what a liar can do with them. */

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RtcpPacketConverter, RtcpRrPacket, RtcpSourceDescriptionPacket } from 'werift'
import type { RtcpReceiverInfo, RtcpSrPacket } from 'werift'
import { dropped } from '../../../src/media/werift/drops.ts'
import { Reports } from '../../../src/media/werift/reports.ts'
import { holds } from '../../support/property.ts'
import { packet } from './pair.ts'

const reports = suite('reports')

const START_MS = 1_700_000_000_000
const [A, B] = [11, 22]

/** What came of `numbers`, sent 20 ms apart by b, is what a reports. */
function reportOn(end: Reports, nowMs: number): RtcpReceiverInfo | undefined {
  const [first] = RtcpPacketConverter.deSerialize(end.write(nowMs)) as [RtcpSrPacket | RtcpRrPacket]
  return first.reports[0]
}

reports(
  'a report is compound: a sender says what it sent and when, who only listens says so, and both say a name',
  () => {
    const a = new Reports(A)
    const [listener, name] = RtcpPacketConverter.deSerialize(a.write(START_MS))
    assert.instance(listener, RtcpRrPacket)
    assert.equal((listener as RtcpRrPacket).reports, [])
    assert.instance(name, RtcpSourceDescriptionPacket)
    const [chunk] = (name as RtcpSourceDescriptionPacket).chunks
    assert.equal([chunk!.source, chunk!.items.map(({ type, text }) => [type, text])], [A, [[1, 'tincan']]])

    a.sent(packet(1), START_MS)
    a.sent(packet(2), START_MS + 20)
    const compound = a.write(START_MS + 1020.5)
    assert.is(compound.length % 4, 0)
    const [sender] = RtcpPacketConverter.deSerialize(compound) as [RtcpSrPacket]
    const { ntpTimestamp, rtpTimestamp, packetCount, octetCount } = sender.senderInfo
    assert.equal([rtpTimestamp, packetCount, octetCount], [2 * 960 + 48 * 1000.5, 2, 14])
    // RFC 3550 §4: seconds since 1900, and a true fraction
    const seconds = Number(ntpTimestamp) / 2 ** 32 - 2_208_988_800
    assert.ok(Math.abs(seconds * 1000 - (START_MS + 1020.5)) < 1)
    assert.is(Number(ntpTimestamp & 0xffffffffn), Math.floor(((20.5 + 0) * 2 ** 32) / 1000))

    assert.instance(
      RtcpPacketConverter.deSerialize(a.write(START_MS + 2000))[0],
      RtcpRrPacket,
      'nothing was sent since',
    )
  },
)

reports('the round trip is what the way takes, however long the other end keeps the report', () => {
  holds(
    fc.property(
      fc.nat(2000),
      fc.nat(2000),
      fc.nat(5000),
      fc.integer({ min: -1e6, max: 1e6 }),
      (out, back, kept, skew) => {
        const [a, b] = [new Reports(A), new Reports(B)]
        // b's clock shows another time
        const atB = (ms: number) => START_MS + ms + skew
        a.sent(packet(1), START_MS)
        b.received(A, packet(1), atB(out))
        b.read(a.write(START_MS), atB(out))
        assert.is(a.rttMs, undefined)
        a.read(b.write(atB(out + kept)), START_MS + out + kept + back)
        assert.ok(Math.abs(a.rttMs! - (out + back)) < 0.1, `${a.rttMs}`)
        assert.is(b.rttMs, undefined, 'a had nothing of b to report on')
      },
    ),
  )
})

reports('loss is that of the last interval, and the sum of all, over wraps and in any order', () => {
  holds(
    fc.property(
      fc.nat(0xffff),
      fc.array(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), { maxLength: 8 }),
      (first, intervals) => {
        const a = new Reports(A)
        let [number, lost, nowMs] = [first, 0, START_MS]
        a.received(B, packet(number++), nowMs)
        reportOn(a, nowMs)
        for (const interval of intervals) {
          const came = interval.flatMap((isLost, i) => (isLost ? [] : [number + i]))
          const last = number + interval.length
          number = last + 1
          // the last one always comes, so that it is known what was to come; the others in reverse order
          for (const each of [last, ...came.toReversed()]) a.received(B, packet(each), (nowMs += 20))
          const lostNow = interval.length - came.length
          lost += lostNow
          const block = reportOn(a, nowMs)!
          assert.is(block.fractionLost, Math.floor((256 * lostNow) / (interval.length + 1)))
          assert.is(block.packetsLost, lost)
          assert.is(block.highestSequence, last)
        }
      },
    ),
  )
})

reports('jitter is smoothed deviation, and nothing while packets come evenly', () => {
  const a = new Reports(A)
  let nowMs = START_MS
  for (let number = 0; number < 200; number++) a.received(B, packet(number), (nowMs += 20))
  assert.is(reportOn(a, nowMs)!.jitter, 0)
  for (let number = 200; number < 400; number++) a.received(B, packet(number), (nowMs += number % 2 === 0 ? 10 : 30))
  const { jitter } = reportOn(a, nowMs)!
  // 10 ms
  assert.ok(Math.abs(jitter - 480) < 20, `${jitter}`)
})

reports('a report on others, or on a report that was never sent, says nothing of the way', () => {
  const [a, b] = [new Reports(A), new Reports(B)]
  b.received(33, packet(1), START_MS)
  a.read(b.write(START_MS), START_MS)
  assert.is(a.lossPercent, undefined)
  const c = new Reports(B)
  c.received(A, packet(1), START_MS)
  const other = new Reports(A)
  other.sent(packet(1), START_MS)
  c.read(other.write(START_MS - 500), START_MS)
  a.read(c.write(START_MS), START_MS)
  assert.is(a.rttMs, undefined)
  assert.is(a.lossPercent, 0)
})

reports('of a flood a few are read, and whatever bytes come, nothing throws or goes out of range', () => {
  const a = new Reports(A)
  const before = dropped('rtcp-too-many')
  const b = new Reports(B)
  for (let i = 0; i < 1000; i++) a.read(b.write(START_MS), START_MS + i / 2)
  assert.is(dropped('rtcp-too-many'), before + 990)

  const sane = new Reports(A)
  let nowMs = START_MS
  holds(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(5000),
      fc.constantFrom(undefined, 200, 201, 202, 205),
      (bytes, stepMs, type) => {
        nowMs += stepMs
        const compound = Buffer.from(bytes)
        if (type !== undefined && compound.length >= 8) {
          compound.set([0x80 | (compound[0]! & 0x1f), type])
          compound.writeUInt16BE(Math.floor(compound.length / 4) - 1, 2)
        }
        sane.sent(packet(1), nowMs)
        sane.write(nowMs)
        sane.read(compound, nowMs)
        assert.ok((sane.rttMs ?? 0) >= 0 && (sane.rttMs ?? 0) <= 30_000)
        assert.ok((sane.lossPercent ?? 0) >= 0 && (sane.lossPercent ?? 0) <= 100)
      },
    ),
    1000,
  )
})

reports.run()
