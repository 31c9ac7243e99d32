import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { virtualClock } from '../../src/lib/clock.ts'
import type { Overlay } from '../../src/overlay/overlay.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { Refusal } from '../../src/overlay/rpc.ts'
import { GrantOutcome, GrantReply, IndexRequest, type Grant } from '../../src/supernode/index.pb.js'
import { INDEX_LIMITS, IndexTable } from '../../src/supernode/index-table.ts'
import { decodeHeld } from '../../src/supernode/lookup-reply.ts'
import { nameKey } from '../../src/supernode/placement.ts'
import { makeSuccession, makeWitness, openWitness, recoveryKeyHashOf } from '../../src/supernode/records.ts'
import { Registrar, type AskOn } from '../../src/supernode/registrar.ts'
import { contactOf, keyOf as overlayKeyOf, start, startOne, until } from '../overlay/loopback.ts'
import { holds } from '../support/property.ts'
import { claimOf, keyOf, leaseOf, NETWORK, NOW_MS, person, type Person } from './people.ts'

const registrars = suite('registrar')

const alice = person('alice')
const rival: Person = { ...person('mallory'), name: 'alice' }
const key = nameKey(NETWORK, 'alice', 0)
const NOTHING: AskOn = async () => []

function registrarAt(overlay: Overlay, profile: 'local' | 'internet' = 'local', askOn: AskOn = NOTHING) {
  const clock = virtualClock(NOW_MS)
  const table = new IndexTable(NETWORK, INDEX_LIMITS[profile])
  const registrar = new Registrar({ overlay, table, key: keyOf('registrar'), profile, clock, time: clock })
  const handle = registrar.handler(askOn)
  const ask = async (request: Partial<IndexRequest>) =>
    (await handle('anybody', IndexRequest.encode(request))) as Uint8Array
  return {
    clock,
    registrar,
    handle,
    grant: async (whose: Person, fields: Partial<Grant> = {}) =>
      GrantReply.decode(
        await ask({ grant: { key, claim: claimOf(whose), lease: leaseOf(whose), witnesses: [], ...fields } }),
      ),
    find: async (hops = 0) => decodeHeld(await ask({ lookup: { key, hops } }), NETWORK),
  }
}

const witnessOf = (registrar: string, whose: Person, sinceMs = NOW_MS, issuedMs = NOW_MS) =>
  makeWitness(overlayKeyOf(registrar), {
    network: NETWORK,
    name: 'alice',
    accountKey: whose.account.publicKey,
    sinceMs,
    issuedMs,
  })

registrars('a registrar grants, finds and names the holder over the wire, and signs what it saw', async () => {
  await using overlay = await startOne()
  const { grant, find, clock } = registrarAt(overlay)
  assert.equal(await find(), [])
  const granted = await grant(alice)
  assert.is(granted.outcome, GrantOutcome.GRANTED)
  const witness = openWitness(granted.witness, NETWORK)
  assert.is(witness?.peerId, peerIdOf(keyOf('registrar').publicKey))
  assert.equal(witness?.accountKey, alice.account.publicKey)
  assert.is(witness?.sinceMs, NOW_MS)
  const taken = await grant(rival)
  assert.is(taken.outcome, GrantOutcome.TAKEN)
  assert.is(Buffer.compare(taken.claim, claimOf(alice)), 0)
  assert.is(taken.witness.length, 0)
  assert.is((await find())?.[0]?.leases.length, 1)
  clock.advance(20_000) // that is when it lapses
  assert.is((await find())?.[0]?.leases.length, 0)
  assert.is((await find())?.[0]?.lapsed.length, 1)
  assert.is((await grant(alice)).outcome, GrantOutcome.EXPIRED)
  assert.is((await grant(alice, { lease: Uint8Array.of(1) })).outcome, GrantOutcome.INVALID)
})

