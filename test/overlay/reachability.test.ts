import { createServer, type AddressInfo } from 'node:net'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import type { Overlay } from '../../src/overlay/overlay.ts'
import { DialBack, DialBackReply } from '../../src/overlay/probe.pb.js'
import { Reachability, ReachabilitySamples } from '../../src/overlay/reachability.ts'
import { contactOf, start, startOne, until } from './loopback.ts'

const reachability = suite('reachability')

const VALID_MS = 1_000
type Sample = [group: string, isReached: boolean, atMs: number]

const table: [what: string, samples: Sample[], nowMs: number, dialBacks: number][] = [
  ['nobody asked yet is nobody', [], 0, 0],
  ['one success is one', [['a', true, 0]], 0, 1],
  [
    'two of one network count once',
    [
      ['a', true, 0],
      ['a', true, 10],
    ],
    10,
    1,
  ],
  [
    'two networks count twice',
    [
      ['a', true, 0],
      ['b', true, 10],
    ],
    10,
    2,
  ],
  ['a success counts to the end of its time', [['a', true, 0]], VALID_MS, 1],
  ['and not longer', [['a', true, 0]], VALID_MS + 1, 0],
  [
    'a success again counts afresh',
    [
      ['a', true, 0],
      ['a', true, 900],
    ],
    1_500,
    1,
  ],
  [
    'one failure says nothing',
    [
      ['a', true, 0],
      ['b', false, 1],
    ],
    1,
    1,
  ],
  [
    'nor do two',
    [
      ['a', true, 0],
      ['b', false, 1],
      ['c', false, 2],
    ],
    2,
    1,
  ],
  [
    'three in a row undo what was',
    [
      ['a', true, 0],
      ['b', false, 1],
      ['c', false, 2],
      ['d', false, 3],
    ],
    3,
    0,
  ],
  [
    'a success between them starts the row again',
    [
      ['a', true, 0],
      ['b', false, 1],
      ['c', false, 2],
      ['d', true, 3],
      ['b', false, 4],
      ['c', false, 5],
    ],
    5,
    2,
  ],
  [
    'after a bad row one success counts again',
    [
      ['a', true, 0],
      ['b', false, 1],
      ['c', false, 2],
      ['d', false, 3],
      ['e', true, 4],
    ],
    4,
    1,
  ],
]
reachability('in doubt, those that reached us count on, but are asked again; failures then count at once', () => {
  const samples = new ReachabilitySamples(VALID_MS)
  samples.push('a', true, 0)
  samples.push('b', true, 0)
  samples.push('c', false, 1)
  samples.doubt(10)
  assert.is(samples.dialBacks(10), 2)
  assert.is(samples.witnesses(10), 0)
  assert.not(samples.isWitness('a', 10))
  samples.push('a', true, 20)
  assert.is(samples.witnesses(20), 1)
  assert.is(samples.dialBacks(20), 2)
  for (const group of ['a', 'b', 'c']) samples.push(group, false, 30)
  assert.is(samples.dialBacks(30), 0)
})

for (const [what, samples, nowMs, dialBacks] of table) {
  reachability(`dial-backs: ${what}`, () => {
    const seen = new ReachabilitySamples(VALID_MS)
    for (const sample of samples) seen.push(...sample)
    assert.is(seen.dialBacks(nowMs), dialBacks)
  })
}

reachability('dial-backs: a reset, as after a wake-up, forgets them all', () => {
  const seen = new ReachabilitySamples(VALID_MS)
  seen.push('a', true, 0)
  seen.reset()
  assert.is(seen.dialBacks(0), 0)
})

reachability('a witness is one as long as its dial-back counts', () => {
  const seen = new ReachabilitySamples(VALID_MS)
  seen.push('a', true, 0)
  seen.push('b', false, 0)
  assert.equal(
    [seen.isWitness('a', VALID_MS), seen.isWitness('a', VALID_MS + 1), seen.isWitness('b', 0), seen.isWitness('c', 0)],
    [true, false, false, false],
  )
})

/** Asks `to` to dial `addresses` back; the address it reached us at, or the empty text. */
async function ask(from: Overlay, to: Overlay, addresses: string[]): Promise<string> {
  const answer = await from.call(contactOf(to), 'probe', DialBack.encode({ addresses }), { deadlineMs: 20_000 })
  return DialBackReply.decode(answer).reachedAt
}

reachability('nodes that can be dialled find out from one another', async () => {
  await using trio = await start(3)
  const probes = trio.map((overlay) => new Reachability(overlay, 'local', 2))
  try {
    await Promise.all(probes.map((probe) => probe.start({ isAsking: true })))
    for (const each of trio)
      await each.join([...trio[0].addresses(), ...trio[1].addresses()], AbortSignal.timeout(10_000))
    await until('each is reached by both others', () => probes.every((probe) => probe.dialBacks() === 2))
  } finally {
    for (const probe of probes) probe.stop()
  }
})

