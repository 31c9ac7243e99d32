/**
 * Golden bytes of each message between nodes, so that the wire cannot change unnoticed. What a call's devices say to
 * each other is in test/call/signal.test.ts; what is signed, in test/supernode/records.test.ts.
 */

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import * as link from '../src/devices/link.pb.js'
import * as envelope from '../src/envelope/envelope.pb.js'
import * as probe from '../src/overlay/probe.pb.js'
import * as rpc from '../src/overlay/rpc.pb.js'
import * as signed from '../src/overlay/signed-envelope.pb.js'
import * as ping from '../src/ping/ping.pb.js'
import * as device from '../src/supernode/device.pb.js'
import * as home from '../src/supernode/home.pb.js'
import * as index from '../src/supernode/index.pb.js'
import * as indexEntry from '../src/supernode/index-entry.pb.js'
import * as records from '../src/supernode/records.pb.js'
import * as relay from '../src/supernode/relay.pb.js'
import { ROOT } from './support/test-file.ts'

const wire = suite('wire')

const b = (...bytes: number[]) => Uint8Array.from(bytes)
const key = new Uint8Array(32).fill(7)
const peer = { peerKey: b(1), addresses: ['/a', '/b'] }

interface Codec {
  encode(message: never): Uint8Array
  decode(bytes: Uint8Array): object
}

