/**
 * SRTP and SRTCP packets pass once (RFC 3711 §3.3.2); werift delivers a recorded packet as often as it is sent. Also bounds
 * the number of sources, because the library keeps state for each SSRC that a peer, or a thief of its keys, makes up.
 */

import { SrtpAuthenticationError } from 'werift'
import { drop } from './drops.ts'
import type { SecureSession, SecureSessions } from './internals.ts'
import { ReplayWindow } from './replay-window.ts'

/** One microphone, and room for a peer that restarts its encoder under a new source. */
const SOURCES_MAX = 4
const AES_CM_HMAC_SHA1_80 = 1
const HMAC_TAG_BYTES = 10

export function refuseReplays({ srtp, srtcp }: SecureSessions): void {
  guard(srtp, (packet, session) => {
    const source = packet.readUInt32BE(8)
    const rollover = session.remoteContext.srtpSSRCStates[source]?.rolloverCounter ?? 0
    return { source, index: rollover * 0x10000 + packet.readUInt16BE(2) }
  })
  guard(srtcp, (packet, session) => {
    // The index is the last field, but for the tag when authentication is by HMAC (RFC 3711 §3.4, RFC 7714 §9.2).
    const tag = session.remoteContext.profile === AES_CM_HMAC_SHA1_80 ? HMAC_TAG_BYTES : 0
    return { source: packet.readUInt32BE(4), index: packet.readUInt32BE(packet.length - tag - 4) & 0x7fffffff }
  })
}

function guard(
  session: SecureSession,
  locate: (packet: Buffer, session: SecureSession) => { source: number; index: number },
): void {
  const windows = new Map<number, ReplayWindow>()
  const { decrypt } = session
  session.decrypt = (packet) => {
    if (packet.length < 12) throw new SrtpAuthenticationError('short')
    const decrypted = decrypt(packet)
    const { source, index } = locate(packet, session)
    let window = windows.get(source)
    if (window === undefined) {
      if (windows.size >= SOURCES_MAX) {
        delete session.remoteContext.srtpSSRCStates[source]
        drop('srtp-too-many-sources')
        throw new SrtpAuthenticationError('too many sources')
      }
      windows.set(source, (window = new ReplayWindow()))
    }
    if (!window.pass(index)) {
      drop('srtp-replay')
      throw new SrtpAuthenticationError('replayed')
    }
    return decrypted
  }
}
