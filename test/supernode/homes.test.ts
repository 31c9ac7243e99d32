import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { virtualClock, type VirtualClock } from '../../src/lib/clock.ts'
import { Refusal, type Handler } from '../../src/overlay/rpc.ts'
import { ATTACHMENT, BEATS_BETWEEN_MOVES, CLIENTS_SOFT_MAX, HOMES_WANTED } from '../../src/supernode/attachment.ts'
import { AttachReply, HomeRequest } from '../../src/supernode/home.pb.js'
import { Home } from '../../src/supernode/home.ts'
import { Homes } from '../../src/supernode/homes.ts'
import { Post } from '../../src/supernode/post.ts'
import type { Registrars } from '../../src/supernode/registrars.ts'
import { MemoryNetwork, settled, type MemoryOverlay } from '../support/memory-overlay.ts'

const homesOf = suite('homes')

const BEAT_MS = ATTACHMENT.local.heartbeatMs
const ATTACH = HomeRequest.encode({ attach: { homes: [] } })

interface Supernode {
  overlay: MemoryOverlay
  home: Home
}

async function supernode(net: MemoryNetwork, number: number, clock: VirtualClock, guard = plain): Promise<Supernode> {
  const overlay = net.peer(number)
  const registrars = {} as Registrars // nobody places or resolves here
  const home = new Home({ overlay, registrars, profile: 'local', clock, time: clock })
  await overlay.handle(
    'home',
    guard((from, body) => home.handle(from, body)),
  )
  await overlay.setServing(true)
  home.isServing = true
  return { overlay, home }
}

const plain = (handler: Handler): Handler => handler

async function client(net: MemoryNetwork, number: number, clock: VirtualClock): Promise<Homes> {
  const overlay = net.peer(number)
  const homes = new Homes(overlay, 'local', clock)
  await new Post(overlay, homes, clock).start(() => Promise.resolve(true))
  return homes
}

async function pass(clock: VirtualClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    clock.advance(100)
    await settled()
  }
}

homesOf('a client attaches to three homes, and they count it', async () => {
  const [net, clock] = [new MemoryNetwork(), virtualClock(1_000)]
  const supernodes = await Promise.all([0, 1, 2, 3].map((i) => supernode(net, i, clock)))
  const homes = await client(net, 10, clock)
  homes.start()
  await pass(clock, 1_000)
  assert.is(homes.list().length, HOMES_WANTED)
  assert.is(
    supernodes.reduce((sum, { home }) => sum + home.clients, 0),
    HOMES_WANTED,
  )
  homes.stop()
})

homesOf('a home that is too busy for a heartbeat or two is kept, one that always is is not', async () => {
  const [net, clock] = [new MemoryNetwork(), virtualClock(1_000)]
  let isBusy = false
  const guard =
    (handler: Handler): Handler =>
    (from, body) => {
      if (isBusy) throw new Refusal(1_000)
      return handler(from, body)
    }
  await Promise.all([0, 1, 2].map((i) => supernode(net, i, clock, guard)))
  const homes = await client(net, 10, clock)
  homes.start()
  await pass(clock, 1_000)
  isBusy = true
  for (const expected of [HOMES_WANTED, HOMES_WANTED, 0]) {
    await homes.beat()
    assert.is(homes.list().length, expected)
  }
  homes.stop()
})

homesOf('a home that leaves says where to go, and its clients go there', async () => {
  const [net, clock] = [new MemoryNetwork(), virtualClock(1_000)]
  const supernodes = await Promise.all([0, 1, 2].map((i) => supernode(net, i, clock)))
  const homes = await client(net, 10, clock)
  homes.start()
  await pass(clock, 1_000)
  const [leaving] = supernodes as [Supernode]
  const newcomer = await supernode(net, 3, clock)
  leaving.home.isServing = false
  await leaving.overlay.setServing(false)
  await leaving.home.leave()
  await pass(clock, 2_000)
  const list = homes.list().map(({ peerId }) => peerId)
  assert.is(list.length, HOMES_WANTED)
  assert.ok(list.includes(newcomer.overlay.peerId) && !list.includes(leaving.overlay.peerId))
  assert.is(leaving.home.clients, 0)
  homes.stop()
})

