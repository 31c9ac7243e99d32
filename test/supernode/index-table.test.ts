import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { CLOCK_SKEW_MS, IndexTable, type Held, type IndexLimits } from '../../src/supernode/index-table.ts'
import { nameKey } from '../../src/supernode/placement.ts'
import type { Claim, Lease } from '../../src/supernode/records.ts'
import { holds } from '../support/property.ts'
import { claimOf, leaseOf, NETWORK, NOW_MS, person, type Person } from './people.ts'

const tables = suite('index table')

const LIMITS = { leaseMs: 60_000, incumbencyMs: 1_000_000, contestMs: 10_000, namesMax: 100, bytesMax: 1_000_000 }
const alice = person('alice')
const laptop = person('alice', 'alice’s laptop')
/** Another account that wants the same name. */
const rival: Person = { ...person('mallory'), name: 'alice' }
const key = nameKey(NETWORK, 'alice', 0)
const none = new Uint8Array()

/** A table as a name with one holder sees it; the others are in index-entry.test.ts. */
class Table {
  readonly inner: IndexTable
  constructor(limits: Partial<IndexLimits> = {}) {
    this.inner = new IndexTable(NETWORK, { ...LIMITS, ...limits })
  }
  grant(
    under: Uint8Array,
    claim: Uint8Array,
    lease: Uint8Array,
    nowMs: number,
  ): { outcome: string; holder?: Uint8Array } {
    const { outcome, other } = this.inner.grant(under, { claim, lease }, nowMs)
    return { outcome, ...(other && { holder: other.bytes }) }
  }
  lookup(under: Uint8Array, nowMs: number): Held | undefined {
    return this.inner.lookup(under, nowMs)[0]
  }
  leasesHeld(nowMs: number): number {
    return this.inner.leasesHeld(nowMs)
  }
  entries(nowMs: number): { key: Uint8Array; claim: Claim; leases: Lease[] }[] {
    return [...this.inner.entries(nowMs)].map(({ key: own, holders }) => ({ key: own, ...(holders[0] as Held) }))
  }
}

const fresh = () => new Table()
const signedAt = (issuedMs: number, whose = alice) => claimOf(whose, { issuedMs })
const leaseUntil = (expiresMs: number, whose = alice, seq = 1) => leaseOf(whose, { expiresMs, seq })
const devicesAt = (table: Table, nowMs: number) =>
  table.lookup(key, nowMs)?.leases.map(({ devicePeerId }) => devicePeerId)
const phoneId = peerIdOf(alice.device.publicKey)
const laptopId = peerIdOf(laptop.device.publicKey)

tables('a claim and a lease that were granted are found', () => {
  const table = fresh()
  const lease = leaseOf(alice)
  assert.equal(table.grant(key, claimOf(alice), lease, NOW_MS), { outcome: 'GRANTED' })
  const held = table.lookup(key, NOW_MS)
  assert.equal(held?.claim.accountKey, alice.account.publicKey)
  assert.equal(
    held?.leases.map(({ bytes }) => bytes),
    [lease],
  )
  assert.is(table.leasesHeld(NOW_MS), 1)
})

tables('a lease lapses at its expiry, not a moment before', () => {
  const table = fresh()
  table.grant(key, claimOf(alice), leaseUntil(NOW_MS + 1_000), NOW_MS)
  assert.equal(devicesAt(table, NOW_MS + 999), [phoneId])
  assert.is(table.leasesHeld(NOW_MS + 999), 1)
  assert.equal(devicesAt(table, NOW_MS + 1_000), [])
  assert.is(table.leasesHeld(NOW_MS + 1_000), 0)
})

tables('the name stays held after its last lease has lapsed', () => {
  const table = fresh()
  table.grant(key, claimOf(alice), leaseUntil(NOW_MS + 1_000), NOW_MS)
  assert.equal(devicesAt(table, NOW_MS + 500_000), [])
  assert.is(table.grant(key, claimOf(rival), none, NOW_MS + 500_000).outcome, 'TAKEN')
})

tables('two devices of one account are both found; each lapses on its own', () => {
  const table = fresh()
  table.grant(key, claimOf(alice), leaseUntil(NOW_MS + 1_000), NOW_MS)
  table.grant(key, claimOf(alice), leaseUntil(NOW_MS + 2_000, laptop), NOW_MS)
  assert.equal(devicesAt(table, NOW_MS)?.sort(), [phoneId, laptopId].sort())
  assert.equal(devicesAt(table, NOW_MS + 1_500), [laptopId])
})

