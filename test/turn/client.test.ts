/** The client of the relay, against our own server. */

import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { allocate, type AllocateOptions, type Allocation } from '../../src/turn/client.ts'
import type { Address } from '../../src/lib/ip.ts'
import { TurnError } from '../../src/turn/requester.ts'
import { until } from '../support/wait.ts'
import { openTcp, openWebSocket, relayServer, startPeer, startServer } from './relay-site.ts'

const client = suite('turn client')

interface Heard {
  data: string
  from: Address
}

/** An allocation that is given back at the end, and what it hears. */
async function allocated(
  options: AllocateOptions,
): Promise<AsyncDisposable & { allocation: Allocation; heard: Heard[] }> {
  const allocation = await allocate(options)
  const heard: Heard[] = []
  allocation.onData((data, from) => heard.push({ data: String(data), from }))
  return { allocation, heard, [Symbol.asyncDispose]: () => allocation.close() }
}

/** Sends until it came back: the first leave before there is a permission. */
async function echoed(
  { allocation, heard }: { allocation: Allocation; heard: Heard[] },
  text: string,
  to: Address,
): Promise<void> {
  await until(`${text} came back`, () => {
    allocation.send(Buffer.from(text), to)
    return heard.some(({ data }) => data === text)
  })
}

for (const family of ['ipv4', 'ipv6'] as const) {
  const host = family === 'ipv4' ? '127.0.0.1' : '::1'
  const other = family === 'ipv4' ? '::1' : '127.0.0.1'
  for (const [way, isSame] of [
    ['the same family', true],
    ['the other one', false],
  ] as const) {
    client(`relays ${family} for a client that reaches the server over ${way}`, async () => {
      await using server = await startServer()
      await using peer = await startPeer({ host, echoes: true })
      const udp = server.udp.filter((address) => address.host === (isSame ? host : other))
      await using one = await allocated({ server: relayServer(server, { udp }), family })
      assert.is(one.allocation.transport, 'udp')
      assert.is(one.allocation.relayed.host, host)
      assert.is(one.allocation.mapped.host, isSame ? host : other)
      await echoed(one, 'hello', peer.address)
      assert.equal(one.heard[0]!.from, peer.address)
      assert.equal(peer.received[0]!.from, one.allocation.relayed)
    })
  }
}

client('binds a channel to whom it sends media, and sends the first packets without', async () => {
  await using server = await startServer()
  await using peer = await startPeer({ echoes: true })
  await using one = await allocated({ server: relayServer(server), family: 'ipv4' })
  await echoed(one, 'first', peer.address)
  for (let i = 0; i < 50; i++) await echoed(one, `media ${i}`, peer.address)
  assert.is(server.stats().dropped['no-channel'], 0)
})

client('hears a host that it permitted, from any port, and no other', async () => {
  await using server = await startServer()
  await using peer = await startPeer()
  await using one = await allocated({ server: relayServer(server), family: 'ipv4' })
  peer.send(Buffer.from('too early'), one.allocation.relayed)
  await until('it is dropped', () => server.stats().dropped['no-permission'] === 1)
  one.allocation.permit(['127.0.0.1', '198.51.100.1'])
  one.allocation.permit(['127.0.0.1'])
  await until('it passes', () => {
    peer.send(Buffer.from('in time'), one.allocation.relayed)
    return one.heard.some(({ data, from }) => data === 'in time' && from.port === peer.address.port)
  })
  assert.not.ok(one.heard.some(({ data }) => data === 'too early'))
})

