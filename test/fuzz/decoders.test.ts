/** Half a million messages gone wrong, through everything that reads what strangers wrote. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { decodeSignal, encodeSignal, type SignalBody } from '../../src/call/signal.ts'
import { makeInvite, openInvite } from '../../src/contacts/invite.ts'
import { decodeLink } from '../../src/devices/link-join.ts'
import { Link } from '../../src/devices/link.pb.js'
import { Envelopes } from '../../src/envelope/envelopes.ts'
import { TincanError } from '../../src/errors.ts'
import { systemClock, virtualClock } from '../../src/lib/clock.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { Frame } from '../../src/overlay/rpc.pb.js'
import { RpcCaller, serveRpc, type FrameStream } from '../../src/overlay/rpc.ts'
import { readPing, writePing } from '../../src/ping/ping-signal.ts'
import {
  ATTRIBUTE,
  CLASS,
  METHOD,
  newTransactionId,
  readMessage,
  textValue,
  writeMessage,
} from '../../src/stun/message.ts'
import { INDEX_LIMITS, IndexTable } from '../../src/supernode/index-table.ts'
import { decodeHeld, encodeHolders } from '../../src/supernode/lookup-reply.ts'
import { decodeHints, encodeHints } from '../../src/supernode/relay-hints.ts'
import { nameKey } from '../../src/supernode/placement.ts'
import {
  makeSuccession,
  makeWitness,
  openClaim,
  openLease,
  openSuccession,
  openWitness,
  type Lease,
} from '../../src/supernode/records.ts'
import { memoryHeld } from '../support/memory.ts'
import { mutate, seeded } from '../support/mutate.ts'
import { claimOf, HOME, keyOf, leaseOf, NETWORK, NOW_MS, person } from '../supernode/people.ts'

const fuzz = suite('decoders')

const SEED = Number(process.env['FC_SEED'] ?? 20_260_000)
const GROWTH_BYTES_MAX = 64 * 1024 * 1024 // caches fill up to their bounds

const alice = person('alice')
const bob = person('bob')
const key = nameKey(NETWORK, 'alice', 0)
const mallory = keyOf('mallory')

const succession = makeSuccession(mallory, {
  network: NETWORK,
  name: 'alice',
  fromAccountKey: mallory.publicKey,
  toAccountKey: alice.account.publicKey,
  issuedMs: NOW_MS,
})
const claim = claimOf(alice, {
  successions: [succession],
  revokedDevices: [peerIdOf(mallory.publicKey)],
  proofOfWork: { bits: 10, nonce: new Uint8Array(8) },
})
const witness = makeWitness(mallory, {
  network: NETWORK,
  name: 'alice',
  accountKey: alice.account.publicKey,
  sinceMs: NOW_MS,
  issuedMs: NOW_MS,
})
const held = (() => {
  const table = new IndexTable(NETWORK, INDEX_LIMITS.local)
  table.grant(key, { claim, lease: leaseOf(alice) }, NOW_MS)
  return { reply: encodeHolders(table.lookupPacked(key, NOW_MS)), dump: table.dump(key) as Uint8Array }
})()
const bodies: SignalBody[] = [
  { type: 'invite', offer: 'v=0\r\n' },
  { type: 'accept', answer: 'v=0\r\n' },
  { type: 'ringing', answer: 'v=0\r\n', relays: new Uint8Array(40) },
  { type: 'candidates', candidates: ['candidate:1 1 udp 1 192.0.2.1 1 typ host'] },
  { type: 'bye', reason: 'hangup' },
]
const STUN = writeMessage(
  {
    method: METHOD.allocate,
    class: CLASS.request,
    transactionId: newTransactionId(),
    attributes: [[ATTRIBUTE.username, textValue('alice')]],
  },
  { key: textValue('key') },
)
const callId = '00'.repeat(16)
const CANDIDATE = { foundation: '1', priority: 1, host: '192.0.2.1', port: 1, type: 'host' as const }
const PING = writePing(callId, { ask: { ufrag: 'abcd', password: 'p'.repeat(22) } })
const CANDIDATES = writePing(callId, { more: [CANDIDATE] })
const bytes = (size: number) => new Uint8Array(size).fill(7)
const link = makeInvite(alice.account, { network: NETWORK, username: 'alice', homes: [HOME] })
const ours = openLease(leaseOf(bob), NETWORK) as Lease
const envelopes = new Envelopes(NETWORK, alice.device, virtualClock(NOW_MS), () => false)
const sealed = await new Envelopes(NETWORK, bob.device, virtualClock(NOW_MS), () => false).seal(
  openLease(leaseOf(alice), NETWORK) as Lease,
  ours,
  { signal: encodeSignal({ callId, body: bodies[0] as SignalBody }) },
)

/** A stream whose other end is us. */
function pipe(): { stream: FrameStream; feed: (frame: Uint8Array) => void } {
  let take: (frame: Uint8Array) => void = () => {}
  return {
    stream: { send: () => {}, onFrame: (heard) => void (take = heard), onClose: () => {}, abort: () => {} },
    feed: (frame) => take(frame),
  }
}
const [asking, answering] = [pipe(), pipe()]
const caller = new RpcCaller(asking.stream, systemClock)
assert.not(caller.isClosed)
serveRpc(answering.stream, 'mallory', (_from, body) => body, { malformed: 0, refused: 0, failed: 0 })