tables('a held name is taken for another account, and the holder’s claim is the proof', () => {
  const table = fresh()
  const claim = claimOf(alice)
  table.grant(key, claim, leaseOf(alice), NOW_MS)
  assert.equal(table.grant(key, claimOf(rival, { seq: 99 }), leaseOf(rival), NOW_MS), {
    outcome: 'TAKEN',
    holder: claim,
  })
  assert.equal(table.lookup(key, NOW_MS)?.claim.accountKey, alice.account.publicKey)
})

tables('a name is free for others when its incumbency is over, not a moment before', () => {
  const table = fresh()
  table.grant(key, claimOf(alice), none, NOW_MS)
  const overMs = NOW_MS + LIMITS.incumbencyMs
  assert.is(table.grant(key, signedAt(overMs - 1, rival), none, overMs - 1).outcome, 'TAKEN')
  assert.ok(table.lookup(key, overMs - 1))
  assert.is(table.lookup(key, overMs), undefined)
  assert.is(table.grant(key, signedAt(overMs, rival), none, overMs).outcome, 'GRANTED')
  assert.is(table.grant(key, signedAt(overMs), none, overMs).outcome, 'TAKEN')
})

tables('a claim signed again keeps the name for another incumbency from then', () => {
  const table = fresh()
  table.grant(key, claimOf(alice), none, NOW_MS)
  assert.is(table.grant(key, signedAt(NOW_MS + 900_000), none, NOW_MS + 950_000).outcome, 'GRANTED')
  const overMs = NOW_MS + 900_000 + LIMITS.incumbencyMs
  assert.is(table.grant(key, signedAt(overMs - 1, rival), none, overMs - 1).outcome, 'TAKEN')
  assert.is(table.grant(key, signedAt(overMs, rival), none, overMs).outcome, 'GRANTED')
})

tables('somebody else who shows an old claim again renews nothing', () => {
  const table = fresh()
  const claim = claimOf(alice)
  table.grant(key, claim, none, NOW_MS)
  const overMs = NOW_MS + LIMITS.incumbencyMs
  for (let nowMs = NOW_MS; nowMs < overMs; nowMs += 99_999)
    assert.is(table.grant(key, claim, none, nowMs).outcome, 'GRANTED')
  assert.is(table.lookup(key, overMs), undefined)
  assert.is(table.grant(key, claim, none, overMs).outcome, 'EXPIRED')
  assert.is(table.grant(key, signedAt(overMs, rival), none, overMs).outcome, 'GRANTED')
})

tables('a claim first shown late holds the name from when it was signed', () => {
  const table = fresh()
  const overMs = NOW_MS + LIMITS.incumbencyMs
  assert.is(table.grant(key, claimOf(alice), none, overMs - 1).outcome, 'GRANTED')
  assert.ok(table.lookup(key, overMs - 1))
  assert.is(table.lookup(key, overMs), undefined)
})

tables('a fast clock wins no time: a claim signed a little ahead holds the name from now', () => {
  const table = fresh()
  assert.is(table.grant(key, signedAt(NOW_MS + CLOCK_SKEW_MS), none, NOW_MS).outcome, 'GRANTED')
  assert.ok(table.lookup(key, NOW_MS + LIMITS.incumbencyMs - 1))
  assert.is(table.lookup(key, NOW_MS + LIMITS.incumbencyMs), undefined)
})

tables('of two claims with the same sequence the one signed later is kept, whichever comes first', () => {
  const [early, late] = [claimOf(alice), signedAt(NOW_MS + 500_000)]
  for (const order of [
    [early, late],
    [late, early],
  ]) {
    const table = fresh()
    for (const claim of order) assert.is(table.grant(key, claim, none, NOW_MS + 900_000).outcome, 'GRANTED')
    assert.equal(table.lookup(key, NOW_MS + 1_499_999)?.claim.bytes, late)
    assert.is(table.lookup(key, NOW_MS + 1_500_000), undefined)
  }
})

tables('an older claim or lease never replaces a newer one', () => {
  const table = fresh()
  table.grant(key, claimOf(alice, { seq: 5 }), leaseUntil(NOW_MS + 1_000, alice, 5), NOW_MS)
  assert.is(table.grant(key, claimOf(alice, { seq: 4 }), leaseUntil(NOW_MS + 9_000, alice, 6), NOW_MS).outcome, 'STALE')
  assert.is(table.grant(key, claimOf(alice, { seq: 5 }), leaseUntil(NOW_MS + 9_000, alice, 4), NOW_MS).outcome, 'STALE')
  assert.equal(
    table.lookup(key, NOW_MS)?.leases.map(({ seq, expiresMs }) => [seq, expiresMs]),
    [[5, NOW_MS + 1_000]],
  )
  // the sequence of one device says nothing of another
  assert.is(
    table.grant(key, claimOf(alice, { seq: 5 }), leaseUntil(NOW_MS + 1_000, laptop, 1), NOW_MS).outcome,
    'GRANTED',
  )
})

