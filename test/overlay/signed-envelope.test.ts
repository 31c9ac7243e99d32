import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import { RecordEnvelope } from '@libp2p/peer-record'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { signingKey } from '../../src/overlay/keys.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { SignedEnvelope } from '../../src/overlay/signed-envelope.pb.js'
import { openEnvelope, SIGNED_ENVELOPE_BYTES_MAX, signEnvelope } from '../../src/overlay/signed-envelope.ts'
import { holds } from '../support/property.ts'

const envelopes = suite('signed envelopes')

const DOMAIN = 'tincan-claim'
const CODEC = new Uint8Array(Buffer.from('/tincan/claim'))
const key = signingKey(new Uint8Array(32).fill(1))
const other = signingKey(new Uint8Array(32).fill(2))
const libp2pKey = privateKeyFromRaw(Buffer.concat([key.seed, key.publicKey]))
const payload = new Uint8Array(Buffer.from('what is signed'))
const signed = signEnvelope(key, DOMAIN, payload)

/** What libp2p asks of a record. */
const record = (content: Uint8Array, domain = DOMAIN) => ({
  domain,
  codec: CODEC,
  marshal: () => content,
  equals: () => false,
})

envelopes('what is signed opens, with the key that signed it', () => {
  assert.equal(openEnvelope(DOMAIN, signed), { publicKey: key.publicKey, payload })
})

envelopes('libp2p opens what we sign', async () => {
  for (const size of [0, 1, 127, 128, 300, 20_000]) {
    const content = new Uint8Array(size).fill(7)
    const opened = await RecordEnvelope.openAndCertify(signEnvelope(key, DOMAIN, content), DOMAIN)
    assert.equal(Uint8Array.from(opened.payload.subarray()), content)
    assert.equal(opened.payloadType, CODEC)
    assert.is(peerIdFromPrivateKey(libp2pKey).toString(), peerIdOf(key.publicKey))
    assert.ok(opened.publicKey.equals(libp2pKey.publicKey))
  }
})

envelopes('we open what libp2p signs, and the bytes are the same', async () => {
  for (const size of [1, 127, 128, 300, 20_000]) {
    const content = new Uint8Array(size).fill(7)
    const theirs = Uint8Array.from((await RecordEnvelope.seal(record(content), libp2pKey)).marshal())
    assert.equal(openEnvelope(DOMAIN, theirs), { publicKey: key.publicKey, payload: content })
    assert.equal(theirs, signEnvelope(key, DOMAIN, content))
  }
})

envelopes('a signature is worth nothing in another domain', async () => {
  assert.is(openEnvelope('tincan-lease', signed), undefined)
  // the payload type says claim, the signature was made for a lease
  const mixed = Uint8Array.from((await RecordEnvelope.seal(record(payload, 'tincan-lease'), libp2pKey)).marshal())
  assert.is(openEnvelope(DOMAIN, mixed), undefined)
  const retyped = { ...SignedEnvelope.decode(signed), payloadType: new Uint8Array(Buffer.from('/tincan/lease')) }
  assert.is(openEnvelope('tincan-lease', SignedEnvelope.encode(retyped)), undefined)
})

envelopes('an envelope with a field of another does not open', () => {
  const ours = SignedEnvelope.decode(signed)
  const theirs = SignedEnvelope.decode(signEnvelope(other, DOMAIN, Buffer.from('something else')))
  for (const field of ['publicKey', 'payload', 'signature'] as const) {
    assert.is(openEnvelope(DOMAIN, SignedEnvelope.encode({ ...ours, [field]: theirs[field] })), undefined, field)
    assert.is(openEnvelope(DOMAIN, SignedEnvelope.encode({ ...ours, [field]: new Uint8Array() })), undefined, field)
    const longer = Buffer.concat([ours[field], Buffer.from([0])])
    assert.is(openEnvelope(DOMAIN, SignedEnvelope.encode({ ...ours, [field]: longer })), undefined, field)
  }
})

envelopes('a key of another type is refused', () => {
  const { publicKey, ...rest } = SignedEnvelope.decode(signed)
  const retyped = Uint8Array.from(publicKey)
  retyped[1] = 2 // Secp256k1
  assert.is(openEnvelope(DOMAIN, SignedEnvelope.encode({ ...rest, publicKey: retyped })), undefined)
})

envelopes('whatever bit is flipped, nothing else than the original can come out', () => {
  holds(
    fc.property(fc.nat(signed.length * 8 - 1), (bit) => {
      const flipped = Uint8Array.from(signed)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      const opened = openEnvelope(DOMAIN, flipped)
      // protobuf reads a few other bytes as the same message: a wire type it ignores
      if (opened !== undefined) assert.equal(opened, { publicKey: key.publicKey, payload })
    }),
  )
})

envelopes('a truncated envelope does not open', () => {
  for (let length = 0; length < signed.length; length++)
    assert.is(openEnvelope(DOMAIN, signed.subarray(0, length)), undefined, `${length}`)
})

envelopes('an oversized envelope is refused, however genuine', () => {
  const room = SIGNED_ENVELOPE_BYTES_MAX - 200
  assert.ok(openEnvelope(DOMAIN, signEnvelope(key, DOMAIN, new Uint8Array(room))))
  assert.is(openEnvelope(DOMAIN, signEnvelope(key, DOMAIN, new Uint8Array(SIGNED_ENVELOPE_BYTES_MAX))), undefined)
})

envelopes('arbitrary bytes do not open and never throw', () => {
  holds(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => openEnvelope(DOMAIN, bytes) === undefined))
  const arbitrary = fc.record({
    publicKey: fc.uint8Array({ maxLength: 40 }),
    payloadType: fc.constantFrom(CODEC, new Uint8Array()),
    payload: fc.uint8Array(),
    signature: fc.uint8Array({ maxLength: 70 }),
  })
  holds(fc.property(arbitrary, (fields) => openEnvelope(DOMAIN, SignedEnvelope.encode(fields)) === undefined))
})

envelopes.run()