registrars('a rival is held when three supernodes near the name know it, not for the word of strangers', async () => {
  await using several = await start(4)
  const [own, ...others] = several
  const keys = new Map(others.map((overlay) => [overlay.peerId, overlay]))
  for (const other of others) {
    await other.setServing(true)
    await own.join(
      contactOf(other).addresses.map((a) => `${a}/p2p/${other.peerId}`),
      AbortSignal.timeout(5_000),
    )
  }
  await until('all are known', () => own.supernodes().length === 3)
  const names = Array.from({ length: 64 }, (_, i) => `overlay ${i}`)
  const known = names.filter((name) => keys.has(peerIdOf(overlayKeyOf(name).publicKey)))
  assert.is(known.length, 3)

  const { grant, find } = registrarAt(own)
  await grant(alice)
  const strangers = ['x', 'y', 'z'].map((name) => witnessOf(name, rival))
  assert.is((await grant(rival, { witnesses: strangers })).outcome, GrantOutcome.TAKEN)
  const ofAlice = known.map((name) => witnessOf(name, alice))
  assert.is((await grant(rival, { witnesses: ofAlice })).outcome, GrantOutcome.TAKEN, 'for another account')
  const once = known.map(() => witnessOf(known[0] as string, rival))
  assert.is((await grant(rival, { witnesses: once })).outcome, GrantOutcome.TAKEN, 'one said it thrice')
  const ahead = known.map((name) => witnessOf(name, rival, NOW_MS + 1))
  assert.is((await grant(rival, { witnesses: ahead })).outcome, GrantOutcome.TAKEN, 'of a time to come')
  const past = known.map((name) => witnessOf(name, rival, 1, NOW_MS - 30 * 86_400_000))
  assert.is((await grant(rival, { witnesses: past })).outcome, GrantOutcome.TAKEN, 'of a claim that may have lapsed')

  const witnesses = known.map((name, i) => witnessOf(name, rival, NOW_MS - 100 * (i + 1)))
  const contested = await grant(rival, { witnesses })
  assert.is(contested.outcome, GrantOutcome.CONTESTED)
  assert.is(Buffer.compare(contested.claim, claimOf(alice)), 0)
  const holders = await find()
  assert.equal(
    holders?.map(({ claim, sinceMs }) => [Buffer.compare(claim.accountKey, rival.account.publicKey), sinceMs])[0],
    [0, NOW_MS - 200],
    'whoever was seen first, by the median',
  )
  assert.is(holders?.length, 2)

  // what was granted before is shown again, with more witnesses
  const forged = known.map((name) =>
    witnessOf(name, rival, NOW_MS - 5_000)
      .with(-1, 0)
      .with(-2, 0),
  )
  const sinceMs = async (shown: Uint8Array[]) =>
    openWitness((await grant(rival, { witnesses: shown })).witness, NETWORK)?.sinceMs
  assert.is(await sinceMs(forged), NOW_MS - 200, 'not signed by whom they name')
  assert.is(await sinceMs(known.map((name) => witnessOf(name, rival))), NOW_MS - 200, 'younger than what is held')
  assert.is(await sinceMs(known.map((name) => witnessOf(name, rival, NOW_MS - 900))), NOW_MS - 900, 'older')
})

registrars('a registrar that never heard of a name takes over what its neighbours hold before it judges', async () => {
  await using overlay = await startOne()
  const { grant, find, registrar } = registrarAt(overlay)
  const table = new IndexTable(NETWORK, INDEX_LIMITS.local)
  table.grant(key, { claim: claimOf(alice), lease: leaseOf(alice) }, NOW_MS - 5_000)
  let asked = 0
  registrar.neighboursHold = async () => {
    asked++
    return table.lookup(key, NOW_MS)
  }
  assert.is((await grant(rival)).outcome, GrantOutcome.TAKEN)
  const [held] = (await find()) ?? []
  assert.equal(held?.claim.accountKey, alice.account.publicKey)
  assert.is(held?.leases.length, 1)
  assert.is(held?.sinceMs, NOW_MS - 5_000, 'and for as long')
  assert.is((await grant(alice)).outcome, GrantOutcome.GRANTED)
  assert.is(asked, 1, 'what is known needs no asking')
  const elsewhere = await grant(alice, { key: nameKey(NETWORK, 'bob', 0) })
  assert.is(elsewhere.outcome, GrantOutcome.INVALID)
  assert.is(asked, 1, 'nor does a key that is not of the name')
})

