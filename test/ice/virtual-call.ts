/** Two whole agents without sockets, in the virtual network, with a voice each way and ears that notice gaps. */

import type { Address } from '../../src/lib/ip.ts'
import type { Candidate } from '../../src/ice/candidate.ts'
import type { IceCredentials, IceRole } from '../../src/ice/ice.ts'
import { type Base, type Pair, isRelayed } from '../../src/ice/pair.ts'
import { Traversal } from '../../src/ice/traversal.ts'
import { type Conditions, Nat, type NatKind, VirtualNet, VirtualRelay, startStun } from './virtual-net.ts'

const VOICE = Buffer.alloc(80, 0x80)
const STUN: Address[] = [
  { host: '203.0.113.1', port: 3478 },
  { host: '203.0.113.2', port: 3478 },
  { host: '203.0.113.3', port: 3478 },
]
const SIGNAL_MS = 80

export interface EndOptions {
  role: IceRole
  nat: Nat
  host: string
  relays: VirtualRelay[]
  relayOnly: boolean
}

export class VirtualEnd {
  readonly credentials: IceCredentials
  readonly traversal: Traversal
  readonly sentTo = new Map<string, number>()
  packetsSent = 0
  polls = 0
  probesOpen = 0
  probesMost = 0
  /** Every change of what is sent on. */
  readonly moves: { atMs: number; pair: Pair | undefined }[] = []
  heardMs: number | undefined
  longestGapMs = 0
  connectedMs: number | undefined
  directMs: number | undefined
  nat: Nat
  tell: (candidate: Candidate) => void = () => {}
  readonly #net: VirtualNet
  readonly #sends = new Map<number, (to: Address, bytes: Buffer) => void>()
  readonly #options: EndOptions
  #host: string
  #nextId = 1
  #nextPort: number
  #wakeMs = Infinity
  #isPollDue = false

