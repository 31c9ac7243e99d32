import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { EventEmitter } from 'node:events'
import { virtualClock } from '../../src/lib/clock.ts'
import type { SigningKey } from '../../src/overlay/keys.ts'
import type { Contact } from '../../src/overlay/overlay.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { judge } from '../../src/supernode/agreement.ts'
import { ClaimFile, newClaimState } from '../../src/supernode/claim-file.ts'
import { HomeRequest } from '../../src/supernode/home.pb.js'
import { GrantOutcome, type GrantReply } from '../../src/supernode/index.pb.js'
import { INDEX_LIMITS, IndexTable, type Held } from '../../src/supernode/index-table.ts'
import { nameKeys } from '../../src/supernode/placement.ts'
import { placeReply } from '../../src/supernode/place-reply.ts'
import { makeSuccession, makeWitness, openClaim, recoveryKeyHashOf, type Claim } from '../../src/supernode/records.ts'
import { Registration, type Identity } from '../../src/supernode/registration.ts'
import { fullAddress } from '../../src/supernode/username.ts'
import { until } from '../support/wait.ts'
import { certificateOf, claimOf, keyOf, NETWORK, NOW_MS, person, type Person } from './people.ts'

const registrations = suite('registration')

const DAY_MS = 86_400_000
const alice = person('alice')
const heir: Person = { ...person('new key'), name: 'alice' }
const rival: Person = { ...person('mallory'), name: 'alice' }
const recovery = keyOf('recovery')
const recoveryKeyHash = recoveryKeyHashOf(recovery.publicKey)
const keys = nameKeys(NETWORK, 'alice')
const none = new Uint8Array()
const NOTHING: GrantReply = { outcome: GrantOutcome.INVALID, claim: none, witness: none, pendingUntilMs: 0, heir: none }

/** The homes and registrars of a network without sockets: each home has a table of its own, on virtual time. */
class Town {
  readonly clock = virtualClock(NOW_MS)
  readonly limits = INDEX_LIMITS.local
  /** All registrars hold the same, unless a test says otherwise. */
  readonly table = new IndexTable(NETWORK, this.limits)
  readonly homes: Contact[] = ['one', 'two', 'three'].map((name) => ({
    peerId: peerIdOf(keyOf(name).publicKey),
    addresses: [],
  }))
  readonly events = new EventEmitter()
  /** Claims as they came, by home and place. */
  readonly placed: { home: string; salt: number; claim: Claim; witnesses: number }[] = []
  /** Homes that do nothing, and say that they did. */
  readonly liars = new Set<string>()
  readonly silent = new Set<string>()
  /** What the first home says in place of what registrars said. */
  toldByFirst: (() => Partial<GrantReply>) | undefined
  /** What a look-up finds in place of what registrars hold. */
  toldHolders: Held[][] | undefined
  /** A claim that homes say waits to take over ours. */
  toldHeir: Uint8Array | undefined

  readonly overlay = {
    network: NETWORK,
    peerId: 'our own',
    call: async ({ peerId }: Contact, _role: string, body: Uint8Array) => {
      if (this.silent.has(peerId)) throw new Error('no answer')
      const { place } = HomeRequest.decode(body)
      assert.ok(place !== undefined)
      const { claim, lease, witnesses } = place
      const replies = place.keys.map((key) => {
        this.placed.push({
          home: peerId,
          salt: keys.findIndex((each) => Buffer.compare(each, key) === 0),
          claim: openClaim(claim, NETWORK) as Claim,
          witnesses: witnesses.length,
        })
        if (this.toldByFirst !== undefined && peerId === this.homes[0]?.peerId)
          return { ...NOTHING, ...this.toldByFirst() }
        if (this.liars.has(peerId)) return { ...NOTHING, outcome: GrantOutcome.GRANTED }
        const {
          outcome,
          other,
          heir: waiting,
          pendingUntilMs = 0,
          sinceMs,
        } = this.table.grant(key, { claim, lease }, this.clock.now())
        const { accountKey } = openClaim(claim, NETWORK) as Claim
        const facts = { network: NETWORK, name: 'alice', accountKey, sinceMs: sinceMs ?? 0, issuedMs: this.clock.now() }
        return {
          outcome: GrantOutcome[outcome],
          claim: other?.bytes ?? none,
          heir: this.toldHeir ?? waiting?.bytes ?? none,
          witness: sinceMs === undefined ? none : makeWitness(keyOf(`registrar of ${peerId}`), facts),
          pendingUntilMs,
        }
      })
      return placeReply(replies)
    },
  }

