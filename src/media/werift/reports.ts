/**
 * Sender and receiver reports of one stream each way (RFC 3550 §6.4): what we tell the peer of its packets, and what it
 * tells us of ours. No sound needs them; they say how long the way is and how much is lost on it. Pure: the caller owns the
 * timer, the keys and the clock. Leaves out BYE, which signalling says better, and everything beyond two members.
 */

import {
  RtcpReceiverInfo,
  RtcpRrPacket,
  RtcpSenderInfo,
  RtcpSourceDescriptionPacket,
  RtcpSrPacket,
  SourceDescriptionChunk,
  SourceDescriptionItem,
} from 'werift'
import type { RtpPacket } from '../session.ts'
import { drop } from './drops.ts'

/** RFC 3550 §6.2 allows ours so: 100 bytes a second are a fiftieth of the voice. */
export const REPORT_INTERVAL_MS = 1000
const CLOCK_RATE = 48_000
const SENDER_REPORT = 200
const RECEIVER_REPORT = 201
const CNAME = 1
/** Seconds from 1900 to 1970 (RFC 3550 §4). */
const NTP_EPOCH_SECONDS = 2_208_988_800
/** Reports in a row that a peer may answer late. */
const SENT_REPORTS_MAX = 16
/** More than this is a peer's lie or a clock's jump. */
const RTT_MAX_MS = 30_000
const PACKETS_LOST_MAX = 0x7fffff
/** In a second: an honest peer sends one or two. */
const READ_A_SECOND_MAX = 10

interface Stream {
  ssrc: number
  /** Extended by the number of wraps (RFC 3550 §A.1). */
  base: number
  highest: number
  received: number
  expectedBefore: number
  receivedBefore: number
  /** In units of the RTP clock (RFC 3550 §A.8). */
  jitter: number
  transit: number
}

export class Reports {
  readonly #ssrc: number
  #packets = 0
  #octets = 0
  #last: { timestamp: number; atMs: number } | undefined
  #hasSent = false
  #stream: Stream | undefined
  #peerReport: { ntp: number; atMs: number } | undefined
  /** Middle 32 bits of the NTP time of our reports. */
  readonly #sentReports: number[] = []
  #readSinceMs = -Infinity
  #reads = 0
  #rttMs: number | undefined
  #lossPercent: number | undefined

  constructor(ssrc: number) {
    this.#ssrc = ssrc
  }

  /** Undefined before the peer's first report on us, as is the next. */
  get rttMs(): number | undefined {
    return this.#rttMs
  }

  /** Of our packets, over the peer's last interval. */
  get lossPercent(): number | undefined {
    return this.#lossPercent
  }

  sent({ timestamp, payload }: RtpPacket, nowMs: number): void {
    this.#packets++
    this.#octets += payload.length
    this.#last = { timestamp, atMs: nowMs }
    this.#hasSent = true
  }

  /** Each packet once; its number and source are authentic. */
  received(ssrc: number, { sequenceNumber, timestamp }: RtpPacket, nowMs: number): void {
    const transit = (nowMs * CLOCK_RATE) / 1000 - timestamp
    const stream = this.#stream
    if (stream === undefined || stream.ssrc !== ssrc) {
      const counted = { received: 1, expectedBefore: 0, receivedBefore: 0, jitter: 0 }
      this.#stream = { ssrc, base: sequenceNumber, highest: sequenceNumber, transit, ...counted }
      return
    }
    const step = ((sequenceNumber - stream.highest) << 16) >> 16
    stream.base = Math.min(stream.base, stream.highest + step)
    stream.highest = Math.max(stream.highest, stream.highest + step)
    stream.received++
    const change = Math.abs(transit - stream.transit)
    stream.transit = transit
    // a timestamp that wraps, or a pause of more than a second, is no jitter
    if (change < CLOCK_RATE) stream.jitter += (change - stream.jitter) / 16
  }