tables('a lease that has lapsed makes nobody reachable, but says where the device was last', () => {
  const table = fresh()
  for (const lateMs of [0, 1, 30_000])
    assert.is(table.grant(key, claimOf(alice), leaseUntil(NOW_MS, alice, 1), NOW_MS + lateMs).outcome, 'EXPIRED')
  assert.equal(devicesAt(table, NOW_MS), [])
  assert.equal(
    table.lookup(key, NOW_MS)?.lapsed.map(({ devicePeerId }) => devicePeerId),
    [phoneId],
  )
})

tables('granting the same again changes nothing', () => {
  const table = fresh()
  for (let i = 0; i < 3; i++) assert.is(table.grant(key, claimOf(alice), leaseOf(alice), NOW_MS).outcome, 'GRANTED')
  assert.is(table.leasesHeld(NOW_MS), 1)
  assert.is([...table.entries(NOW_MS)].length, 1)
})

const expiryLimit = NOW_MS + LIMITS.leaseMs + CLOCK_SKEW_MS
const refused: [what: string, outcome: string, claim: Uint8Array, lease: Uint8Array, under?: Uint8Array][] = [
  ['a lease that would live too long', 'INVALID', claimOf(alice), leaseUntil(expiryLimit + 1)],
  ['a lease of another account for the name', 'INVALID', claimOf(alice), leaseOf(rival)],
  ['a lease of the account for another name', 'INVALID', claimOf(alice), leaseOf({ ...alice, name: 'alicia' })],
  ['a lease for another network', 'INVALID', claimOf(alice), leaseOf({ ...alice, network: 'other' })],
  ['a lease that is noise', 'INVALID', claimOf(alice), Uint8Array.of(1, 2, 3)],
  ['a claim signed as long ago as it holds a name', 'EXPIRED', signedAt(NOW_MS - LIMITS.incumbencyMs), leaseOf(alice)],
  ['an old claim with a lease that is noise', 'INVALID', signedAt(0), Uint8Array.of(1, 2, 3)],
  ['a claim dated further ahead than clocks differ', 'INVALID', signedAt(NOW_MS + CLOCK_SKEW_MS + 1), none],
  ['a claim for another network', 'INVALID', claimOf({ ...alice, network: 'other' }), none],
  ['a claim that is noise', 'INVALID', Uint8Array.of(1, 2, 3), leaseOf(alice)],
  ['no claim', 'INVALID', none, leaseOf(alice)],
  ['a claim under the key of another name', 'INVALID', claimOf(alice), none, nameKey(NETWORK, 'bob', 0)],
  ['a claim under a salt not in use', 'INVALID', claimOf(alice), none, nameKey(NETWORK, 'alice', 9)],
  ['a claim under no key', 'INVALID', claimOf(alice), none, none],
  ['a claim under a key too long', 'INVALID', claimOf(alice), none, new Uint8Array(33)],
]
for (const [what, outcome, claim, lease, under = key] of refused) {
  tables(`${what} is ${outcome}, and nothing is held`, () => {
    const table = fresh()
    assert.equal(table.grant(under, claim, lease, NOW_MS), { outcome })
    assert.is(table.lookup(key, NOW_MS), undefined)
    assert.equal([...table.entries(NOW_MS)], [])
  })
}

tables('a lease may be as long as the limit and two clocks’ difference', () => {
  assert.is(fresh().grant(key, claimOf(alice), leaseUntil(expiryLimit), NOW_MS).outcome, 'GRANTED')
})

tables('a refused lease leaves what was held as it was', () => {
  const table = fresh()
  table.grant(key, claimOf(alice), leaseOf(alice), NOW_MS)
  for (const [, outcome, claim, lease, under = key] of refused) {
    assert.is(table.grant(under, claim, lease, NOW_MS).outcome, outcome)
    assert.equal(devicesAt(table, NOW_MS), [phoneId])
  }
})

