import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import {
  CANDIDATES_PER_SIGNAL_MAX,
  CANDIDATE_BYTES_MAX,
  DESCRIPTION_BYTES_MAX,
  RELAYS_BYTES_MAX,
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
const relays = Uint8Array.of(1, 2)

/** Hex of the bytes behind the call id. */
const golden: [SignalBody, string][] = [
  [{ type: 'invite', offer: 'v=0' }, '12050a03763d30'],
  [{ type: 'invite', offer: 'v=0', relays }, '12090a03763d3012020102'],
  [{ type: 'ringing' }, '1a00'],
  [{ type: 'ringing', answer: 'v=0' }, '1a050a03763d30'],
  [{ type: 'ringing', answer: 'v=0', relays }, '1a090a03763d3012020102'],
  [{ type: 'accept', answer: 'v=0' }, '22050a03763d30'],
  [{ type: 'accept', answer: 'v=0', relays }, '22090a03763d3012020102'],
  [{ type: 'decline' }, '2a00'],
  [{ type: 'decline', isHereOnly: true }, '2a020801'],
  [{ type: 'busy' }, '3200'],
  [{ type: 'cancel', reason: 'gave-up' }, '3a00'],
  [{ type: 'cancel', reason: 'answered-elsewhere' }, '3a020801'],
  [{ type: 'cancel', reason: 'no-answer' }, '3a020802'],
  [{ type: 'cancel', reason: 'declined-elsewhere' }, '3a020803'],
  [{ type: 'candidates', candidates: ['{}'] }, '42040a027b7d'],
  [{ type: 'candidates', candidates: ['{}', '[]'] }, '42080a027b7d0a025b5d'],
  [{ type: 'bye', reason: 'hangup' }, '4a00'],
  [{ type: 'bye', reason: 'failed' }, '4a020801'],
  [{ type: 'bye', reason: 'lost' }, '4a020802'],
  [{ type: 'bye', reason: 'stopped' }, '4a020803'],
]

for (const [body, hex] of golden) {
  const name = `${body.type} ${JSON.stringify(Object.values(body).slice(1))}`
  signals(`the bytes of ${name} never change`, () => {
    assert.is(Buffer.from(encodeSignal({ callId, body })).toString('hex'), idHex + hex)
    const decoded = decodeSignal(Buffer.from(idHex + hex, 'hex'))
    assert.equal(decoded, { callId, body })
  })
}

const none = new Uint8Array()
const many = new Uint8Array(RELAYS_BYTES_MAX + 1)
const malformed: [string, Uint8Array][] = [
  ['nothing', new Uint8Array()],
  ['a call id alone', Buffer.from(idHex, 'hex')],
  ['a body alone', Buffer.from('1a00', 'hex')],
  ['a short call id', Wire.encode({ callId: new Uint8Array(15), busy: {} })],
  ['a long call id', Wire.encode({ callId: new Uint8Array(17), busy: {} })],
  ['an empty offer', wire({ invite: { offer: '', relays: none } })],
  ['an offer too long', wire({ invite: { offer: 'a'.repeat(DESCRIPTION_BYTES_MAX + 1), relays: none } })],
  [
    'an offer too long in bytes, not in letters',
    wire({ invite: { offer: 'é'.repeat(DESCRIPTION_BYTES_MAX / 2 + 1), relays: none } }),
  ],
  ['an answer too long', wire({ accept: { answer: 'a'.repeat(DESCRIPTION_BYTES_MAX + 1), relays: none } })],
  [
    'an answer too long while it rings',
    wire({ ringing: { answer: 'a'.repeat(DESCRIPTION_BYTES_MAX + 1), relays: none } }),
  ],
  ['relays too long in an invite', wire({ invite: { offer: 'v=0', relays: many } })],
  ['relays too long in a ringing', wire({ ringing: { answer: 'v=0', relays: many } })],
  ['relays too long in an accept', wire({ accept: { answer: 'v=0', relays: many } })],
  ['a candidate too long', wire({ candidates: { text: ['{}', 'a'.repeat(CANDIDATE_BYTES_MAX + 1)] } })],
  ['an empty candidate', wire({ candidates: { text: ['{}', ''] } })],
  ['no candidates', wire({ candidates: { text: [] } })],
  ['too many candidates', wire({ candidates: { text: Array(CANDIDATES_PER_SIGNAL_MAX + 1).fill('{}') } })],
  ...['52220a20' + '00'.repeat(32), '5a050a03763d30', '62050a03763d30'].map((hex): [string, Uint8Array] => [
    `a signal of an earlier version (${hex.slice(0, 2)})`,
    Buffer.from(idHex + hex, 'hex'),
  ]),
  ['an unknown reason to cancel', Buffer.from(`${idHex}3a020809`, 'hex')],
  ['an unknown reason to say bye', Buffer.from(`${idHex}4a020809`, 'hex')],
  ['a signal of a later version', Buffer.from(`${idHex}fa0100`, 'hex')],
  ['more than a signal can be', new Uint8Array(SIGNAL_BYTES_MAX + 1)],
]

for (const [name, bytes] of malformed) {
  signals(`${name} decodes to undefined`, () => assert.is(decodeSignal(bytes), undefined))
}

signals('descriptions, relays and candidates of the full size pass', () => {
  const offer = 'a'.repeat(DESCRIPTION_BYTES_MAX)
  const invite: SignalBody = { type: 'invite', offer, relays: new Uint8Array(RELAYS_BYTES_MAX) }
  assert.equal(decodeSignal(encodeSignal({ callId, body: invite }))?.body, invite)
  const candidates = Array<string>(CANDIDATES_PER_SIGNAL_MAX).fill('é'.repeat(CANDIDATE_BYTES_MAX / 2))
  const body: SignalBody = { type: 'candidates', candidates }
  assert.equal(decodeSignal(encodeSignal({ callId, body }))?.body, body)
})

signals('encoding out of bounds is a bug, and asserted', () => {
  const candidates = ['a'.repeat(1025)]
  assert.throws(() => encodeSignal({ callId: 'abcd', body: { type: 'ringing' } }), /16 bytes/)
  assert.throws(() => encodeSignal({ callId, body: { type: 'candidates', candidates } }), /bounds/)
  assert.throws(() => encodeSignal({ callId, body: { type: 'candidates', candidates: [] } }), /bounds/)
  assert.throws(() => encodeSignal({ callId, body: { type: 'invite', offer: 'v=0', relays: many } }), /bounds/)
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
      assert.equal(decodeSignal(bytes), signal)
      const part = decodeSignal(bytes.subarray(0, cut % bytes.length))
      if (part !== undefined) assert.is(part.callId, signal.callId)
    }),
  )
})

function anySignal(): fc.Arbitrary<Signal> {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 })
  const body: fc.Arbitrary<SignalBody> = fc.oneof(
    fc.tuple(text, bytes).map(([offer, told]) => ({ type: 'invite' as const, offer, relays: told })),
    fc.tuple(text, bytes).map(([answer, told]) => ({ type: 'ringing' as const, answer, relays: told })),
    fc.tuple(text, bytes).map(([answer, told]) => ({ type: 'accept' as const, answer, relays: told })),
    fc.array(text, { minLength: 1, maxLength: 16 }).map((candidates) => ({ type: 'candidates' as const, candidates })),
    fc.constantFrom(...golden.map(([each]) => each)),
  )
  const id = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((random) => Buffer.from(random).toString('hex'))
  return fc.record({ callId: id, body }, { noNullPrototype: true })
}

function wire(body: Partial<Wire>): Uint8Array {
  return Wire.encode({ callId: Buffer.from(callId, 'hex'), ...body })
}

signals.run()
