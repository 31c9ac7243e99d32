import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_DHKEM_X25519_HKDF_SHA256 } from 'hpke'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { Message, Sealed } from '../../src/envelope/envelope.pb.js'
import { ENVELOPE_BYTES_MAX, Envelopes, type Opened, type Rejection } from '../../src/envelope/envelopes.ts'
import { MESSAGE_AGE_MS, MESSAGE_AHEAD_MS } from '../../src/envelope/replay-guard.ts'
import { virtualClock } from '../../src/lib/clock.ts'
import { sealingPublicKey } from '../../src/overlay/keys.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { signEnvelope } from '../../src/overlay/signed-envelope.ts'
import { type Lease, openLease } from '../../src/supernode/records.ts'
import { holds } from '../support/property.ts'
import { leaseOf, NETWORK, NOW_MS, person, type Person } from '../supernode/people.ts'

const envelopes = suite('envelopes')

const SIGNAL = new Uint8Array(Buffer.from('an invite'))
const alice = person('alice')
const bob = person('bob')
const mallory = person('mallory')

function makeParty(whose: Person, { clock = virtualClock(NOW_MS), facts = {}, revoked = '' } = {}) {
  const lease = openLease(leaseOf(whose, facts), whose.network) as Lease
  const isRevoked = ({ devicePeerId }: Lease) => devicePeerId === revoked
  return { ...whose, lease, clock, envelopes: new Envelopes(whose.network, whose.device, clock, isRevoked) }
}
type Party = ReturnType<typeof makeParty>

/** Seals from one to the other: what the homes carry. */
const sealed = (from: Party, to: Party, signal = SIGNAL) => from.envelopes.seal(to.lease, from.lease, { signal })

const isOpened = (result: Opened | Rejection): result is Opened => typeof result !== 'string'

async function rejects(to: Party, bytes: Uint8Array, why: Rejection): Promise<void> {
  const before = to.envelopes.counters[why]
  assert.is(await to.envelopes.open(bytes), why)
  assert.is(to.envelopes.counters[why], before + 1)
}

/** A sealed envelope of any message, signed by whomever: what a dishonest device could make. */
async function forged(
  message: Partial<Message>,
  { signer = alice.device, domain = 'tincan-message', to = bob, network = NETWORK } = {},
) {
  const payload = Message.encode({
    network: NETWORK,
    to: to.device.publicKey,
    lease: leaseOf(alice),
    id: new Uint8Array(16).fill(1),
    sentMs: NOW_MS,
    signal: SIGNAL,
    ...message,
  })
  return sealBytes(signEnvelope(signer, domain, payload), to, network)
}

async function sealBytes(bytes: Uint8Array, to: Person, network = NETWORK): Promise<Uint8Array> {
  const suiteOfOurs = new CipherSuite(KEM_DHKEM_X25519_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM)
  const key = await suiteOfOurs.DeserializePublicKey(sealingPublicKey(to.device))
  const { encapsulatedSecret, ciphertext } = await suiteOfOurs.Seal(key, bytes, {
    info: new Uint8Array(Buffer.from(`tincan envelope v1\n${network}`)),
    aad: to.device.publicKey,
  })
  return Sealed.encode({ encapsulated: encapsulatedSecret, ciphertext })
}

envelopes('the addressee opens it and learns who sent it and how to answer', async () => {
  const [from, to] = [makeParty(alice), makeParty(bob)]
  const opened = await to.envelopes.open(await sealed(from, to))
  assert.ok(isOpened(opened))
  if (!isOpened(opened)) return
  assert.equal(opened.body, { signal: SIGNAL })
  assert.is(opened.from.name, 'alice')
  assert.is(opened.from.devicePeerId, peerIdOf(alice.device.publicKey))
  assert.is(Buffer.compare(opened.from.bytes, from.lease.bytes), 0)
  // and the way back
  const answer = await to.envelopes.seal(opened.from, to.lease, { signal: SIGNAL })
  assert.ok(isOpened(await from.envelopes.open(answer)))
})

envelopes('nobody else opens it: not another device, not the sender, not a supernode', async () => {
  const [from, to] = [makeParty(alice), makeParty(bob)]
  const bytes = await sealed(from, to)
  for (const other of [makeParty(mallory), makeParty(person('bob', 'bob’s laptop')), from])
    await rejects(other, bytes, 'unreadable')
  assert.ok(isOpened(await to.envelopes.open(bytes)))
})

envelopes('what is inside cannot be seen from outside', async () => {
  const [from, to] = [makeParty(alice), makeParty(bob)]
  const bytes = Buffer.from(await sealed(from, to))
  for (const secret of [SIGNAL, Buffer.from('alice'), alice.device.publicKey, alice.account.publicKey])
    assert.not(bytes.includes(Buffer.from(secret)))
})

