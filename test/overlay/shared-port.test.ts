/** The port of libp2p's WebSockets, shared with TURN and TLS. */

import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WebSocket } from 'ws'

import { generateSeed, signingKey } from '../../src/overlay/keys.ts'
import { startOverlay } from '../../src/overlay/libp2p.ts'
import type { Overlay } from '../../src/overlay/overlay.ts'
import { SharedPort, type TurnConnection } from '../../src/overlay/shared-port.ts'
import { allocate } from '../../src/turn/client.ts'
import { relayServer, startPeer, startServer } from '../turn/relay-site.ts'
import { until } from '../support/wait.ts'

const port = suite('shared port')

const start = (listen = ['/ip4/127.0.0.1/tcp/0/ws']): Promise<Overlay> =>
  startOverlay({ key: signingKey(generateSeed()), network: 'shared-port', profile: 'local', listen })

const portOf = (overlay: Overlay): number => Number(/\/tcp\/(\d+)\/ws/.exec(overlay.addresses()[0]!)![1])

/** Resolves when the other end has closed the connection. */
async function closed(socket: Socket): Promise<void> {
  socket.on('error', () => {})
  if (!socket.closed) await once(socket.resume(), 'close')
}

port('TURN is served over TCP, TLS, WebSocket and WSS on the port that libp2p listens on', async () => {
  await using overlay = await start()
  await using server = await startServer()
  await using peer = await startPeer({ echoes: true })
  overlay.serveTurn((connection: TurnConnection) => {
    if (connection.kind === 'stream') server.accept(connection.socket, connection.remote)
    else server.acceptWebSocket(connection.socket, connection.remote)
  })
  const tcp = [{ host: '127.0.0.1', port: portOf(overlay) }]
  for (const transport of ['tcp', 'tls', 'ws', 'wss'] as const) {
    const known = relayServer(server, { udp: [], tcp })
    const allocation = await allocate({ server: known, family: 'ipv4', transports: [transport] })
    assert.is(allocation.transport, transport)
    assert.is(allocation.mapped.host, '127.0.0.1')
    let echoed = 0
    allocation.onData(() => echoed++)
    await until(`media passes over ${transport}`, () => {
      allocation.send(Buffer.alloc(172, 1), peer.address)
      return echoed > 20
    })
    await allocation.close()
  }
})

port('libp2p is reached over WebSocket, and within TLS whatever the certificate', async () => {
  await using overlay = await start()
  await using other = await start(['/ip4/127.0.0.1/tcp/0'])
  overlay.serveTurn(() => {})
  const plain = `/ip4/127.0.0.1/tcp/${portOf(overlay)}/ws/p2p/${overlay.peerId}`
  assert.is(await other.join([plain], AbortSignal.timeout(5_000)), 1)
  await using third = await start(['/ip4/127.0.0.1/tcp/0'])
  const secure = `/ip4/127.0.0.1/tcp/${portOf(overlay)}/tls/ws/p2p/${overlay.peerId}`
  assert.is(await third.join([secure], AbortSignal.timeout(5_000)), 1)
  assert.match(third.remoteAddress(overlay.peerId)!, /\/tls\/ws$/)
})

port('whoever wants TURN is turned away while nobody serves it', async () => {
  await using overlay = await start()
  const at = { host: '127.0.0.1', port: portOf(overlay) }
  const tcp = connectTcp(at)
  tcp.write(Buffer.from([0, 3, 0, 0]))
  await closed(tcp)
  const tls = connectTls({ ...at, rejectUnauthorized: false })
  tls.write(Buffer.from([0, 3, 0, 0]))
  await closed(tls)
  const webSocket = new WebSocket(`ws://127.0.0.1:${at.port}/turn`)
  webSocket.on('error', () => {})
  await once(webSocket, 'close').catch(() => {})
})

port('what is neither is closed, also within TLS, and TLS within TLS', async () => {
  await using overlay = await start()
  overlay.serveTurn(() => assert.unreachable())
  const at = { host: '127.0.0.1', port: portOf(overlay) }
  for (const first of [0x02, 0x15, 0x80, 0xff]) {
    const tcp = connectTcp(at)
    tcp.write(Buffer.alloc(40, first))
    await closed(tcp)
  }
  for (const first of [0x02, 0x16, 0x80]) {
    const tls = connectTls({ ...at, rejectUnauthorized: false })
    tls.write(Buffer.alloc(40, first))
    await closed(tls)
  }
  const broken = connectTcp(at)
  broken.write(Buffer.from([0x16, 3, 1, 0, 4, 9, 9, 9, 9]))
  await closed(broken)
})

port('says at once when the listener of @libp2p/websockets has changed', () => {
  const shared = new SharedPort()
  const made = (listener: object, more: object = { _connect: async () => undefined }) =>
    shared.wrap(() => ({ createListener: () => listener, ...more }) as never)
  const create = (make: (components: never) => { createListener(options: never): unknown }) =>
    make(undefined as never).createListener(undefined as never)
  assert.throws(() => create(made({ sockets: new Set(), onUpgrade: () => {} })), /listens another way/)
  assert.throws(() => create(made({ sockets: [], onUpgrade: () => {}, onSocketConnection: () => {} })), /another way/)
  assert.throws(() => create(made({}, {})), /connects another way/)
})

port('a request that never ends is cut off, in the clear and within TLS; a WebSocket stays', async () => {
  await using overlay = await start()
  overlay.serveTurn(() => {})
  const at = { host: '127.0.0.1', port: portOf(overlay) }
  const webSocket = new WebSocket(`ws://127.0.0.1:${at.port}/turn`)
  await once(webSocket, 'open')
  const slow = [connectTcp(at), connectTls({ ...at, rejectUnauthorized: false })]
  for (const socket of slow) socket.write('GET / HTTP/1.1\r\nHost: tincan\r\n')
  await Promise.all(slow.map(closed))
  assert.is(webSocket.readyState, WebSocket.OPEN)
  webSocket.terminate()
})

port.run()