registrars('where work is wanted, a claim without it is INVALID', async () => {
  await using overlay = await startOne()
  const { grant, find } = registrarAt(overlay, 'internet')
  assert.is((await grant(alice)).outcome, GrantOutcome.INVALID)
  const proofOfWork = { bits: 13, nonce: new Uint8Array(8) }
  assert.is((await grant(alice, { claim: claimOf(alice, { proofOfWork }) })).outcome, GrantOutcome.INVALID)
  assert.equal(await find(), [])
})

registrars('what is not held is asked for nearer to the key, as far as the asker allows', async () => {
  await using overlay = await startOne()
  const asked: number[] = []
  const { find, grant } = registrarAt(overlay, 'local', async (_key, hops) => {
    asked.push(hops)
    return []
  })
  await find(0)
  await find(1)
  await find(2)
  await find(4_000_000_000)
  assert.equal(asked, [0, 1, 1], 'and never farther than two')
  await grant(alice)
  await find(2)
  assert.is(asked.length, 3, 'what is held is answered')
})

registrars('an account that asks and asks is told to wait, and others are not', async () => {
  await using overlay = await startOne()
  const { grant, handle, clock } = registrarAt(overlay)
  const ask = (seq: number) =>
    handle(
      'anybody',
      IndexRequest.encode({ grant: { key, claim: claimOf(alice, { seq }), lease: new Uint8Array(), witnesses: [] } }),
    )
  let refusal: unknown
  let seq = 0
  while (seq++ < 5_000 && refusal === undefined)
    await Promise.resolve(ask(seq)).catch((error: unknown) => (refusal = error))
  assert.instance(refusal, Refusal)
  assert.is((await grant(rival)).outcome, GrantOutcome.TAKEN)
  clock.advance(1_000)
  assert.is((await grant(alice, { claim: claimOf(alice, { seq }) })).outcome, GrantOutcome.GRANTED)
})

registrars('what a stranger shows of an account again and again takes nothing from it', async () => {
  await using overlay = await startOne()
  const { grant } = registrarAt(overlay)
  const revoked = { ...alice, device: keyOf('lost phone') }
  const claim = claimOf(alice, { seq: 2, revokedDevices: [peerIdOf(revoked.device.publicKey)] })
  await grant(alice, { claim, lease: leaseOf(alice, { seq: 5 }) })
  const shown: Partial<Grant>[] = [
    { claim },
    { claim: claimOf(alice) },
    { claim, lease: leaseOf(alice, { seq: 4 }) },
    { claim, lease: leaseOf(alice, { seq: 9, expiresMs: NOW_MS }) },
    { claim, lease: leaseOf(revoked, { seq: 9 }) },
    { claim, lease: leaseOf(rival, { seq: 9 }) },
    { claim, key: nameKey(NETWORK, 'bob', 0) },
  ]
  for (let i = 0; i < 3_000; i++) await grant(alice, shown[i % shown.length])
  assert.is((await grant(alice, { claim, lease: leaseOf(alice, { seq: 10 }) })).outcome, GrantOutcome.GRANTED)
})

registrars(
  'a recovery that waits has no witness: shown without the recovery it would stand beside the owner',
  async () => {
    await using overlay = await startOne()
    const { grant } = registrarAt(overlay)
    const recovery = keyOf('recovery')
    await grant(alice, { claim: claimOf(alice, { recoveryKeyHash: recoveryKeyHashOf(recovery.publicKey) }) })
    const facts = { network: NETWORK, name: 'alice', issuedMs: NOW_MS }
    const ends = { fromAccountKey: alice.account.publicKey, toAccountKey: rival.account.publicKey }
    const claim = claimOf(rival, { successions: [makeSuccession(recovery, { ...facts, ...ends })] })
    const pending = await grant(rival, { claim })
    assert.is(pending.outcome, GrantOutcome.PENDING)
    assert.is(pending.witness.length, 0)
  },
)

registrars('arbitrary questions are answered or dropped, and never throw', async () => {
  await using overlay = await startOne()
  const { handle } = registrarAt(overlay)
  await holds(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (body) => {
      const answer = await handle('mallory', body)
      if (answer !== undefined && answer.length > 0) assert.is(GrantReply.decode(answer).outcome, GrantOutcome.INVALID)
    }),
  )
})

registrars.run()
