import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { FRAME_BYTES_MAX } from '../../src/overlay/rpc.ts'
import { LookupReply, type Holder } from '../../src/supernode/index.pb.js'
import { areSame, decodeHeld, decodeHolders, encodeHolders, holderOf } from '../../src/supernode/lookup-reply.ts'
import { holds } from '../support/property.ts'
import { claimOf, leaseOf, NETWORK, NOW_MS, person } from './people.ts'

const replies = suite('who holds a name, as it travels')

const alice = person('alice')
const laptop = person('alice', 'alice’s laptop')
const rival = { ...person('mallory'), name: 'alice' }
const none: Uint8Array[] = []

const reply = (claim: Uint8Array, leases = none, lapsed = none, holders = 1): Uint8Array =>
  LookupReply.encode({
    holders: Array.from({ length: holders }, () => ({ claim, leases, lapsed, sinceMs: NOW_MS, registrars: 0 })),
  })

replies('what was sent is what is read', () => {
  const held = decodeHeld(reply(claimOf(alice), [leaseOf(alice)], [leaseOf(laptop)]), NETWORK)
  assert.is(held?.[0]?.claim.name, 'alice')
  assert.equal(
    held?.[0]?.leases.map(({ bytes }) => bytes),
    [leaseOf(alice)],
  )
  assert.equal(
    held?.[0]?.lapsed.map(({ bytes }) => bytes),
    [leaseOf(laptop)],
  )
  assert.equal(decodeHeld(encodeHolders((held ?? []).map(holderOf)), NETWORK), held)
  assert.equal(decodeHeld(encodeHolders([]), NETWORK), [], 'nobody holds it')
})

replies('an answer fits into a frame, and rivals with large records hide nobody but themselves', () => {
  const large = new Uint8Array(4096)
  const padded = {
    claim: new Uint8Array(3072),
    leases: Array(8).fill(large),
    lapsed: [large, large],
    sinceMs: 1,
    registrars: 0,
  }
  const own = { claim: claimOf(alice), leases: [leaseOf(alice)], lapsed: [leaseOf(laptop)], sinceMs: 2, registrars: 0 }
  const bytes = encodeHolders([padded, own, padded])
  assert.ok(bytes.length < FRAME_BYTES_MAX, `${bytes.length}`)
  const told = decodeHolders(bytes)
  assert.is(told?.length, 3)
  assert.equal([told?.[1]?.leases, told?.[1]?.lapsed], [own.leases, own.lapsed])
  assert.equal(decodeHolders(encodeHolders([{ ...own, claim: new Uint8Array(FRAME_BYTES_MAX) }])), [])
})

replies('leases that do not belong to the claim are left out, the genuine ones stay', () => {
  const foreign = [leaseOf(rival), leaseOf(person('bob')), leaseOf({ ...alice, network: 'other' }), Uint8Array.of(1)]
  const [held] = decodeHeld(reply(claimOf(alice), [...foreign, leaseOf(alice)]), NETWORK) ?? []
  assert.equal(
    held?.leases.map(({ bytes }) => bytes),
    [leaseOf(alice)],
  )
})

replies('a device that the claim revokes is left out', () => {
  const claim = claimOf(alice, { revokedDevices: [peerIdOf(alice.device.publicKey)] })
  const [held] = decodeHeld(reply(claim, [leaseOf(alice), leaseOf(laptop)]), NETWORK) ?? []
  assert.equal(
    held?.leases.map(({ bytes }) => bytes),
    [leaseOf(laptop)],
  )
})

replies('a holder without a genuine claim is none, and the others stay', () => {
  for (const claim of [new Uint8Array(), Uint8Array.of(1, 2), claimOf({ ...alice, network: 'other' }), leaseOf(alice)])
    assert.equal(decodeHeld(reply(claim, [leaseOf(alice)]), NETWORK), [])
})

replies('answers are the same when every record is, whatever they say of its age', () => {
  const one = (fields: Partial<Holder> = {}): Holder[] => [
    {
      claim: claimOf(alice),
      leases: [leaseOf(alice)],
      lapsed: [leaseOf(laptop)],
      sinceMs: 1,
      registrars: 0,
      ...fields,
    },
  ]
  assert.ok(areSame([one(), one({ sinceMs: 2 }), one({ registrars: 3 })]))
  assert.ok(areSame([one()]))
  const others: Partial<Holder>[] = [
    { claim: claimOf(rival) },
    { leases: [] },
    { leases: [leaseOf(laptop)] },
    { lapsed: [leaseOf(alice)] },
  ]
  for (const other of others) assert.not(areSame([one(), one(other)]))
  assert.not(areSame([one(), [...one(), ...one()]]))
  assert.not(areSame([[...one(), ...one()], one()]))
})

replies('what is passed on unopened arrives as it was sent', () => {
  const sent = reply(claimOf(alice), [leaseOf(alice)], [leaseOf(laptop)])
  assert.equal(encodeHolders(decodeHolders(sent) ?? []), sent)
})

replies('more than there may be is no reply', () => {
  assert.is(decodeHeld(reply(claimOf(alice), none, none, 4), NETWORK), undefined)
  assert.is(
    decodeHeld(
      reply(
        claimOf(alice),
        Array.from({ length: 9 }, () => leaseOf(alice)),
      ),
      NETWORK,
    ),
    undefined,
  )
  assert.is(
    decodeHeld(
      reply(
        claimOf(alice),
        none,
        Array.from({ length: 3 }, () => leaseOf(alice)),
      ),
      NETWORK,
    ),
    undefined,
  )
})

replies('arbitrary bytes never throw', () => {
  holds(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void decodeHeld(bytes, NETWORK)))
})

replies.run()
