/** What a stranger can do with a stream of ours: bytes that are no frames, frames that are no messages. */

import { randomBytes } from 'node:crypto'

import type { Stream } from '@libp2p/interface'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import type { Overlay, Role } from '../../src/overlay/overlay.ts'
import { Reachability } from '../../src/overlay/reachability.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { Frame } from '../../src/overlay/rpc.pb.js'
import { IndexTable, INDEX_LIMITS } from '../../src/supernode/index-table.ts'
import { Registrar } from '../../src/supernode/registrar.ts'
import { contactOf, keyOf, start, startOne, stranger, until } from './loopback.ts'

const hostile = suite('a hostile stranger')

const ROLES: Role[] = ['index', 'home', 'device', 'probe']
const DEADLINE = { deadlineMs: 10_000 }

/** Serves every role with what it is sent. */
async function serveAll(overlay: Overlay): Promise<void> {
  for (const role of ROLES) await overlay.handle(role, (_from, body) => body)
}

function send(stream: Stream, bytes: Uint8Array): void {
  try {
    stream.send(bytes)
  } catch {
    // reset under our hands: that is what is wanted
  }
}

const isOver = (stream: Stream) => stream.status !== 'open'
const framed = (frame: Uint8Array) => Buffer.concat([varint(frame.length), frame])

function varint(value: number): Buffer {
  const bytes = []
  for (; value > 0x7f; value >>>= 7) bytes.push((value & 0x7f) | 0x80)
  return Buffer.from([...bytes, value])
}

const attacks: [what: string, bytes: () => Uint8Array][] = [
  ['a frame of random bytes', () => framed(Buffer.concat([Buffer.from([0xff]), randomBytes(200)]))],
  ['a length prefix of 1 MB', () => Buffer.concat([varint(1_048_576), randomBytes(100)])],
  ['a length prefix of 2^53', () => Buffer.from('ffffffffffffff0f', 'hex')],
  ['a length prefix that never ends', () => new Uint8Array(600_000).fill(0x80)],
  ['an answer where a question belongs', () => framed(Frame.encode({ id: 1, kind: Frame.Kind.RESPONSE }))],
  ['a frame one byte too large', () => framed(Frame.encode({ id: 1, body: new Uint8Array(65_536) }))],
]

for (const [what, bytes] of attacks) {
  hostile(`${what} ends the stream it came on, is counted, and harms nobody else`, async () => {
    await using pair = await start(2)
    await using mallory = await stranger()
    const [node, friend] = pair
    await serveAll(node)
    for (const role of ROLES) {
      const before = node.counters.malformed
      const stream = await mallory.open(node, role)
      send(stream, bytes())
      await until(`${role} gives the stream up`, () => isOver(stream))
      assert.is(node.counters.malformed, before + 1, role)
      const answer = await friend.call(contactOf(node), role, Uint8Array.of(1, 2, 3), DEADLINE)
      assert.is(Buffer.from(answer).toString('hex'), '010203')
    }
  })
}

hostile('a truncated frame waits for its rest and holds nobody up; when its sender leaves it is gone', async () => {
  await using pair = await start(2)
  const [node, friend] = pair
  await serveAll(node)
  {
    await using mallory = await stranger()
    for (const role of ROLES) send(await mallory.open(node, role), Buffer.from('ff010801', 'hex'))
    for (const role of ROLES) assert.ok(await friend.call(contactOf(node), role, new Uint8Array(3), DEADLINE))
  }
  await until('mallory is gone', () => node.connectionCount() === 1)
  assert.equal(node.counters, { malformed: 0, refused: 0, failed: 0 })
})

hostile('random bytes of any length on every role, a hundred times over, take nothing down', async () => {
  await using pair = await start(2)
  await using mallory = await stranger()
  const [node, friend] = pair
  await serveAll(node)
  for (let round = 0; round < 100; round++) {
    const stream = await mallory.open(node, ROLES[round % ROLES.length] as Role)
    send(stream, randomBytes(1 + round ** 2))
    stream.abort(new Error('next'))
  }
  for (const role of ROLES) assert.ok(await friend.call(contactOf(node), role, new Uint8Array(3), DEADLINE))
})

hostile('frames that are no message of their role are counted and answered FAILED, and the stream stays', async () => {
  await using node = await startOne()
  await using friend = await startOne()
  const table = new IndexTable('test', INDEX_LIMITS.local)
  const registrar = new Registrar({
    overlay: node,
    table,
    key: keyOf('registrar'),
    profile: 'local',
    clock: systemClock,
    time: systemClock,
  })
  await node.handle(
    'index',
    registrar.handler(async () => []),
  )
  const probe = new Reachability(node, 'local', 1)
  await probe.start({ isAsking: false })
  for (const role of ['index', 'probe'] as const) {
    for (let i = 0; i < 20; i++) {
      const body = Buffer.concat([Buffer.from([0x0a, 0xff]), randomBytes(i)])
      const error = await friend.call(contactOf(node), role, body, DEADLINE).then(
        () => assert.unreachable(),
        (e: Error) => e,
      )
      assert.match((error as Error).message, /could not answer/)
    }
  }
  assert.equal(node.counters, { malformed: 40, refused: 0, failed: 0 })
  assert.is(table.leasesHeld(Date.now()), 0)
  probe.stop()
})

hostile('a flood of streams is bounded: a stranger gets four of a role', async () => {
  await using node = await startOne()
  await using friend = await startOne()
  await using mallory = await stranger()
  await serveAll(node)
  const streams = await Promise.allSettled(Array.from({ length: 50 }, () => mallory.open(node, 'index')))
  await until(
    'the surplus is closed',
    () => streams.filter((each) => each.status === 'fulfilled' && !isOver(each.value)).length <= 4,
  )
  assert.ok(await friend.call(contactOf(node), 'index', new Uint8Array(3), DEADLINE))
})

hostile('provider records and values put into the DHT by a stranger are not kept', async () => {
  await using node = await startOne()
  await using mallory = await stranger()
  await using reader = await stranger()
  await node.setServing(true)
  for (const each of [mallory, reader]) {
    await each.open(node, 'index').catch(() => {}) // it connects, that is all
  }
  const cid = CID.createV1(0x55, await sha256.digest(Buffer.from('junk')))
  const key = new Uint8Array(Buffer.from(`/pk/${mallory.peerId}`))
  const { dht } = mallory.node.services
  const told: string[] = []
  await until('mallory has told the node', async () => {
    for await (const event of dht.provide(cid, { signal: AbortSignal.timeout(5_000) })) told.push(event.name)
    return told.includes('PEER_RESPONSE')
  })
  for await (const event of dht.put(key, new Uint8Array(100), { signal: AbortSignal.timeout(5_000) }))
    told.push(event.name)
  const providers: string[] = []
  let isAnswered = false
  for await (const event of reader.node.services.dht.findProviders(cid, { signal: AbortSignal.timeout(5_000) })) {
    if (event.name === 'PEER_RESPONSE') isAnswered = true
    if (event.name === 'PROVIDER') providers.push(...event.providers.map(({ id }) => id.toString()))
  }
  assert.ok(isAnswered, 'the node was asked')
  assert.equal(providers, [])
})

hostile.run()
