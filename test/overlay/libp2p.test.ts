import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { TincanError } from '../../src/errors.ts'
import type { Overlay } from '../../src/overlay/overlay.ts'
import { withoutPeerId } from '../../src/overlay/peer-id.ts'
import { RpcError } from '../../src/overlay/rpc.ts'
import { nearestTo } from '../../src/supernode/placement.ts'
import { contactOf, keyOf, LISTEN, start, startOne, until } from './loopback.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'

const overlays = suite('overlay')

const text = (words: string) => new Uint8Array(Buffer.from(words))
const DEADLINE = { deadlineMs: 10_000 }
const patience = () => AbortSignal.timeout(20_000)

async function failure(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => assert.unreachable('it succeeded'),
    (error: Error) => error,
  ) as Promise<Error>
}

/** A socket that accepts and then says nothing: a dial to it hangs. */
async function silentListener() {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => sockets.add(socket.on('error', () => {})))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}

/** A way to a port that can go dead without a word, as an address does that its machine has left. */
async function proxyTo(port: number) {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const socket of [near, far]) sockets.add(socket.on('error', () => {}))
    near.pipe(far)
    far.pipe(near)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    address: `/ip4/127.0.0.1/tcp/${(server.address() as AddressInfo).port}`,
    goDead() {
      for (const socket of sockets) socket.unpipe().pause()
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}

overlays('a connection over which nothing comes back is cut, and the next call dials anew', async () => {
  await using pair = await start(2)
  const [alice, bob] = pair
  await bob.handle('device', (_from, body) => body)
  const port = Number(/\/tcp\/(\d+)/.exec(bob.addresses()[0] ?? '')?.[1])
  await using proxy = await proxyTo(port)
  const across = { peerId: bob.peerId, addresses: [proxy.address] }
  await alice.call(across, 'device', text('hello'), DEADLINE)
  proxy.goDead()
  const fault = await failure(alice.call(across, 'device', text('anybody there?'), { deadlineMs: 200 }))
  assert.is((fault as RpcError).kind, 'deadline')
  await until('the connection is cut', () => !alice.isConnected(bob.peerId))
  assert.is(Buffer.from(await alice.call(contactOf(bob), 'device', text('again'), DEADLINE)).toString(), 'again')
})

overlays('a slow answer costs no connection', async () => {
  await using pair = await start(2)
  const [alice, bob] = pair
  const { promise: morning, resolve: wake } = Promise.withResolvers<void>()
  await bob.handle('device', async (_from, body) => morning.then(() => body))
  const fault = await failure(alice.call(contactOf(bob), 'device', text('asleep?'), { deadlineMs: 200 }))
  assert.is((fault as RpcError).kind, 'deadline')
  await new Promise((done) => setTimeout(done, 6_000)) // longer than a silent one would be given
  wake()
  assert.is(alice.isConnected(bob.peerId), true)
})

overlays('two nodes call each other over one connection, each knowing who asks', async () => {
  await using pair = await start(2)
  const [alice, bob] = pair
  for (const each of pair) await each.handle('device', (from, body) => text(`${from} ${Buffer.from(body)}`))
  const ask = async (from: Overlay, to: Overlay) =>
    Buffer.from(await from.call(contactOf(to), 'device', text('hello'), DEADLINE)).toString()
  assert.is(await ask(alice, bob), `${alice.peerId} hello`)
  assert.is(await ask(bob, alice), `${bob.peerId} hello`)
  assert.is(alice.connectionCount(), 1)
  assert.ok(alice.isConnected(bob.peerId) && bob.isConnected(alice.peerId))
  assert.equal(alice.peers(), [bob.peerId])
  assert.match(bob.remoteAddress(alice.peerId) ?? '', /^\/ip4\/127\.0\.0\.1\/tcp\/\d+$/)
})

overlays('a thousand calls at once share one stream, and each gets its own answer', async () => {
  await using pair = await start(2)
  const [alice, bob] = pair
  await bob.handle('device', (_from, body) => body)
  const to = contactOf(bob)
  const calls = Array.from({ length: 1_000 }, async (_, i) => {
    // a peer takes 256 at a time: come back when it says so
    for (;;) {
      try {
        return Buffer.from(await alice.call(to, 'device', text(`${i}`), DEADLINE)).toString()
      } catch (error) {
        if (!(error instanceof RpcError && error.kind === 'refused')) throw error
        await new Promise((done) => setTimeout(done, 10))
      }
    }
  })
  assert.equal(
    await Promise.all(calls),
    Array.from({ length: 1_000 }, (_, i) => `${i}`),
  )
  assert.is(alice.connectionCount(), 1)
})

overlays('a frame as large as allowed passes', async () => {
  await using pair = await start(2)
  const [alice, bob] = pair
  await bob.handle('device', (_from, body) => body)
  const body = new Uint8Array(60_000).fill(7)
  assert.is(Buffer.compare(await alice.call(contactOf(bob), 'device', body, DEADLINE), body), 0)
})