envelopes('the same signal sealed twice looks different, and both are taken', async () => {
  const [from, to] = [makeParty(alice), makeParty(bob)]
  const [one, other] = [await sealed(from, to), await sealed(from, to)]
  assert.is.not(Buffer.compare(one, other), 0)
  assert.ok(isOpened(await to.envelopes.open(one)) && isOpened(await to.envelopes.open(other)))
})

envelopes('every flipped bit is refused', async () => {
  const [from, to] = [makeParty(alice), makeParty(bob)]
  const bytes = await sealed(from, to)
  const { encapsulated, ciphertext } = Sealed.decode(bytes)
  await holds(
    fc.asyncProperty(fc.nat(ciphertext.length * 8 - 1), fc.nat(encapsulated.length * 8 - 1), async (inText, inKey) => {
      await rejects(to, Sealed.encode({ encapsulated, ciphertext: flip(ciphertext, inText) }), 'unreadable')
      await rejects(to, Sealed.encode({ encapsulated: flip(encapsulated, inKey), ciphertext }), 'unreadable')
    }),
  )
  // the bit of the key that X25519 ignores (RFC 7748 §5) is bound by HPKE
  await rejects(to, Sealed.encode({ encapsulated: flip(encapsulated, 255), ciphertext }), 'unreadable')
  assert.ok(isOpened(await to.envelopes.open(bytes)))
})

envelopes('a truncated or lengthened envelope is refused', async () => {
  const [from, to] = [makeParty(alice), makeParty(bob)]
  const { encapsulated, ciphertext } = Sealed.decode(await sealed(from, to))
  for (const cut of [0, 1, 15, 16, ciphertext.length - 1])
    await rejects(to, Sealed.encode({ encapsulated, ciphertext: ciphertext.subarray(0, cut) }), 'unreadable')
  for (const cut of [0, 1, 31])
    await rejects(to, Sealed.encode({ encapsulated: encapsulated.subarray(0, cut), ciphertext }), 'unreadable')
  await rejects(
    to,
    Sealed.encode({ encapsulated, ciphertext: Buffer.concat([ciphertext, Buffer.from([0])]) }),
    'unreadable',
  )
  await rejects(to, new Uint8Array(), 'unreadable')
})

envelopes('an envelope is taken once', async () => {
  const [from, to] = [makeParty(alice), makeParty(bob)]
  const bytes = await sealed(from, to)
  assert.ok(isOpened(await to.envelopes.open(bytes)))
  await rejects(to, bytes, 'replayed')
  to.clock.advance(MESSAGE_AGE_MS - 1)
  await rejects(to, bytes, 'replayed')
})

envelopes('of two copies that come at the same moment one is taken', async () => {
  const [from, to] = [makeParty(alice), makeParty(bob)]
  const bytes = await sealed(from, to)
  const results = await Promise.all([1, 2, 3].map(() => to.envelopes.open(bytes)))
  assert.is(results.filter(isOpened).length, 1)
})

envelopes('the signed inside sealed again by somebody else is still the same message', async () => {
  // bob, who can open it, passes what alice signed on to himself and to mallory
  const inside = signEnvelope(
    alice.device,
    'tincan-message',
    Message.encode({
      network: NETWORK,
      to: bob.device.publicKey,
      lease: leaseOf(alice),
      id: new Uint8Array(16).fill(9),
      sentMs: NOW_MS,
      signal: SIGNAL,
    }),
  )
  const to = makeParty(bob)
  assert.ok(isOpened(await to.envelopes.open(await sealBytes(inside, bob))))
  await rejects(to, await sealBytes(inside, bob), 'replayed')
  await rejects(makeParty(mallory), await sealBytes(inside, mallory), 'misaddressed')
})

envelopes('an envelope that is too old or too new is refused, one at the limit is taken', async () => {
  for (const [offMs, isTaken] of [
    [-MESSAGE_AGE_MS - 1, false],
    [-MESSAGE_AGE_MS, true],
    [MESSAGE_AHEAD_MS, true],
    [MESSAGE_AHEAD_MS + 1, false],
  ] as const) {
    const to = makeParty(bob)
    const bytes = await forged({ sentMs: NOW_MS + offMs, lease: leaseOf(alice, { expiresMs: NOW_MS }) })
    assert.is(isOpened(await to.envelopes.open(bytes)), isTaken, `${offMs}`)
  }
})

envelopes('what is sealed for another network cannot be read, and what says so inside is misaddressed', async () => {
  const to = makeParty(bob)
  await rejects(to, await forged({}, { network: 'other' }), 'unreadable')
  await rejects(to, await forged({ network: 'other' }), 'misaddressed')
  const there = makeParty(person('alice', undefined, 'other'))
  await rejects(to, await there.envelopes.seal(to.lease, there.lease, { signal: SIGNAL }), 'unreadable')
})