  holders() {
    return keys.map((key) => this.table.lookup(key, this.clock.now()))
  }

  /** The account that holds all places, or what is held instead. */
  holder(): string {
    const named = this.holders().map((held) =>
      held.map(({ claim }) => fullAddress('alice', claim.accountKey)).join('+'),
    )
    return new Set(named).size === 1 ? (named[0] as string) : named.join(', ')
  }

  register(whose: Person, claims = new ClaimFile(undefined), identity: Partial<Identity> = {}) {
    const { account, device } = whose
    const registration = new Registration(
      'alice',
      { account, accountKey: account.publicKey, device, ...identity },
      {
        overlay: this.overlay,
        homes: { list: () => this.homes, on: this.events.on.bind(this.events) as never },
        resolver: { resolve: async () => judge(this.toldHolders ?? this.holders()) },
        profile: 'local',
        clock: this.clock,
        claims,
      },
    )
    const heard: string[] = []
    registration.on('registered', () => heard.push('registered'))
    registration.on('unregistered', () => heard.push('unregistered'))
    registration.on('taken', ({ message }) => heard.push(`taken: ${message}`))
    registration.on('pending', ({ untilMs }) => heard.push(`pending ${(untilMs - NOW_MS) / 1000}`))
    registration.on('conflict', ({ address }) => heard.push(`conflict ${address}`))
    registration.on('recovery', ({ address }) => heard.push(`recovery ${address}`))
    registration.start()
    return { registration, heard, claims }
  }

  /** Lets time pass in steps, with room for what is asynchronous. */
  async pass(ms: number, stepMs = 500): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
      this.clock.advance(Math.min(stepMs, ms - passedMs))
      for (let i = 0; i < 4; i++) await new Promise((done) => setImmediate(done))
    }
  }
}

const addressOf = ({ account }: Person) => fullAddress('alice', account.publicKey)

const succession = (signer: SigningKey, issuedMs = NOW_MS) =>
  makeSuccession(signer, {
    network: NETWORK,
    name: 'alice',
    fromAccountKey: alice.account.publicKey,
    toAccountKey: heir.account.publicKey,
    issuedMs,
  })

/** A claim file in which somebody has this to show. */
function fileOf({ account }: Person, facts: object): ClaimFile {
  const file = new ClaimFile(undefined)
  file.put({ ...newClaimState({ network: NETWORK, name: 'alice', accountKey: account.publicKey }), ...facts })
  return file
}

registrations(
  'a name is placed at all its places, each through another home, and next time through the next',
  async () => {
    const town = new Town()
    const { registration, heard } = town.register(alice)
    await town.pass(1_000)
    assert.equal(heard, ['registered'])
    assert.is(town.holder(), addressOf(alice))
    const first = town.placed.slice(0, 3)
    assert.equal(new Set(first.map(({ salt }) => salt)), new Set([0, 1, 2]))
    assert.is(new Set(first.map(({ home }) => home)).size, 3)
    await town.pass(60_000)
    for (const salt of [0, 1, 2]) {
      const homes = town.placed.filter((each) => each.salt === salt).map(({ home }) => home)
      assert.is(new Set(homes).size, 3, `place ${salt} went through every home`)
      for (const [i, home] of homes.slice(1).entries())
        assert.is.not(home, homes[i], 'never the same one twice running')
    }
    registration.stop()
  },
)

registrations('a home that lies keeps no place from being filled', async () => {
  const town = new Town()
  town.liars.add(town.homes[0]?.peerId as string)
  const { registration } = town.register(alice)
  await town.pass(5_000)
  assert.is(town.holder(), addressOf(alice))
  registration.stop()
})

registrations('a home that does not answer is passed over, soon', async () => {
  const town = new Town()
  town.silent.add(town.homes[1]?.peerId as string)
  const { registration, heard } = town.register(alice)
  await town.pass(4_000)
  assert.equal(heard, ['registered'])
  assert.is(town.holder(), addressOf(alice))
  registration.stop()
})

