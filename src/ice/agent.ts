/**
 * The ICE agent of ice.ts: sockets, relays and one timer around the traversal, which decides everything. Its packets
 * are all that it knows of the peer; candidates go out and come in by whatever signalling its owner has.
 */

import { randomBytes, randomInt } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { steadyClock } from '../lib/clock.ts'
import { type Address, isLoopback, isPrivate, isSameAddress } from '../lib/ip.ts'
import { makeLog } from '../lib/log.ts'
import type { Allocation } from '../turn/client.ts'
import { type Candidate, isReachable } from './candidate.ts'
import type { IceAgent, IceAgentOptions, IceCredentials, IceEvents, IcePath, IceServers } from './ice.ts'
import { type Base, isRelayed } from './pair.ts'
import { Relays } from './relays.ts'
import { Sockets, ownHosts, presentHosts } from './sockets.ts'
import { Traversal } from './traversal.ts'

const log = makeLog('ice')

/** RFC 8445 §5.3 wants 24 and 128 bits of randomness. */
const UFRAG_BYTES = 6
const PASSWORD_BYTES = 18
const POLL_MS_MIN = 1
const PROBES_AT_ONCE = 16
/** Between looks of our own at the machine's addresses when the network refuses packets. */
const LOOK_EVERY_MS = 500

export const createIceAgent = (options: IceAgentOptions): IceAgent => new Agent(options)

/** Of the ICE characters. */
const newCredentials = (): IceCredentials => ({
  ufrag: randomBytes(UFRAG_BYTES).toString('base64'),
  password: randomBytes(PASSWORD_BYTES).toString('base64'),
})

class Agent extends EventEmitter<IceEvents> implements IceAgent {
  readonly credentials = newCredentials()
  readonly #options: IceAgentOptions
  readonly #clock = steadyClock
  readonly #traversal: Traversal
  readonly #sockets: Sockets
  readonly #relays: Relays
  /** Bases by what they send with. */
  readonly #allocations = new Map<number, Allocation>()
  readonly #hosts = new Map<string, number>()
  readonly #peerHosts = new Set<string>()
  #servers: IceServers
  #nextId = 1
  #told: IcePath | undefined
  #isGathering = false
  #stopping: Promise<void> | undefined
  #cancelPoll = (): void => {}
  #pollMs = Infinity
  #isPollSoon = false
  #lookMs = 0
  #seen = ''