  /** One compound packet (RFC 3550 §6.1): a sender's report when something was sent since the last, and our name. */
  write(nowMs: number): Buffer {
    const report = this.#hasSent ? this.#senderReport(nowMs) : this.#receiverReport(nowMs)
    this.#hasSent = false
    const name = new SourceDescriptionItem({ type: CNAME, text: 'tincan' })
    const chunk = new SourceDescriptionChunk({ source: this.#ssrc, items: [name] })
    return Buffer.concat([report, new RtcpSourceDescriptionPacket({ chunks: [chunk] }).serialize()])
  }

  /** What the peer says; nonsense, and more than ten a second, are dropped and counted. */
  read(compound: Buffer, nowMs: number): void {
    if (nowMs - this.#readSinceMs >= 1000) {
      this.#readSinceMs = nowMs
      this.#reads = 0
    }
    if (++this.#reads > READ_A_SECOND_MAX) return drop('rtcp-too-many')
    for (let at = 0; at < compound.length;) {
      const end = at + 4 + (at + 4 <= compound.length ? compound.readUInt16BE(at + 2) * 4 : 0)
      if (end > compound.length || compound[at]! >> 6 !== 2) return drop('rtcp-nonsense')
      this.#readOne(compound.subarray(at, end), nowMs)
      at = end
    }
  }

  #readOne(packet: Buffer, nowMs: number): void {
    const [count, type, body] = [packet[0]! & 0x1f, packet[1], packet.subarray(4)]
    const head = type === SENDER_REPORT ? 24 : type === RECEIVER_REPORT ? 4 : undefined
    if (head === undefined) return
    if (body.length < head + count * 24) return drop('rtcp-nonsense')
    if (type === SENDER_REPORT) {
      const { senderInfo, reports } = RtcpSrPacket.deSerialize(body, count)
      this.#peerReport = { ntp: middleOf(senderInfo.ntpTimestamp), atMs: nowMs }
      this.#learn(reports, nowMs)
    } else this.#learn(RtcpRrPacket.deSerialize(body, count).reports, nowMs)
  }

  #learn(reports: RtcpReceiverInfo[], nowMs: number): void {
    const ours = reports.find(({ ssrc }) => ssrc === this.#ssrc)
    if (ours === undefined) return
    this.#lossPercent = (100 * ours.fractionLost) / 256
    if (!this.#sentReports.includes(ours.lsr)) return
    // RFC 3550 §6.4.1, in 1/65536 s
    const rtt = (middleOf(ntpOf(nowMs)) - ours.lsr - ours.dlsr) | 0
    const rttMs = (Math.max(0, rtt) * 1000) / 65_536
    if (rttMs <= RTT_MAX_MS) this.#rttMs = rttMs
  }

  #senderReport(nowMs: number): Buffer {
    const ntpTimestamp = ntpOf(nowMs)
    this.#sentReports.push(middleOf(ntpTimestamp))
    if (this.#sentReports.length > SENT_REPORTS_MAX) this.#sentReports.shift()
    const { timestamp, atMs } = this.#last ?? { timestamp: 0, atMs: nowMs }
    const senderInfo = new RtcpSenderInfo({
      ntpTimestamp,
      rtpTimestamp: (timestamp + Math.round(((nowMs - atMs) * CLOCK_RATE) / 1000)) >>> 0,
      packetCount: this.#packets >>> 0,
      octetCount: this.#octets >>> 0,
    })
    return new RtcpSrPacket({ ssrc: this.#ssrc, senderInfo, reports: this.#blocks(nowMs) }).serialize()
  }

  #receiverReport(nowMs: number): Buffer {
    return new RtcpRrPacket({ ssrc: this.#ssrc, reports: this.#blocks(nowMs) }).serialize()
  }

  /** RFC 3550 §A.3. */
  #blocks(nowMs: number): RtcpReceiverInfo[] {
    const stream = this.#stream
    if (stream === undefined) return []
    const expected = stream.highest - stream.base + 1
    const expectedNow = expected - stream.expectedBefore
    const lostNow = expectedNow - (stream.received - stream.receivedBefore)
    stream.expectedBefore = expected
    stream.receivedBefore = stream.received
    const { ntp, atMs } = this.#peerReport ?? { ntp: 0, atMs: nowMs }
    return [
      new RtcpReceiverInfo({
        ssrc: stream.ssrc,
        fractionLost: expectedNow <= 0 || lostNow <= 0 ? 0 : Math.min(255, Math.floor((256 * lostNow) / expectedNow)),
        packetsLost: Math.min(PACKETS_LOST_MAX, Math.max(0, expected - stream.received)),
        highestSequence: stream.highest >>> 0,
        jitter: Math.floor(stream.jitter),
        lsr: ntp,
        dlsr: Math.min(0xffffffff, Math.round(((nowMs - atMs) * 65_536) / 1000)),
      }),
    ]
  }
}

/** RFC 3550 §4, from Unix time; a clock that nobody sets will do. */
function ntpOf(nowMs: number): bigint {
  const seconds = Math.floor(nowMs / 1000)
  const fraction = Math.floor(((nowMs - seconds * 1000) * 2 ** 32) / 1000)
  return (BigInt(seconds + NTP_EPOCH_SECONDS) << 32n) | BigInt(fraction)
}

const middleOf = (ntp: bigint): number => Number((ntp >> 16n) & 0xffffffffn)
