import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { ClaimCopy } from '../../src/supernode/claim-copy.ts'
import { type Claim, type ClaimFacts, openClaim } from '../../src/supernode/records.ts'
import { claimOf, keyOf, NETWORK, NOW_MS, person } from './people.ts'

const copies = suite('claim copy')
const DAY_MS = 86_400_000
const alice = person('alice')
const held = (facts: Partial<ClaimFacts>, whose = alice) => openClaim(claimOf(whose, facts), NETWORK) as Claim

copies('a newer claim of the account takes the place of the copy, an older or an equal one does not', () => {
  const table: [facts: Partial<ClaimFacts>, isTaken: boolean][] = [
    [{ seq: 3, issuedMs: NOW_MS }, true],
    [{ seq: 2, issuedMs: NOW_MS + 1 }, true],
    [{ seq: 2, issuedMs: NOW_MS }, false],
    [{ seq: 2, issuedMs: NOW_MS - 1 }, false],
    [{ seq: 1, issuedMs: NOW_MS + DAY_MS }, false],
  ]
  for (const [facts, isTaken] of table) {
    const copy = new ClaimCopy(claimOf(alice, { seq: 2 }), NETWORK)
    const newer = held(facts)
    assert.is(copy.take(newer), isTaken, JSON.stringify(facts))
    assert.is(Buffer.compare(copy.bytes, newer.bytes) === 0, isTaken || (facts.seq === 2 && facts.issuedMs === NOW_MS))
  }
})

copies('another account’s claim, or one of another name, never takes its place', () => {
  const copy = new ClaimCopy(claimOf(alice), NETWORK)
  const mallory = { ...person('mallory'), name: 'alice' }
  assert.not(copy.take(held({ seq: 9 }, mallory)))
  assert.not(copy.take(held({ seq: 9 }, { ...alice, name: 'alicia' })))
  assert.is(Buffer.compare(copy.bytes, claimOf(alice)), 0)
})

copies('it knows which devices the account has removed', () => {
  const [laptop, phone] = [keyOf('laptop'), keyOf('phone')].map((key) => peerIdOf(key.publicKey)) as [string, string]
  const copy = new ClaimCopy(claimOf(alice), NETWORK)
  assert.not(copy.revokes(laptop))
  copy.take(held({ seq: 2, revokedDevices: [laptop] }))
  assert.ok(copy.revokes(laptop))
  assert.not(copy.revokes(phone))
})

copies('two days after it was signed it is worth a look', () => {
  const copy = new ClaimCopy(claimOf(alice), NETWORK)
  assert.not(copy.isOld(NOW_MS + 2 * DAY_MS - 1))
  assert.ok(copy.isOld(NOW_MS + 2 * DAY_MS))
})

copies('what is no claim of this network is refused', () => {
  assert.throws(() => new ClaimCopy(claimOf(alice), 'another'), /no claim of this network/)
  assert.throws(() => new ClaimCopy(Uint8Array.of(1, 2, 3), NETWORK), /no claim of this network/)
})

copies.run()
