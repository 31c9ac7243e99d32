import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { virtualClock } from '../../src/lib/clock.ts'
import { GrantOutcome, GrantReply, IndexRequest, LookupReply } from '../../src/supernode/index.pb.js'
import { INDEX_LIMITS, IndexTable } from '../../src/supernode/index-table.ts'
import { nameKey } from '../../src/supernode/placement.ts'
import { registrarHandler } from '../../src/supernode/registrar.ts'
import { type Held, merge, openHeld } from '../../src/supernode/registrars.ts'
import { holds } from '../support/property.ts'
import { claimOf, leaseOf, NETWORK, NOW_MS, person } from './people.ts'

const registrars = suite('registrars')

const alice = person('alice')
const laptop = person('alice', 'alice’s laptop')
const rival = { ...person('mallory'), name: 'alice' }
const key = nameKey(NETWORK, 'alice', 0)

const held = (claim: Uint8Array, ...leases: Uint8Array[]): Held => openHeld({ claim, leases }, NETWORK) as Held

registrars('an answer opens to what it holds', () => {
  const answer = openHeld({ claim: claimOf(alice), leases: [leaseOf(alice), leaseOf(laptop)] }, NETWORK)
  assert.is(answer?.claim.name, 'alice')
  assert.is(answer?.leases.length, 2)
})

registrars('leases that do not belong to the claim are left out, the genuine ones stay', () => {
  const foreign = [
    leaseOf(rival),
    leaseOf(person('bob')),
    leaseOf({ ...alice, network: 'other' }),
    Uint8Array.of(1),
    new Uint8Array(),
  ]
  const answer = openHeld({ claim: claimOf(alice), leases: [...foreign, leaseOf(alice)] }, NETWORK)
  assert.equal(
    answer?.leases.map(({ bytes }) => bytes),
    [leaseOf(alice)],
  )
})

registrars('an answer without a genuine claim is none', () => {
  for (const claim of [new Uint8Array(), Uint8Array.of(1, 2), claimOf({ ...alice, network: 'other' }), leaseOf(alice)])
    assert.is(openHeld({ claim, leases: [leaseOf(alice)] }, NETWORK), undefined)
})

registrars('of two answers the newest of each device is kept, whichever came first', () => {
  const older = held(claimOf(alice), leaseOf(alice, { seq: 1 }), leaseOf(laptop, { seq: 5 }))
  const newer = held(claimOf(alice, { seq: 2 }), leaseOf(alice, { seq: 2 }))
  for (const merged of [merge(older, newer), merge(newer, older)]) {
    assert.is(merged.claim.seq, 2)
    assert.equal(
      merged.leases.map(({ seq }) => seq).sort((a, b) => a - b),
      [2, 5],
    )
  }
})

registrars('an answer for another account is not mixed in', () => {
  const ours = held(claimOf(alice), leaseOf(alice))
  const theirs = held(claimOf(rival, { seq: 99 }), leaseOf(rival))
  assert.is(merge(ours, theirs), ours)
})

registrars('a registrar grants, finds and names the holder over the wire', async () => {
  const clock = virtualClock(NOW_MS)
  const handle = registrarHandler(new IndexTable(NETWORK, INDEX_LIMITS.local), clock)
  const ask = async (request: Parameters<typeof IndexRequest.encode>[0]) =>
    (await handle('anybody', IndexRequest.encode(request))) as Uint8Array
  const grant = async (whose: typeof alice, lease = leaseOf(whose)) =>
    GrantReply.decode(await ask({ grant: { key, claim: claimOf(whose), lease } }))
  const find = async () => LookupReply.decode(await ask({ lookup: { key } }))

  assert.is((await find()).claim.length, 0)
  assert.is((await grant(alice)).outcome, GrantOutcome.GRANTED)
  const taken = await grant(rival)
  assert.is(taken.outcome, GrantOutcome.TAKEN)
  assert.is(Buffer.compare(taken.claim, claimOf(alice)), 0)
  assert.is((await find()).leases.length, 1)
  clock.advance(20_000) // that is when it lapses
  assert.is((await find()).leases.length, 0)
  assert.is((await grant(alice)).outcome, GrantOutcome.EXPIRED)
  assert.is((await grant(alice, Uint8Array.of(1))).outcome, GrantOutcome.INVALID)
})

registrars('arbitrary questions are answered INVALID or dropped, and never throw', async () => {
  const handle = registrarHandler(new IndexTable(NETWORK, INDEX_LIMITS.local), virtualClock(NOW_MS))
  await holds(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (body) => {
      const answer = await handle('mallory', body)
      if (answer !== undefined && answer.length > 0) assert.is(GrantReply.decode(answer).outcome, GrantOutcome.INVALID)
    }),
  )
})

registrars.run()