client('two allocations of one server reach each other', async () => {
  await using server = await startServer()
  await using alice = await allocated({ server: relayServer(server, { deviceTag: 'alice' }), family: 'ipv4' })
  await using bob = await allocated({ server: relayServer(server, { deviceTag: 'bob' }), family: 'ipv4' })
  alice.allocation.permit(['127.0.0.1'])
  bob.allocation.permit(['127.0.0.1'])
  await until('both hear', () => {
    alice.allocation.send(Buffer.from('from alice'), bob.allocation.relayed)
    bob.allocation.send(Buffer.from('from bob'), alice.allocation.relayed)
    return alice.heard.length > 5 && bob.heard.length > 5
  })
  assert.equal(alice.heard[0], { data: 'from bob', from: bob.allocation.relayed })
  assert.equal(bob.heard[0], { data: 'from alice', from: alice.allocation.relayed })
})

client('goes over TCP at once when UDP is known to be blocked', async () => {
  await using server = await startServer()
  await using door = await openTcp(server)
  await using peer = await startPeer({ echoes: true })
  const known = relayServer(server, { tcp: [door.address] })
  await using one = await allocated({ server: known, family: 'ipv4', isUdpBlocked: true })
  assert.is(one.allocation.transport, 'tcp')
  for (let i = 0; i < 20; i++) await echoed(one, `media ${i} ${'x'.repeat(i)}`, peer.address)
})

client('goes over TCP when nothing answers over UDP', async () => {
  await using server = await startServer()
  await using door = await openTcp(server)
  await using silent = await startPeer()
  const known = relayServer(server, { udp: [silent.address], tcp: [door.address] })
  await using one = await allocated({ server: known, family: 'ipv4' })
  assert.is(one.allocation.transport, 'tcp')
  assert.ok(silent.received.length > 0)
})

client('goes over a WebSocket where nothing else passes', async () => {
  await using server = await startServer()
  await using door = await openWebSocket(server)
  await using peer = await startPeer({ echoes: true })
  const known = relayServer(server, { udp: [], tcp: [door.address] })
  await using one = await allocated({ server: known, family: 'ipv4', transports: ['ws'] })
  for (let i = 0; i < 20; i++) await echoed(one, `media ${i} ${'x'.repeat(i)}`, peer.address)
})

client('gives back what the ways that lost the race had got', async () => {
  await using server = await startServer()
  await using door = await openTcp(server)
  const known = relayServer(server, { tcp: [door.address] })
  const all = await Promise.all(
    Array.from({ length: 4 }, () => allocate({ server: known, family: 'ipv4', transports: ['tcp'] })),
  )
  assert.is(server.stats().allocations, 4)
  await Promise.all(all.map((each) => each.close()))
  await until('none is left', () => server.stats().allocations === 0)
})

client('takes another nonce when its own is stale', async () => {
  await using server = await startServer()
  const known = { ...relayServer(server, { udp: [server.udp[0]!] }), nonce: 'A'.repeat(24) }
  await using one = await allocated({ server: known, family: 'ipv4' })
  assert.ok(one.allocation.relayed.port > 0)
  assert.is(server.stats().refused[438], 1)
})

client('says what the server refused it with', async () => {
  await using server = await startServer({ publicHosts: { ipv4: '127.0.0.1' } })
  const codeOf = async (options: AllocateOptions) => {
    try {
      await (await allocate(options)).close()
      return 'allocated'
    } catch (error) {
      return error instanceof TurnError ? error.code : error
    }
  }
  assert.is(await codeOf({ server: relayServer(server), family: 'ipv6' }), 440)
  assert.is(await codeOf({ server: relayServer(server, { expiresMs: Date.now() - 1000 }), family: 'ipv4' }), 401)
  assert.is(await codeOf({ server: { ...relayServer(server), credential: 'forged' }, family: 'ipv4' }), 401)
  assert.is(await codeOf({ server: relayServer(server, { udp: [] }), family: 'ipv4' }), 0)
})

