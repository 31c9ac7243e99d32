import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import type { SigningKey } from '../../src/overlay/keys.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { readEnvelope, signEnvelope } from '../../src/overlay/signed-envelope.ts'
import { DEVICES_MAX, LAST_SEEN_MS } from '../../src/supernode/index-entry.ts'
import { CLOCK_SKEW_MS, IndexTable, type IndexLimits } from '../../src/supernode/index-table.ts'
import { nameKey } from '../../src/supernode/placement.ts'
import { type ClaimFacts, LEASE_BYTES_MAX, makeSuccession, recoveryKeyHashOf } from '../../src/supernode/records.ts'
import { holds } from '../support/property.ts'
import { claimOf, keyOf, leaseOf, NETWORK, NOW_MS, person, type Person } from './people.ts'

const entries = suite('who holds a name')

const LIMITS: IndexLimits = {
  leaseMs: 60_000,
  incumbencyMs: 30 * 86_400_000,
  contestMs: 10_000,
  namesMax: 100,
  bytesMax: 1_000_000,
}
const alice = person('alice')
const heir: Person = { ...person('new key'), name: 'alice' }
const rival: Person = { ...person('mallory'), name: 'alice' }
const third: Person = { ...person('trudy'), name: 'alice' }
const fourth: Person = { ...person('oscar'), name: 'alice' }
const recovery = keyOf('recovery')
const recoveryKeyHash = recoveryKeyHashOf(recovery.publicKey)
const key = nameKey(NETWORK, 'alice', 0)
const none: Uint8Array = new Uint8Array()

const fresh = () => new IndexTable(NETWORK, LIMITS)
const grant = (table: IndexTable, claim: Uint8Array, nowMs = NOW_MS, witnessedMs?: number, lease = none) =>
  table.grant(key, { claim, lease, witnessedMs }, nowMs)
const holdersAt = (table: IndexTable, nowMs: number) =>
  table.lookup(key, nowMs).map(({ claim }) => [alice, heir, rival, third, fourth].find(isOf(claim.accountKey))?.device)
const isOf = (accountKey: Uint8Array) => (each: Person) => Buffer.compare(each.account.publicKey, accountKey) === 0
const succession = (signer: SigningKey, from = alice, to = heir, issuedMs = NOW_MS) =>
  makeSuccession(signer, {
    network: NETWORK,
    name: 'alice',
    fromAccountKey: from.account.publicKey,
    toAccountKey: to.account.publicKey,
    issuedMs,
  })
const recoverable = (facts: Partial<ClaimFacts> = {}) => claimOf(alice, { recoveryKeyHash, ...facts })
const recovered = (facts: Partial<ClaimFacts> = {}) =>
  claimOf(heir, { successions: [succession(recovery)], recoveryKeyHash, ...facts })

entries('the old key passes the name on at once, and cannot take it back', () => {
  const table = fresh()
  grant(table, claimOf(alice), NOW_MS, undefined, leaseOf(alice))
  const passedOn = claimOf(heir, { successions: [succession(alice.account)] })
  assert.is(grant(table, passedOn).outcome, 'GRANTED')
  assert.equal(holdersAt(table, NOW_MS), [heir.device])
  assert.is(table.leasesHeld(NOW_MS), 0, 'the old account’s devices are gone with it')
  assert.is(grant(table, claimOf(alice, { seq: 9 })).outcome, 'TAKEN')
  assert.is(grant(table, claimOf(alice, { seq: 9 }), NOW_MS, NOW_MS - 1).outcome, 'TAKEN', 'whatever witnesses say')
})

entries('a name passed on twice is taken by a registrar that missed the first', () => {
  const table = fresh()
  grant(table, claimOf(alice))
  const successions = [succession(alice.account, alice, rival), succession(rival.account, rival, heir)]
  assert.is(grant(table, claimOf(heir, { successions })).outcome, 'GRANTED')
  assert.equal(holdersAt(table, NOW_MS), [heir.device])
})

entries('who takes over keeps the age of the name', () => {
  const table = fresh()
  grant(table, claimOf(alice))
  grant(table, claimOf(heir, { successions: [succession(alice.account)], issuedMs: NOW_MS + 5 }), NOW_MS + 5)
  assert.is(table.lookup(key, NOW_MS + 5)[0]?.sinceMs, NOW_MS)
})

