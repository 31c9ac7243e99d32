/** A relay on loopback with all its doors, what a client of it needs to know, and peers that answer. */

import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'

import { WebSocketServer } from 'ws'

import { type Address, familyOf } from '../../src/lib/ip.ts'
import { makeCredentials, type CredentialsRequest } from '../../src/turn/credentials.ts'
import { localPeers } from '../../src/turn/peer-guard.ts'
import type { RelayServer } from '../../src/turn/relay-server.ts'
import { startTurnServer, type TurnServer, type TurnServerOptions } from '../../src/turn/server.ts'

export const REALM = 'relay.test'
export const SECRET = Buffer.alloc(32, 7)

/** Everybody is on loopback: anything but the relay's own ports may be reached. */
export const LOOPBACK: Pick<
  TurnServerOptions,
  'listen' | 'publicHosts' | 'relayHosts' | 'isPeerAllowed' | 'isOwnHostAllowed'
> = {
  listen: [
    { host: '127.0.0.1', port: 0 },
    { host: '::1', port: 0 },
  ],
  publicHosts: { ipv4: '127.0.0.1', ipv6: '::1' },
  relayHosts: { ipv4: '127.0.0.1', ipv6: '::1' },
  isPeerAllowed: localPeers,
  isOwnHostAllowed: true,
}

/** More than any test asks; those of limits set their own. */
const STRANGERS = { strangersPerBlockPerSecond: 1e6, strangersPerSecond: 1e6 }

export const startServer = (options: Partial<TurnServerOptions> = {}): Promise<TurnServer> =>
  startTurnServer({
    realm: REALM,
    secret: SECRET,
    ...LOOPBACK,
    ...options,
    limits: { ...STRANGERS, ...options.limits },
  })

export interface Door extends AsyncDisposable {
  readonly address: Address
  /** Ends the connections that are there; new ones are taken. */
  cut(): void
}

/** TURN over TCP. */
export async function openTcp(server: TurnServer): Promise<Door> {
  const sockets = new Set<{ destroy(): void }>()
  const listener = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    server.accept(socket, { host: socket.remoteAddress!, port: socket.remotePort! })
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    address: { host: '127.0.0.1', port: (listener.address() as AddressInfo).port },
    cut: () => sockets.forEach((socket) => socket.destroy()),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => listener.close(closed))
    },
  }
}

/** TURN over WebSocket. */
export async function openWebSocket(server: TurnServer): Promise<Door> {
  const http = createHttpServer()
  const sockets = new WebSocketServer({ server: http, path: '/turn' })
  sockets.on('connection', (socket, request) => {
    const { remoteAddress, remotePort } = request.socket
    server.acceptWebSocket(socket, { host: remoteAddress!, port: remotePort! })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  return {
    address: { host: '127.0.0.1', port: (http.address() as AddressInfo).port },
    cut: () => sockets.clients.forEach((socket) => socket.terminate()),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate()
      http.closeAllConnections()
      await new Promise((closed) => http.close(closed))
    },
  }
}

/** What a supernode would tell a client of its relay. */
export function relayServer(
  server: TurnServer,
  { udp = server.udp, tcp = [], ...wanted }: Partial<CredentialsRequest & Pick<RelayServer, 'udp' | 'tcp'>> = {},
): RelayServer {
  const request = { callTag: 'call', deviceTag: 'device', expiresMs: Date.now() + 3_600_000, ...wanted }
  return {
    peerId: '12D3KooWtest',
    udp,
    tcp,
    ...makeCredentials(SECRET, request),
    realm: REALM,
    nonce: server.nonce(),
    expiresMs: request.expiresMs,
  }
}

export interface Peer extends AsyncDisposable {
  readonly address: Address
  readonly socket: Socket
  readonly received: { data: Buffer; from: Address }[]
  send(data: Uint8Array, to: Address): void
}

/** Somebody on a UDP port; one who echoes answers whatever comes. */
export async function startPeer({ host = '127.0.0.1', echoes = false } = {}): Promise<Peer> {
  const socket = createSocket(familyOf(host) === 'ipv6' ? 'udp6' : 'udp4')
  const received: Peer['received'] = []
  socket.on('message', (data, { address, port }) => {
    received.push({ data, from: { host: address, port } })
    if (echoes) socket.send(data, port, address)
  })
  socket.bind(0, host)
  await once(socket, 'listening')
  return {
    address: { host, port: socket.address().port },
    socket,
    received,
    send: (data, to) => socket.send(data, to.port, to.host),
    [Symbol.asyncDispose]: () => new Promise((closed) => socket.close(closed)),
  }
}
