/** Overlays that hear each other within one process and one virtual time: no sockets, every peer knows every supernode. */

import { EventEmitter } from 'node:events'

import type { CallOptions, Contact, Overlay, OverlayEvents, Role } from '../../src/overlay/overlay.ts'
import { compareDistance, kadIdOf, peerIdOf } from '../../src/overlay/peer-id.ts'
import { Refusal, RpcError, type Handler } from '../../src/overlay/rpc.ts'

export class MemoryNetwork {
  readonly overlays = new Map<string, MemoryOverlay>()

  /** A peer whose key is its number. */
  peer(number: number): MemoryOverlay {
    const key = new Uint8Array(32)
    new DataView(key.buffer).setUint32(0, number + 1)
    const address = `/ip4/${1 + (number % 200)}.${(number / 200) | 0}.0.1/tcp/4001`
    const overlay = new MemoryOverlay(this, peerIdOf(key), address)
    this.overlays.set(overlay.peerId, overlay)
    return overlay
  }
}

export class MemoryOverlay extends EventEmitter<OverlayEvents> implements Overlay {
  readonly peerId: string
  readonly network = 'memory'
  readonly address: string
  readonly counters = { malformed: 0, refused: 0, failed: 0 }
  isServing = false
  isUp = true
  /** Who was dialled, in order. */
  readonly dialled: string[] = []
  readonly forgotten = new Set<string>()
  readonly connected = new Set<string>()
  readonly #net: MemoryNetwork
  readonly #handlers = new Map<Role, Handler>()

  constructor(net: MemoryNetwork, peerId: string, address: string) {
    super()
    this.setMaxListeners(0)
    this.#net = net
    this.peerId = peerId
    this.address = address
  }

  addresses(): string[] {
    return [`${this.address}/p2p/${this.peerId}`]
  }

  handle(role: Role, handler: Handler): Promise<void> {
    this.#handlers.set(role, handler)
    return Promise.resolve()
  }

  unhandle(role: Role): Promise<void> {
    this.#handlers.delete(role)
    return Promise.resolve()
  }

  async call(to: Contact, role: Role, body: Uint8Array, _options: CallOptions): Promise<Uint8Array> {
    const peer = this.#net.overlays.get(to.peerId)
    if (peer === undefined || !peer.isUp) throw new RpcError('unreachable', 'it is not there')
    this.connected.add(to.peerId)
    peer.connected.add(this.peerId)
    try {
      const handler = peer.#handlers.get(role)
      const answer = handler && (await handler(this.peerId, body))
      if (answer !== undefined) return answer
    } catch (error) {
      if (error instanceof Refusal) throw new RpcError('refused', error.message, error.retryAfterMs)
    }
    throw new RpcError('failed', 'it could not read the question')
  }

  isConnected(peerId: string): boolean {
    return this.connected.has(peerId)
  }

  remoteAddress(peerId: string): string | undefined {
    return this.#net.overlays.get(peerId)?.address
  }

  connectionCount(): number {
    return this.connected.size
  }

  peers(): string[] {
    return [...this.connected]
  }

  contact(peerId: string): Contact {
    const address = this.#net.overlays.get(peerId)?.address
    return { peerId, addresses: address === undefined ? [] : [address] }
  }

  async checkConnections(): Promise<void> {}

  supernodes(): Contact[] {
    return [...this.#net.overlays.values()]
      .filter((each) => each.isServing && each !== this && !this.forgotten.has(each.peerId))
      .map((each) => ({ peerId: each.peerId, addresses: [each.address] }))
  }

  nearest(kadId: Uint8Array, count: number): Contact[] {
    return this.supernodes()
      .sort((a, b) => compareDistance(kadId, kadIdOf(a.peerId), kadIdOf(b.peerId)))
      .slice(0, count)
  }

  setMappedPorts(): void {}

  confirmAddress(): void {}

  walk(): Promise<Contact[]> {
    return Promise.resolve([])
  }

  forget(peerId: string): void {
    this.forgotten.add(peerId)
  }

  serveTurn(): void {}

  setServing(isServing: boolean): Promise<void> {
    this.isServing = isServing
    return Promise.resolve()
  }

  canDial(): Promise<boolean> {
    return Promise.resolve(false)
  }

  join(addresses: string[]): Promise<number> {
    const ids = new Set(addresses.map((address) => address.split('/p2p/')[1] as string))
    for (const peerId of ids) {
      this.dialled.push(peerId)
      if (this.#net.overlays.get(peerId)?.isUp === true) this.connected.add(peerId)
    }
    return Promise.resolve(ids.size)
  }

  stop(): Promise<void> {
    this.isUp = false
    return Promise.resolve()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

/** Lets everything happen that waits for nothing but other promises. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
}
