/**
 * The lengths inside an RTP header must fit the packet (RFC 3550 §5.1, §5.3.1) before werift parses it: its parser follows
 * an extension length beyond the end, in quadratic time, before anything is authenticated. One packet of 145 bytes froze a
 * process for more than 20 s.
 */

import { SrtpAuthenticationError } from 'werift'
import { drop } from './drops.ts'
import type { SecureSessions } from './internals.ts'

/** No peer of ours sends more than an Ethernet frame holds. */
const PACKET_MAX_BYTES = 2048

export function boundPackets({ srtp, srtcp }: SecureSessions): void {
  for (const session of [srtp, srtcp]) {
    const { decrypt } = session
    session.decrypt = (packet) => {
      if (packet.length > PACKET_MAX_BYTES) {
        drop('packet-size')
        throw new SrtpAuthenticationError('too long')
      }
      if (session === srtp && !isRtpHeaderSane(packet)) {
        drop('rtp-header')
        throw new SrtpAuthenticationError('nonsense')
      }
      return decrypt(packet)
    }
  }
}

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