entries('a succession that neither the old key nor its recovery key signed is worth nothing', () => {
  for (const signer of [rival.account, heir.account, recovery]) {
    const table = fresh()
    grant(table, claimOf(alice)) // without a recovery key
    assert.is(grant(table, claimOf(heir, { successions: [succession(signer)] })).outcome, 'TAKEN')
    assert.equal(holdersAt(table, NOW_MS + LIMITS.contestMs), [alice.device])
  }
})

entries('neither a recovery nor an objection may be dated ahead, so that neither settles the other for ever', () => {
  const aheadMs = NOW_MS + CLOCK_SKEW_MS + 1
  const table = fresh()
  grant(table, recoverable())
  const late = recovered({ successions: [succession(recovery, alice, heir, aheadMs)] })
  assert.is(grant(table, late).outcome, 'INVALID')
  assert.is(grant(table, recoverable({ seq: 2, contestedMs: aheadMs })).outcome, 'INVALID')
  assert.is(grant(table, late, NOW_MS + 1).outcome, 'PENDING', 'but for clocks that differ a little')
  const rotated = claimOf(heir, { successions: [succession(alice.account, alice, heir, aheadMs)], recoveryKeyHash })
  assert.is(grant(table, rotated).outcome, 'GRANTED', 'nobody may object to a rotation')
})

entries('the old key cannot get rid of the recovery key, neither by claiming anew nor by passing the name on', () => {
  const table = fresh()
  grant(table, recoverable())
  assert.is(grant(table, claimOf(alice, { seq: 2 })).outcome, 'INVALID')
  const otherHash = recoveryKeyHashOf(keyOf('thief').publicKey)
  assert.is(grant(table, claimOf(alice, { seq: 2, recoveryKeyHash: otherHash })).outcome, 'INVALID')
  for (const hash of [undefined, otherHash])
    assert.is(
      grant(table, claimOf(heir, { successions: [succession(alice.account)], recoveryKeyHash: hash })).outcome,
      'TAKEN',
    )
  assert.is(
    grant(table, claimOf(heir, { successions: [succession(alice.account)], recoveryKeyHash })).outcome,
    'GRANTED',
  )
})

entries('a recovery key may be added where there was none', () => {
  const table = fresh()
  grant(table, claimOf(alice))
  assert.is(grant(table, recoverable({ seq: 2 })).outcome, 'GRANTED')
  assert.is(grant(table, claimOf(alice, { seq: 3 })).outcome, 'INVALID', 'and then it stays')
})

entries('a recovery waits for its window, then takes effect, not a moment before', () => {
  const table = fresh()
  grant(table, recoverable(), NOW_MS, undefined, leaseOf(alice))
  const waiting = grant(table, recovered(), NOW_MS + 100)
  assert.is(waiting.outcome, 'PENDING')
  assert.is(waiting.pendingUntilMs, NOW_MS + 100 + LIMITS.contestMs)
  assert.equal(holdersAt(table, NOW_MS + 99 + LIMITS.contestMs), [alice.device])
  assert.equal(holdersAt(table, NOW_MS + 100 + LIMITS.contestMs), [heir.device])
  assert.is(grant(table, recoverable({ seq: 9 }), NOW_MS + 100 + LIMITS.contestMs).outcome, 'TAKEN')
  assert.is(grant(table, recovered(), NOW_MS + 200 + LIMITS.contestMs).outcome, 'GRANTED')
})

entries('asking again does not shorten the wait, nor lengthen it', () => {
  const table = fresh()
  grant(table, recoverable())
  for (const atMs of [0, 1_000, 9_999])
    assert.is(grant(table, recovered(), NOW_MS + atMs).pendingUntilMs, NOW_MS + LIMITS.contestMs)
})

entries('whoever renews a name that is being recovered hears of it', () => {
  const table = fresh()
  grant(table, recoverable())
  const claim = recovered()
  grant(table, claim)
  const told = grant(table, recoverable(), NOW_MS + 1)
  assert.is(told.outcome, 'GRANTED')
  assert.equal(told.heir?.bytes, claim)
  assert.is(told.pendingUntilMs, NOW_MS + LIMITS.contestMs)
})

entries('the old key objects: that recovery is over, a later one begins anew', () => {
  const table = fresh()
  grant(table, recoverable())
  grant(table, recovered())
  const objection = recoverable({ seq: 2, contestedMs: NOW_MS + 1, issuedMs: NOW_MS + 1 })
  assert.is(grant(table, objection, NOW_MS + 1).heir, undefined)
  assert.is(grant(table, recovered(), NOW_MS + 2).outcome, 'TAKEN')
  assert.equal(holdersAt(table, NOW_MS + 50_000), [alice.device])
  const later = recovered({ successions: [succession(recovery, alice, heir, NOW_MS + 2)] })
  assert.is(grant(table, later, NOW_MS + 60_000).outcome, 'PENDING')
})

