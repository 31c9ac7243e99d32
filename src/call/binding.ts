/**
 * The channel binding of a call: proof, sent over sealed signalling, that both ends hold the same media keys.
 * Somebody in the middle of the media has two DTLS sessions with two sets of keys, so one tag cannot fit both.
 * No frame is sent or played before the peer's tag for the other role has been verified. (RFC 5705, RFC 5929 §1.)
 */

import { createHmac, timingSafeEqual } from 'node:crypto'

export type CallRole = 'caller' | 'callee'

export const otherRole = (role: CallRole): CallRole => (role === 'caller' ? 'callee' : 'caller')

/** 32 bytes. `keyingMaterial` is the media session's channel binding, `callId` 32 hex digits. */
export const bindingTag = (keyingMaterial: Uint8Array, role: CallRole, callId: string): Uint8Array =>
  createHmac('sha256', keyingMaterial)
    .update('tincan call binding')
    .update(role)
    .update(Buffer.from(callId, 'hex'))
    .digest()

export const isSameTag = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other)
