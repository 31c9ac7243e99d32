import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { isUnanimous, judge, merge, tally } from '../../src/supernode/agreement.ts'
import type { Held } from '../../src/supernode/index-table.ts'
import { openClaim, openLease, type Claim, type Lease } from '../../src/supernode/records.ts'
import { holds } from '../support/property.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { claimOf, leaseOf, NETWORK, NOW_MS, person, type Person } from './people.ts'

const agreements = suite('agreement')

const alice = person('alice')
const laptop = person('alice', 'alice’s laptop')
const rival: Person = { ...person('mallory'), name: 'alice' }

const held = (whose: Person, fields: Partial<Held> = {}): Held => ({
  claim: openClaim(claimOf(whose), NETWORK) as Claim,
  leases: [],
  lapsed: [],
  sinceMs: NOW_MS,
  ...fields,
})
const lease = (whose: Person, seq = 1): Lease => openLease(leaseOf(whose, { seq }), NETWORK) as Lease
const times = (count: number, answer: Held[]) => Array.from({ length: count }, () => answer)
const namesOf = (whose: readonly Held[] | undefined) =>
  whose?.map(({ claim }) => (Buffer.compare(claim.accountKey, rival.account.publicKey) === 0 ? 'rival' : 'alice'))

const verdicts: [alices: number, rivals: number, both: number, silent: number, verdict: string, holders: string[]][] = [
  [1, 0, 0, 5, 'weak', ['alice']],
  [2, 0, 0, 4, 'agree', ['alice']],
  [6, 0, 0, 0, 'agree', ['alice']],
  [5, 1, 0, 0, 'agree', ['alice']], // one liar
  [12, 3, 0, 0, 'agree', ['alice']], // a fifth of fifteen
  [9, 5, 0, 0, 'agree', ['alice']],
  [3, 2, 0, 0, 'conflict', ['alice', 'rival']],
  [1, 1, 0, 0, 'conflict', ['alice', 'rival']],
  [2, 3, 0, 0, 'conflict', ['alice', 'rival']],
  [0, 0, 6, 0, 'conflict', ['alice', 'rival']],
  [4, 0, 3, 0, 'conflict', ['alice', 'rival']],
  [5, 0, 1, 0, 'agree', ['alice']],
]
for (const [alices, rivals, both, silent, verdict, holders] of verdicts)
  agreements(`${alices} for one, ${rivals} for another, ${both} for both, ${silent} silent: ${verdict}`, () => {
    const older = held(alice, { sinceMs: NOW_MS - 1 })
    const answers = [
      ...times(rivals, [held(rival)]),
      ...times(alices, [older]),
      ...times(both, [held(rival), older]),
      ...times(silent, []),
    ]
    const judgement = judge(answers)
    assert.is(judgement?.verdict, verdict)
    assert.equal(namesOf(judgement?.holders), holders)
  })

agreements('nobody holds what nobody names', () => {
  assert.is(judge([]), undefined)
  assert.is(judge(times(6, [])), undefined)
})

agreements('whoever is outvoted is still named, so that a full address finds them', () => {
  const judgement = judge([...times(5, [held(alice)]), [held(rival)]])
  assert.equal(namesOf(judgement?.named), ['alice', 'rival'])
  assert.equal(
    judgement?.named.map(({ votes }) => votes),
    [5, 1],
  )
})

agreements('an account named twice in one answer has one voice', () => {
  assert.is(judge([[held(rival), held(rival), held(rival)], [held(alice)], [held(alice)]])?.verdict, 'agree')
})

agreements('how long an account is known is the median: one liar moves it little', () => {
  const since = (sinceMs: number) => [held(alice, { sinceMs })]
  assert.is(tally([since(100), since(0), since(110)])[0]?.sinceMs, 100)
})

agreements('of two answers the newest of each device is kept, whichever came first', () => {
  const claim = openClaim(claimOf(alice, { seq: 2 }), NETWORK) as Claim
  const older = held(alice, { leases: [lease(alice, 1), lease(laptop, 5)] })
  const newer = held(alice, { claim, leases: [lease(alice, 2)] })
  for (const merged of [merge(older, newer), merge(newer, older)]) {
    assert.is(merged.claim.seq, 2)
    assert.equal(
      merged.leases.map(({ seq }) => seq).sort((a, b) => a - b),
      [2, 5],
    )
  }
})

agreements('a device is online when anybody holds its newest lease as such', () => {
  const [asOnline, asLapsed] = [held(alice, { leases: [lease(alice)] }), held(alice, { lapsed: [lease(alice)] })]
  for (const merged of [merge(asOnline, asLapsed), merge(asLapsed, asOnline)]) {
    assert.is(merged.leases.length, 1)
    assert.is(merged.lapsed.length, 0)
  }
  const later = held(alice, { lapsed: [lease(alice, 2)] })
  assert.is(merge(asOnline, later).leases.length, 0, 'an older lease says nothing against a newer one')
})

agreements('a device that the newest claim revokes is left out', () => {
  const revokedDevices = [peerIdOf(alice.device.publicKey)]
  const claim = openClaim(claimOf(alice, { seq: 2, revokedDevices }), NETWORK) as Claim
  const merged = merge(held(alice, { leases: [lease(alice), lease(laptop)] }), held(alice, { claim }))
  assert.equal(
    merged.leases.map(({ devicePeerId }) => devicePeerId),
    [peerIdOf(laptop.device.publicKey)],
  )
})

agreements('a fifth of liars never makes a name theirs, whatever they say', () => {
  holds(
    fc.property(fc.integer({ min: 4, max: 40 }), fc.boolean(), (honest, alsoName) => {
      const liars = Math.floor(honest / 4)
      const lie = alsoName ? [held(rival, { sinceMs: 0 }), held(alice)] : [held(rival, { sinceMs: 0 })]
      const judgement = judge([...times(liars, lie), ...times(honest, [held(alice)])])
      assert.equal(namesOf(judgement?.holders), ['alice'])
    }),
  )
})

agreements('unanimous is one account in all answers', () => {
  assert.ok(isUnanimous([[held(alice)], [held(alice)]]))
  assert.ok(isUnanimous([]))
  assert.not(isUnanimous([[held(alice)], [held(rival)]]))
})

agreements.run()
