/**
 * The way back to a client of the relay: a datagram socket and its address, a stream, or a WebSocket. What a client
 * does not read is bounded: data is dropped first, and a stream that stands still is closed.
 */

import type { Socket } from 'node:dgram'
import type { Duplex } from 'node:stream'
import type { Address } from '../lib/ip.ts'
import type { RelayedAllocation } from './relay.ts'

/** Half a second of what one allocation may use. */
const DATA_WAITING_BYTES_MAX = 32_000
/** Answers, which are never dropped: more of them than any client asks for. */
const WAITING_BYTES_MAX = 128_000

export interface ClientPath {
  readonly remote: Address
  /** Its source may be forged. */
  readonly isDatagram: boolean
  /** ChannelData is padded to four bytes (RFC 8656 §12.5). */
  readonly isPadded: boolean
  allocation: RelayedAllocation | undefined
  isAllocating: boolean
  /** A stream that is gone, or a client that wants no allocation any more before it has it. */
  isClosed: boolean
  /** What made or moved the allocation, to be answered the same when it is repeated. */
  answered: { transactionId: Buffer; bytes: Buffer } | undefined
  send(bytes: Buffer): void
  /** False when it is dropped. */
  sendData(frame: Buffer): boolean
  /** It will have an allocation. */
  hold(): void
  /** It has none any more. */
  release(): void
}

abstract class Path {
  readonly remote: Address
  allocation: RelayedAllocation | undefined
  isAllocating = false
  isClosed = false
  answered: ClientPath['answered']

  constructor(remote: Address) {
    this.remote = remote
  }
}

/** Paths that have or get an allocation, by their port: nearly always one, and no text is made for each packet. */
export class DatagramPaths {
  readonly #ofPort = new Map<number, DatagramPath[]>()

  find(host: string, port: number): DatagramPath | undefined {
    const paths = this.#ofPort.get(port)
    if (paths === undefined) return undefined
    for (const path of paths) if (path.remote.host === host) return path
    return undefined
  }

  add(path: DatagramPath): void {
    const { host, port } = path.remote
    if (this.find(host, port) === undefined) this.#ofPort.set(port, [...(this.#ofPort.get(port) ?? []), path])
  }

  remove(path: DatagramPath): void {
    const { port } = path.remote
    const others = (this.#ofPort.get(port) ?? []).filter((each) => each !== path)
    if (others.length === 0) this.#ofPort.delete(port)
    else this.#ofPort.set(port, others)
  }
}

export class DatagramPath extends Path implements ClientPath {
  readonly isDatagram = true
  readonly isPadded = false
  readonly #socket: Socket
  readonly #paths: DatagramPaths

  constructor(socket: Socket, paths: DatagramPaths, remote: Address) {
    super(remote)
    this.#socket = socket
    this.#paths = paths
  }

  send(bytes: Buffer): void {
    try {
      this.#socket.send(bytes, this.remote.port, this.remote.host)
    } catch {} // the server has stopped meanwhile
  }

  sendData(frame: Buffer): boolean {
    this.send(frame)
    return true
  }

  hold(): void {
    this.#paths.add(this)
  }

  release(): void {
    this.#paths.remove(this)
  }
}

/** What a WebSocket of the package `ws` has that we use. */
export interface TurnWebSocket {
  readonly bufferedAmount: number
  send(data: Uint8Array): void
  terminate(): void
  on(event: 'message', listener: (data: unknown, isBinary: boolean) => void): unknown
  on(event: 'close' | 'error', listener: () => void): unknown
}

/** A stream or a WebSocket: both are closed, and can stand still. */
export class StreamPath extends Path implements ClientPath {
  readonly isDatagram = false
  readonly isPadded: boolean
  /** Since when it has more to send than it should; the server's sweep reads it. */
  stuckSinceMs: number | undefined
  openedMs: number
  readonly #socket: Duplex | TurnWebSocket

  constructor(socket: Duplex | TurnWebSocket, remote: Address, nowMs: number) {
    super(remote)
    this.#socket = socket
    this.isPadded = !('bufferedAmount' in socket)
    this.openedMs = nowMs
  }

  get waitingBytes(): number {
    const socket = this.#socket
    return 'bufferedAmount' in socket ? socket.bufferedAmount : socket.writableLength
  }

  get isStuck(): boolean {
    return this.waitingBytes > DATA_WAITING_BYTES_MAX
  }

  send(bytes: Buffer): void {
    if (this.waitingBytes > WAITING_BYTES_MAX) this.close()
    else this.#write(bytes)
  }

  sendData(frame: Buffer): boolean {
    if (this.isStuck) return false
    this.#write(frame)
    return true
  }

  hold(): void {}

  release(): void {
    this.close()
  }

  close(): void {
    const socket = this.#socket
    if ('bufferedAmount' in socket) socket.terminate()
    else socket.destroy()
  }

  #write(bytes: Buffer): void {
    const socket = this.#socket
    if ('bufferedAmount' in socket) socket.send(bytes)
    else if (!socket.destroyed) socket.write(bytes)
  }
}