  constructor(options: IceAgentOptions) {
    super()
    const { role, servers = { stun: [], relays: [] }, relayOnly = false, isUdpBlocked = false } = options
    this.#options = options
    this.#servers = servers
    this.#sockets = new Sockets({
      message: (id, from, bytes) => this.#take(id, from, bytes),
      lost: (base) => this.#lose(base),
      unreachable: () => this.#look(),
    })
    this.#relays = new Relays({
      clock: this.#clock,
      isUdpBlocked,
      hostAddresses: options.hostAddresses,
      added: (allocation) => this.#addAllocation(allocation),
      removed: (allocation) => this.#removeAllocation(allocation),
    })
    this.#traversal = new Traversal({
      role,
      credentials: this.credentials,
      relayOnly,
      random: () => randomInt(2 ** 32) / 2 ** 32,
      randomBytes,
      outlet: {
        send: (base, to, bytes) => this.#sendFrom(base, to, bytes),
        data: (bytes) => void this.emit('data', bytes),
        candidate: (candidate) => {
          if (this.#stopping === undefined) this.emit('candidate', candidate)
        },
        selected: () => this.#tellPath(),
        doubt: (base) => this.#allocations.get(base.id)?.probe(),
        openProbes: (like, count) => void this.#openProbes(like.address.host, count), // cannot reject
        closeProbe: ({ id }) => this.#sockets.close(id),
      },
    })
    this.#traversal.setStunServers(servers.stun, this.#clock.now())
    this.#relays.setServers(servers.relays)
  }

  get path(): IcePath | undefined {
    const pair = this.#stopping === undefined ? this.#traversal.paths.selected : undefined
    if (pair === undefined) return undefined
    const { base, remote, rttMs } = pair
    const theirs = remote.type === 'relay' ? this.#relayAt(remote.address) : undefined
    const relays = [...new Set([base.relay, theirs].filter((relay) => relay !== undefined))]
    const kind = isRelayed(pair) ? 'relay' : 'direct'
    return { kind, local: { ...base.address }, remote: { ...remote.address }, relays, rttMs }
  }

  gather(): void {
    if (this.#isGathering || this.#stopping !== undefined) return
    this.#isGathering = true
    this.#openHosts()
    this.#relays.start()
  }

  setRemote(credentials: IceCredentials): void {
    if (this.#stopping !== undefined) return
    this.#traversal.setPeer(credentials, this.#clock.now())
    this.#pollSoon()
  }

  addCandidate(candidate: Candidate): void {
    if (this.#stopping !== undefined) return
    const onLoopback = this.#options.hostAddresses?.some(isLoopback) === true
    if (!isReachable(candidate, onLoopback)) {
      this.#traversal.paths.dropped++
      return
    }
    this.#traversal.addCandidate(candidate, this.#clock.now())
    if (!this.#peerHosts.has(candidate.host) && !(isPrivate(candidate.host) && !onLoopback)) {
      this.#peerHosts.add(candidate.host)
      // the newest: a peer that moved has left the others
      if (this.#peerHosts.size > 32) this.#peerHosts.delete(this.#peerHosts.values().next().value as string)
      this.#relays.setPeerHosts([...this.#peerHosts])
    }
    this.#pollSoon()
  }

  setServers(servers: IceServers): void {
    if (this.#stopping !== undefined) return
    this.#servers = servers
    this.#traversal.setStunServers(servers.stun, this.#clock.now())
    this.#relays.setServers(servers.relays)
    this.#pollSoon()
  }

  refresh(): void {
    if (this.#stopping !== undefined || !this.#isGathering) return
    log('refresh')
    this.#openHosts()
    this.#relays.refresh()
    this.#traversal.refresh(this.#clock.now())
    this.#pollSoon()
  }

  send(data: Uint8Array): void {
    const pair = this.#traversal.paths.selected
    if (pair !== undefined && this.#stopping === undefined) this.#sendFrom(pair.base, pair.remote.address, data)
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #stop(): Promise<void> {
    this.#cancelPoll()
    this.#sockets.closeAll()
    await this.#relays.stop()
  }

  #sendFrom({ id, kind }: Base, to: Address, bytes: Uint8Array): void {
    if (this.#stopping !== undefined) return
    if (kind === 'socket') this.#sockets.send(id, to, bytes)
    else this.#allocations.get(id)?.send(bytes, to)
  }

  #take(id: number, from: Address, bytes: Buffer): void {
    if (this.#stopping !== undefined) return
    if (this.#traversal.receive(this.#clock.now(), id, from, bytes)) this.#pollSoon()
  }

  /** Opens what is new, closes what is gone. */
  #openHosts(): void {
    if (this.#options.relayOnly === true) return
    const named = this.#options.hostAddresses
    const hosts = named === undefined ? ownHosts() : presentHosts(named)
    this.#seen = hosts.join(' ')
    for (const host of this.#hosts.keys()) if (!hosts.includes(host)) this.#hosts.delete(host)
    // those that were found by probing with them
    for (const { id, address } of this.#sockets.bases()) {
      if (hosts.includes(address.host)) continue
      this.#sockets.close(id)
      this.#traversal.removeBase(id, this.#clock.now())
    }
    for (const host of hosts) if (!this.#hosts.has(host)) void this.#openHost(host) // cannot reject
  }

  async #openHost(host: string): Promise<void> {
    const id = this.#nextId++
    this.#hosts.set(host, id)
    const base = await this.#sockets.open(id, host)
    if (base === undefined) {
      if (this.#hosts.get(host) === id) this.#hosts.delete(host)
    } else if (this.#hosts.get(host) === id && this.#stopping === undefined) {
      this.#traversal.addBase(base, this.#clock.now())
      this.#pollSoon()
    } else this.#sockets.close(id)
  }

  #lose({ id, address: { host } }: Base): void {
    if (this.#hosts.get(host) === id) this.#hosts.delete(host)
    this.#traversal.removeBase(id, this.#clock.now())
    this.#pollSoon()
  }

  /** The network refused a packet: are our addresses what they were? */
  #look(): void {
    const nowMs = this.#clock.now()
    if (this.#stopping !== undefined || nowMs < this.#lookMs) return
    this.#lookMs = nowMs + LOOK_EVERY_MS
    const named = this.#options.hostAddresses
    const hosts = named === undefined ? ownHosts() : presentHosts(named)
    if (hosts.join(' ') !== this.#seen) this.refresh()
  }

  async #openProbes(host: string, count: number): Promise<void> {
    for (let opened = 0; opened < count; opened += PROBES_AT_ONCE) {
      const ids = Array.from({ length: PROBES_AT_ONCE }, () => this.#nextId++)
      const bases = await Promise.all(ids.map((id) => this.#sockets.open(id, host)))
      if (this.#stopping !== undefined) return
      for (const base of bases) if (base !== undefined) this.#traversal.addProbe(base, this.#clock.now())
      this.#pollSoon()
    }
  }

  #addAllocation(allocation: Allocation): void {
    const base: Base = {
      id: this.#nextId++,
      kind: 'relay',
      address: allocation.relayed,
      relay: allocation.server.peerId,
    }
    this.#allocations.set(base.id, allocation)
    allocation.onData((bytes, from) => this.#take(base.id, from, bytes))
    this.#traversal.addBase(base, this.#clock.now())
    this.#pollSoon()
  }

  #removeAllocation(allocation: Allocation): void {
    for (const [id, each] of this.#allocations) {
      if (each !== allocation) continue
      this.#allocations.delete(id)
      this.#traversal.removeBase(id, this.#clock.now())
      this.#pollSoon()
    }
  }

  /** Undefined also when several are at one address, as within one machine. */
  #relayAt({ host }: Address): string | undefined {
    const at = this.#servers.relays.filter(({ udp, tcp }) => [...udp, ...tcp].some((each) => each.host === host))
    return at.length === 1 ? at[0]!.peerId : undefined
  }

  #tellPath(): void {
    const { path } = this
    const told = this.#told
    if (this.#stopping !== undefined || isSamePath(path, told)) return
    this.#told = path
    log('path', { path: path?.kind ?? 'none', rtt: path && Math.round(path.rttMs) })
    this.emit('path', path)
  }

  /** Once for all that comes in one turn. */
  #pollSoon(): void {
    if (this.#isPollSoon || this.#stopping !== undefined) return
    this.#isPollSoon = true
    setImmediate(() => {
      this.#isPollSoon = false
      this.#poll()
    })
  }

  #poll(): void {
    if (this.#stopping !== undefined) return
    const nowMs = this.#clock.now()
    const nextMs = this.#traversal.poll(nowMs)
    this.#tellPath()
    if (nextMs === this.#pollMs || this.#stopping !== undefined) return
    this.#cancelPoll()
    this.#pollMs = nextMs
    if (nextMs === Infinity) return
    this.#cancelPoll = this.#clock.after(Math.max(nextMs - nowMs, POLL_MS_MIN), () => {
      this.#pollMs = Infinity
      this.#poll()
    })
  }
}

function isSamePath(a: IcePath | undefined, b: IcePath | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  const isSameWay = a.kind === b.kind && isSameAddress(a.local, b.local) && isSameAddress(a.remote, b.remote)
  return isSameWay && a.relays.join() === b.relays.join()
}