const table = new IndexTable(NETWORK, { ...INDEX_LIMITS.local, namesMax: 100 })
const text = (wound: Uint8Array) => Buffer.from(wound).toString('latin1')

type Reader = [what: string, count: number, seeds: Uint8Array[], read: (wounded: Uint8Array) => unknown]
const readers: Reader[] = [
  ['claims', 60_000, [claim, claimOf(bob)], (each) => openClaim(each, NETWORK)],
  ['leases', 60_000, [leaseOf(alice), leaseOf(bob)], (each) => openLease(each, NETWORK)],
  ['successions', 20_000, [succession], (each) => openSuccession(each, NETWORK)],
  ['witnesses', 20_000, [witness], (each) => openWitness(each, NETWORK)],
  ['answers of registrars', 60_000, [held.reply], (each) => decodeHeld(each, NETWORK)],
  ['stored names', 40_000, [held.dump], (each) => table.restore(key, each, NOW_MS)],
  ['signals', 90_000, bodies.map((body) => encodeSignal({ callId, body })), decodeSignal],
  [
    'messages of new devices',
    40_000,
    [
      Link.encode({ request: { label: 'laptop', tag: bytes(32) } }),
      Link.encode({ grant: { certificate: bytes(99), claim, accountKey: bytes(32), tag: bytes(32) } }),
    ],
    decodeLink,
  ],
  [
    'frames of who is asked',
    50_000,
    [Frame.encode({ id: 1, kind: Frame.Kind.REQUEST, body: bytes(40) })],
    (each) => answering.feed(each),
  ],
  [
    'frames of who answers',
    40_000,
    [Frame.encode({ id: 1, kind: Frame.Kind.RESPONSE, body: bytes(40) })],
    (each) => asking.feed(each),
  ],
  ['pings', 20_000, [PING, CANDIDATES], readPing],
  ['hints of relays', 20_000, [encodeHints([{ ...HOME, rttMs: 20 }])], decodeHints],
  ['STUN messages', 60_000, [STUN], (each) => readMessage(each)],
  [
    'invites',
    20_000,
    [new Uint8Array(Buffer.from(link, 'latin1'))],
    (each) => {
      try {
        return openInvite(text(each), NETWORK)
      } catch (error) {
        assert.ok(error instanceof TincanError)
        assert.is(error.code, 'BAD_INVITE')
        return undefined
      }
    },
  ],
]

for (const [what, count, seeds, read] of readers)
  fuzz(`${count} wounded ${what} neither throw nor stay`, () => {
    const random = seeded(SEED)
    const [first] = seeds
    assert.ok(read(first as Uint8Array) !== null)
    for (let i = 0; i < 1_000; i++) read(mutate(seeds, random)) // caches are there
    const before = memoryHeld()
    for (let i = 1_000; i < count; i++) read(mutate(seeds, random))
    const grown = memoryHeld() - before
    assert.ok(grown < GROWTH_BYTES_MAX, `grew by ${Math.round(grown / 1024)} KB`)
  })

fuzz('3000 wounded sealed envelopes are refused with a reason', async () => {
  const random = seeded(SEED)
  assert.is(typeof (await envelopes.open(sealed)), 'object')
  for (let i = 0; i < 3_000; i++) assert.is(typeof (await envelopes.open(mutate([sealed], random))), 'string')
})

fuzz.run()
