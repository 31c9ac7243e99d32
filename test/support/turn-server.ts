/**
 * A TURN server for tests (RFC 8656): UDP on 127.0.0.1, long-term credentials, allocations, permissions, channels, and Send
 * indications, on werift's STUN codec. It counts what it relays and holds; nothing expires within a test.
 */

import { createHash, randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import type { RemoteInfo, Socket } from 'node:dgram'
import { once } from 'node:events'
import { Message, classes, methods, parseMessage } from 'werift'

const REALM = 'tincan.test'
const LIFETIME_SECONDS = 600

export interface TurnServerOptions {
  /** An allocation is granted only after this. */
  beforeAllocation?: Promise<void>
}

interface Allocation {
  client: RemoteInfo
  socket: Socket
  permitted: Set<string>
  peerOfChannel: Map<number, { host: string; port: number }>
  channelOfPeer: Map<string, number>
}

export async function startTurnServer(options: TurnServerOptions = {}): Promise<TurnServer> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return new TurnServer(socket, options)
}

class TurnServer {
  readonly host = '127.0.0.1'
  readonly port: number
  readonly username = 'alice'
  readonly credential = randomBytes(12).toString('hex')
  /** Datagrams from peers to clients and back. */
  relayed = 0
  readonly #socket: Socket
  readonly #options: TurnServerOptions
  readonly #nonce = randomBytes(8)
  readonly #allocations = new Map<string, Allocation>()

  constructor(socket: Socket, options: TurnServerOptions) {
    this.#socket = socket
    this.#options = options
    this.port = socket.address().port
    socket.on('message', (data, client) => void this.#take(data, client))
  }

  get allocations(): number {
    return this.#allocations.size
  }

  async stop(): Promise<void> {
    const sockets = [this.#socket, ...[...this.#allocations.values()].map(({ socket }) => socket)]
    this.#allocations.clear()
    await Promise.all(sockets.map((socket) => new Promise<void>((closed) => socket.close(closed))))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #take(data: Buffer, client: RemoteInfo): Promise<void> {
    const allocation = this.#allocations.get(`${client.address} ${client.port}`)
    if ((data[0]! & 0xc0) === 0x40) return this.#takeChannelData(allocation, data)
    const message = parseMessage(data)
    if (message === undefined) return
    if (message.messageMethod === methods.SEND && message.messageClass === classes.INDICATION) {
      const [host, port] = message.getAttributeValue('XOR-PEER-ADDRESS') as [string, number]
      if (allocation?.permitted.has(host))
        this.#relay(allocation, message.getAttributeValue('DATA') as Buffer, host, port)
      return
    }
    if (message.messageClass !== classes.REQUEST) return
    if (message.messageMethod === methods.BINDING) {
      return this.#answer(message, client, { 'XOR-MAPPED-ADDRESS': [client.address, client.port] })
    }
    const key = createHash('md5').update(`${this.username}:${REALM}:${this.credential}`).digest()
    if (parseMessage(data, key) === undefined) {
      return this.#refuse(message, client, 401, { REALM, NONCE: this.#nonce })
    }
    await this.#serve(message, client, allocation, key)
  }

  async #serve(request: Message, client: RemoteInfo, allocation: Allocation | undefined, key: Buffer): Promise<void> {
    if (request.messageMethod === methods.ALLOCATE) {
      if (allocation !== undefined) return this.#refuse(request, client, 437)
      await this.#options.beforeAllocation
      return this.#allocate(request, client, key)
    }
    if (allocation === undefined) return this.#refuse(request, client, 437)
    const [host, port] = (request.getAttributeValue('XOR-PEER-ADDRESS') as [string, number] | undefined) ?? []
    switch (request.messageMethod) {
      case methods.REFRESH: {
        const lifetime = Number(request.getAttributeValue('LIFETIME') ?? LIFETIME_SECONDS)
        if (lifetime === 0) {
          this.#allocations.delete(`${client.address} ${client.port}`)
          allocation.socket.close()
        }
        return this.#answer(request, client, { LIFETIME: lifetime }, key)
      }
      case methods.CHANNEL_BIND: {
        const channel = request.getAttributeValue('CHANNEL-NUMBER') as number
        allocation.peerOfChannel.set(channel, { host: host!, port: port! })
        allocation.channelOfPeer.set(`${host} ${port}`, channel)
        allocation.permitted.add(host!)
        return this.#answer(request, client, {}, key)
      }
      case methods.CREATE_PERMISSION: {
        allocation.permitted.add(host!)
        return this.#answer(request, client, {}, key)
      }
      default:
        return this.#refuse(request, client, 400)
    }
  }

  async #allocate(request: Message, client: RemoteInfo, key: Buffer): Promise<void> {
    const id = `${client.address} ${client.port}`
    if (this.#allocations.has(id)) return
    const socket = createSocket('udp4')
    const allocation: Allocation = {
      client,
      socket,
      permitted: new Set(),
      peerOfChannel: new Map(),
      channelOfPeer: new Map(),
    }
    this.#allocations.set(id, allocation)
    socket.on('message', (data, peer) => this.#takeFromPeer(allocation, data, peer))
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    this.#answer(
      request,
      client,
      {
        'XOR-RELAYED-ADDRESS': [this.host, socket.address().port],
        'XOR-MAPPED-ADDRESS': [client.address, client.port],
        LIFETIME: LIFETIME_SECONDS,
      },
      key,
    )
  }

  #takeChannelData(allocation: Allocation | undefined, data: Buffer): void {
    const peer = allocation?.peerOfChannel.get(data.readUInt16BE(0))
    if (allocation === undefined || peer === undefined) return
    this.#relay(allocation, data.subarray(4, 4 + data.readUInt16BE(2)), peer.host, peer.port)
  }

  #relay(allocation: Allocation, data: Buffer, host: string, port: number): void {
    if (host !== '127.0.0.1') return
    this.relayed++
    allocation.socket.send(data, port, host)
  }

  #takeFromPeer(allocation: Allocation, data: Buffer, peer: RemoteInfo): void {
    if (!allocation.permitted.has(peer.address)) return
    this.relayed++
    const channel = allocation.channelOfPeer.get(`${peer.address} ${peer.port}`)
    if (channel === undefined) {
      const indication = new Message(methods.DATA, classes.INDICATION)
      indication.setAttribute('XOR-PEER-ADDRESS', [peer.address, peer.port]).setAttribute('DATA', data)
      this.#send(indication.bytes, allocation.client)
      return
    }
    const header = Buffer.alloc(4)
    header.writeUInt16BE(channel, 0)
    header.writeUInt16BE(data.length, 2)
    this.#send(Buffer.concat([header, data]), allocation.client)
  }

  #answer(request: Message, client: RemoteInfo, attributes: Record<string, unknown>, key?: Buffer): void {
    const response = new Message(request.messageMethod, classes.RESPONSE, request.transactionId)
    for (const [name, value] of Object.entries(attributes)) response.setAttribute(name as never, value as never)
    if (key !== undefined) response.addMessageIntegrity(key)
    this.#send(response.addFingerprint().bytes, client)
  }

  #refuse(request: Message, client: RemoteInfo, code: number, attributes: Record<string, unknown> = {}): void {
    const response = new Message(request.messageMethod, classes.ERROR, request.transactionId)
    response.setAttribute('ERROR-CODE', [code, 'refused'])
    for (const [name, value] of Object.entries(attributes)) response.setAttribute(name as never, value as never)
    this.#send(response.addFingerprint().bytes, client)
  }

  #send(data: Buffer, { address, port }: RemoteInfo): void {
    this.#socket.send(data, port, address)
  }
}

export type { TurnServer }
