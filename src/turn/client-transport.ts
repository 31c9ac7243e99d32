/**
 * How a TURN client reaches its server: UDP, TCP, TLS, and WebSocket with and without TLS, each as messages in and out.
 * Who the server is, TLS does not tell: certificates of supernodes are self-signed. Message integrity says that it knows
 * our credentials, and the keys of the media are between the two ends of the call.
 */

import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { WebSocket } from 'ws'
import { type Address, addressText, familyOf } from '../lib/ip.ts'
import { FRAME_BYTES_MAX, Framer } from './framing.ts'
import type { TurnTransport } from './relay-server.ts'

/** More than a second of voice: what waits longer comes too late. */
const DATA_WAITING_BYTES_MAX = 16_000
export const TURN_PATH = '/turn'

export interface Transport {
  readonly kind: TurnTransport
  readonly server: Address
  readonly isPadded: boolean
  /** Each whole message. */
  onFrame: (frame: Buffer) => void
  /** It is of no use any more. Not called after `close`. */
  onClose: () => void
  send(bytes: Buffer): void
  /** Dropped when too much waits already. */
  sendData(bytes: Buffer): void
  close(): void
}

export interface TransportOptions {
  /** Binds to this address. */
  hostAddress?: string | undefined
  signal: AbortSignal
}

/** Rejects when it cannot be opened; UDP always can, where the family exists. */
export function openTransport(kind: TurnTransport, server: Address, options: TransportOptions): Promise<Transport> {
  options.signal.throwIfAborted()
  switch (kind) {
    case 'udp':
      return openUdp(server, options)
    case 'tcp':
    case 'tls':
      return openStream(kind, server, options)
    case 'ws':
    case 'wss':
      return openWebSocket(kind, server, options)
  }
}

async function openUdp(server: Address, { hostAddress, signal }: TransportOptions): Promise<Transport> {
  const socket = createSocket({ type: familyOf(server.host) === 'ipv6' ? 'udp6' : 'udp4' })
  try {
    if (hostAddress !== undefined) {
      socket.bind(0, hostAddress)
      await once(socket, 'listening', { signal })
    }
    // connected: nobody but the server is heard, and the network's refusals are
    socket.connect(server.port, server.host)
    await once(socket, 'connect', { signal })
  } catch (error) {
    socket.close()
    throw error
  }
  return new UdpTransport(socket, server)
}

class UdpTransport implements Transport {
  readonly kind = 'udp'
  readonly isPadded = false
  readonly server: Address
  onFrame: Transport['onFrame'] = () => {}
  onClose = (): void => {}
  readonly #socket: Socket
  #isClosed = false

  constructor(socket: Socket, server: Address) {
    this.#socket = socket
    this.server = server
    socket.on('message', (data) => {
      if (data.length >= 4 && !this.#isClosed) this.onFrame(data)
    })
    socket.on('error', () => {}) // who waits for an answer will see
  }

  send(bytes: Buffer): void {
    // the callback: an error of one datagram is none of the socket
    if (!this.#isClosed) this.#socket.send(bytes, () => {})
  }

  sendData(bytes: Buffer): void {
    this.send(bytes)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#socket.close()
  }
}

async function openStream(
  kind: 'tcp' | 'tls',
  server: Address,
  { hostAddress: localAddress, signal }: TransportOptions,
): Promise<Transport> {
  const target = { ...server, ...(localAddress === undefined ? {} : { localAddress }) }
  const socket = kind === 'tls' ? connectTls({ ...target, rejectUnauthorized: false }) : connectTcp(target)
  socket.setNoDelay(true)
  const onAbort = () => socket.destroy()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    await once(socket, kind === 'tls' ? 'secureConnect' : 'connect', { signal })
  } catch (error) {
    socket.on('error', () => {})
    socket.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
  return new StreamTransport(kind, socket, server)
}

class StreamTransport implements Transport {
  readonly kind: 'tcp' | 'tls'
  readonly isPadded = true
  readonly server: Address
  onFrame: Transport['onFrame'] = () => {}
  onClose = (): void => {}
  readonly #stream: Duplex
  #isClosed = false

  constructor(kind: 'tcp' | 'tls', stream: Duplex, server: Address) {
    this.kind = kind
    this.server = server
    this.#stream = stream
    const framer = new Framer()
    stream.on('error', () => {}) // `close` follows
    stream.on('end', () => stream.destroy())
    stream.on('close', () => {
      if (!this.#isClosed) this.onClose()
    })
    stream.on('data', (bytes: Buffer) => {
      if (!framer.push(bytes, (frame) => this.#isClosed || this.onFrame(frame))) stream.destroy()
    })
  }

  send(bytes: Buffer): void {
    if (!this.#stream.destroyed) this.#stream.write(bytes)
  }

  sendData(bytes: Buffer): void {
    if (this.#stream.writableLength < DATA_WAITING_BYTES_MAX) this.send(bytes)
  }

  close(): void {
    this.#isClosed = true
    this.#stream.end()
    // whatever the other end does with it
    setTimeout(() => this.#stream.destroy(), 200).unref()
  }
}

async function openWebSocket(
  kind: 'ws' | 'wss',
  server: Address,
  { hostAddress: localAddress, signal }: TransportOptions,
): Promise<Transport> {
  const socket = new WebSocket(`${kind}://${addressText(server)}${TURN_PATH}`, {
    perMessageDeflate: false,
    maxPayload: FRAME_BYTES_MAX,
    rejectUnauthorized: false,
    ...(localAddress === undefined ? {} : { localAddress }),
  })
  socket.on('error', () => {}) // `close` follows
  try {
    await once(socket, 'open', { signal })
  } catch (error) {
    socket.terminate()
    throw error
  }
  return new WebSocketTransport(kind, socket, server)
}

class WebSocketTransport implements Transport {
  readonly kind: 'ws' | 'wss'
  readonly isPadded = false
  readonly server: Address
  onFrame: Transport['onFrame'] = () => {}
  onClose = (): void => {}
  readonly #socket: WebSocket
  #isClosed = false

  constructor(kind: 'ws' | 'wss', socket: WebSocket, server: Address) {
    this.kind = kind
    this.server = server
    this.#socket = socket
    socket.on('close', () => {
      if (!this.#isClosed) this.onClose()
    })
    socket.on('message', (data) => {
      if (Buffer.isBuffer(data) && data.length >= 4 && !this.#isClosed) this.onFrame(data)
    })
  }

  send(bytes: Buffer): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(bytes)
  }

  sendData(bytes: Buffer): void {
    if (this.#socket.bufferedAmount < DATA_WAITING_BYTES_MAX) this.send(bytes)
  }

  close(): void {
    this.#isClosed = true
    this.#socket.close()
    setTimeout(() => this.#socket.terminate(), 200).unref()
  }
}