overlays('many large calls at once on a fresh stream all pass', async () => {
  await using pair = await start(2)
  const [alice, bob] = pair
  await bob.handle('device', (_from, body) => body)
  const bodies = Array.from({ length: 50 }, (_, i) => new Uint8Array(60_000).fill(i))
  const answers = await Promise.all(bodies.map((body) => alice.call(contactOf(bob), 'device', body, DEADLINE)))
  answers.forEach((answer, i) => assert.is(Buffer.compare(answer, bodies[i] as Uint8Array), 0))
})

overlays('a call to ourselves needs no network', async () => {
  await using alone = await startOne()
  await alone.handle('home', (from, body) => text(`${from} ${Buffer.from(body)}`))
  const self = { peerId: alone.peerId, addresses: [] }
  assert.is(Buffer.from(await alone.call(self, 'home', text('hi'), DEADLINE)).toString(), `${alone.peerId} hi`)
  assert.instance(await failure(alone.call(self, 'index', text('hi'), DEADLINE)), RpcError)
})

overlays('a call to a peer that is gone, unknown or no peer at all is an RpcError', async () => {
  await using caller = await startOne()
  const gone = await startOne()
  await gone.handle('device', (_from, body) => body)
  await caller.call(contactOf(gone), 'device', text('?'), DEADLINE)
  const contact = contactOf(gone)
  await gone.stop()
  await until('the connection is gone', () => !caller.isConnected(contact.peerId))
  const nobody = peerIdOf(keyOf('nobody').publicKey)
  for (const to of [contact, { peerId: 'bob', addresses: [] }, { peerId: nobody, addresses: ['nonsense'] }]) {
    const error = await failure(caller.call(to, 'device', text('?'), DEADLINE))
    assert.instance(error, RpcError, to.peerId)
    assert.is((error as RpcError).kind, 'unreachable')
  }
  // without an address the overlay is searched for it
  const lost = caller.call({ peerId: nobody, addresses: [] }, 'device', text('?'), { deadlineMs: 300 })
  assert.instance(await failure(lost), RpcError)
})

overlays('a call to a role that the peer does not serve, or no longer serves, is an RpcError', async () => {
  await using pair = await start(2)
  const [alice, bob] = pair
  assert.instance(await failure(alice.call(contactOf(bob), 'index', text('?'), DEADLINE)), RpcError)
  await bob.handle('index', (_from, body) => body)
  await alice.call(contactOf(bob), 'index', text('?'), DEADLINE)
  await bob.unhandle('index')
  await bob.handle('device', (_from, body) => body)
  assert.instance(await failure(alice.call(contactOf(bob), 'home', text('?'), DEADLINE)), RpcError)
  assert.ok(await alice.call(contactOf(bob), 'device', text('?'), DEADLINE))
})

overlays('whoever answers at an address with another identity is not who was called', async () => {
  await using trio = await start(3)
  const [alice, bob, carol] = trio
  await carol.handle('device', (_from, body) => body)
  const imposter = { peerId: bob.peerId, addresses: contactOf(carol).addresses }
  assert.instance(await failure(alice.call(imposter, 'device', text('?'), DEADLINE)), RpcError)
})

overlays('the deadline and the abort of a call hold while another call still dials', async () => {
  await using silent = await silentListener()
  await using caller = await startOne()
  const to = { peerId: peerIdOf(keyOf('silent').publicKey), addresses: [`/ip4/127.0.0.1/tcp/${silent.port}`] }
  const ended: string[] = []
  const abort = new AbortController()
  const note = (name: string, deadlineMs: number, signal?: AbortSignal) =>
    failure(caller.call(to, 'device', text('?'), { deadlineMs, signal })).then((error) => {
      ended.push(name)
      return error
    })
  const patient = note('patient', 20_000)
  const hasty = note('hasty', 100)
  const aborted = note('aborted', 20_000, abort.signal)
  setImmediate(() => abort.abort())
  assert.is(((await aborted) as TincanError).code, 'ABORTED')
  assert.is(((await hasty) as RpcError).kind, 'deadline')
  assert.is(((await patient) as RpcError).kind, 'unreachable')
  assert.equal(ended, ['aborted', 'hasty', 'patient'])
})

overlays('a port in use is PORT_IN_USE, and the message says which', async () => {
  await using one = await startOne()
  const [address] = contactOf(one).addresses as [string]
  const error = (await failure(startOne({ listen: [address] }))) as TincanError
  assert.instance(error, TincanError)
  assert.is(error.code, 'PORT_IN_USE')
  assert.ok(error.message.includes(address))
})

overlays('an address that cannot be listened on is BAD_ADDRESS', async () => {
  for (const address of ['nonsense', '/ip4/203.0.113.1/tcp/0', '/ip4/127.0.0.1/udp/0']) {
    const error = (await failure(startOne({ listen: [address] }))) as TincanError
    assert.instance(error, TincanError, address)
    assert.is(error.code, 'BAD_ADDRESS', address)
  }
})

