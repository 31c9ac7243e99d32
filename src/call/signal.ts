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
export const CANDIDATES_PER_SIGNAL_MAX = 16
export const RELAYS_BYTES_MAX = 2 * 1024
/** A description, relays, a call id and the framing around them; or a full batch of candidates. */
export const SIGNAL_BYTES_MAX = 20 * 1024

const NOTHING = new Uint8Array()

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
  | { type: 'invite'; offer: string; relays?: Uint8Array }
  | { type: 'ringing'; answer?: string; relays?: Uint8Array }
  | { type: 'accept'; answer: string; relays?: Uint8Array }
  | { type: 'decline'; isHereOnly?: true }
  | { type: 'busy' }
  | { type: 'cancel'; reason: CancelCause }
  | { type: 'candidates'; candidates: readonly string[] }
  | { type: 'bye'; reason: ByeCause }

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
    const wire = Wire.decode(bytes, { limits: { candidates: { text: CANDIDATES_PER_SIGNAL_MAX } } })
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
      return isTextWithin(body.offer, DESCRIPTION_BYTES_MAX) && areRelaysWithin(body.relays)
    case 'ringing':
      return (
        (body.answer === undefined || isTextWithin(body.answer, DESCRIPTION_BYTES_MAX)) && areRelaysWithin(body.relays)
      )
    case 'accept':
      return isTextWithin(body.answer, DESCRIPTION_BYTES_MAX) && areRelaysWithin(body.relays)
    case 'candidates':
      return (
        body.candidates.length > 0 &&
        body.candidates.length <= CANDIDATES_PER_SIGNAL_MAX &&
        body.candidates.every((each) => isTextWithin(each, CANDIDATE_BYTES_MAX))
      )
    default:
      return true
  }
}

/** Neither empty nor longer than this in UTF-8. */
export const isTextWithin = (text: string, bytesMax: number): boolean =>
  text.length > 0 && Buffer.byteLength(text) <= bytesMax

/** None, or some that are not too many; nobody sends an empty list. */
export const areRelaysWithin = (relays: Uint8Array | undefined): boolean =>
  relays === undefined || (relays.length > 0 && relays.length <= RELAYS_BYTES_MAX)

function toWire(body: SignalBody): Partial<Wire> {
  switch (body.type) {
    case 'invite':
      return { invite: { offer: body.offer, relays: body.relays ?? NOTHING } }
    case 'ringing':
      return { ringing: { answer: body.answer ?? '', relays: body.relays ?? NOTHING } }
    case 'accept':
      return { accept: { answer: body.answer, relays: body.relays ?? NOTHING } }
    case 'decline':
      return { decline: { isHereOnly: body.isHereOnly ?? false } }
    case 'busy':
      return { busy: {} }
    case 'cancel':
      return { cancel: { reason: CANCEL_REASONS[body.reason] } }
    case 'candidates':
      return { candidates: { text: [...body.candidates] } }
    case 'bye':
      return { bye: { reason: BYE_REASONS[body.reason] } }
  }
}

function fromWire(wire: Wire): SignalBody | undefined {
  if (wire.invite) return { type: 'invite', offer: wire.invite.offer, ...relaysOf(wire.invite) }
  if (wire.ringing) {
    const { answer } = wire.ringing
    return { type: 'ringing', ...(answer !== '' && { answer }), ...relaysOf(wire.ringing) }
  }
  if (wire.accept) return { type: 'accept', answer: wire.accept.answer, ...relaysOf(wire.accept) }
  if (wire.decline) return { type: 'decline', ...(wire.decline.isHereOnly && { isHereOnly: true }) }
  if (wire.busy) return { type: 'busy' }
  if (wire.cancel) {
    const reason = nameOf(CANCEL_REASONS, wire.cancel.reason)
    return reason && { type: 'cancel', reason }
  }
  if (wire.candidates) return { type: 'candidates', candidates: wire.candidates.text }
  if (wire.bye) {
    const reason = nameOf(BYE_REASONS, wire.bye.reason)
    return reason && { type: 'bye', reason }
  }
  return undefined
}

/** The bytes of the signal are somebody else's: a view of them would keep them all. */
const relaysOf = ({ relays }: { relays: Uint8Array }): { relays?: Uint8Array } =>
  relays.length === 0 ? {} : { relays: Uint8Array.from(relays) }

function nameOf<Name extends string>(reasons: Record<Name, string>, value: string): Name | undefined {
  for (const name in reasons) if (reasons[name] === value) return name
  return undefined
}
