/**
 * The lengths inside an RTP header must fit the packet (RFC 3550 §5.1, §5.3.1) before werift parses it: its parser follows
 * an extension length beyond the end, in quadratic time, before anything is authenticated. One packet of 145 bytes froze a
 * process for more than 20 s.
 */

import { drop } from './drops.ts'
import { filterData } from './ingress.ts'

/** The smallest thing we take: a DTLS record header. */
const PACKET_MIN_BYTES = 13
/** No peer of ours sends more than an Ethernet frame holds. */
const PACKET_MAX_BYTES = 2048

export function boundPackets(): void {
  filterData(({ data }) => {
    if (data.length < PACKET_MIN_BYTES || data.length > PACKET_MAX_BYTES) {
      drop('packet-size')
      return false
    }
    if (!isRtpOrRtcp(data) || isRtcp(data) || isRtpHeaderSane(data)) return true
    drop('rtp-header')
    return false
  })
}

/** RFC 7983 §7. */
const isRtpOrRtcp = (data: Uint8Array): boolean => data[0]! >= 128 && data[0]! <= 191

/** RFC 5761 §4. */
const isRtcp = (data: Uint8Array): boolean => data[1]! >= 192 && data[1]! <= 223

export function isRtpHeaderSane(data: Buffer): boolean {
  if (data.length < 12) return false
  let end = 12 + (data[0]! & 0x0f) * 4
  if (end > data.length) return false
  if ((data[0]! & 0x10) !== 0) {
    if (end + 4 > data.length) return false
    end += 4 + data.readUInt16BE(end + 2) * 4
  }
  return end <= data.length
}
