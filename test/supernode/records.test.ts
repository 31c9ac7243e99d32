import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { signEnvelope } from '../../src/overlay/signed-envelope.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { Claim as ClaimMessage, DeviceCertificate, Lease as LeaseMessage } from '../../src/supernode/records.pb.js'
import {
  ADDRESS_CHARACTERS_MAX,
  ADDRESSES_MAX,
  CLAIM_BYTES_MAX,
  HOMES_MAX,
  LEASE_BYTES_MAX,
  makeLease,
  makeSuccession,
  makeWitness,
  openClaim,
  openHome,
  openLease,
  openWitness,
  readClaim,
  readLease,
  recoveryKeyHashOf,
} from '../../src/supernode/records.ts'
import { holds } from '../support/property.ts'
import { certificateOf, claimOf, factsOf, HOME, keyOf, leaseOf, NETWORK, NOW_MS, person } from './people.ts'

const records = suite('records')

const alice = person('alice')
const mallory = person('mallory')
const home = { peerKey: keyOf('home').publicKey, addresses: HOME.addresses }

/** What a Claim and a Lease of alice say, field by field. */
const claimMessage = { network: NETWORK, name: 'alice', seq: 1, issuedMs: NOW_MS }
const leaseMessage = { ...factsOf(alice), homes: [home], certificate: certificateOf(alice) }

const claim = (fields: Partial<ClaimMessage>, signer = alice.account, domain = 'tincan-claim') =>
  signEnvelope(signer, domain, ClaimMessage.encode({ ...claimMessage, ...fields }))
const lease = (fields: Partial<LeaseMessage>, signer = alice.device, domain = 'tincan-lease') =>
  signEnvelope(signer, domain, LeaseMessage.encode({ ...leaseMessage, ...fields }))

function succession(facts: Partial<Parameters<typeof makeSuccession>[1]> = {}): Uint8Array {
  return makeSuccession(mallory.account, {
    network: NETWORK,
    name: 'alice',
    fromAccountKey: mallory.account.publicKey,
    toAccountKey: alice.account.publicKey,
    issuedMs: NOW_MS,
    ...facts,
  })
}

records('a claim opens to what was claimed', () => {
  const bytes = claimOf(alice, { seq: 7 })
  const expected = {
    ...claimMessage,
    accountKey: alice.account.publicKey,
    seq: 7,
    recoveryKeyHash: undefined,
    proofOfWork: undefined,
    successions: [],
    revokedDevices: new Set(),
    contestedMs: 0,
    bytes,
  }
  assert.equal(plain(openClaim(bytes, NETWORK)), plain(expected))
})

records('a claim is that of whoever signed it', () => {
  assert.equal(openClaim(claim({}, mallory.account), NETWORK)?.accountKey, mallory.account.publicKey)
})

records('a claim opens to its work, its recovery key, its successions and the devices it revokes', () => {
  const recoveryKeyHash = recoveryKeyHashOf(keyOf('recovery').publicKey)
  const proofOfWork = { bits: 12, nonce: new Uint8Array(8).fill(9) }
  const revoked = peerIdOf(keyOf('lost').publicKey)
  const bytes = claimOf(alice, {
    recoveryKeyHash,
    proofOfWork,
    successions: [succession()],
    revokedDevices: [revoked],
    contestedMs: NOW_MS,
  })
  const opened = openClaim(bytes, NETWORK)
  assert.equal(opened?.recoveryKeyHash, recoveryKeyHash)
  assert.equal(opened?.proofOfWork, proofOfWork)
  assert.equal([...(opened?.revokedDevices ?? [])], [revoked])
  assert.is(opened?.contestedMs, NOW_MS)
  assert.equal(opened?.successions[0]?.fromAccountKey, mallory.account.publicKey)
  assert.equal(opened?.successions[0]?.signer, mallory.account.publicKey)
})

const badSuccessions: [what: string, successions: Uint8Array[]][] = [
  ['to somebody else', [succession({ toAccountKey: mallory.account.publicKey })]],
  ['of another name', [succession({ name: 'bob' })]],
  ['of another network', [succession({ network: 'other' })]],
  ['that do not lead to each other', [succession(), succession()]],
  ['that are no successions', [claim({})]],
  ['beyond number', Array.from({ length: 5 }, () => succession({ fromAccountKey: alice.account.publicKey }))],
]
for (const [what, successions] of badSuccessions)
  records(`a claim with successions ${what} is no claim`, () => {
    assert.is(openClaim(claimOf(alice, { successions }), NETWORK), undefined)
  })

