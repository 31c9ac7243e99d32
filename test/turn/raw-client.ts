/** A client that says exactly what a test tells it to, over UDP or a stream, and keeps all that comes back. */

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'

import { type Address, familyOf } from '../../src/lib/ip.ts'
import {
  ATTRIBUTE,
  type Attribute,
  attributeOf,
  CLASS,
  METHOD,
  newTransactionId,
  readError,
  readMessage,
  type ReadMessage,
  readXorAddress,
  textValue,
  uint32Value,
  writeMessage,
  xorAddressValue,
} from '../../src/stun/message.ts'
import { longTermKey } from '../../src/turn/credentials.ts'
import { Framer } from '../../src/turn/framing.ts'
import type { RelayServer } from '../../src/turn/relay-server.ts'

export const TRANSPORT: Attribute = [ATTRIBUTE.requestedTransport, Buffer.from([17, 0, 0, 0])]
export const TICKET: Attribute = [ATTRIBUTE.mobilityTicket, Buffer.alloc(0)]
export const lifetime = (seconds: number): Attribute => [ATTRIBUTE.lifetime, uint32Value(seconds)]
export const family = (value: number): Attribute => [ATTRIBUTE.requestedAddressFamily, Buffer.from([value, 0, 0, 0])]
export const padding = (bytes: number): Attribute => [ATTRIBUTE.padding, Buffer.alloc(bytes)]
export const channelNumber = (number: number): Attribute => [
  ATTRIBUTE.channelNumber,
  Buffer.from([number >> 8, number & 255, 0, 0]),
]

type Attributes = readonly Attribute[] | ((transactionId: Buffer) => readonly Attribute[])

export interface Asking {
  method: number
  attributes?: Attributes
  /** Undefined: not authenticated at all. */
  as?: RelayServer | undefined
  transactionId?: Buffer
  kind?: 0b00 | 0b01
}

export const peers =
  (...addresses: Address[]) =>
  (transactionId: Buffer): Attribute[] =>
    addresses.map((address) => [ATTRIBUTE.xorPeerAddress, xorAddressValue(address, transactionId)])

export function written({ method, attributes = [], as, kind = CLASS.request, ...more }: Asking): Buffer {
  const { transactionId = newTransactionId() } = more
  const all = [...(typeof attributes === 'function' ? attributes(transactionId) : attributes)]
  if (as !== undefined) {
    const { username, realm, nonce } = as
    all.push([ATTRIBUTE.username, textValue(username)], [ATTRIBUTE.realm, textValue(realm)])
    all.push([ATTRIBUTE.nonce, textValue(nonce)])
  }
  const key = as === undefined ? undefined : longTermKey(as.username, as.realm, as.credential)
  return writeMessage({ method, class: kind, transactionId, attributes: all }, { key })
}

export class RawClient implements AsyncDisposable {
  readonly frames: Buffer[] = []
  /** Of this end; the port differs from one client to the next. */
  readonly local: Address
  readonly send: (bytes: Uint8Array) => void
  readonly #close: () => Promise<void>
  #wake = (): void => {}

  constructor(local: Address, send: (bytes: Uint8Array) => void, close: () => Promise<void>) {
    this.local = local
    this.send = send
    this.#close = close
  }

  take(frame: Buffer): void {
    this.frames.push(frame)
    this.#wake()
  }

  /** The answer; waits for ever without one. */
  async ask(asking: Asking): Promise<ReadMessage> {
    const transactionId = asking.transactionId ?? newTransactionId()
    const from = this.frames.length
    this.send(written({ ...asking, transactionId }))
    return this.answerTo(transactionId, from)
  }

  /** The code it was refused with, 0 for a success. */
  async code(asking: Asking): Promise<number> {
    const answer = await this.ask(asking)
    return answer.class === CLASS.success ? 0 : (readError(attributeOf(answer, ATTRIBUTE.errorCode)) ?? -1)
  }

  async answerTo(transactionId: Uint8Array, from = 0): Promise<ReadMessage> {
    for (;;) {
      for (const frame of this.frames.slice(from)) {
        const message = readMessage(frame)
        if (message !== undefined && Buffer.compare(message.transactionId, transactionId) === 0) return message
      }
      await new Promise<void>((wake) => (this.#wake = wake))
    }
  }

  /** All that comes for these bytes, up to the answer to a question that is always answered. */
  async answersTo(bytes: Uint8Array): Promise<Buffer[]> {
    const from = this.frames.length
    this.send(bytes)
    const last = await this.ask({ method: METHOD.binding, attributes: [padding(40)] })
    return this.frames.slice(from).filter((frame) => !frame.equals(last.bytes))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
  }
}

export async function udpClient(server: Address): Promise<RawClient> {
  const socket = createSocket(familyOf(server.host) === 'ipv6' ? 'udp6' : 'udp4')
  socket.bind(0, server.host)
  await once(socket, 'listening')
  const { address: host, port } = socket.address()
  const client = new RawClient(
    { host, port },
    (bytes) => socket.send(bytes, server.port, server.host),
    () => new Promise((closed) => socket.close(closed)),
  )
  socket.on('message', (data) => client.take(data))
  return client
}

export async function tcpClient(server: Address): Promise<RawClient & { closed: Promise<unknown> }> {
  const socket = connect(server)
  await once(socket, 'connect')
  const framer = new Framer()
  const closed = new Promise((done) => socket.on('close', done))
  const local = { host: socket.localAddress!, port: socket.localPort! }
  const client = new RawClient(
    local,
    (bytes) => socket.write(bytes),
    async () => {
      socket.destroy()
      await closed
    },
  )
  socket.on('error', () => {})
  socket.on('data', (bytes: Buffer) => framer.push(bytes, (frame) => client.take(frame)))
  return Object.assign(client, { closed })
}

export const relayedOf = (answer: ReadMessage): Address =>
  readXorAddress(attributeOf(answer, ATTRIBUTE.xorRelayedAddress), answer.transactionId)!