tables('a name has at most eight devices; a lapsed one makes room', () => {
  const table = fresh()
  const device = (i: number) => person('alice', `device ${i}`)
  for (let i = 0; i < 8; i++)
    assert.is(table.grant(key, claimOf(alice), leaseUntil(NOW_MS + 1_000 + i, device(i)), NOW_MS).outcome, 'GRANTED')
  const ninth = leaseUntil(NOW_MS + 30_000, device(8))
  assert.is(table.grant(key, claimOf(alice), ninth, NOW_MS + 999).outcome, 'FULL')
  assert.is(table.grant(key, claimOf(alice), leaseUntil(NOW_MS + 1_001, device(0), 2), NOW_MS).outcome, 'GRANTED')
  assert.is(table.grant(key, claimOf(alice), ninth, NOW_MS + 1_001).outcome, 'GRANTED')
  assert.is(table.lookup(key, NOW_MS + 1_001)?.leases.length, 7)
})

tables('a look-up under a key that is none finds nothing', () => {
  const table = fresh()
  table.grant(key, claimOf(alice), leaseOf(alice), NOW_MS)
  for (const other of [none, new Uint8Array(31), new Uint8Array(33), nameKey(NETWORK, 'alic', 0)])
    assert.is(table.lookup(other, NOW_MS), undefined)
})

tables('handing over gives every live name with its key, and no lapsed lease', () => {
  const table = fresh()
  const bob = person('bob')
  table.grant(key, claimOf(alice), leaseUntil(NOW_MS + 1_000), NOW_MS)
  table.grant(nameKey(NETWORK, 'bob', 0), claimOf(bob), leaseUntil(NOW_MS + 9_000, bob), NOW_MS)
  const entries = [...table.entries(NOW_MS + 5_000)]
  assert.equal(Object.fromEntries(entries.map(({ claim, leases }) => [claim.name, leases.length])), {
    alice: 0,
    bob: 1,
  })
  const other = fresh()
  for (const entry of entries)
    assert.is(other.grant(entry.key, entry.claim.bytes, none, NOW_MS + 5_000).outcome, 'GRANTED')
  // and who takes over holds them no longer than we would have
  for (const each of [table, other]) assert.equal([...each.entries(NOW_MS + LIMITS.incumbencyMs)], [])
})

const NAMES_MAX = 4
const OVER_MS = NOW_MS + LIMITS.incumbencyMs
/** Shows the `i`-th name's claim, signed at `issuedMs`, at `nowMs`. */
const grantNth = (table: Table, i: number, issuedMs: number, nowMs: number, lease: Uint8Array = none) =>
  table.grant(nameKey(NETWORK, `name-${i}`, 0), signedAt(issuedMs, person(`name-${i}`)), lease, nowMs).outcome

/** With no room left: `name-0` and on, signed a millisecond apart. */
function full(): Table {
  const table = new Table({ namesMax: NAMES_MAX })
  for (let i = 0; i < NAMES_MAX; i++) assert.is(grantNth(table, i, NOW_MS + i, NOW_MS + i), 'GRANTED')
  return table
}

tables('a full table is FULL for another name, and pushes none out', () => {
  const table = full()
  for (let i = NAMES_MAX; i < 10; i++) assert.is(grantNth(table, i, NOW_MS, NOW_MS), 'FULL')
  const names = [...table.entries(NOW_MS)].map(({ claim }) => claim.name)
  assert.equal(names, ['name-0', 'name-1', 'name-2', 'name-3'])
})

tables('a full table still renews the names it holds and takes their leases', () => {
  const table = full()
  const lease = leaseOf(person('name-0'))
  assert.is(grantNth(table, 0, NOW_MS + 10, NOW_MS + 10, lease), 'GRANTED')
  assert.is(table.leasesHeld(NOW_MS + 10), 1)
  assert.is([...table.entries(OVER_MS + 9)].length, 1)
})

tables('a full table has room again once names ran out of incumbency', () => {
  const table = full()
  assert.is(grantNth(table, 10, OVER_MS + 1, OVER_MS + 1), 'GRANTED')
  assert.is(grantNth(table, 11, OVER_MS + 1, OVER_MS + 1), 'GRANTED', 'two had run out')
  assert.is(grantNth(table, 12, OVER_MS + 1, OVER_MS + 1), 'FULL')
})

tables('a full table looks for room again 60 s after it last did, not a moment before', () => {
  const table = full()
  assert.is(grantNth(table, 10, OVER_MS - 1, OVER_MS - 1), 'FULL')
  const nextMs = OVER_MS - 1 + 60_000
  assert.is(grantNth(table, 10, OVER_MS - 1, nextMs - 1), 'FULL')
  assert.is(grantNth(table, 10, OVER_MS - 1, nextMs), 'GRANTED')
})

tables('a full table gives a name that ran out to whoever asks for it, without looking for room', () => {
  const table = full()
  assert.is(grantNth(table, 10, OVER_MS - 1, OVER_MS - 1), 'FULL')
  assert.is(grantNth(table, 0, OVER_MS, OVER_MS), 'GRANTED')
  assert.is(grantNth(table, 10, OVER_MS, OVER_MS), 'FULL')
})