const golden: [name: string, codec: Codec, message: object, hex: string][] = [
  ['Frame, a question', rpc.Frame, { id: 1, kind: rpc.Frame.Kind.REQUEST, body: b(9) }, '08011a0109'],
  ['Frame, an answer', rpc.Frame, { id: 300, kind: rpc.Frame.Kind.RESPONSE, body: b(9) }, '08ac0210011a0109'],
  ['Frame, a refusal', rpc.Frame, { id: 1, kind: rpc.Frame.Kind.REFUSED, retryAfterMs: 1000 }, '0801100220e807'],
  ['Frame, a failure', rpc.Frame, { id: 1, kind: rpc.Frame.Kind.FAILED }, '08011003'],
  ['DialBack', probe.DialBack, { addresses: ['/a', '/b'] }, '0a022f610a022f62'],
  [
    'DialBack, by UDP',
    probe.DialBack,
    { addresses: [], udp: { port: 50_000, token: b(1, 2) } },
    '120808d0860312020102',
  ],
  [
    'DialBackReply',
    probe.DialBackReply,
    { reachedAt: '/a', seenAt: '192.0.2.1', isSent: false },
    '0a022f611209' + '3139322e302e322e31',
  ],
  ['UdpProbe', probe.UdpProbe, { port: 50_000, token: b(1, 2) }, '08d0860312020102'],
  ['DialBackReply, by UDP', probe.DialBackReply, { reachedAt: '', seenAt: '::1', isSent: true }, '12033a3a311801'],
  [
    'SignedEnvelope',
    signed.SignedEnvelope,
    { publicKey: b(1), payloadType: b(2), payload: b(3), signature: b(4) },
    '0a01011201021a01032a0104',
  ],
  ['DeviceRequest push', device.DeviceRequest, { push: { envelope: b(9) } }, '0a030a0109'],
  ['DeviceRequest leave', device.DeviceRequest, { leave: { supernodes: [], retryAfterMs: 0 } }, '1200'],
  [
    'DeviceRequest leave, with where to go',
    device.DeviceRequest,
    { leave: { supernodes: [{ ...peer, clients: 5 }], retryAfterMs: 1000 } },
    '12120a0d0a010112022f6112022f62180510e807',
  ],
  ['DeviceReply', device.DeviceReply, { isTaken: true }, '0801'],
  ['HomeRequest attach', home.HomeRequest, { attach: { homes: [] } }, '0a00'],
  [
    'HomeRequest attach, of a supernode',
    home.HomeRequest,
    { attach: { clients: 5, homes: [peer] } },
    '0a0f0805120b0a010112022f6112022f62',
  ],
  ['HomeRequest detach', home.HomeRequest, { detach: {} }, '3200'],
  [
    'HomeRequest place',
    home.HomeRequest,
    { place: { keys: [key], claim: b(1), lease: b(2), witnesses: [b(3)] } },
    '122b0a2007070707070707070707070707070707070707070707070707070707070707071201011a0102220103',
  ],
  [
    'HomeRequest resolve',
    home.HomeRequest,
    { resolve: { key, isThorough: true } },
    '1a240a2007070707070707070707070707070707070707070707070707070707070707071001',
  ],
  [
    'HomeRequest forward',
    home.HomeRequest,
    { forward: { deviceKey: b(1), homeKeys: [b(2), b(3)], envelope: b(9) } },
    '220c0a01011201021201031a0109',
  ],
  ['HomeRequest deliver', home.HomeRequest, { deliver: { deviceKey: b(1), envelope: b(9) } }, '2a060a0101120109'],
  [
    'AttachReply',
    home.AttachReply,
    { isAccepted: true, clients: 5, addresses: ['/a'], supernodes: [{ ...peer, clients: 6 }], nowMs: 7 },
    '0801180522022f612a0d0a010112022f6112022f6218063807',
  ],
  [
    'AttachReply, a refusal',
    home.AttachReply,
    { isAccepted: false, retryAfterMs: 30_000, clients: 300 },
    '10b0ea0118ac02',
  ],
  ['PlaceReply', home.PlaceReply, { granted: 5, failed: 1, takenBy: b(1) }, '080510011a0101'],
  [
    'PlaceReply, of a recovery and a rival',
    home.PlaceReply,
    { granted: 5, witnesses: [b(1)], contestedBy: b(2), pendingUntilMs: 3, heir: b(4), pending: 6, stale: 7 },
    '08052201012a010230033a010440064807',
  ],
  ['ResolveReply', home.ResolveReply, { lookupReply: b(1) }, '0a0101'],
  ['DeliveryReply unreachable', home.DeliveryReply, { delivery: home.Delivery.UNREACHABLE }, ''],
  ['DeliveryReply taken', home.DeliveryReply, { delivery: home.Delivery.TAKEN }, '0801'],
  ['DeliveryReply rejected', home.DeliveryReply, { delivery: home.Delivery.REJECTED }, '0802'],
  [
    'IndexRequest grant',
    index.IndexRequest,
    { grant: { key, claim: b(1), lease: b(2), witnesses: [b(3)] } },
    '0a2b0a2007070707070707070707070707070707070707070707070707070707070707071201011a0102220103',
  ],
  [
    'IndexRequest lookup',
    index.IndexRequest,
    { lookup: { key, hops: 2 } },
    '12240a2007070707070707070707070707070707070707070707070707070707070707071002',
  ],
  ['GrantReply invalid', index.GrantReply, { outcome: index.GrantOutcome.INVALID }, ''],
  ['GrantReply granted', index.GrantReply, { outcome: index.GrantOutcome.GRANTED }, '0801'],
  ['GrantReply taken', index.GrantReply, { outcome: index.GrantOutcome.TAKEN, claim: b(1) }, '0802120101'],
  [
    'GrantReply pending',
    index.GrantReply,
    { outcome: index.GrantOutcome.PENDING, claim: b(1), witness: b(2), pendingUntilMs: 3 },
    '08061201011a01022003',
  ],
  [
    'GrantReply contested',
    index.GrantReply,
    { outcome: index.GrantOutcome.CONTESTED, claim: b(1), heir: b(4) },
    '08071201012a0104',
  ],
  ['GrantReply stale', index.GrantReply, { outcome: index.GrantOutcome.STALE }, '0803'],
  ['GrantReply expired', index.GrantReply, { outcome: index.GrantOutcome.EXPIRED }, '0804'],
  ['GrantReply full', index.GrantReply, { outcome: index.GrantOutcome.FULL }, '0805'],
  [
    'LookupReply',
    index.LookupReply,
    { holders: [{ claim: b(1), leases: [b(2)], lapsed: [b(3)], sinceMs: 4, registrars: 5 }] },
    '0a0d0a01011201021a010320042805',
  ],
  [
    'Claim',
    records.Claim,
    {
      network: 'n',
      name: 'bob',
      seq: 2,
      issuedMs: 1_700_000_000_000,
      recoveryKeyHash: b(3),
      proofOfWork: { bits: 20, nonce: b(4) },
      successions: [b(5)],
      revokedDevices: [b(6)],
      contestedMs: 7,
    },
    '0a016e1203626f6218022080d095ffbc312a0103320508141201043a01054201064807',
  ],
  [
    'Succession',
    records.Succession,
    { network: 'n', name: 'bob', fromAccountKey: b(1), toAccountKey: b(2), issuedMs: 3 },
    '0a016e1203626f621a01012201022803',
  ],
  [
    'Witness',
    records.Witness,
    { network: 'n', name: 'bob', accountKey: b(1), sinceMs: 2, issuedMs: 3 },
    '0a016e1203626f621a010120022803',
  ],
  [
    'StoredEntry',
    indexEntry.StoredEntry,
    {
      holdings: [{ claim: b(1), leases: [{ lease: b(2), expiresMs: 9 }], sinceMs: 3, renewedMs: 4 }],
      heir: { claim: b(5), leases: [], sinceMs: 6, renewedMs: 7 },
    },
    '0a0e0a010112050a010210091803200412070a010518062007',
  ],
  [
    'DeviceCertificate',
    records.DeviceCertificate,
    { network: 'n', deviceKey: b(1), issuedMs: 1_700_000_000_000 },
    '0a016e1201011880d095ffbc31',
  ],
  [
    'Lease',
    records.Lease,
    {
      network: 'n',
      name: 'bob',
      certificate: b(1),
      homes: [peer],
      sealingKey: b(2),
      capabilities: 1,
      seq: 3,
      issuedMs: 4,
      expiresMs: 5,
    },
    '0a016e1203626f621a0101220b0a010112022f6112022f622a01023001380340044805',
  ],
  ['Sealed', envelope.Sealed, { encapsulated: b(1), ciphertext: b(2) }, '0a0101120102'],
  [
    'Message',
    envelope.Message,
    { network: 'n', to: b(1), lease: b(2), id: b(3), sentMs: 1_700_000_000_000, signal: b(4) },
    '0a016e1201011a01022201032880d095ffbc31320104',
  ],
  [
    'Message about linking',
    envelope.Message,
    { network: 'n', to: b(1), lease: b(2), id: b(3), sentMs: 4, link: b(5) },
    '0a016e1201011a010222010328043a0105',
  ],
  [
    'Message of a ping',
    envelope.Message,
    { network: 'n', to: b(1), lease: b(2), id: b(3), sentMs: 4, ping: b(5) },
    '0a016e1201011a0102220103280442' + '0105',
  ],
  ['PingSignal ask', ping.PingSignal, { id: b(1), ask: { ufrag: 'u', password: 'p' } }, '0a010112060a0175120170'],
  ['PingSignal answer', ping.PingSignal, { id: b(1), answer: { ufrag: 'u', password: 'p' } }, '0a01011a060a0175120170'],
  ['PingSignal more', ping.PingSignal, { id: b(1), more: { candidates: ['c'] } }, '0a010122030a0163'],
  ['PingSignal end', ping.PingSignal, { id: b(1), end: {} }, '0a01012a00'],
  ['PingPath', ping.PingPath, { ufrag: 'u', password: 'p' }, '0a0175120170'],
  ['PingCandidates', ping.PingCandidates, { candidates: ['c'] }, '0a0163'],
  ['PingEnd', ping.PingEnd, {}, ''],
  ['Link request', link.Link, { request: { label: 'phone', tag: b(1) } }, '0a0a0a0570686f6e65120101'],
  [
    'Link grant',
    link.Link,
    { grant: { certificate: b(1), claim: b(2), accountKey: b(3), tag: b(4) } },
    '120c0a01011201021a0103220104',
  ],
  ['Borrow', relay.Borrow, { callTag: b(1, 2) }, '0a020102'],
  [
    'BorrowReply',
    relay.BorrowReply,
    {
      udp: [{ ip: b(45, 10, 0, 1), port: 4001 }],
      tcp: [{ ip: b(45, 10, 0, 1), port: 443 }],
      otherUdp: [],
      isRelay: true,
      username: 'u',
      credential: 'c',
      realm: 'r',
      nonce: 'n',
      expiresMs: 1000,
    },
    '0a090a042d0a000110a11f12090a042d0a000110bb0320012a01753201633a017242016e48e807',
  ],
  [
    'RelayHints',
    relay.RelayHints,
    { relays: [{ peerKey: b(1), rttMs: 30, addresses: [b(2)] }] },
    '0a080a0101101e1a0102',
  ],
  ['Link refusal', link.Link, { refusal: { reason: link.LinkRefusal.Reason.SPENT } }, '1a020802'],
]

