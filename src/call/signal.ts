/**
 * What two devices say to each other about a call (`signal.proto`), as bytes and as our own types.
 * Bytes come from strangers: whatever is malformed or out of bounds decodes to undefined.
 */

import { strict as assert } from 'node:assert'

import { ByeReason, CancelReason, Signal as Wire } from './signal.pb.js'

/** A description with twelve hostile kilobytes of extra lines still fits; an honest one is about 1 KiB. */
export const DESCRIPTION_BYTES_MAX = 16 * 1024
export const CANDIDATE_BYTES_MAX = 1024
export const CALL_ID_BYTES = 16
export const TAG_BYTES = 32
/** A description, a call id and the framing around them. */
export const SIGNAL_BYTES_MAX = 20 * 1024

const CANCEL_REASONS = {
  'gave-up': CancelReason.GAVE_UP,
  'answered-elsewhere': CancelReason.ANSWERED_ELSEWHERE,
  'no-answer': CancelReason.NO_ANSWER,
  'declined-elsewhere': CancelReason.DECLINED_ELSEWHERE,
} as const

const BYE_REASONS = {
  hangup: ByeReason.HANGUP,
  failed: ByeReason.FAILED,
  lost: ByeReason.LOST,
  stopped: ByeReason.STOPPED,
} as const

export type CancelCause = keyof typeof CANCEL_REASONS
export type ByeCause = keyof typeof BYE_REASONS

export type SignalBody =
  | { type: 'invite'; offer: string }
  | { type: 'ringing' }
  | { type: 'accept'; answer: string }
  | { type: 'decline'; isHereOnly?: true }
  | { type: 'busy' }
  | { type: 'cancel'; reason: CancelCause }
  | { type: 'candidate'; candidate: string }
  | { type: 'bye'; reason: ByeCause }
  | { type: 'binding'; tag: Uint8Array }
  | { type: 'restart'; offer: string }
  | { type: 'restart-answer'; answer: string }

export interface Signal {
  /** 32 hex digits: comparing two as text is comparing their 16 bytes. */
  callId: string
  body: SignalBody
}

/** Out of bounds is a bug of ours, and asserted. */
export function encodeSignal({ callId, body }: Signal): Uint8Array {
  const id = Buffer.from(callId, 'hex')
  assert.equal(id.length, CALL_ID_BYTES, 'a call id is 16 bytes')
  assert.ok(isWithinBounds(body), `a ${body.type} out of bounds`)
  return Wire.encode({ callId: id, ...toWire(body) })
}

export function decodeSignal(bytes: Uint8Array): Signal | undefined {
  if (bytes.length > SIGNAL_BYTES_MAX) return undefined
  try {
    const wire = Wire.decode(bytes)
    if (wire.callId.length !== CALL_ID_BYTES) return undefined
    const body = fromWire(wire)
    if (body === undefined || !isWithinBounds(body)) return undefined
    return { callId: Buffer.from(wire.callId).toString('hex'), body }
  } catch {
    return undefined
  }
}

function isWithinBounds(body: SignalBody): boolean {
  switch (body.type) {
    case 'invite':
    case 'restart':
      return isTextWithin(body.offer, DESCRIPTION_BYTES_MAX)
    case 'accept':
    case 'restart-answer':
      return isTextWithin(body.answer, DESCRIPTION_BYTES_MAX)
    case 'candidate':
      return isTextWithin(body.candidate, CANDIDATE_BYTES_MAX)
    case 'binding':
      return body.tag.length === TAG_BYTES
    default:
      return true
  }
}

/** Neither empty nor longer than this in UTF-8. */
export const isTextWithin = (text: string, bytesMax: number): boolean =>
  text.length > 0 && Buffer.byteLength(text) <= bytesMax

function toWire(body: SignalBody): Partial<Wire> {
  switch (body.type) {
    case 'invite':
      return { invite: { offer: body.offer } }
    case 'ringing':
      return { ringing: {} }
    case 'accept':
      return { accept: { answer: body.answer } }
    case 'decline':
      return { decline: { isHereOnly: body.isHereOnly ?? false } }
    case 'busy':
      return { busy: {} }
    case 'cancel':
      return { cancel: { reason: CANCEL_REASONS[body.reason] } }
    case 'candidate':
      return { candidate: { text: body.candidate } }
    case 'bye':
      return { bye: { reason: BYE_REASONS[body.reason] } }
    case 'binding':
      return { binding: { tag: body.tag } }
    case 'restart':
      return { restart: { offer: body.offer } }
    case 'restart-answer':
      return { restartAnswer: { answer: body.answer } }
  }
}

function fromWire(wire: Wire): SignalBody | undefined {
  if (wire.invite) return { type: 'invite', offer: wire.invite.offer }
  if (wire.ringing) return { type: 'ringing' }
  if (wire.accept) return { type: 'accept', answer: wire.accept.answer }
  if (wire.decline) return { type: 'decline', ...(wire.decline.isHereOnly && { isHereOnly: true }) }
  if (wire.busy) return { type: 'busy' }
  if (wire.cancel) {
    const reason = nameOf(CANCEL_REASONS, wire.cancel.reason)
    return reason && { type: 'cancel', reason }
  }
  if (wire.candidate) return { type: 'candidate', candidate: wire.candidate.text }
  if (wire.bye) {
    const reason = nameOf(BYE_REASONS, wire.bye.reason)
    return reason && { type: 'bye', reason }
  }
  if (wire.binding) return { type: 'binding', tag: wire.binding.tag }
  if (wire.restart) return { type: 'restart', offer: wire.restart.offer }
  if (wire.restartAnswer) return { type: 'restart-answer', answer: wire.restartAnswer.answer }
  return undefined
}

function nameOf<Name extends string>(reasons: Record<Name, string>, value: string): Name | undefined {
  for (const name in reasons) if (reasons[name] === value) return name
  return undefined
}