overlays('joining counts who answered and rejects for nothing', async () => {
  await using pair = await start(2)
  const [alice, bob] = pair
  const [good] = bob.addresses() as [string]
  const wrongIdentity = `${withoutPeerId(good)}/p2p/${peerIdOf(keyOf('somebody else').publicKey)}`
  assert.is(await alice.join(['nonsense', '/ip4/127.0.0.1/tcp/1', wrongIdentity], patience()), 0)
  assert.is(await alice.join(['nonsense', good], patience()), 1)
  assert.is(await alice.join([], patience()), 0)
})

overlays('TCP and WebSocket both lead to a node', async () => {
  await using both = await startOne({ listen: [...LISTEN, '/ip4/127.0.0.1/tcp/0/ws'] })
  for (const isWs of [false, true]) {
    await using caller = await startOne()
    const address = both.addresses().find((each) => each.includes('/ws') === isWs) as string
    assert.is(await caller.join([address], patience()), 1, address)
  }
})

overlays('connecting and disconnecting are told', async () => {
  await using alice = await startOne()
  const bob = await startOne()
  const seen: string[] = []
  alice.on('connect', (peerId) => seen.push(`connect ${peerId}`))
  alice.on('disconnect', (peerId) => seen.push(`disconnect ${peerId}`))
  await bob.join(alice.addresses(), patience())
  await until('alice sees bob', () => seen.length === 1)
  await bob.stop()
  await until('alice sees bob leave', () => seen.length === 2)
  assert.equal(seen, [`connect ${bob.peerId}`, `disconnect ${bob.peerId}`])
})

overlays('a walk finds the supernodes nearest to a key, best first, though no node told of them all', async () => {
  await using supernodes = await start(6)
  await using client = await startOne()
  await Promise.all(supernodes.map((each) => each.setServing(true)))
  // a chain: each knows only the one before
  for (let i = 1; i < supernodes.length; i++) await supernodes[i]!.join(supernodes[i - 1]!.addresses(), patience())
  await client.join(supernodes[5].addresses(), patience())
  await until('the client knows a supernode', () => client.supernodes().length > 0)
  for (const name of ['alice', 'bob', 'carol']) {
    const key = text(name)
    const expected = nearestTo(key, supernodes.map(contactOf), 6).map(({ peerId }) => peerId)
    await until(`the walk to ${name} finds all six`, async () => {
      const found = (await client.walk(key, patience())).map(({ peerId }) => peerId)
      return JSON.stringify(found) === JSON.stringify(expected)
    })
  }
  const found = await client.walk(text('alice'), patience())
  assert.ok(found.every(({ addresses }) => addresses.length > 0))
  assert.not(found.some(({ peerId }) => peerId === client.peerId))
})

overlays('a walk with nobody to ask finds nobody at once', async () => {
  await using alone = await startOne()
  assert.equal(await alone.walk(text('alice'), patience()), [])
  assert.equal(alone.supernodes(), [])
})

overlays('only nodes that serve are supernodes to others, and stepping down is seen', async () => {
  await using pair = await start(2)
  const [client, supernode] = pair
  await client.join(supernode.addresses(), patience())
  assert.equal(client.supernodes(), [])
  await supernode.setServing(true)
  await until('the client sees it serve', () => client.supernodes().length === 1)
  assert.equal(client.supernodes(), [contactOf(supernode)])
  await supernode.setServing(false)
  await until('the client sees it step down', () => client.supernodes().length === 0)
})

overlays('a supernode that is gone can be forgotten', async () => {
  await using client = await startOne()
  const supernode = await startOne()
  await supernode.setServing(true)
  await client.join(supernode.addresses(), patience())
  await until('the client sees it serve', () => client.supernodes().length === 1)
  await supernode.stop()
  await until('the connection is gone', () => !client.isConnected(supernode.peerId))
  client.forget(supernode.peerId)
  client.forget(supernode.peerId)
  await until('it is forgotten', () => client.supernodes().length === 0)
})

overlays('two networks never mix: neither their supernodes nor their calls', async () => {
  await using ours = await start(2, { network: 'ours' })
  await using theirs = await start(2, { network: 'theirs' })
  const everybody = [...ours, ...theirs]
  for (const each of everybody) {
    await each.handle('index', (_from, body) => body)
    await each.setServing(true)
  }
  for (const each of everybody)
    await each.join(
      [ours, theirs].map(([first]) => first.addresses()[0] as string),
      patience(),
    )
  const [one, other] = ours
  await until('a network finds itself', () => other.supernodes().length > 0 && theirs[1].supernodes().length > 0)
  for (const [network, stranger] of [
    [ours, theirs],
    [theirs, ours],
  ] as const) {
    const own = new Set(network.map(({ peerId }) => peerId))
    for (const each of network) {
      assert.ok(each.supernodes().every(({ peerId }) => own.has(peerId)))
      assert.ok((await each.walk(text('alice'), patience())).every(({ peerId }) => own.has(peerId)))
      assert.instance(await failure(each.call(contactOf(stranger[0]), 'index', text('?'), DEADLINE)), RpcError)
    }
  }
  assert.ok(await other.call(contactOf(one), 'index', text('?'), DEADLINE))
})

overlays.run()