for (const [name, codec, message, hex] of golden) {
  wire(`the bytes of ${name} never change`, () => {
    assert.is(Buffer.from(codec.encode(message as never)).toString('hex'), hex)
    const decoded = plain(codec.decode(Uint8Array.from(Buffer.from(hex, 'hex')))) as object
    assert.equal(decoded, { ...decoded, ...(plain(message) as object) })
  })
}

wire('every message that nodes exchange has golden bytes', () => {
  const files = globSync('src/{overlay,supernode,envelope,devices,ping}/*.proto', { cwd: ROOT })
  const modules = [
    link,
    envelope,
    ping,
    probe,
    rpc,
    signed,
    device,
    home,
    index,
    indexEntry,
    records,
    relay,
  ] as object[]
  assert.is(files.length, modules.length)
  const seen = new Set(golden.map(([name]) => name.split(/[ ,]/)[0]))
  // messages that only travel inside another of the table
  const inner = new Set([
    'Push',
    'Leave',
    'Elsewhere',
    'Detach',
    'Attach',
    'Place',
    'Resolve',
    'Forward',
    'Deliver',
    'KnownSupernode',
    'Grant',
    'Lookup',
    'ProofOfWork',
    'StoredHolding',
    'StoredLease',
    'Holder',
    'Home',
    'LinkRequest',
    'RelayHint',
    'TransportAddress',
    'LinkGrant',
    'LinkRefusal',
  ])
  for (const file of files) {
    for (const [, name] of readFileSync(join(ROOT, file), 'utf8').matchAll(/^message (\w+)/gm))
      assert.ok(seen.has(name as string) || inner.has(name as string), `${file}: ${name} has none`)
  }
})

/** For comparing: bytes as hex. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) =>
      inner instanceof Uint8Array ? Buffer.from(inner).toString('hex') : inner,
    ),
  )
}

wire.run()
