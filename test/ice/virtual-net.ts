/**
 * An internet in one process on virtual time: hosts behind NATs of each kind, STUN servers, relays, delay, jitter and
 * loss. It knows nothing of ICE but what a STUN server answers; the ends under test are in `virtual-call.ts`.
 */

import type { Address } from '../../src/lib/ip.ts'
import { ATTRIBUTE, CLASS, METHOD, readMessage, writeMessage, xorAddressValue } from '../../src/stun/message.ts'

export type NatKind =
  | 'public'
  | 'fullcone'
  | 'address'
  | 'port'
  | 'port-random'
  | 'symmetric'
  | 'sequential'
  | 'blocked'

export const NAT_KINDS: readonly NatKind[] = [
  'public',
  'fullcone',
  'address',
  'port',
  'port-random',
  'symmetric',
  'sequential',
  'blocked',
]

export interface Conditions {
  /** One way. */
  delayMs: number
  /** Added or taken away, evenly. */
  jitterMs: number
  lossPercent: number
}

type Receive = (from: Address, bytes: Buffer) => void

/** mulberry32: a seed is a bug report. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Due {
  atMs: number
  order: number
  act: () => void
}

const isBefore = (a: Due, b: Due): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)

export class VirtualNet {
  nowMs = 0
  readonly conditions: Conditions
  readonly random: () => number
  readonly #heap: Due[] = []
  readonly #places = new Map<string, (from: Address, to: Address, bytes: Buffer) => void>()
  #order = 0

  constructor(seed: number, conditions: Partial<Conditions> = {}) {
    this.random = seeded(seed)
    this.conditions = { delayMs: 25, jitterMs: 0, lossPercent: 0, ...conditions }
  }

  after(delayMs: number, act: () => void): void {
    const heap = this.#heap
    const due = { atMs: this.nowMs + Math.max(0, delayMs), order: this.#order++, act }
    let at = heap.push(due) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(due, heap[parent]!)) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = due
  }

  /** Runs until then, or until `isDone`. */
  run(untilMs: number, isDone: () => boolean = () => false): void {
    while (!isDone()) {
      const next = this.#heap[0]
      if (next === undefined || next.atMs > untilMs) {
        this.nowMs = untilMs
        return
      }
      this.#pop()
      this.nowMs = next.atMs
      next.act()
    }
  }

  /** Whoever answers for an address of the open internet; replaces who did. */
  settle(host: string, receive: (from: Address, to: Address, bytes: Buffer) => void): void {
    this.#places.set(host, receive)
  }

  leave(host: string): void {
    this.#places.delete(host)
  }

  /** Across the internet: may be lost, takes its time. `share` of the whole delay. */
  carry(from: Address, to: Address, bytes: Buffer, share = 1): void {
    if (this.isLost(share)) return
    this.after(this.delay(share), () => this.#places.get(to.host)?.(from, to, bytes))
  }

  isLost(share = 1): boolean {
    return this.random() * 100 < this.conditions.lossPercent * share
  }

  delay(share = 1): number {
    const { delayMs, jitterMs } = this.conditions
    return share * (delayMs + (2 * this.random() - 1) * jitterMs)
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()!
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, last)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
  }
}

interface Mapping {
  inside: Address
  port: number
  /** Whom the inside has sent to by this mapping. */
  hosts: Set<string>
  ends: Set<string>
}

const key = ({ host, port }: Address): string => `${host} ${port}`

/** A home's router, with one address outside. `public` and `blocked` translate nothing. */
export class Nat {
  readonly kind: NatKind
  readonly #net: VirtualNet
  readonly #sockets = new Map<string, Receive>()
  #outside: string
  #byInside = new Map<string, Mapping>()
  #byPort = new Map<number, Mapping>()
  #nextPort: number
  isDown = false

  constructor(net: VirtualNet, kind: NatKind, outside: string) {
    this.kind = kind
    this.#net = net
    this.#outside = outside
    this.#nextPort = 20_000 + Math.floor(net.random() * 10_000)
    this.#settle()
  }

  bind(inside: Address, receive: Receive): void {
    this.#sockets.set(key(inside), receive)
  }

  unbind(inside: Address): void {
    this.#sockets.delete(key(inside))
  }

  get outside(): string {
    return this.#outside
  }

  /** It has restarted: no mapping is what it was. */
  forget(): void {
    this.#byInside = new Map()
    this.#byPort = new Map()
  }

