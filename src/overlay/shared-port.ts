/**
 * One port for everything that a firewall may let through: libp2p's WebSockets, TURN (RFC 8656) as it is, both of them
 * within TLS, and TURN over WebSocket at `/turn`. The first byte tells (RFC 7983 in its spirit). It reaches into the
 * listener of @libp2p/websockets and says so at once when that has changed.
 */

import { strict as assert } from 'node:assert'
import { once } from 'node:events'
import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls'
import type { Multiaddr } from '@multiformats/multiaddr'
import { WebSocket, WebSocketServer } from 'ws'
import { systemClock } from '../lib/clock.ts'
import type { Address } from '../lib/ip.ts'
import { type Certificate, makeCertificate } from './certificate.ts'

/** Somebody who speaks TURN: bytes as they come, or one message in each binary message of a WebSocket. */
export type TurnConnection =
  | { kind: 'stream'; remote: Address; socket: Duplex }
  | { kind: 'websocket'; remote: Address; socket: WebSocket }

export type TurnHandler = (connection: TurnConnection) => void

/** Who connects and says nothing, or never finishes a handshake. */
const FIRST_BYTE_MS = 10_000
/** For the request that makes a WebSocket of a connection; nothing else is served. */
const REQUEST_MS = 10_000
const TLS_HANDSHAKE = 0x16
const TURN_PATH = '/turn'
const TURN_MESSAGE_BYTES_MAX = 2048

/** What we use of @libp2p/websockets' listener; its class is not exported. */
interface Listener {
  http: HttpServer | undefined
  sockets: Set<Duplex>
  onSocketConnection(socket: Socket): Promise<void>
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

interface Transport {
  createListener(options: never): unknown
  _connect(address: Multiaddr, options: { signal?: AbortSignal }): Promise<unknown>
}

export class SharedPort {
  #onTurn: TurnHandler | undefined
  #certificate: Promise<Certificate> | undefined
  /** Of connections that have not become WebSockets yet. */
  readonly #cancelLate = new WeakMap<Socket, () => void>()
  readonly #webSockets = new WebSocketServer({ noServer: true, maxPayload: TURN_MESSAGE_BYTES_MAX })

  /** Undefined: whoever wants TURN is turned away. */
  serve(handler: TurnHandler | undefined): void {
    this.#onTurn = handler
  }

  /** The transport, with its listeners shared and `/tls/ws` dialled whatever the certificate. */
  wrap<C, T>(make: (components: C) => T): (components: C) => T {
    return (components) => {
      const transport = make(components) as T & Transport
      assert.equal(typeof transport._connect, 'function', '@libp2p/websockets connects another way now')
      const createListener = transport.createListener.bind(transport)
      transport.createListener = (options) => this.#share(createListener(options) as Listener)
      const connect = transport._connect.bind(transport)
      transport._connect = (address, options) => {
        const url = secureUrl(address.toString())
        return url === undefined ? connect(address, options) : connectSecurely(url, options.signal)
      }
      return transport
    }
  }

  #share(listener: Listener): Listener {
    assert.ok(
      typeof listener.onSocketConnection === 'function' &&
        typeof listener.onUpgrade === 'function' &&
        listener.sockets instanceof Set,
      '@libp2p/websockets listens another way now',
    )
    const upgrade = listener.onUpgrade.bind(listener)
    let tls: Promise<TlsServer> | undefined
    listener.onUpgrade = (request, socket, head) => {
      this.#cancelLate.get(request.socket)?.()
      if (pathOf(request) !== TURN_PATH) return upgrade(request, socket, head)
      const onTurn = this.#onTurn
      if (onTurn === undefined) {
        socket.destroy()
        return
      }
      this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on('error', () => {}) // `close` follows
        onTurn({ kind: 'websocket', remote: remoteOf(request.socket), socket: webSocket })
      })
    }
    listener.onSocketConnection = async (socket) => {
      listener.sockets.add(socket)
      socket.on('close', () => listener.sockets.delete(socket))
      socket.on('error', () => socket.destroy())
      socket.setNoDelay(true)
      const first = await firstByte(socket)
      if (first === TLS_HANDSHAKE) {
        tls ??= this.#tlsServer(listener)
        ;(await tls).emit('connection', socket)
      } else this.#handOver(listener, socket, first)
    }
    return listener
  }

  #handOver(listener: Listener, socket: Socket, first: number | undefined): void {
    if (first === undefined) socket.destroy()
    else if (first === 0 || first === 1) {
      if (this.#onTurn === undefined) socket.destroy()
      else this.#onTurn({ kind: 'stream', remote: remoteOf(socket), socket })
    } else if (first >= 0x20 && first < 0x7f && listener.http !== undefined) {
      // that server does not listen itself, and so never looks how long a request takes
      const cancel = systemClock.after(REQUEST_MS, () => socket.destroy())
      this.#cancelLate.set(socket, cancel)
      socket.on('close', cancel)
      listener.http.emit('connection', socket)
    } else socket.destroy()
  }

  /** What comes out of the TLS goes where it would have gone without. */
  async #tlsServer(listener: Listener): Promise<TlsServer> {
    this.#certificate ??= makeCertificate(systemClock.now())
    return createTlsServer({ ...(await this.#certificate), handshakeTimeout: FIRST_BYTE_MS })
      .on('tlsClientError', (_error, socket) => socket.destroy())
      .on('secureConnection', (socket) => {
        socket.on('error', () => socket.destroy())
        void firstByte(socket).then((first) => this.#handOver(listener, socket, first)) // cannot reject
      })
  }
}

/** The byte is still to be read; undefined when none comes. Never rejects. */
async function firstByte(socket: Socket): Promise<number | undefined> {
  const signal = AbortSignal.timeout(FIRST_BYTE_MS)
  try {
    for (;;) {
      const bytes = socket.read(1) as Buffer | null
      if (bytes !== null) {
        socket.unshift(bytes)
        return bytes[0]
      }
      if (socket.destroyed || socket.readableEnded) return undefined
      await Promise.race([once(socket, 'readable', { signal }), once(socket, 'close', { signal })])
    }
  } catch {
    return undefined
  }
}

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?')[0] as string

const remoteOf = ({ remoteAddress = '', remotePort = 0 }: Socket): Address => ({
  host: remoteAddress,
  port: remotePort,
})

/** The URL of a secure WebSocket's multiaddr, undefined for any other. */
function secureUrl(address: string): string | undefined {
  const parts = /^\/(ip4|ip6|dns|dns4|dns6)\/([^/]+)\/tcp\/(\d+)\/(?:tls(?:\/sni\/[^/]+)?\/ws|wss)(?:\/p2p\/|$)/.exec(
    address,
  )
  if (parts === null) return undefined
  const [, kind, host, port] = parts
  return `wss://${kind === 'ip6' ? `[${host}]` : host}:${port}/`
}

/** A supernode's certificate is its own work: noise, inside, shows who it is. */
async function connectSecurely(url: string, signal: AbortSignal | undefined): Promise<WebSocket> {
  const webSocket = new WebSocket(url, { rejectUnauthorized: false, perMessageDeflate: false })
  webSocket.binaryType = 'arraybuffer'
  webSocket.on('error', () => {}) // `close` follows
  try {
    await once(webSocket, 'open', signal === undefined ? {} : { signal })
    return webSocket
  } catch (error) {
    webSocket.terminate()
    throw error
  }
}