registrations('the claim is signed again every day, so that nobody else ever gets the name', async () => {
  const town = new Town()
  const { registration, heard } = town.register(alice)
  // the lease alone would be renewed too: what counts is that registrars see a new date
  await town.pass(40 * DAY_MS, DAY_MS / 8)
  const dates = [...new Set(town.placed.map(({ claim }) => claim.issuedMs))]
  assert.ok(dates.length >= 35, `signed ${dates.length} times in 40 days`)
  for (const [i, issuedMs] of dates.slice(1).entries()) {
    const ageMs = issuedMs - (dates[i] as number)
    assert.ok(ageMs >= DAY_MS && ageMs < 2 * DAY_MS, `after ${ageMs} ms`)
  }
  assert.ok(
    town.placed.every(({ claim }) => claim.seq === 1),
    'it says the same, so its number stays',
  )
  const other = town.table.grant(
    keys[0] as Uint8Array,
    { claim: claimOf(rival, { issuedMs: town.clock.now() }), lease: new Uint8Array() },
    town.clock.now(),
  )
  assert.is(other.outcome, 'TAKEN')
  assert.equal(
    heard.filter((word) => word.startsWith('taken')),
    [],
  )
  registration.stop()
})

registrations('the words of registrars are kept and shown from then on', async () => {
  const town = new Town()
  const { registration, claims } = town.register(alice)
  await town.pass(5_000)
  const of = { network: NETWORK, name: 'alice', accountKey: alice.account.publicKey }
  assert.is(claims.find(of)?.witnesses.length, 3, 'one a registrar')
  assert.is(claims.find(of)?.isGranted, true)
  assert.is(town.placed[0]?.witnesses, 0)
  assert.is(town.placed.at(-1)?.witnesses, 3)
  registration.stop()
})

registrations('a name that another account holds is lost, and is not placed', async () => {
  const town = new Town()
  const holder = town.register(rival)
  await town.pass(2_000)
  const { heard, registration } = town.register(alice)
  await town.pass(20_000)
  assert.equal(heard, ['taken: “alice” is taken. Choose another username.'])
  assert.is(town.holder(), addressOf(rival))
  holder.registration.stop()
  registration.stop()
})

registrations('a recovery key is added with a higher number, once and for good', async () => {
  const town = new Town()
  const { registration, claims } = town.register(alice)
  await town.pass(2_000)
  registration.addRecovery(recoveryKeyHash)
  await town.pass(1_000)
  for (const [held] of town.holders()) {
    assert.equal(held?.claim.recoveryKeyHash, recoveryKeyHash)
    assert.is(held?.claim.seq, 2)
  }
  assert.is(claims.all(alice.account.publicKey)[0]?.seq, 2)
  assert.throws(() => registration.addRecovery(new Uint8Array(32)), /recovery key already/)
  registration.stop()
})

registrations('an account that lost its claim file learns from the registrars what its claim says', async () => {
  const town = new Town()
  const first = town.register(alice, fileOf(alice, { seq: 5, recoveryKeyHash, contestedMs: 7 }))
  await town.pass(2_000)
  first.registration.stop()
  const { registration, heard, claims } = town.register(alice)
  await town.pass(2_000)
  assert.equal(heard, ['registered'])
  const state = claims.all(alice.account.publicKey)[0]
  assert.equal([state?.seq, state?.recoveryKeyHash, state?.contestedMs], [5, recoveryKeyHash, 7])
  registration.stop()
})

registrations('an old copy of the claim file costs nothing that was added since', async () => {
  const town = new Town()
  const first = town.register(alice, fileOf(alice, { seq: 5, isGranted: true, recoveryKeyHash }))
  await town.pass(2_000)
  first.registration.stop()
  const { registration, heard } = town.register(alice, fileOf(alice, { seq: 3, isGranted: true, contestedMs: 9 }))
  await town.pass(5_000)
  assert.equal(heard, ['registered'])
  const claim = town.holders()[0]?.[0]?.claim
  assert.equal([claim?.seq, claim?.recoveryKeyHash, claim?.contestedMs], [6, recoveryKeyHash, 9])
  registration.stop()
})

registrations('a key that the old one names gets the name at once, and the old one is told where it went', async () => {
  const town = new Town()
  const old = town.register(alice, fileOf(alice, { recoveryKeyHash }))
  await town.pass(2_000)
  const rotated = fileOf(heir, { successions: [succession(alice.account)], recoveryKeyHash })
  const { registration, heard } = town.register(heir, rotated)
  await town.pass(30_000)
  assert.equal(heard, ['registered'])
  assert.is(town.holder(), addressOf(heir))
  assert.ok(old.heard.at(-1)?.startsWith(`taken: “alice” has passed from this account to ${addressOf(heir)}.`))
  old.registration.stop()
  registration.stop()
})