records('a witness opens to what the registrar saw', () => {
  const facts = {
    network: NETWORK,
    name: 'alice',
    accountKey: alice.account.publicKey,
    sinceMs: NOW_MS,
    issuedMs: NOW_MS + 1,
  }
  const bytes = makeWitness(keyOf('registrar'), facts)
  assert.equal(openWitness(bytes, NETWORK), { ...facts, peerId: peerIdOf(keyOf('registrar').publicKey) })
  assert.is(openWitness(bytes, 'other'), undefined)
  assert.is(
    openWitness(makeWitness(keyOf('registrar'), { ...facts, accountKey: new Uint8Array(3) }), NETWORK),
    undefined,
  )
  assert.is(openWitness(new Uint8Array(600), NETWORK), undefined)
  const forged = makeWitness(keyOf('registrar'), { ...facts, sinceMs: 1 })
  assert.is(
    openWitness(
      Uint8Array.from(bytes, (byte, i) => (i < 80 ? byte : (forged[i] ?? 0))),
      NETWORK,
    ),
    undefined,
  )
})

records('what was verified before reads the same without verifying', () => {
  const claimed = claimOf(alice, { successions: [succession()] })
  assert.equal(readClaim(claimed, NETWORK), openClaim(claimed, NETWORK))
  assert.equal(readLease(leaseOf(alice), NETWORK), openLease(leaseOf(alice), NETWORK))
})

records('a lease opens to what was leased, with the account that certified its device', () => {
  const bytes = leaseOf(alice)
  const expected = {
    ...factsOf(alice),
    accountKey: alice.account.publicKey,
    devicePeerId: peerIdOf(alice.device.publicKey),
    bytes,
  }
  assert.equal(plain(openLease(bytes, NETWORK)), plain(expected))
})

const badClaims: [what: string, bytes: Uint8Array][] = [
  ['for another network', claim({ network: 'other' })],
  ['for no network', claim({ network: '' })],
  ['signed in the domain of a lease', claim({}, alice.account, 'tincan-lease')],
  ['of a bad name', claim({ name: 'Alice' })],
  ['of no name', claim({ name: '' })],
  ['of a name too long', claim({ name: 'a'.repeat(33) })],
  ['too large', claim({ recoveryKeyHash: new Uint8Array(CLAIM_BYTES_MAX) })],
  ['empty', new Uint8Array()],
  ['in truth a lease', leaseOf(alice)],
  ['with a sequence number beyond what numbers hold', hugeSeq()],
]
for (const [what, bytes] of badClaims) {
  records(`a claim ${what} does not open`, () => assert.is(openClaim(bytes, NETWORK), undefined))
}

const badLeases: [what: string, bytes: Uint8Array][] = [
  ['for another network', lease({ network: 'other' })],
  ['signed by somebody else', lease({}, mallory.device)],
  ['signed by the account instead of the device', lease({}, alice.account)],
  ['signed in the domain of a claim', lease({}, alice.device, 'tincan-claim')],
  ['without a certificate', lease({ certificate: new Uint8Array() })],
  ['with a certificate of another device', lease({ certificate: certificateOf(person('alice', 'another phone')) })],
  [
    'with a certificate for another network',
    lease({ certificate: certificateOf(person('alice', undefined, 'other')) }),
  ],
  ['with a certificate that the device gave itself', lease({ certificate: forgedCertificate('tincan-lease') })],
  ['of a bad name', lease({ name: 'alice.k7q2m' })],
  ['with a sealing key too short', lease({ sealingKey: new Uint8Array(31) })],
  ['without a sealing key', lease({ sealingKey: new Uint8Array() })],
  ['with too many homes', lease({ homes: new Array<typeof home>(HOMES_MAX + 1).fill(home) })],
  ['with a home that has no key', lease({ homes: [{ ...home, peerKey: new Uint8Array() }] })],
  [
    'with a home at too many addresses',
    lease({ homes: [{ ...home, addresses: new Array<string>(ADDRESSES_MAX + 1).fill('/a') }] }),
  ],
  [
    'with a home at an address too long',
    lease({ homes: [{ ...home, addresses: [`/${'a'.repeat(ADDRESS_CHARACTERS_MAX)}`] }] }),
  ],
  ['with a home at what is no multiaddr', lease({ homes: [{ ...home, addresses: ['http://example.com'] }] })],
  ['too large', lease({ certificate: new Uint8Array(LEASE_BYTES_MAX) })],
  ['empty', new Uint8Array()],
  ['in truth a claim', claimOf(alice)],
]
for (const [what, bytes] of badLeases) {
  records(`a lease ${what} does not open`, () => assert.is(openLease(bytes, NETWORK), undefined))
}