homesOf('a client that detaches is counted no longer, and its home works for it no longer', async () => {
  const [net, clock] = [new MemoryNetwork(), virtualClock(1_000)]
  const { home } = await supernode(net, 0, clock)
  await home.handle('client', ATTACH)
  assert.is(home.clients, 1)
  const answer = await home.handle('client', HomeRequest.encode({ detach: {} }))
  assert.is(answer?.length, 0)
  assert.is(home.clients, 0)
  assert.is(await home.handle('client', HomeRequest.encode({ detach: {} })), undefined)
})

homesOf('a full home refuses newcomers, names others and says when to come again; its clients stay', async () => {
  const [net, clock] = [new MemoryNetwork(), virtualClock(1_000)]
  const { home } = await supernode(net, 0, clock)
  const other = await supernode(net, 1, clock)
  for (let i = 0; i < CLIENTS_SOFT_MAX; i++) await home.handle(`client ${i}`, ATTACH)
  const refused = AttachReply.decode((await home.handle('newcomer', ATTACH)) as Uint8Array)
  assert.not(refused.isAccepted)
  assert.ok(refused.retryAfterMs >= 15_000 && refused.retryAfterMs <= 45_000)
  assert.is(refused.supernodes.length, 1)
  assert.equal(
    refused.supernodes[0]?.addresses,
    other.overlay.addresses().map((each) => each.split('/p2p/')[0]),
  )
  assert.ok(AttachReply.decode((await home.handle('client 7', ATTACH)) as Uint8Array).isAccepted)
})

homesOf(
  'with nowhere else to send them, it takes newcomers beyond its soft cap, and sheds them when others come',
  async () => {
    const [net, clock] = [new MemoryNetwork(), virtualClock(1_000)]
    const { overlay, home } = await supernode(net, 0, clock)
    const clients = await Promise.all(
      Array.from({ length: CLIENTS_SOFT_MAX + 40 }, (_, i) => client(net, 1_000 + i, clock)),
    )
    for (const homes of clients) homes.start()
    await pass(clock, 500)
    assert.is(home.clients, CLIENTS_SOFT_MAX + 40)
    const others = await Promise.all(Array.from({ length: 12 }, (_, i) => supernode(net, 1 + i, clock)))
    home.loadOf = (peerId) => others.find((other) => other.overlay.peerId === peerId)?.home.clients
    await pass(clock, 6 * BEAT_MS)
    assert.ok(home.clients < CLIENTS_SOFT_MAX + 40, `${home.clients}`)
    assert.ok(home.clients > CLIENTS_SOFT_MAX / 2, 'not all at once')
    // and none of them is without a home
    for (const homes of clients) assert.ok(homes.list().length > 0)
    for (const homes of clients) homes.stop()
    assert.ok(overlay.isUp)
  },
)

homesOf(
  'clients move from the supernodes that were first to those that came later, and change their homes once each time',
  async () => {
    const [net, clock] = [new MemoryNetwork(), virtualClock(1_000)]
    const early = await Promise.all([0, 1, 2].map((i) => supernode(net, i, clock)))
    const clients = await Promise.all(Array.from({ length: 120 }, (_, i) => client(net, 1_000 + i, clock)))
    for (const homes of clients) homes.start()
    await pass(clock, 1_000)
    for (const { home } of early) assert.is(home.clients, 120)
    const late = await Promise.all([3, 4, 5].map((i) => supernode(net, i, clock)))
    const loadOf = (peerId: string) => [...early, ...late].find((each) => each.overlay.peerId === peerId)?.home.clients
    for (const { home } of [...early, ...late]) home.loadOf = loadOf
    const sizes = new Set<number>()
    for (const homes of clients) homes.on('change', () => sizes.add(homes.list().length))
    for (let beat = 0; beat < 12 * BEATS_BETWEEN_MOVES; beat++) {
      await Promise.all(clients.map((homes) => homes.beat()))
    }
    for (const { home } of late) assert.ok(home.clients > 20, `${late.map((each) => each.home.clients).join(' ')}`)
    for (const { home } of early) assert.ok(home.clients > 40, 'the early ones keep their share')
    assert.equal([...sizes], [HOMES_WANTED])
    assert.is(
      [...early, ...late].reduce((sum, { home }) => sum + home.clients, 0),
      120 * HOMES_WANTED,
    )
    for (const homes of clients) homes.stop()
  },
)

homesOf.run()