registrations(
  'a recovery waits for its window, warns the old key, and takes the name when nobody objects',
  async () => {
    const town = new Town()
    const old = town.register(alice, fileOf(alice, { recoveryKeyHash }))
    await town.pass(2_000)
    const recovered = fileOf(heir, { successions: [succession(recovery)], recoveryKeyHash })
    const { registration, heard } = town.register(heir, recovered)
    await town.pass(15_000)
    assert.match(heard.join(), /^pending 2\d(\.\d+)?$/)
    assert.not(registration.isRegistered)
    assert.is(town.holder(), addressOf(alice))
    assert.equal(old.heard, ['registered', `recovery ${addressOf(heir)}`])
    await town.pass(15_000)
    assert.is(town.holder(), addressOf(heir))
    assert.is(heard.at(-1), 'registered')
    assert.ok(old.heard.at(-1)?.startsWith('taken:'))
    old.registration.stop()
    registration.stop()
  },
)

registrations('a recovery to which the old key objects comes to nothing, and hears why', async () => {
  const town = new Town()
  const old = town.register(alice, fileOf(alice, { recoveryKeyHash }))
  await town.pass(2_000)
  // dated ahead of our clock: the objection is to what was heard of
  const recovered = fileOf(heir, { successions: [succession(recovery, NOW_MS + 60_000)], recoveryKeyHash })
  const { registration, heard } = town.register(heir, recovered)
  await town.pass(12_000)
  assert.is(old.heard.at(-1), `recovery ${addressOf(heir)}`)
  old.registration.contest()
  await town.pass(60_000)
  assert.is(town.holder(), addressOf(alice))
  assert.match(heard.at(-1) ?? '', /^taken: The account that holds “alice” has objected/)
  assert.ok(old.registration.isRegistered)
  old.registration.stop()
  registration.stop()
})

registrations('a recovery is a warning only when it is by our own recovery key', async () => {
  const town = new Town()
  const old = town.register(alice, fileOf(alice, {}))
  await town.pass(2_000)
  const { registration, heard } = town.register(heir, fileOf(heir, { successions: [succession(recovery)] }))
  await town.pass(30_000)
  assert.equal(old.heard, ['registered'])
  assert.not(heard.includes('registered'))
  assert.is(town.holder(), addressOf(alice))
  old.registration.stop()
  registration.stop()
})

registrations('a name that was recovered is not lost to an objection that comes too late', async () => {
  const town = new Town()
  const old = town.register(alice, fileOf(alice, { recoveryKeyHash }))
  await town.pass(2_000)
  const recovered = fileOf(heir, { successions: [succession(recovery)], recoveryKeyHash })
  const { registration, heard } = town.register(heir, recovered)
  await town.pass(40_000)
  assert.is(heard.at(-1), 'registered')
  const late = claimOf(alice, { seq: 9, recoveryKeyHash, contestedMs: town.clock.now(), issuedMs: town.clock.now() })
  town.toldByFirst = () => ({ outcome: GrantOutcome.TAKEN, claim: late })
  await town.pass(40_000)
  assert.is(heard.at(-1), 'registered')
  old.registration.stop()
  registration.stop()
})

registrations('nobody takes a name by writing into their claim that they have it from us', async () => {
  const town = new Town()
  const { registration, heard } = town.register(alice, fileOf(alice, { recoveryKeyHash }))
  await town.pass(5_000)
  const madeUp = openClaim(claimOf(heir, { successions: [succession(heir.account)] }), NETWORK) as Claim
  town.toldByFirst = () => ({ outcome: GrantOutcome.TAKEN, claim: madeUp.bytes })
  town.toldHolders = [[{ claim: madeUp, leases: [], lapsed: [], sinceMs: NOW_MS }]]
  await town.pass(30_000)
  assert.equal(heard, ['registered', `conflict ${addressOf(heir)}`])
  assert.ok(registration.isRegistered)
  registration.stop()
})

registrations('an added device outlasts a lie about who holds the name', async () => {
  const town = new Town()
  const identity = { account: undefined, certificate: certificateOf(alice), claim: claimOf(alice) }
  const lie = openClaim(claimOf(rival), NETWORK) as Claim
  town.toldHolders = [[{ claim: lie, leases: [], lapsed: [], sinceMs: NOW_MS }]]
  const { registration, heard } = town.register(alice, undefined, identity)
  await town.pass(2_000)
  town.toldHolders = undefined
  await town.pass(30_000)
  assert.equal(heard, [`conflict ${addressOf(rival)}`, 'registered'])
  registration.stop()
})