records('a device certified by another account leases for that account, not for the one it names', () => {
  const stolen = { ...mallory, name: 'alice' }
  assert.equal(openLease(leaseOf(stolen), NETWORK)?.accountKey, mallory.account.publicKey)
})

records('a lease without homes opens: its device is known, and cannot be reached', () => {
  assert.equal(openLease(leaseOf(alice, { homes: [] }), NETWORK)?.homes, [])
})

records('a device never writes more homes or addresses than a lease may have', () => {
  const many = { ...HOME, addresses: Array.from({ length: 10 }, (_, i) => `/ip4/203.0.113.7/tcp/${i}`) }
  const opened = openLease(leaseOf(alice, { homes: new Array<typeof many>(5).fill(many) }), NETWORK)
  assert.is(opened?.homes.length, HOMES_MAX)
  assert.ok(opened?.homes.every(({ addresses }) => addresses.length === ADDRESSES_MAX))
})

records('whatever bit of a record is flipped, it says the same or does not open', () => {
  const bytesOfClaim = claimOf(alice)
  const bytesOfLease = leaseOf(alice)
  const openedClaim = plain({ ...openClaim(bytesOfClaim, NETWORK), bytes: 0 })
  const openedLease = plain({ ...openLease(bytesOfLease, NETWORK), bytes: 0 })
  holds(
    fc.property(fc.nat(bytesOfClaim.length * 8 - 1), fc.nat(bytesOfLease.length * 8 - 1), (inClaim, inLease) => {
      const flippedClaim = openClaim(flip(bytesOfClaim, inClaim), NETWORK)
      if (flippedClaim !== undefined) assert.equal(plain({ ...flippedClaim, bytes: 0 }), openedClaim)
      const flippedLease = openLease(flip(bytesOfLease, inLease), NETWORK)
      if (flippedLease !== undefined) assert.equal(plain({ ...flippedLease, bytes: 0 }), openedLease)
    }),
  )
})

records('arbitrary bytes, signed or not, never throw and never open', () => {
  holds(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.is(openClaim(bytes, NETWORK), undefined)
      assert.is(openLease(bytes, NETWORK), undefined)
      assert.is(openClaim(signEnvelope(alice.account, 'tincan-claim', bytes), NETWORK), undefined)
      assert.is(openLease(signEnvelope(alice.device, 'tincan-lease', bytes), NETWORK), undefined)
      assert.is(
        openLease(lease({ certificate: signEnvelope(alice.account, 'tincan-device', bytes) }), NETWORK),
        undefined,
      )
    }),
  )
})

records('a home from a stranger is taken only within every bound', () => {
  const keys = fc.uint8Array({ maxLength: 40 })
  const addresses = fc.array(fc.string({ maxLength: 200 }), { maxLength: 8 })
  holds(
    fc.property(keys, addresses, (peerKey, list) => {
      const opened = openHome({ peerKey, addresses: list })
      const isFine =
        peerKey.length === 32 &&
        list.length <= ADDRESSES_MAX &&
        list.every((address) => address.startsWith('/') && address.length <= ADDRESS_CHARACTERS_MAX)
      assert.is(opened !== undefined, isFine)
    }),
  )
})

records('opening twice gives the same, and another network still refuses what one has accepted', () => {
  const bytes = claimOf(alice)
  assert.equal(openClaim(bytes, NETWORK), openClaim(bytes, NETWORK))
  assert.is(openClaim(bytes, 'other'), undefined)
  const leased = leaseOf(alice)
  assert.ok(openLease(leased, NETWORK))
  assert.is(openLease(leased, 'other'), undefined)
})