entries('of two recoveries the first waits, the other is refused', () => {
  const table = fresh()
  grant(table, recoverable())
  grant(table, recovered())
  const other = claimOf(rival, { successions: [succession(recovery, alice, rival)], recoveryKeyHash })
  assert.is(grant(table, other).outcome, 'TAKEN')
  assert.equal(holdersAt(table, NOW_MS + LIMITS.contestMs), [heir.device])
})

entries('a recovery whose window others saw pass takes effect at once', () => {
  const table = fresh()
  grant(table, recoverable())
  assert.is(grant(table, recovered(), NOW_MS, NOW_MS - LIMITS.contestMs + 1).outcome, 'PENDING')
  assert.is(grant(table, recovered(), NOW_MS, NOW_MS - LIMITS.contestMs).outcome, 'GRANTED')
  assert.equal(holdersAt(table, NOW_MS), [heir.device])
})

entries('a recovery is nobody’s to stop but the account’s that it recovers from', () => {
  const stops: Record<string, Uint8Array> = {
    'an objection': claimOf(rival, { seq: 2, contestedMs: NOW_MS + 1 }),
    'a rotation': claimOf(third, { successions: [succession(rival.account, rival, third)] }),
  }
  for (const [what, claim] of Object.entries(stops)) {
    const table = fresh()
    grant(table, recoverable())
    grant(table, claimOf(rival), NOW_MS, NOW_MS)
    grant(table, recovered())
    assert.is.not(grant(table, claim, NOW_MS + 1).outcome, 'TAKEN', what)
    assert.ok(holdersAt(table, NOW_MS + LIMITS.contestMs).includes(heir.device), `${what} of a rival`)
  }
})

entries('a name whose account lapses while a recovery waits goes to who recovers it, not to a stranger', () => {
  const table = fresh()
  grant(table, recoverable())
  const lapsedMs = NOW_MS + LIMITS.incumbencyMs
  const late = recovered({ issuedMs: lapsedMs - 1, successions: [succession(recovery, alice, heir, lapsedMs - 1)] })
  assert.is(grant(table, late, lapsedMs - 1).outcome, 'PENDING')
  assert.is(grant(table, claimOf(rival, { issuedMs: lapsedMs }), lapsedMs).outcome, 'TAKEN')
  assert.equal(holdersAt(table, lapsedMs), [heir.device])
  assert.is(table.lookup(key, lapsedMs)[0]?.sinceMs, NOW_MS)
})

entries('who lost a name with the key does not come back as a rival, whatever that key says then', () => {
  const oldWitnessMs = NOW_MS - 1
  const otherHash = recoveryKeyHashOf(keyOf('thief').publicKey)
  const passed = {
    recovery: recovered(),
    rotation: claimOf(heir, { successions: [succession(alice.account)], recoveryKeyHash }),
  }
  for (const [way, claim] of Object.entries(passed))
    for (const says of [
      { recoveryKeyHash: otherHash },
      { recoveryKeyHash, contestedMs: NOW_MS + LIMITS.contestMs },
      {},
    ]) {
      const table = fresh()
      grant(table, recoverable())
      grant(table, claim)
      const laterMs = NOW_MS + LIMITS.contestMs
      const back = claimOf(alice, { seq: 9, issuedMs: laterMs, ...says })
      const records = { claim: back, lease: none, witnessedMs: oldWitnessMs, saidMs: laterMs }
      assert.is(table.grant(key, records, laterMs).outcome, 'TAKEN', way)
      assert.equal(holdersAt(table, laterMs), [heir.device])
    }
})

entries('an old key that objected in time, as registrars say long after, is held beside the recovery', () => {
  const table = fresh()
  grant(table, recoverable())
  grant(table, recovered())
  const laterMs = NOW_MS + 2 * LIMITS.contestMs + 1
  const claim = recoverable({ seq: 2, issuedMs: laterMs, contestedMs: NOW_MS + 1 })
  const records = { claim, lease: none, witnessedMs: NOW_MS }
  assert.is(table.grant(key, { ...records, saidMs: laterMs - 1 }, laterMs).outcome, 'TAKEN')
  assert.is(table.grant(key, { ...records, saidMs: laterMs }, laterMs).outcome, 'CONTESTED')
})