  constructor(net: VirtualNet, options: EndOptions) {
    this.#net = net
    this.#options = options
    this.nat = options.nat
    this.#host = options.host
    this.#nextPort = 10_000 + Math.floor(net.random() * 1_000)
    const bytes = (count: number) => Buffer.from(Array.from({ length: count }, () => Math.floor(net.random() * 256)))
    this.credentials = { ufrag: bytes(6).toString('base64'), password: bytes(18).toString('base64') }
    this.traversal = new Traversal({
      role: options.role,
      credentials: this.credentials,
      relayOnly: options.relayOnly,
      random: net.random,
      randomBytes: bytes,
      outlet: {
        send: (base, to, packet) => this.#send(base, to, packet),
        data: () => this.#hear(),
        candidate: (candidate) => this.tell(candidate),
        selected: () => this.#moved(),
        doubt: () => {},
        openProbes: (_like, count) => {
          for (let i = 0; i < count; i++) this.traversal.addProbe(this.#open(), net.nowMs)
          this.probesOpen += count
          this.probesMost = Math.max(this.probesMost, this.probesOpen)
        },
        closeProbe: (base) => {
          this.probesOpen--
          this.#close(base.id)
        },
      },
    })
    this.traversal.setStunServers(STUN, 0)
  }

  get selected(): Pair | undefined {
    return this.traversal.paths.selected
  }

  get isDirect(): boolean {
    return this.selected?.isValid === true && !isRelayed(this.selected)
  }

  gather(): void {
    this.#openSocket()
    for (const [at, relay] of this.#options.relays.entries()) {
      this.#net.after(60 + 600 * at, () => {
        if (!relay.isDown) this.#lend(relay)
      })
    }
    this.#poll()
  }

  setRemote(peer: IceCredentials): void {
    this.traversal.setPeer(peer, this.#net.nowMs)
    this.#poll()
  }

  addCandidate(candidate: Candidate): void {
    this.traversal.addCandidate(candidate, this.#net.nowMs)
    this.#poll()
  }

  /** To another network, as after `refresh`. */
  moveTo(nat: Nat, host: string): void {
    for (const { id, kind } of this.traversal.paths.bases) {
      if (kind === 'relay') continue
      this.#close(id)
      this.traversal.removeBase(id, this.#net.nowMs)
    }
    this.nat = nat
    this.#host = host
    this.#openSocket()
    this.traversal.refresh(this.#net.nowMs)
    this.#poll()
  }

  speak(): void {
    const pair = this.selected
    if (pair !== undefined) this.#send(pair.base, pair.remote.address, VOICE)
    this.#net.after(20, () => this.speak())
  }

  /** As if it came to its first socket. */
  receive(from: Address, bytes: Buffer): void {
    this.#take(1, from, bytes)
  }

  #openSocket(): void {
    const base = this.#open()
    this.traversal.addBase(base, this.#net.nowMs)
  }

  #open(): Base {
    const { nat } = this
    const address = { host: nat.kind === 'public' ? nat.outside : this.#host, port: this.#nextPort++ }
    const base: Base = { id: this.#nextId++, kind: 'socket', address }
    nat.bind(address, (from, bytes) => this.#take(base.id, from, bytes))
    this.#sends.set(base.id, (to, bytes) => nat.send(address, to, bytes))
    return base
  }

  #close(id: number): void {
    this.#sends.delete(id)
  }

  #lend(relay: VirtualRelay): void {
    const id = this.#nextId++
    const address = relay.lend((from, bytes) => this.#take(id, from, bytes))
    this.#sends.set(id, (to, bytes) => relay.send(address, to, bytes))
    this.traversal.addBase({ id, kind: 'relay', address, relay: relay.host }, this.#net.nowMs)
    this.#poll()
  }

  #send(base: Base, to: Address, bytes: Buffer): void {
    this.packetsSent++
    if (base.kind === 'socket') this.sentTo.set(to.host, (this.sentTo.get(to.host) ?? 0) + 1)
    this.#sends.get(base.id)?.(to, bytes)
  }

  #take(id: number, from: Address, bytes: Buffer): void {
    if (!this.#sends.has(id)) return
    if (this.traversal.receive(this.#net.nowMs, id, from, bytes)) this.#poll()
  }

  #poll(): void {
    if (this.#isPollDue) return
    this.#isPollDue = true
    this.#net.after(0, () => {
      this.#isPollDue = false
      this.polls++
      const nextMs = this.traversal.poll(this.#net.nowMs)
      this.#moved()
      if (nextMs >= this.#wakeMs && this.#wakeMs > this.#net.nowMs) return
      this.#wakeMs = nextMs
      if (nextMs === Infinity) return
      this.#net.after(Math.max(1, nextMs - this.#net.nowMs), () => this.#poll())
    })
  }

  #moved(): void {
    if (this.moves.at(-1)?.pair === this.selected) return
    this.moves.push({ atMs: this.#net.nowMs, pair: this.selected })
    if (this.selected !== undefined) this.connectedMs ??= this.#net.nowMs
    if (this.isDirect) this.directMs ??= this.#net.nowMs
  }

  #hear(): void {
    const { nowMs } = this.#net
    if (this.heardMs !== undefined) this.longestGapMs = Math.max(this.longestGapMs, nowMs - this.heardMs)
    this.heardMs = nowMs
  }
}

export interface CallOptions extends Partial<Conditions> {
  seed: number
  a: NatKind
  b: NatKind
  /** How much later b starts than a. */
  lateMs?: number
  relayCount?: number
  relayOnly?: boolean
  hasSpeech?: boolean
}

export class VirtualCall {
  readonly net: VirtualNet
  readonly a: VirtualEnd
  readonly b: VirtualEnd
  readonly relays: VirtualRelay[]
  signalLossPercent = 0

  constructor({ seed, a, b, lateMs = 0, relayCount = 0, relayOnly = false, hasSpeech = false, ...rest }: CallOptions) {
    const net = new VirtualNet(seed, rest)
    this.net = net
    for (const address of STUN) startStun(net, address)
    this.relays = Array.from({ length: relayCount }, (_, at) => new VirtualRelay(net, `203.0.113.${100 + at}`))
    const relays = this.relays
    // all homes have the same addresses within, as real ones do
    const end = (role: IceRole, kind: NatKind, outside: string) =>
      new VirtualEnd(net, {
        role,
        nat: new Nat(net, kind, outside),
        host: '192.168.1.2',
        relays: role === 'controlling' ? relays : relays.toReversed(),
        relayOnly,
      })
    this.a = end('controlling', a, '198.51.100.1')
    this.b = end('controlled', b, '198.51.100.2')
    this.#signal(this.a, this.b)
    this.#signal(this.b, this.a)
    const start = (own: VirtualEnd, peer: VirtualEnd) => {
      own.gather()
      own.setRemote(peer.credentials)
      if (hasSpeech) own.speak()
    }
    net.after(0, () => start(this.a, this.b))
    net.after(lateMs, () => start(this.b, this.a))
  }

  /** Runs until both ends send on a path that works. */
  connect(maxMs: number): boolean {
    this.net.run(maxMs, () => this.isConnected)
    return this.isConnected
  }

  /** Runs until both send directly. */
  connectDirectly(maxMs: number): boolean {
    this.net.run(maxMs, () => this.a.isDirect && this.b.isDirect)
    return this.a.isDirect && this.b.isDirect
  }

  get isConnected(): boolean {
    return this.a.selected?.isValid === true && this.b.selected?.isValid === true
  }

  runFor(ms: number): void {
    this.net.run(this.net.nowMs + ms)
  }

  #signal(from: VirtualEnd, to: VirtualEnd): void {
    from.tell = (candidate) => {
      if (this.net.random() * 100 < this.signalLossPercent) return
      this.net.after(SIGNAL_MS, () => to.addCandidate(candidate))
    }
  }
}
