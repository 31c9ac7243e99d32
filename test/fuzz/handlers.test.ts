/** Half a million messages gone wrong, handed to every role of a supernode that serves, by a thousand strangers. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { peerIdOf, publicKeyOf, withoutPeerId } from '../../src/overlay/peer-id.ts'
import { DialBack } from '../../src/overlay/probe.pb.js'
import { Refusal, type Handler } from '../../src/overlay/rpc.ts'
import { HomeRequest } from '../../src/supernode/home.pb.js'
import { IndexRequest } from '../../src/supernode/index.pb.js'
import { nameKeys } from '../../src/supernode/placement.ts'
import { HostileSupernode } from '../support/hostile-supernode.ts'
import { memoryHeld } from '../support/memory.ts'
import { mutate, seeded } from '../support/mutate.ts'
import { until } from '../support/wait.ts'
import { Borrow } from '../../src/supernode/relay.pb.js'
import { claimOf, keyOf, leaseOf, person } from '../supernode/people.ts'

const fuzz = suite('handlers')

const SEED = Number(process.env['FC_SEED'] ?? 20_260_000)
type FuzzedRole = 'index' | 'home' | 'probe' | 'relay'

const MESSAGES: [role: FuzzedRole, count: number][] = [
  ['index', 250_000],
  ['home', 230_000],
  ['probe', 20_000],
  ['relay', 20_000],
]
const AT_ONCE = 250
const STRANGERS = 1_000
const GROWTH_BYTES_MAX = 96 * 1024 * 1024
const NETWORK = 'test'

const nowMs = Date.now()
const [alice, bob] = [person('alice'), person('bob')]
const strangers = Array.from({ length: STRANGERS }, (_, i) => peerIdOf(keyOf(`stranger ${i}`).publicKey))

/** Genuine requests of every kind, of now. */
function seedsOf(own: HostileSupernode): Record<FuzzedRole, Uint8Array[]> {
  const [key] = nameKeys(NETWORK, 'alice') as [Uint8Array]
  const records = [alice, bob].map((whose) => ({
    keys: nameKeys(NETWORK, whose.name),
    claim: claimOf(whose, { issuedMs: nowMs }),
    lease: leaseOf(whose, { issuedMs: nowMs, expiresMs: nowMs + 25_000 }),
    witnesses: [],
  }))
  const ownKey = publicKeyOf(own.peerId) as Uint8Array
  const addresses = own.addresses.map(withoutPeerId)
  const envelope = new Uint8Array(200).fill(3)
  return {
    index: [
      ...records.map(({ keys, ...rest }) => IndexRequest.encode({ grant: { key: keys[0] as Uint8Array, ...rest } })),
      IndexRequest.encode({ lookup: { key, hops: 2 } }),
    ],
    home: [
      HomeRequest.encode({ attach: { homes: [{ peerKey: ownKey, addresses }] } }),
      ...records.map((place) => HomeRequest.encode({ place })),
      HomeRequest.encode({ resolve: { key, isThorough: true } }),
      HomeRequest.encode({ forward: { deviceKey: alice.device.publicKey, homeKeys: [ownKey], envelope } }),
      HomeRequest.encode({ deliver: { deviceKey: alice.device.publicKey, envelope } }),
    ],
    probe: [DialBack.encode({ addresses, udp: { port: 4001, token: new Uint8Array(16) } })],
    relay: [Borrow.encode({ callTag: new Uint8Array(16).fill(1) }), Borrow.encode({})],
  }
}

fuzz('a supernode takes half a million wounded messages, answers the next whole one, and has not grown', async () => {
  await using supernode = new HostileSupernode()
  await using companion = new HostileSupernode() // somebody must dial it back
  await supernode.start(NETWORK)
  await companion.start(NETWORK, supernode.addresses)
  await until('it serves', () => supernode.role === 'supernode')
  const seeds = seedsOf(supernode)
  const random = seeded(SEED)
  const outcomes = { answered: 0, dropped: 0, refused: 0 }
  const hand = async (handler: Handler, message: Uint8Array): Promise<void> => {
    const from = strangers[Math.floor(random() * STRANGERS)] as string
    try {
      const answer = await handler(from, message)
      outcomes[answer === undefined ? 'dropped' : 'answered']++
    } catch (error) {
      assert.instance(error, Refusal) // anything else is a fault of ours
      outcomes.refused++
    }
  }
  const rush = async (role: FuzzedRole, count: number): Promise<void> => {
    const handler = supernode.handlers.get(role) as Handler
    for (let i = 0; i < count; i += AT_ONCE)
      await Promise.all(Array.from({ length: AT_ONCE }, () => hand(handler, mutate(seeds[role], random))))
  }
  for (const [role] of MESSAGES) await rush(role, 5_000) // caches and tables are there
  const before = memoryHeld()
  for (const [role, count] of MESSAGES) await rush(role, count - 5_000)
  const grown = memoryHeld() - before
  console.error(JSON.stringify({ outcomes, grownKB: Math.round(grown / 1024) }))
  assert.ok(grown < GROWTH_BYTES_MAX, `grew by ${Math.round(grown / 1024)} KB`)
  assert.ok(outcomes.answered > 1_000 && outcomes.dropped > 1_000, 'they reached the roles')
  const index = supernode.handlers.get('index') as Handler
  await until('it answers a friend', async () => {
    const reply = await Promise.resolve(index(supernode.peerId, seeds.index[2] as Uint8Array)).catch(() => undefined)
    return reply !== undefined
  })
})

fuzz.run()
