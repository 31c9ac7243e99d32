import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { PlaceReply } from '../../src/supernode/home.pb.js'
import { bounded, errands, isHeld, placed, witnessesFor } from '../../src/supernode/placing.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { nameKeys, nearestTo } from '../../src/supernode/placement.ts'
import { makeWitness, openWitness } from '../../src/supernode/records.ts'
import { holds } from '../support/property.ts'
import { claimOf, keyOf, NETWORK, person, type Person } from './people.ts'

const placing = suite('placing')

const alice = person('alice')
const rival: Person = { ...person('mallory'), name: 'alice' }
const own = { network: NETWORK, name: 'alice', accountKey: alice.account.publicKey }
const keys = nameKeys(NETWORK, 'alice')
const homes = (count: number) => Array.from({ length: count }, (_, i) => ({ peerId: `home ${i}`, addresses: [] }))
const reply = (fields: Partial<PlaceReply>): PlaceReply => PlaceReply.decode(PlaceReply.encode(fields))

placing('each place goes to one home, spread evenly, and to another one the next time', () => {
  holds(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(1_000), (count, rotation) => {
      const each = errands(keys, homes(count), rotation)
      assert.is(each.flatMap((errand) => errand.keys).length, keys.length)
      const most = Math.max(...each.map((errand) => errand.keys.length))
      assert.is(most, Math.ceil(keys.length / count))
      if (count === 1) return
      const homeOf = (turn: number, key: Uint8Array) =>
        errands(keys, homes(count), turn).find((errand) => errand.keys.includes(key))?.home.peerId
      for (const key of keys) assert.is.not(homeOf(rotation, key), homeOf(rotation + 1, key))
    }),
  )
})

placing('with one home it gets everything, without one there is nothing to do', () => {
  assert.equal(errands(keys, homes(1), 7), [{ home: { peerId: 'home 0', addresses: [] }, keys }])
  assert.equal(errands(keys, [], 7), [])
})

placing('a place that nobody holds is incomplete; one where a recovery waits is not', () => {
  const table: [replies: (PlaceReply | undefined)[], isIncomplete: boolean][] = [
    [[reply({ granted: 5 }), reply({ granted: 1 })], false],
    [[reply({ granted: 5 }), reply({ failed: 5 })], true],
    [[reply({ granted: 5 }), undefined], true],
    [[reply({ granted: 5 }), reply({ pending: 2 })], false],
    [[reply({ stale: 5 })], true],
  ]
  for (const [replies, isIncomplete] of table) assert.is(placed(replies, own).isIncomplete, isIncomplete)
})

placing('at each place those witnesses are shown that are nearest to it, five at most', () => {
  const facts = { ...own, sinceMs: 1, issuedMs: 1 }
  const registrars = Array.from({ length: 30 }, (_, i) => keyOf(`registrar ${i}`))
  const witnesses = registrars.map((registrar) => makeWitness(registrar, facts))
  const peerIdsOf = (shown: Uint8Array[]) => shown.map((bytes) => openWitness(bytes, NETWORK)?.peerId)
  const contacts = registrars.map(({ publicKey }) => ({ peerId: peerIdOf(publicKey), addresses: [] }))
  for (const key of keys)
    assert.equal(
      peerIdsOf(witnessesFor([key], witnesses, NETWORK)),
      nearestTo(key, contacts, 5).map(({ peerId }) => peerId),
    )
  const together = peerIdsOf(witnessesFor(keys, witnesses, NETWORK))
  assert.is(new Set(together).size, 5)
  for (const key of keys) assert.ok(together.includes(nearestTo(key, contacts, 1)[0]?.peerId), 'the nearest to each')
  assert.equal(witnessesFor(keys, [Uint8Array.of(1)], NETWORK), [])
})

placing('a home that lies about how many wait does not put us off line', () => {
  const lie = bounded(reply({ granted: 0, pending: 4_000_000_000, stale: 4_000_000_000 }), 1)
  assert.equal([lie.pending, lie.stale], [5, 5])
  assert.ok(isHeld(placed([lie, reply({ granted: 5 }), reply({ granted: 4 })], own)))
})

placing('counts are summed, and the latest time counts', () => {
  const all = placed(
    [
      reply({ granted: 2, pending: 1, stale: 1, pendingUntilMs: 7, witnesses: [Uint8Array.of(1)] }),
      undefined,
      reply({ granted: 3, pendingUntilMs: 9, witnesses: [Uint8Array.of(2)] }),
    ],
    own,
  )
  assert.equal([all.granted, all.pending, all.stale, all.pendingUntilMs, all.witnesses.length], [5, 1, 1, 9, 2])
})

placing('claims of others count only when they are genuine, for this name and of another account', () => {
  const strange = [
    Uint8Array.of(1),
    claimOf(alice),
    claimOf({ ...rival, name: 'bob' }),
    claimOf({ ...rival, network: 'other' }),
  ]
  for (const bytes of strange) {
    const all = placed([reply({ takenBy: bytes, contestedBy: bytes, heir: bytes })], own)
    assert.equal([all.takenBy, all.contestedBy, all.heir], [undefined, undefined, undefined])
  }
  const all = placed([reply({ takenBy: strange[0] as Uint8Array }), reply({ takenBy: claimOf(rival) })], own)
  assert.equal(all.takenBy?.accountKey, rival.account.publicKey)
})

placing('one home that speaks of waiting does not put us off line', () => {
  const table: [granted: number, pending: number, isOnline: boolean][] = [
    [0, 0, false],
    [1, 0, true],
    [10, 5, true],
    [5, 10, false],
    [0, 15, false],
  ]
  for (const [granted, pending, isOnline] of table) assert.is(isHeld({ granted, pending }), isOnline)
})

placing.run()