entries('a name that came back to its first key is not passed on again by showing the old succession', () => {
  const table = fresh()
  const there = succession(alice.account)
  grant(table, claimOf(alice))
  const away = claimOf(heir, { successions: [there] })
  grant(table, away)
  const back = claimOf(alice, { seq: 2, successions: [there, succession(heir.account, heir, alice)] })
  assert.is(grant(table, back).outcome, 'GRANTED')
  assert.is(grant(table, away).outcome, 'TAKEN')
  assert.equal(holdersAt(table, NOW_MS), [alice.device])
})

entries('a newcomer is refused; one that other registrars know is held beside, whoever was seen first in front', () => {
  const table = fresh()
  grant(table, claimOf(alice))
  assert.is(grant(table, claimOf(rival), NOW_MS + 1).outcome, 'TAKEN')
  const beside = grant(table, claimOf(rival), NOW_MS + 1, NOW_MS + 1, leaseOf(rival))
  assert.is(beside.outcome, 'CONTESTED')
  assert.equal(beside.other?.accountKey, alice.account.publicKey)
  assert.equal(holdersAt(table, NOW_MS + 1), [alice.device, rival.device])
  assert.is(grant(table, claimOf(alice), NOW_MS + 2).outcome, 'CONTESTED', 'both are told')
  assert.is(grant(table, claimOf(rival), NOW_MS + 2, NOW_MS - 5_000).outcome, 'CONTESTED')
  assert.equal(holdersAt(table, NOW_MS + 2), [rival.device, alice.device], 'by witnesses the other was first')
})

entries('a name has three holders at most', () => {
  const table = fresh()
  grant(table, claimOf(alice))
  assert.is(grant(table, claimOf(rival), NOW_MS, NOW_MS).outcome, 'CONTESTED')
  assert.is(grant(table, claimOf(third), NOW_MS, NOW_MS).outcome, 'CONTESTED')
  assert.is(grant(table, claimOf(fourth), NOW_MS, NOW_MS - 9).outcome, 'TAKEN')
})

entries('a rival that stops renewing is gone after the incumbency', () => {
  const table = fresh()
  grant(table, claimOf(alice))
  grant(table, claimOf(rival), NOW_MS, NOW_MS)
  const laterMs = NOW_MS + LIMITS.incumbencyMs - 1
  grant(table, claimOf(alice, { issuedMs: laterMs }), laterMs)
  assert.equal(holdersAt(table, laterMs), [alice.device, rival.device])
  assert.equal(holdersAt(table, laterMs + 1), [alice.device])
})

entries('a device that is revoked goes at once and is not let in again', () => {
  const table = fresh()
  grant(table, claimOf(alice), NOW_MS, undefined, leaseOf(alice))
  const revoking = claimOf(alice, { seq: 2, revokedDevices: [peerIdOf(alice.device.publicKey)] })
  grant(table, revoking)
  assert.is(table.leasesHeld(NOW_MS), 0)
  assert.is(grant(table, revoking, NOW_MS, undefined, leaseOf(alice, { seq: 9 })).outcome, 'INVALID')
  assert.is(grant(table, claimOf(alice), NOW_MS, undefined, leaseOf(alice, { seq: 9 })).outcome, 'STALE')
})

entries('where somebody was last is known for a week, which is more than 72 hours', () => {
  const table = fresh()
  grant(table, claimOf(alice), NOW_MS, undefined, leaseOf(alice, { expiresMs: NOW_MS + 1_000 }))
  const lapsed = (nowMs: number) => table.lookup(key, nowMs)[0]?.lapsed.length
  assert.is(lapsed(NOW_MS + 999), 0)
  assert.is(lapsed(NOW_MS + 1_000), 1)
  assert.ok(LAST_SEEN_MS >= 72 * 3_600_000)
  assert.is(lapsed(NOW_MS + 1_000 + LAST_SEEN_MS - 1), 1)
  assert.is(lapsed(NOW_MS + 1_000 + LAST_SEEN_MS), 0)
})

/** A table with all there can be: an incumbent with a device, a rival, a recovery that waits. */
function crowded(): IndexTable {
  const table = fresh()
  grant(table, recoverable(), NOW_MS, undefined, leaseOf(alice))
  grant(table, claimOf(rival), NOW_MS, NOW_MS, leaseOf(rival))
  grant(table, recovered(), NOW_MS)
  return table
}

entries('what is dumped is restored as it was: holders, devices, ages and what waits', () => {
  const [from, to] = [crowded(), fresh()]
  assert.equal(from.changed(), [key])
  assert.equal(from.changed(), [], 'nothing since')
  const dump = from.dump(key) as Uint8Array
  assert.ok(to.restore(key, dump, NOW_MS))
  for (const nowMs of [NOW_MS, NOW_MS + LIMITS.contestMs]) assert.equal(to.lookup(key, nowMs), from.lookup(key, nowMs))
})