client('keeps its address, its permissions and its channels when it moves', async () => {
  await using server = await startServer()
  await using peer = await startPeer({ echoes: true })
  await using one = await allocated({ server: relayServer(server), family: 'ipv4' })
  for (let i = 0; i < 10; i++) await echoed(one, `before ${i}`, peer.address)
  const before = one.allocation.mapped
  const dropped = server.stats().dropped['no-channel']
  assert.ok(await one.allocation.move())
  assert.is.not(one.allocation.mapped.port, before.port)
  // the peer sends first: it knows of nothing
  peer.send(Buffer.from('still there?'), one.allocation.relayed)
  await until('it comes', () => one.heard.some(({ data }) => data === 'still there?'))
  for (let i = 0; i < 10; i++) await echoed(one, `after ${i}`, peer.address)
  assert.is(server.stats().dropped['no-channel'], dropped)
  assert.is(server.stats().allocations, 1)
  assert.ok(await one.allocation.move(), 'and again')
})

client('moves from UDP to TCP where UDP no longer passes', async () => {
  await using server = await startServer()
  await using door = await openTcp(server)
  await using peer = await startPeer({ echoes: true })
  const known = relayServer(server, { tcp: [door.address] })
  await using one = await allocated({ server: known, family: 'ipv4', transports: ['udp', 'tcp'] })
  await echoed(one, 'before', peer.address)
  known.udp = []
  assert.ok(await one.allocation.move())
  assert.is(one.allocation.transport, 'tcp')
  await echoed(one, 'after', peer.address)
})

client('notices within a second or two that the server is gone, and says so once', async () => {
  const server = await startServer()
  const allocation = await allocate({ server: relayServer(server), family: 'ipv4' })
  try {
    let lost = 0
    allocation.onLost(() => lost++)
    allocation.probe()
    await new Promise((done) => setTimeout(done, 100))
    assert.is(lost, 0)
    assert.ok(allocation.isAlive(Date.now()))
    await server.stop()
    allocation.probe()
    await until('it is noticed', () => lost > 0)
    allocation.probe()
    assert.not.ok(allocation.isAlive(Date.now()))
    assert.is(lost, 1)
  } finally {
    await allocation.close()
    await server.stop()
  }
})

client('notices that the server has forgotten it', async () => {
  await using server = await startServer()
  const known = relayServer(server)
  const allocation = await allocate({ server: known, family: 'ipv4' })
  let lost = 0
  allocation.onLost(() => lost++)
  await server.stop()
  const [at] = known.udp
  await using again = await startServer({ listen: [at!] })
  assert.is(again.stats().allocations, 0)
  allocation.probe()
  await until('it is noticed', () => lost === 1)
  await allocation.close()
})

client('notices at once that a stream has closed', async () => {
  await using server = await startServer()
  const door = await openTcp(server)
  const known = relayServer(server, { tcp: [door.address] })
  await using one = await allocated({ server: known, family: 'ipv4', transports: ['tcp'] })
  let lost = 0
  one.allocation.onLost(() => lost++)
  await door[Symbol.asyncDispose]()
  await until('it is noticed', () => lost === 1)
})

client('closes within its bound when nobody answers', async () => {
  const server = await startServer()
  const allocation = await allocate({ server: relayServer(server), family: 'ipv4' })
  await server.stop()
  await Promise.all([allocation.close(), allocation.close()])
  allocation.send(Buffer.from('nothing happens'), { host: '127.0.0.1', port: 9 })
})

client('stops asking when its signal says so, and leaves nothing open', async () => {
  await using silent = await startPeer()
  const listener = createServer((socket) => void socket.on('error', () => {}).resume()) // takes connections, and says nothing
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  await using server = await startServer()
  const tcp = [{ host: '127.0.0.1', port: (listener.address() as AddressInfo).port }]
  const controller = new AbortController()
  const asking = allocate({
    server: relayServer(server, { udp: [silent.address], tcp }),
    family: 'ipv4',
    signal: controller.signal,
  })
  await until('both are asked', () => silent.received.length > 2)
  controller.abort(new Error('enough'))
  const failure = await asking.then(
    () => undefined,
    (error: Error) => error,
  )
  assert.is(failure?.message, 'enough')
  await new Promise((closed) => listener.close(closed))
})

client.run()
