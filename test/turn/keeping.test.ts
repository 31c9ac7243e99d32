/** What keeps a relayed call going for hours, and through changes of address; and what is dropped on the way. */

import { createSocket } from 'node:dgram'
import { once } from 'node:events'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WebSocket } from 'ws'

import type { Address } from '../../src/lib/ip.ts'
import { virtualClock } from '../../src/lib/clock.ts'
import { METHOD } from '../../src/stun/message.ts'
import { allocate } from '../../src/turn/client.ts'
import { until } from '../support/wait.ts'
import { lifetime, padding, tcpClient, TICKET, TRANSPORT, udpClient } from './raw-client.ts'
import { openTcp, openWebSocket, relayServer, startPeer, startServer } from './relay-site.ts'

const keeping = suite('turn kept')

const START_MS = 1_800_000_000_000

/** A NAT of one client: `rebind` gives it another port on the outside. */
async function startNat(server: Address) {
  const inside = createSocket('udp4').bind(0, '127.0.0.1')
  await once(inside, 'listening')
  let client: Address | undefined
  const open = () => {
    const outside = createSocket('udp4').bind(0, '127.0.0.1')
    outside.on('message', (data) => client && inside.send(data, client.port, client.host))
    return outside
  }
  let outside = open()
  inside.on('message', (data, { address: host, port }) => {
    client = { host, port }
    outside.send(data, server.port, server.host)
  })
  return {
    address: { host: '127.0.0.1', port: inside.address().port },
    rebind() {
      outside.close()
      outside = open()
    },
    async [Symbol.asyncDispose]() {
      for (const socket of [inside, outside]) await new Promise<void>((closed) => socket.close(() => closed()))
    },
  }
}

keeping('a NAT that gives the client another port costs it neither its address nor its channels', async () => {
  await using server = await startServer()
  await using peer = await startPeer({ echoes: true })
  await using nat = await startNat(server.udp[0]!)
  const allocation = await allocate({ server: relayServer(server, { udp: [nat.address] }), family: 'ipv4' })
  try {
    let lost = 0
    let heard = 0
    allocation.onLost(() => lost++)
    allocation.onData(() => heard++)
    const talk = () => allocation.send(Buffer.from('media'), peer.address)
    await until('it talks', () => (talk(), heard > 20))
    const { relayed, mapped } = allocation
    nat.rebind()
    heard = 0
    // silence while it sends is noticed within a few seconds; nobody has to ask
    await until('it talks again', () => (talk(), heard > 20))
    assert.is(lost, 0)
    assert.equal(allocation.relayed, relayed)
    assert.is.not(allocation.mapped.port, mapped.port)
    assert.is(server.stats().allocations, 1)
  } finally {
    await allocation.close()
  }
})

keeping('a stream that was cut is opened again, and the allocation with it', async () => {
  await using server = await startServer()
  await using peer = await startPeer({ echoes: true })
  await using door = await openTcp(server)
  const known = relayServer(server, { tcp: [door.address] })
  const allocation = await allocate({ server: known, family: 'ipv4', transports: ['tcp'] })
  try {
    let lost = 0
    let heard = 0
    allocation.onLost(() => lost++)
    allocation.onData(() => heard++)
    const talk = () => allocation.send(Buffer.from('media'), peer.address)
    await until('it talks', () => (talk(), heard > 20))
    const { relayed } = allocation
    door.cut()
    heard = 0
    await until('it talks again', () => (talk(), heard > 20))
    assert.is(lost, 0)
    assert.equal(allocation.relayed, relayed)
  } finally {
    await allocation.close()
  }
})