const forgeries: [what: string, why: Rejection, make: () => Promise<Uint8Array>][] = [
  ['with the lease of somebody else', 'unsigned', () => forged({ lease: leaseOf(mallory) })],
  [
    'with the lease of another device of its own account',
    'unsigned',
    () => forged({ lease: leaseOf(person('alice', 'alice’s laptop')) }),
  ],
  ['signed by another device than its lease', 'unsigned', () => forged({}, { signer: mallory.device })],
  [
    'with a lease for another network',
    'unsigned',
    () => forged({ lease: leaseOf(person('alice', undefined, 'other')) }),
  ],
  ['without a lease', 'unsigned', () => forged({ lease: new Uint8Array() })],
  [
    'with a lease long expired',
    'unsigned',
    () => forged({ lease: leaseOf(alice, { expiresMs: NOW_MS - MESSAGE_AGE_MS - 1 }) }),
  ],
  ['signed in the domain of a lease', 'unsigned', () => forged({}, { domain: 'tincan-lease' })],
  ['not signed at all', 'unsigned', () => sealBytes(SIGNAL, bob)],
  [
    'with a signed inside that is noise',
    'malformed',
    () => sealBytes(signEnvelope(alice.device, 'tincan-message', Uint8Array.of(0xff)), bob),
  ],
  ['for another device inside', 'misaddressed', () => forged({ to: mallory.device.publicKey })],
  ['with an id too short', 'malformed', () => forged({ id: new Uint8Array(15) })],
  ['with an id too long', 'malformed', () => forged({ id: new Uint8Array(17) })],
  ['without a body', 'malformed', () => forged({ signal: undefined as never })],
]
for (const [what, why, make] of forgeries) {
  envelopes(`an envelope ${what} is ${why}`, async () => rejects(makeParty(bob), await make(), why))
}

envelopes('a refused envelope does not bar the genuine one with the same id', async () => {
  const to = makeParty(bob)
  await rejects(to, await forged({ lease: leaseOf(mallory) }), 'unsigned')
  assert.ok(isOpened(await to.envelopes.open(await forged({}))))
})

envelopes('an envelope larger than allowed is refused unread; the largest signal fits', async () => {
  const [from, to] = [makeParty(alice), makeParty(bob)]
  await rejects(to, new Uint8Array(ENVELOPE_BYTES_MAX + 1), 'malformed')
  assert.ok(isOpened(await to.envelopes.open(await sealed(from, to, new Uint8Array(20 * 1024)))))
})

envelopes('an empty signal is a signal', async () => {
  const [from, to] = [makeParty(alice), makeParty(bob)]
  const opened = await to.envelopes.open(await sealed(from, to, new Uint8Array()))
  assert.ok(isOpened(opened))
  if (isOpened(opened)) assert.equal(opened.body, { signal: new Uint8Array() })
})

envelopes('a word about linking is told from a signal', async () => {
  const [from, to] = [makeParty(alice), makeParty(bob)]
  const opened = await to.envelopes.open(await from.envelopes.seal(to.lease, from.lease, { link: SIGNAL }))
  assert.ok(isOpened(opened))
  if (isOpened(opened)) assert.equal(opened.body, { link: SIGNAL })
})

envelopes('a word of a ping is told from both', async () => {
  const [from, to] = [makeParty(alice), makeParty(bob)]
  const opened = await to.envelopes.open(await from.envelopes.seal(to.lease, from.lease, { ping: SIGNAL }))
  assert.ok(isOpened(opened))
  if (isOpened(opened)) assert.equal(opened.body, { ping: SIGNAL })
})

envelopes('a device that its account has removed is not heard, another of the account is', async () => {
  const laptop = makeParty(person('alice', 'alice’s laptop'))
  const to = makeParty(bob, { revoked: peerIdOf(alice.device.publicKey) })
  await rejects(to, await sealed(makeParty(alice), to), 'revoked')
  assert.ok(isOpened(await to.envelopes.open(await sealed(laptop, to))))
})

envelopes('arbitrary bytes never open and never throw, outside and inside', async () => {
  const to = makeParty(bob)
  await holds(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 40 }), async (bytes, key) => {
      assert.not(isOpened(await to.envelopes.open(bytes)))
      assert.not(isOpened(await to.envelopes.open(Sealed.encode({ encapsulated: key, ciphertext: bytes }))))
      assert.not(isOpened(await to.envelopes.open(await sealBytes(bytes, bob))))
      assert.not(
        isOpened(await to.envelopes.open(await sealBytes(signEnvelope(alice.device, 'tincan-message', bytes), bob))),
      )
      assert.not(isOpened(await to.envelopes.open(await forged({ lease: bytes }))))
    }),
  )
})

function flip(original: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(original)
  copy[bit >> 3]! ^= 1 << (bit & 7)
  return copy
}

envelopes.run()