records('a record keeps its own bytes, not the large read that they came in', () => {
  for (const [make, open] of [
    [claimOf, openClaim],
    [leaseOf, openLease],
  ] as const) {
    const bytes = make(person('walter'))
    const read = new Uint8Array(1_000_000)
    read.set(bytes, 500)
    const opened = open(read.subarray(500, 500 + bytes.length), NETWORK)
    read.fill(0)
    assert.equal(opened?.bytes, bytes)
    assert.ok((opened?.bytes.buffer.byteLength ?? Infinity) < 10_000)
  }
})

records('the bytes of a claim and of a lease never change', () => {
  assert.is(Buffer.from(claimOf(alice)).toString('hex'), GOLDEN_CLAIM)
  assert.is(Buffer.from(makeLease(alice.device, certificateOf(alice), factsOf(alice))).toString('hex'), GOLDEN_LEASE)
  const certificate = DeviceCertificate.decode(Uint8Array.from(Buffer.from(GOLDEN_CERTIFICATE_PAYLOAD, 'hex')))
  assert.equal(plain(certificate), plain({ network: NETWORK, deviceKey: alice.device.publicKey, issuedMs: NOW_MS }))
})

const GOLDEN_CLAIM =
  '0a2408011220d3a0880ab98b5b8fa6f2c3926f72e2d9c791942fd5fe3316c6e20885152392b3120d2f74696e63616e2f636c61696d1a160a04746573741205616c69636518012080d095ffbc312a40e94114b9a0a3baa5d0000d082830fba5fe617635de496d12ea2e3f84089031f084cacc85a585bc5ff530f2931815f04700acfb143b8ddf054d7839e17890fe04'
const GOLDEN_LEASE =
  '0a2408011220712efb3386f60d911cf95b7f64d8465d9d0c9726161da9c9c327cb5368b9151c120d2f74696e63616e2f6c656173651aac020a04746573741205616c6963651aa9010a2408011220d3a0880ab98b5b8fa6f2c3926f72e2d9c791942fd5fe3316c6e20885152392b3120e2f74696e63616e2f6465766963651a2f0a04746573741220712efb3386f60d911cf95b7f64d8465d9d0c9726161da9c9c327cb5368b9151c1880d095ffbc312a409fb50d6bad5a2bc7a72c2de46b7869818e986c482e61f9dc20e21504bf33ad1c01443f83ad6fbd736f1900a45a3678dd2371f99b877459f3a1cefe5262ad2b0f223d0a20af1efecbbb28340915f01cf46f399e775af43bf8a4aac80db0f23e9b985ee87d12192f6970342f3230332e302e3131332e372f7463702f343030312a200fa72902df074952a4b70bfa0339442dd4408dc4bdd36a694b3dd2522c343035300138014080d095ffbc3148a0ec96ffbc312a40c057833399b642cabd0edc7280025ebb8d6b36a932a140983c44dc47cd423bf7eb1ec09dd68bb063108d435888caa29971edc87b579bb4203a6ce6d2c1a98e0f'
const GOLDEN_CERTIFICATE_PAYLOAD =
  '0a04746573741220712efb3386f60d911cf95b7f64d8465d9d0c9726161da9c9c327cb5368b9151c1880d095ffbc31'

/** For comparing: byte arrays of several kinds are equal when their bytes are. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) =>
      inner instanceof Uint8Array ? Buffer.from(inner).toString('hex') : inner,
    ),
  )
}

function flip(original: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(original)
  copy[bit >> 3]! ^= 1 << (bit & 7)
  return copy
}

/** A certificate that the device made for itself, in a domain it may sign. */
function forgedCertificate(domain: string): Uint8Array {
  const { device } = alice
  const payload = DeviceCertificate.encode({ network: NETWORK, deviceKey: device.publicKey, issuedMs: NOW_MS })
  return signEnvelope(device, domain, payload)
}

/** seq (field 4) as the varint of 2^60. */
function hugeSeq(): Uint8Array {
  const payload = ClaimMessage.encode({ ...claimMessage, seq: 0 })
  return signEnvelope(
    alice.account,
    'tincan-claim',
    Buffer.concat([payload, Buffer.from('20808080808080808010', 'hex')]),
  )
}

records.run()
