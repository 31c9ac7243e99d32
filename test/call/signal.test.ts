import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import {
  CANDIDATE_BYTES_MAX,
  DESCRIPTION_BYTES_MAX,
  SIGNAL_BYTES_MAX,
  type Signal,
  type SignalBody,
  decodeSignal,
  encodeSignal,
} from '../../src/call/signal.ts'
import { Signal as Wire } from '../../src/call/signal.pb.js'
import { holds } from '../support/property.ts'

const signals = suite('call signals')

const callId = '000102030405060708090a0b0c0d0e0f'
const idHex = `0a10${callId}`
const tag = Uint8Array.from({ length: 32 }, (_, i) => i)

/** Hex of the bytes behind the call id. */
const golden: [SignalBody, string][] = [
  [{ type: 'invite', offer: 'v=0' }, '12050a03763d30'],
  [{ type: 'ringing' }, '1a00'],
  [{ type: 'accept', answer: 'v=0' }, '22050a03763d30'],
  [{ type: 'decline' }, '2a00'],
  [{ type: 'decline', isHereOnly: true }, '2a020801'],
  [{ type: 'busy' }, '3200'],
  [{ type: 'cancel', reason: 'gave-up' }, '3a00'],
  [{ type: 'cancel', reason: 'answered-elsewhere' }, '3a020801'],
  [{ type: 'cancel', reason: 'no-answer' }, '3a020802'],
  [{ type: 'cancel', reason: 'declined-elsewhere' }, '3a020803'],
  [{ type: 'candidate', candidate: '{}' }, '42040a027b7d'],
  [{ type: 'bye', reason: 'hangup' }, '4a00'],
  [{ type: 'bye', reason: 'failed' }, '4a020801'],
  [{ type: 'bye', reason: 'lost' }, '4a020802'],
  [{ type: 'bye', reason: 'stopped' }, '4a020803'],
  [{ type: 'binding', tag }, `52220a20${Buffer.from(tag).toString('hex')}`],
  [{ type: 'restart', offer: 'v=0' }, '5a050a03763d30'],
  [{ type: 'restart-answer', answer: 'v=0' }, '62050a03763d30'],
]

for (const [body, hex] of golden) {
  const name = 'reason' in body ? `${body.type} (${body.reason})` : body.type
  signals(`the bytes of ${name} never change`, () => {
    assert.is(Buffer.from(encodeSignal({ callId, body })).toString('hex'), idHex + hex)
    const decoded = decodeSignal(Buffer.from(idHex + hex, 'hex'))
    assert.equal(plain(decoded), plain({ callId, body }))
  })
}

const malformed: [string, Uint8Array][] = [
  ['nothing', new Uint8Array()],
  ['a call id alone', Buffer.from(idHex, 'hex')],
  ['a body alone', Buffer.from('1a00', 'hex')],
  ['a short call id', Wire.encode({ callId: new Uint8Array(15), ringing: {} })],
  ['a long call id', Wire.encode({ callId: new Uint8Array(17), ringing: {} })],
  ['an empty offer', wire({ invite: { offer: '' } })],
  ['an offer too long', wire({ invite: { offer: 'a'.repeat(DESCRIPTION_BYTES_MAX + 1) } })],
  [
    'an offer too long in bytes, not in letters',
    wire({ invite: { offer: 'é'.repeat(DESCRIPTION_BYTES_MAX / 2 + 1) } }),
  ],
  ['an answer too long', wire({ accept: { answer: 'a'.repeat(DESCRIPTION_BYTES_MAX + 1) } })],
  ['a candidate too long', wire({ candidate: { text: 'a'.repeat(CANDIDATE_BYTES_MAX + 1) } })],
  ['an empty candidate', wire({ candidate: { text: '' } })],
  ['a short tag', wire({ binding: { tag: new Uint8Array(31) } })],
  ['a long tag', wire({ binding: { tag: new Uint8Array(33) } })],
  ['an unknown reason to cancel', Buffer.from(`${idHex}3a020809`, 'hex')],
  ['an unknown reason to say bye', Buffer.from(`${idHex}4a020809`, 'hex')],
  ['a signal of a later version', Buffer.from(`${idHex}fa0100`, 'hex')],
  ['more than a signal can be', new Uint8Array(SIGNAL_BYTES_MAX + 1)],
]

for (const [name, bytes] of malformed) {
  signals(`${name} decodes to undefined`, () => assert.is(decodeSignal(bytes), undefined))
}

signals('descriptions and candidates of the full size pass', () => {
  const offer = 'a'.repeat(DESCRIPTION_BYTES_MAX)
  assert.equal(decodeSignal(encodeSignal({ callId, body: { type: 'invite', offer } }))?.body, { type: 'invite', offer })
  const candidate = 'é'.repeat(CANDIDATE_BYTES_MAX / 2)
  const body: SignalBody = { type: 'candidate', candidate }
  assert.equal(decodeSignal(encodeSignal({ callId, body }))?.body, body)
})

signals('encoding out of bounds is a bug, and asserted', () => {
  assert.throws(() => encodeSignal({ callId: 'abcd', body: { type: 'ringing' } }), /16 bytes/)
  assert.throws(() => encodeSignal({ callId, body: { type: 'candidate', candidate: 'a'.repeat(1025) } }), /bounds/)
})

signals('arbitrary bytes never throw', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.uint8Array({ maxLength: 200 }).map((tail) => Buffer.concat([Buffer.from(idHex, 'hex'), tail])),
  )
  holds(
    fc.property(bytes, (input) => {
      decodeSignal(input)
    }),
  )
})

signals('every signal survives the round trip, and its truncations are no other signal', () => {
  holds(
    fc.property(anySignal(), fc.nat(), (signal, cut) => {
      const bytes = encodeSignal(signal)
      assert.equal(plain(decodeSignal(bytes)), plain(signal))
      const part = decodeSignal(bytes.subarray(0, cut % bytes.length))
      if (part !== undefined) assert.is(part.callId, signal.callId)
    }),
  )
})

function anySignal(): fc.Arbitrary<Signal> {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  const body: fc.Arbitrary<SignalBody> = fc.oneof(
    text.map((offer) => ({ type: 'invite' as const, offer })),
    text.map((answer) => ({ type: 'accept' as const, answer })),
    text.map((candidate) => ({ type: 'candidate' as const, candidate })),
    text.map((offer) => ({ type: 'restart' as const, offer })),
    text.map((answer) => ({ type: 'restart-answer' as const, answer })),
    fc.uint8Array({ minLength: 32, maxLength: 32 }).map((random) => ({ type: 'binding' as const, tag: random })),
    fc.constantFrom(...golden.map(([each]) => each)),
  )
  const id = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((random) => Buffer.from(random).toString('hex'))
  return fc.record({ callId: id, body }, { noNullPrototype: true })
}

function wire(body: Partial<Wire>): Uint8Array {
  return Wire.encode({ callId: Buffer.from(callId, 'hex'), ...body })
}

/** Buffers and Uint8Arrays of the same bytes are equal. */
function plain(signal: Signal | undefined): unknown {
  if (signal?.body.type !== 'binding') return signal
  return { ...signal, body: { type: 'binding', tag: Buffer.from(signal.body.tag).toString('hex') } }
}

signals.run()