keeping(
  'permissions, channels and the allocation outlive their lifetimes, for an hour and with half of it silent',
  async () => {
    const clock = virtualClock(START_MS)
    await using server = await startServer({ clock })
    await using peer = await startPeer({ echoes: true })
    await using other = await udpClient(server.udp[0]!)
    const known = relayServer(server, { expiresMs: START_MS + 60_000, udp: [server.udp[0]!] })
    const allocation = await allocate({ server: { ...known, nonce: server.nonce() }, family: 'ipv4', clock })
    let lost = 0
    let heard = 0
    allocation.onLost(() => lost++)
    allocation.onData(() => heard++)
    /** What was sent has arrived, and been answered. */
    const settled = async () => {
      await other.ask({ method: METHOD.binding, attributes: [padding(40)] })
      for (let i = 0; i < 4; i++) await new Promise((done) => setImmediate(done))
    }
    for (let second = 0; second < 3600; second++) {
      if (second < 1800) allocation.send(Buffer.from('media'), peer.address)
      await settled()
      clock.advance(1000)
      await settled()
      if (lost > 0) assert.unreachable(`lost after ${second} s`)
    }
    assert.is(server.stats().allocations, 1)
    const before = heard
    assert.ok(before > 1500)
    peer.send(Buffer.from('still permitted'), allocation.relayed)
    await until('it passes', () => heard > before)
    const talk = () => allocation.send(Buffer.from('media'), peer.address)
    await until('it talks again', () => (talk(), heard > before + 20))
    const closing = allocation.close()
    await until('it is given back', () => server.stats().allocations === 0)
    clock.advance(1000)
    await closing
  },
)

keeping('a stream without an allocation is closed after half a minute, one with is not', async () => {
  const clock = virtualClock(START_MS)
  await using server = await startServer({ clock })
  await using door = await openTcp(server)
  await using idle = await tcpClient(door.address)
  await using busy = await tcpClient(door.address)
  const as = relayServer(server, { expiresMs: START_MS + 60_000 })
  assert.is(await busy.code({ method: METHOD.allocate, attributes: [TRANSPORT], as }), 0)
  clock.advance(29_000)
  assert.is(server.stats().streams, 2)
  clock.advance(2_000)
  await idle.closed
  await until('one is left', () => server.stats().streams === 1)
  assert.is(await busy.code({ method: METHOD.refresh, attributes: [lifetime(0)], as }), 0)
  clock.advance(31_000)
  await busy.closed
})

keeping('an allocation whose stream has closed waits a minute for its client, when that has a ticket', async () => {
  const clock = virtualClock(START_MS)
  await using server = await startServer({ clock })
  await using door = await openTcp(server)
  const as = relayServer(server, { expiresMs: START_MS + 60_000 })
  for (const [attributes, keptMs] of [
    [[TRANSPORT], 0],
    [[TRANSPORT, TICKET], 59_000],
  ] as const) {
    const client = await tcpClient(door.address)
    assert.is(await client.code({ method: METHOD.allocate, attributes, as: { ...as, nonce: server.nonce() } }), 0)
    await client[Symbol.asyncDispose]()
    await until('it is closed', () => server.stats().streams === 0)
    clock.advance(keptMs)
    assert.is(server.stats().allocations, 1)
    clock.advance(2_000)
    assert.is(server.stats().allocations, 0)
  }
})

keeping('what is beyond the bandwidth of an allocation is dropped and counted', async () => {
  const clock = virtualClock(START_MS)
  await using server = await startServer({ clock, limits: { allocationBytesPerSecond: 1000 } })
  await using peer = await startPeer()
  const known = relayServer(server, { expiresMs: START_MS + 60_000, udp: [server.udp[0]!] })
  const allocation = await allocate({ server: known, family: 'ipv4', clock })
  allocation.permit([peer.address.host])
  await until('it passes', () => {
    allocation.send(Buffer.alloc(1), peer.address)
    return peer.received.length > 0
  })
  for (let i = 0; i < 50; i++) allocation.send(Buffer.alloc(100), peer.address)
  await until('the rest is dropped', () => server.stats().dropped.bandwidth > 25)
  assert.ok(server.stats().relayedBytes <= 2000)
  const closing = allocation.close()
  await until('it is given back', () => server.stats().allocations === 0)
  clock.advance(1000)
  await closing
})

keeping('a WebSocket that sends text, nothing or too much is closed', async () => {
  await using server = await startServer()
  await using door = await openWebSocket(server)
  for (const message of ['text', Buffer.alloc(0), Buffer.alloc(5000)]) {
    const socket = new WebSocket(`ws://127.0.0.1:${door.address.port}/turn`)
    socket.on('error', () => {})
    await once(socket, 'open')
    socket.send(message)
    await once(socket, 'close')
  }
  await until('none is left', () => server.stats().streams === 0)
  assert.is(server.stats().dropped.malformed, 3)
})

keeping.run()
