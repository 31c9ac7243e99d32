/**
 * SRTP keys as KeyObjects. Node 24 checks a key given as bytes anew for each packet: 12.7 µs instead of 3.1 µs, a third of
 * what a call costs.
 */

import { createSecretKey } from 'node:crypto'
import type { SecureSessions } from './internals.ts'

export function prepareKeys({ srtp, srtcp }: SecureSessions): void {
  for (const { localContext, remoteContext } of [srtp, srtcp]) {
    for (const { cipher } of [localContext, remoteContext]) {
      if (Buffer.isBuffer(cipher.srtpSessionKey)) cipher.srtpSessionKey = createSecretKey(cipher.srtpSessionKey)
      if (Buffer.isBuffer(cipher.srtcpSessionKey)) cipher.srtcpSessionKey = createSecretKey(cipher.srtcpSessionKey)
    }
  }
}
