/**
 * SRTP and SRTCP of one session (RFC 3711, RFC 7714) on werift's, hardened: packets in, datagrams out, and back. What is
 * not authentic, not new or not whole is undefined, and counted.
 */

import {
  ProtectionProfileAeadAes128Gcm,
  RtpHeader,
  RtpPacket as WireRtpPacket,
  SrtcpSession,
  SrtpSession,
} from 'werift'
import type { MediaKeys } from '../sealed-keys.ts'
import type { RtpPacket } from '../session.ts'
import { drop } from './drops.ts'
import { hardenSessions } from './harden.ts'
import type { SecureSessions } from './internals.ts'

/** RFC 5764 §4.1.2, RFC 7714 §14.2. */
export type SrtpProfile = ConstructorParameters<typeof SrtpSession>[0]['profile']

export class SecureMedia {
  readonly #srtp: SrtpSession
  readonly #srtcp: SrtcpSession
  #lastSent: number | undefined

  constructor({ send, receive }: MediaKeys, profile: SrtpProfile = ProtectionProfileAeadAes128Gcm) {
    const keys = {
      localMasterKey: send.key,
      localMasterSalt: send.salt,
      remoteMasterKey: receive.key,
      remoteMasterSalt: receive.salt,
    }
    this.#srtp = new SrtpSession({ keys, profile })
    this.#srtcp = new SrtcpSession({ keys, profile })
    hardenSessions({ srtp: this.#srtp, srtcp: this.#srtcp } as unknown as SecureSessions)
  }

  /** Undefined when its number does not follow the last one: two packets under one number give the key away. */
  sealRtp(packet: RtpPacket, ssrc: number, payloadType: number): Buffer | undefined {
    const { sequenceNumber, timestamp, marker, payload } = packet
    const step = this.#lastSent === undefined ? 1 : (sequenceNumber - this.#lastSent) & 0xffff
    if (step === 0 || step >= 0x8000) return undefined
    this.#lastSent = sequenceNumber
    const header = new RtpHeader({ version: 2, payloadType, ssrc, sequenceNumber, timestamp, marker })
    return this.#srtp.encrypt(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength), header)
  }

  openRtp(data: Buffer): WireRtpPacket | undefined {
    try {
      return WireRtpPacket.deSerialize(this.#srtp.decrypt(data))
    } catch {
      drop('srtp-refused')
      return undefined
    }
  }

  sealRtcp(compound: Buffer): Buffer {
    return this.#srtcp.encrypt(compound)
  }

  openRtcp(data: Buffer): Buffer | undefined {
    try {
      return this.#srtcp.decrypt(data)
    } catch {
      drop('srtp-refused')
      return undefined
    }
  }
}

/** RFC 7983 §7: RTP or RTCP. */
export const isMedia = (data: Uint8Array): boolean => data[0]! >= 128 && data[0]! <= 191

/** RFC 5761 §4. */
export const isRtcp = (data: Uint8Array): boolean => data[1]! >= 192 && data[1]! <= 223