reachability('a dial-back reaches the asker at an address of its own, and nowhere else', async () => {
  await using trio = await start(3)
  const [asker, prober, third] = trio
  const probe = new Reachability(prober, 'local', 1)
  await probe.start({ isAsking: false })
  const [own] = contactOf(asker).addresses as [string]
  const dead = '/ip4/127.0.0.1/tcp/1'
  assert.is(await ask(asker, prober, [own]), own)
  assert.is(await ask(asker, prober, [dead, own]), own)
  assert.is(await ask(asker, prober, [dead]), '')
  assert.is(await ask(asker, prober, []), '')
  // somebody answers there, but it is not the asker
  assert.is(await ask(asker, prober, contactOf(third).addresses), '')
  assert.is(await ask(asker, prober, contactOf(prober).addresses), '')
})

reachability('each transport is told apart, by those that were asked just now', async () => {
  const listen = ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws']
  await using own = await startOne({ listen })
  await using others = await start(2)
  const probes = others.map((overlay) => new Reachability(overlay, 'local', 1))
  await Promise.all(probes.map((probe) => probe.start({ isAsking: false })))
  for (const other of others) await own.join(other.addresses(), AbortSignal.timeout(10_000))
  const { ports, seenAt } = await new Reachability(own, 'local', 1).examine()
  assert.equal(seenAt, ['127.0.0.1'])
  assert.equal(
    ports.map(({ transport, family, isReached, witnesses }) => [transport, family, isReached, witnesses]),
    [
      ['tcp', 'ipv4', true, 2],
      ['ws', 'ipv4', true, 2],
    ],
  )
  const addresses = contactOf(own).addresses
  for (const { address } of ports) assert.ok(addresses.includes(address ?? ''), address)
})

reachability('who is alone, or listens nowhere, has nobody to examine it and nothing to be examined', async () => {
  await using alone = await startOne()
  assert.equal(await new Reachability(alone, 'local', 1).examine(), { ports: [], seenAt: [] })
  await using hidden = await startOne({ listen: [] })
  await hidden.join(alone.addresses(), AbortSignal.timeout(10_000))
  assert.equal(await new Reachability(hidden, 'local', 1).examine(), { ports: [], seenAt: [] })
})

reachability('nobody can be made to knock at a stranger’s door', async () => {
  let knocks = 0
  const door = createServer((socket) => {
    knocks++
    socket.destroy()
  })
  await new Promise<void>((done) => door.listen(0, '127.0.0.2', done))
  const { port } = door.address() as AddressInfo
  await using pair = await start(2)
  const [asker, prober] = pair
  const probe = new Reachability(prober, 'local', 1)
  await probe.start({ isAsking: false })
  const doors = [
    '/ip4/127.0.0.2',
    '/dns4/localhost',
    '/ip6/::ffff:127.0.0.2',
    '/ip4/127.0.0.2/tcp/1/ip4/127.0.0.1',
    '/dns4/127.0.0.2',
  ]
  for (const host of doors) assert.is(await ask(asker, prober, [`${host}/tcp/${port}`]), '', host)
  assert.is(await ask(asker, prober, [`/ip4/127.0.0.1/tcp/1/ip4/127.0.0.2/tcp/${port}`]), '')
  assert.is(
    await ask(asker, prober, ['nonsense', '', '/ip4/127.0.0.1/tcp/', `/ip4/127.0.0.1/tcp/${port}/http-path/x`]),
    '',
  )
  assert.is(knocks, 0)
  await new Promise((done) => door.close(done))
})

reachability('a question with more addresses than allowed is dropped and counted', async () => {
  await using pair = await start(2)
  const [asker, prober] = pair
  const probe = new Reachability(prober, 'local', 1)
  await probe.start({ isAsking: false })
  const [own] = contactOf(asker).addresses as [string]
  assert.is(await ask(asker, prober, new Array<string>(8).fill(own)), own)
  await ask(asker, prober, new Array<string>(9).fill(own)).then(
    () => assert.unreachable(),
    () => {},
  )
  assert.is(prober.counters.malformed, 1)
})

reachability('a node that listens nowhere does not count itself reachable', async () => {
  await using hidden = await startOne({ listen: [] })
  await using open = await startOne()
  const probes = [hidden, open].map((overlay) => new Reachability(overlay, 'local', 1))
  try {
    await Promise.all(probes.map((probe) => probe.start({ isAsking: true })))
    await hidden.join(open.addresses(), AbortSignal.timeout(10_000))
    await new Promise((done) => setTimeout(done, 1_000)) // several questions’ time
    assert.is(probes[0]?.dialBacks(), 0)
  } finally {
    for (const probe of probes) probe.stop()
  }
})

reachability.run()