  /** The provider gave it another address. */
  move(outside: string): void {
    this.#net.leave(this.#outside)
    this.#outside = outside
    this.forget()
    this.#settle()
  }

  send(inside: Address, to: Address, bytes: Buffer): void {
    if (this.isDown || this.kind === 'blocked') return
    if (this.kind === 'public') return this.#net.carry(inside, to, bytes)
    // homes reach their own network, and nobody else's
    if (to.host.startsWith('192.168.')) {
      this.#net.after(1, () => this.#sockets.get(key(to))?.(inside, bytes))
      return
    }
    const mapping = this.#mapping(inside, to)
    mapping.hosts.add(to.host)
    mapping.ends.add(key(to))
    this.#net.carry({ host: this.#outside, port: mapping.port }, to, bytes)
  }

  #settle(): void {
    this.#net.settle(this.#outside, (from, to, bytes) => this.#receive(from, to, bytes))
  }

  #receive(from: Address, to: Address, bytes: Buffer): void {
    if (this.isDown || this.kind === 'blocked') return
    if (this.kind === 'public') return this.#sockets.get(key(to))?.(from, bytes)
    const mapping = this.#byPort.get(to.port)
    if (mapping === undefined) return
    const isLetIn =
      this.kind === 'fullcone' || (this.kind === 'address' ? mapping.hosts.has(from.host) : mapping.ends.has(key(from)))
    if (isLetIn) this.#sockets.get(key(mapping.inside))?.(from, bytes)
  }

  #mapping(inside: Address, to: Address): Mapping {
    const isPerDestination = this.kind === 'symmetric' || this.kind === 'sequential'
    const name = isPerDestination ? `${key(inside)} ${key(to)}` : key(inside)
    const known = this.#byInside.get(name)
    if (known !== undefined) return known
    const mapping = { inside, port: this.#freePort(inside.port), hosts: new Set<string>(), ends: new Set<string>() }
    this.#byInside.set(name, mapping)
    this.#byPort.set(mapping.port, mapping)
    return mapping
  }

  #freePort(wanted: number): number {
    if (this.kind === 'sequential') {
      this.#nextPort += 2
      return this.#nextPort
    }
    const isKept = this.kind !== 'symmetric' && this.kind !== 'port-random'
    if (isKept && !this.#byPort.has(wanted)) return wanted
    for (;;) {
      const port = 1_024 + Math.floor(this.#net.random() * 64_000)
      if (!this.#byPort.has(port)) return port
    }
  }
}

export function startStun(net: VirtualNet, address: Address): void {
  net.settle(address.host, (from, to, bytes) => {
    const message = readMessage(bytes)
    if (message?.class !== CLASS.request || message.method !== METHOD.binding || to.port !== address.port) return
    const { transactionId } = message
    const answer = writeMessage({
      method: METHOD.binding,
      class: CLASS.success,
      transactionId,
      attributes: [[ATTRIBUTE.xorMappedAddress, xorAddressValue(from, transactionId)]],
    })
    net.carry(address, from, answer)
  })
}

/** What a relay lends: its client reaches it over anything, so behind no NAT. Each leg takes half of the way. */
export class VirtualRelay {
  readonly host: string
  readonly #net: VirtualNet
  readonly #lent = new Map<number, { receive: Receive; permitted: Set<string> }>()
  #nextPort = 50_000
  isDown = false

  constructor(net: VirtualNet, host: string) {
    this.host = host
    this.#net = net
    net.settle(host, (from, to, bytes) => {
      const lent = this.#lent.get(to.port)
      if (this.isDown || lent === undefined || !lent.permitted.has(from.host) || net.isLost(0.5)) return
      net.after(net.delay(0.5), () => this.isDown || lent.receive(from, bytes))
    })
  }

  lend(receive: Receive): Address {
    const port = this.#nextPort++
    this.#lent.set(port, { receive, permitted: new Set() })
    return { host: this.host, port }
  }

  send(relayed: Address, to: Address, bytes: Buffer): void {
    if (this.isDown || this.#net.isLost(0.5)) return
    this.#net.after(this.#net.delay(0.5), () => {
      if (this.isDown) return
      this.#lent.get(relayed.port)?.permitted.add(to.host)
      this.#net.carry(relayed, to, bytes, 0.5)
    })
  }
}