/** The largest lease that anybody takes: what nobody reads is signed along. */
function largeLease(whose: Person): Uint8Array {
  const payload = readEnvelope('tincan-lease', leaseOf(whose))?.payload as Uint8Array
  const tail = new Uint8Array(LEASE_BYTES_MAX - payload.length - 200)
  const length = Uint8Array.of((tail.length & 127) | 128, tail.length >> 7)
  return signEnvelope(whose.device, 'tincan-lease', Buffer.concat([payload, Uint8Array.of(0x7a), length, tail]))
}

entries('the largest entry there can be is restored', () => {
  const table = fresh()
  for (const whose of [alice, rival, third])
    for (let i = 0; i < DEVICES_MAX; i++) {
      const lease = largeLease({ ...whose, device: keyOf(`device ${i}`) })
      assert.is.not(grant(table, claimOf(whose), NOW_MS, NOW_MS, lease).outcome, 'INVALID')
    }
  const dump = table.dump(key) as Uint8Array
  assert.ok(dump.length > 24 * 3_900)
  assert.ok(fresh().restore(key, dump, NOW_MS))
})

entries('nothing is restored that is over, torn, under another key, or in place of what is held', () => {
  const dump = crowded().dump(key) as Uint8Array
  assert.not(fresh().restore(key, dump, NOW_MS + 2 * LIMITS.incumbencyMs))
  assert.not(fresh().restore(nameKey(NETWORK, 'bob', 0), dump, NOW_MS))
  assert.not(fresh().restore(new Uint8Array(3), dump, NOW_MS))
  assert.not(fresh().restore(key, new Uint8Array(200_000), NOW_MS))
  const held = fresh()
  grant(held, claimOf(third))
  assert.not(held.restore(key, dump, NOW_MS))
  for (let i = 0; i < dump.length; i += 7) assert.not(fresh().restore(key, dump.subarray(0, i), NOW_MS), `cut at ${i}`)
})

entries('whatever bit of a dump is flipped, no account comes out that was not in it', () => {
  const dump = crowded().dump(key) as Uint8Array
  holds(
    fc.property(fc.nat(dump.length * 8 - 1), (bit) => {
      const table = fresh()
      table.restore(
        key,
        dump.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)),
        NOW_MS,
      )
      for (const holder of holdersAt(table, NOW_MS)) assert.ok(holder)
      assert.ok(table.lookup(key, NOW_MS).every(({ sinceMs }) => sinceMs <= NOW_MS))
    }),
  )
})

entries('when the network’s time is put back by a day, a name is its owner’s still, by what they sign now', () => {
  const table = fresh()
  const aheadMs = NOW_MS + 86_400_000
  const ahead = leaseOf(alice, { seq: aheadMs, issuedMs: aheadMs, expiresMs: aheadMs + 60_000 })
  grant(table, claimOf(alice, { issuedMs: aheadMs }), aheadMs, undefined, ahead)
  assert.equal(table.lookupPacked(key, NOW_MS)[0]?.leases, [], 'a lease that seems to live for a day is none')
  assert.is(grant(table, claimOf(rival)).outcome, 'TAKEN')
  const claim = claimOf(alice)
  assert.is(grant(table, claim, NOW_MS, undefined, leaseOf(alice)).outcome, 'GRANTED')
  const [held] = table.lookup(key, NOW_MS)
  assert.equal(held?.claim.bytes, claim, 'others would refuse one that is dated ahead')
  assert.is(held?.leases.length, 1)
  assert.is(held?.sinceMs, NOW_MS)
  assert.is(table.lookup(key, NOW_MS + LIMITS.incumbencyMs - 1).length, 1)
  assert.is(table.lookup(key, NOW_MS + LIMITS.incumbencyMs).length, 0, 'nor is it held for a day longer')
})

entries('a table full of bytes is full, and what it holds is still renewed', () => {
  const table = new IndexTable(NETWORK, { ...LIMITS, bytesMax: 1_500 })
  const claim = (name: string) => claimOf(person(name))
  const put = (name: string) =>
    table.grant(nameKey(NETWORK, name, 0), { claim: claim(name), lease: none }, NOW_MS).outcome
  let count = 0
  while (put(`name-${count}`) === 'GRANTED') count++
  assert.ok(count > 1 && count < 12, `${count}`)
  assert.is(put('name-0'), 'GRANTED')
})

entries.run()