// The plainest model: one name, who holds it, with which claim, and until when.
interface Model {
  holder?: { who: number; seq: number; issuedMs: number; renewedMs: number } | undefined
  leases: Map<string, { seq: number; expiresMs: number }>
}

const people = [alice, laptop, rival]
const accountOf = (who: number) => (who === 2 ? 'rival' : 'alice')
const step = fc.record({
  who: fc.nat(2),
  claimSeq: fc.nat(2),
  claimAgeMs: fc.constantFrom(0, 0, 1, 5_000, 400_000, 999_999, 1_000_000, -1, -300_000, -300_001),
  leaseSeq: fc.nat(2),
  leaseMs: fc.constantFrom(-1, 0, 1, 5_000, 60_000, 360_000, 360_001),
  passMs: fc.constantFrom(0, 1, 4_999, 5_000, 60_000, 400_000, 999_999, 1_000_000),
  hasLease: fc.boolean(),
})

tables('whatever is granted when, the table says what the plainest model says', () => {
  holds(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const table = fresh()
      const model: Model = { leases: new Map() }
      let nowMs = NOW_MS
      for (const { who, claimSeq, claimAgeMs, leaseSeq, leaseMs, passMs, hasLease } of steps) {
        nowMs += passMs
        const whose = people[who] as Person
        const expiresMs = nowMs + leaseMs
        const lease = hasLease ? leaseUntil(expiresMs, whose, leaseSeq) : none
        const issuedMs = nowMs - claimAgeMs
        const { outcome } = table.grant(key, claimOf(whose, { seq: claimSeq, issuedMs }), lease, nowMs)

        if (model.holder && nowMs - model.holder.renewedMs >= LIMITS.incumbencyMs) {
          model.holder = undefined
          model.leases.clear()
        }
        const device = peerIdOf(whose.device.publicKey)
        const held = model.leases.get(device)
        const isOthers = model.holder !== undefined && accountOf(model.holder.who) !== accountOf(who)
        let expected = hasLease && leaseMs <= 0 ? 'EXPIRED' : 'GRANTED'
        if (hasLease && held && leaseSeq < held.seq) expected = 'STALE'
        let isClaimTaken = true
        if (model.holder && claimSeq < model.holder.seq) [expected, isClaimTaken] = ['STALE', false]
        if (isOthers) [expected, isClaimTaken] = ['TAKEN', false]
        if (claimAgeMs >= LIMITS.incumbencyMs) [expected, isClaimTaken] = ['EXPIRED', false]
        const isAhead = claimAgeMs < -CLOCK_SKEW_MS
        if (isAhead || (hasLease && leaseMs > LIMITS.leaseMs + CLOCK_SKEW_MS))
          [expected, isClaimTaken] = ['INVALID', false]
        assert.is(outcome, expected)
        if (isClaimTaken) {
          const { holder } = model
          const renewedMs = Math.max(holder?.renewedMs ?? 0, Math.min(issuedMs, nowMs))
          const isNewer = !holder || claimSeq > holder.seq || issuedMs > holder.issuedMs
          model.holder = { who, ...(isNewer ? { seq: claimSeq, issuedMs } : holder), renewedMs }
          if (hasLease && outcome !== 'STALE') model.leases.set(device, { seq: leaseSeq, expiresMs })
        }
        const online = [...model.leases].filter(([, { expiresMs: untilMs }]) => untilMs > nowMs)
        assert.equal(
          table
            .lookup(key, nowMs)
            ?.leases.map(({ devicePeerId, seq }) => `${devicePeerId} ${seq}`)
            .sort(),
          model.holder && online.map(([id, { seq }]) => `${id} ${seq}`).sort(),
        )
        const claim = table.lookup(key, nowMs)?.claim
        assert.equal([claim?.seq, claim?.issuedMs], [model.holder?.seq, model.holder?.issuedMs])
        assert.is(table.leasesHeld(nowMs), online.length)
      }
    }),
  )
})

tables('arbitrary bytes are INVALID and never throw', () => {
  const table = fresh()
  const bytes = fc.uint8Array({ maxLength: 100 })
  holds(
    fc.property(bytes, bytes, bytes, fc.integer(), (under, claim, lease, nowMs) => {
      assert.equal(table.grant(under, claim, lease, nowMs), { outcome: 'INVALID' })
      assert.is(table.lookup(under, nowMs), undefined)
    }),
  )
})

tables.run()