registrations('a home that says again and again that something is due does not make us place in haste', async () => {
  const town = new Town()
  const { registration, heard } = town.register(alice)
  await town.pass(10_000)
  const before = town.placed.length
  town.toldByFirst = () => ({ outcome: GrantOutcome.PENDING, pendingUntilMs: town.clock.now() })
  await town.pass(60_000)
  assert.ok(town.placed.length - before <= 30, `${town.placed.length - before} grants in a minute`)
  assert.equal(heard, ['registered'])
  registration.stop()
})

registrations('a home cannot make up a recovery: it takes a signature of the recovery key', async () => {
  const town = new Town()
  const { registration, heard } = town.register(alice, fileOf(alice, { recoveryKeyHash }))
  const madeUp = [claimOf(rival), claimOf(heir, { successions: [succession(keyOf('no recovery key'))] })]
  for (const claim of madeUp) {
    town.toldHeir = claim
    await town.pass(30_000)
  }
  assert.equal(heard, ['registered'])
  town.toldHeir = claimOf(heir, { successions: [succession(recovery)] })
  await town.pass(30_000)
  assert.equal(heard, ['registered', `recovery ${addressOf(heir)}`])
  registration.stop()
})

registrations('beside a rival the name is ours all the same, and the rival is named once', async () => {
  const town = new Town()
  const { registration, heard } = town.register(alice)
  await town.pass(2_000)
  for (const key of keys)
    town.table.grant(
      key,
      { claim: claimOf(rival), lease: new Uint8Array(), witnessedMs: NOW_MS + 1_000 },
      town.clock.now(),
    )
  await town.pass(60_000)
  assert.equal(heard, ['registered', `conflict ${addressOf(rival)}`])
  registration.stop()
})

registrations('a device that was removed is in every claim from then on', async () => {
  const town = new Town()
  const removed: string[] = []
  const { account, device } = alice
  const claims = new ClaimFile(undefined)
  const registration = new Registration(
    'alice',
    { account, accountKey: account.publicKey, device, revokedDevices: () => removed },
    {
      overlay: town.overlay,
      homes: { list: () => town.homes, on: town.events.on.bind(town.events) as never },
      resolver: { resolve: async () => judge(town.holders()) },
      profile: 'local',
      clock: town.clock,
      claims,
    },
  )
  registration.start()
  await town.pass(1_000)
  const lost = peerIdOf(keyOf('lost phone').publicKey)
  removed.push(lost)
  registration.placeSoon()
  await town.pass(1_000)
  const claim = town.holders()[0]?.[0]?.claim
  assert.equal([claim?.seq, [...(claim?.revokedDevices ?? [])]], [2, [lost]])
  assert.equal(claims.all(account.publicKey)[0]?.revokedDevices, [lost])
  registration.stop()
})

registrations('the work that a name asks for is found before it is placed, and kept', async () => {
  const town = new Town()
  const of = { network: NETWORK, name: 'alice-in-wonderland', accountKey: alice.account.publicKey }
  const claims = new ClaimFile(undefined)
  // close to the end of the search: the nonce that does is known from the test of the work
  claims.put({ ...newClaimState(of), search: { nextNonce: 5n, tries: 5 } })
  const registration = new Registration(
    of.name,
    { account: alice.account, accountKey: of.accountKey, device: alice.device },
    {
      overlay: town.overlay,
      homes: { list: () => town.homes, on: town.events.on.bind(town.events) as never },
      resolver: { resolve: async () => undefined },
      profile: 'internet',
      clock: town.clock,
      claims,
    },
  )
  let progress = 0
  registration.on('work', ({ tries, expected }) => {
    assert.ok(tries > 5)
    assert.is(expected, 1024)
    progress++
  })
  let isWorked = false
  registration.on('worked', () => (isWorked = true))
  registration.start()
  await town.pass(1_000)
  await until('the work is found', () => isWorked)
  await town.pass(1_000)
  assert.ok(progress > 0)
  assert.is(claims.find(of)?.proofOfWork?.bits, 10)
  assert.is(claims.find(of)?.search, undefined)
  assert.is(town.placed[0]?.claim.proofOfWork?.bits, 10)
  registration.stop()
})

registrations.run()
