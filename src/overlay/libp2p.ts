/**
 * The real overlay: peers, calls and the routing table, over the libp2p host that libp2p-host.ts sets up. kad-dht is
 * for routing only: its records let a replay overwrite a newer one (js-libp2p #3377). These two are the only files that
 * run libp2p.
 */

import { EventEmitter } from 'node:events'
import type { Connection, PeerId, Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { TincanError } from '../errors.ts'
import { abortable } from '../lib/abortable.ts'
import { steadyClock } from '../lib/clock.ts'
import { makeLog, short } from '../lib/log.ts'
import { outwardFirst } from './addresses.ts'
import { DialMemory } from './dial-memory.ts'
import { frameStream } from './frame-stream.ts'
import { createHost, kadProtocol, type Host, type HostOptions } from './libp2p-host.ts'
import { Liveness } from './liveness.ts'
import type { CallOptions, Contact, MappedTcpPort, Overlay, OverlayEvents, ProfileName, Role } from './overlay.ts'
import { peerIdOf, withoutPeerId } from './peer-id.ts'
import { RpcCaller, RpcError, serveRpc, type Handler, type RpcCounters } from './rpc.ts'
import { SharedPort, type TurnHandler } from './shared-port.ts'

export type OverlayOptions = Pick<HostOptions, 'key' | 'network' | 'profile' | 'listen'>

const log = makeLog('overlay')

const REDIAL_AFTER_MS: Record<ProfileName, number> = { local: 3_000, internet: 60_000 }
const KNOWN_ADDRESSES_MAX = 4000
const OPEN_DEADLINE_MS = 10_000
const DISCOVERY_DEADLINE_MS = 5_000

/** Rejects PORT_IN_USE or BAD_ADDRESS. */
export async function startOverlay(options: OverlayOptions): Promise<Overlay> {
  const overlay = new Libp2pOverlay(options)
  await overlay.start()
  return overlay
}

class Libp2pOverlay extends EventEmitter<OverlayEvents> implements Overlay {
  readonly network: string
  readonly peerId: string
  readonly counters: RpcCounters = { malformed: 0, refused: 0, failed: 0 }
  readonly #options: OverlayOptions
  readonly #dials: DialMemory
  readonly #liveness = new Liveness()
  readonly #sharedPort = new SharedPort()
  readonly #handlers = new Map<Role, Handler>()
  readonly #callers = new Map<string, RpcCaller>()
  readonly #opening = new Map<string, Promise<RpcCaller>>()
  readonly #addresses = new Map<string, string[]>()
  #mapped: MappedTcpPort[] = []
  #libp2p!: Host

  constructor(options: OverlayOptions) {
    super()
    this.setMaxListeners(0)
    this.#options = options
    this.network = options.network
    this.#dials = new DialMemory(steadyClock, REDIAL_AFTER_MS[options.profile])
    this.peerId = peerIdOf(options.key.publicKey)
  }

  async start(): Promise<void> {
    this.#libp2p = await createHost({
      ...this.#options,
      dials: this.#dials,
      sharedPort: this.#sharedPort,
      onDiscovered: (peerId, addresses) => {
        if (this.isConnected(peerId)) return
        log('discovered', { peer: short(peerId) })
        void this.join(addresses, AbortSignal.timeout(DISCOVERY_DEADLINE_MS)) // cannot reject
      },
    })
    this.#libp2p.addEventListener('peer:connect', (event) => this.emit('connect', event.detail.toString()))
    // who connects anew may have left the old connection behind
    this.#libp2p.addEventListener('connection:open', ({ detail }) => this.#doubt(detail.remotePeer, detail))
    this.#libp2p.addEventListener('peer:disconnect', (event) => this.#disconnected(event.detail.toString()))
    this.#libp2p.addEventListener('self:peer:update', () => this.emit('addresses'))
    this.#libp2p.addEventListener('peer:identify', ({ detail }) => {
      const peerId = detail.peerId.toString()
      this.#learn(peerId, detail.listenAddrs.map(withoutPeer))
      // kad-dht hears of a promotion only
      if (!detail.protocols.includes(kadProtocol(this.network))) this.forget(peerId)
    })
    this.#table.addEventListener('peer:add', ({ detail }) => this.emit('supernode', detail.toString()))
  }

  addresses(): string[] {
    const metadata = (this.#libp2p as unknown as AddressComponents).components.addressManager
    const suffix = `/p2p/${this.peerId}`
    // unverified ones too: our own dial-back probe is what verifies them
    const own = new Set(metadata.getAddressesWithMetadata().map(({ multiaddr: a }) => withoutPeer(a) + suffix))
    return outwardFirst([...own])
  }

  async handle(role: Role, handler: Handler): Promise<void> {
    this.#handlers.set(role, handler)
    const serve = (stream: Stream, connection: Connection) => {
      serveRpc(frameStream(stream), connection.remotePeer.toString(), handler, this.counters)
    }
    await this.#libp2p.handle(this.#protocol(role), serve, { maxInboundStreams: 4, maxOutboundStreams: 4, force: true })
  }

  async unhandle(role: Role): Promise<void> {
    this.#handlers.delete(role)
    await this.#libp2p.unhandle(this.#protocol(role))
  }

  async call(to: Contact, role: Role, body: Uint8Array, options: CallOptions): Promise<Uint8Array> {
    if (to.peerId === this.peerId) return this.#callOurselves(role, body)
    const startedMs = performance.now()
    try {
      const caller = await this.#caller(to, role, options)
      const deadlineMs = Math.max(1, options.deadlineMs - (performance.now() - startedMs))
      return await caller.call(body, { ...options, deadlineMs })
    } catch (error) {
      if (error instanceof RpcError && error.kind === 'deadline') this.#doubt(peerIdFromString(to.peerId))
      throw error
    }
  }

  isConnected(peerId: string): boolean {
    return peerId === this.peerId || this.#libp2p.getConnections(peerIdFromString(peerId)).length > 0
  }

  remoteAddress(peerId: string): string | undefined {
    const connection = this.#libp2p.getConnections(peerIdFromString(peerId))[0]
    return connection === undefined ? undefined : withoutPeer(connection.remoteAddr)
  }

  connectionCount(): number {
    return this.#libp2p.getConnections().length
  }

  peers(): string[] {
    return this.#libp2p.getPeers().map(String)
  }

  supernodes(): Contact[] {
    const ids = new Set<string>()
    for (const { peerId } of this.#table.kb.toIterable()) ids.add(peerId.toString())
    ids.delete(this.peerId)
    return [...ids].map((peerId) => this.#contact(peerId))
  }

  nearest(kadId: Uint8Array, count: number): Contact[] {
    return this.#table.closestPeers(kadId, { count }).map((peer) => this.#contact(peer.toString()))
  }

  async walk(key: Uint8Array, signal: AbortSignal): Promise<Contact[]> {
    if (this.#table.size === 0) return [] // a query with an empty table waits for its signal
    const found: Contact[] = []
    try {
      for await (const event of this.#libp2p.services.dht.getClosestPeers(key, { signal })) {
        if (event.name === 'FINAL_PEER') {
          const peerId = event.peer.id.toString()
          this.#learn(peerId, event.peer.multiaddrs.map(withoutPeer))
          if (peerId !== this.peerId) found.push(this.#contact(peerId))
        }
      }
    } catch (error) {
      if (signal.aborted) throw new TincanError('ABORTED', 'Aborted.')
      log('walk failed', { error: (error as Error).name })
    }
    return found
  }

  forget(peerId: string): void {
    this.#table.remove(peerIdFromString(peerId)).catch(() => {})
  }

  serveTurn(handler: TurnHandler | undefined): void {
    this.#sharedPort.serve(handler)
  }

  async setServing(isServing: boolean): Promise<void> {
    await this.#libp2p.services.dht.setMode(isServing ? 'server' : 'client')
  }

  async canDial(address: string, peerId: string, signal: AbortSignal): Promise<boolean> {
    try {
      const target = multiaddr(`${withoutPeer(multiaddr(address))}/p2p/${peerId}`)
      this.#dials.forget(target.toString()) // asked how it is now
      const connection = await this.#libp2p.dial(target, { signal, force: true })
      connection.close().catch(() => {})
      return true
    } catch {
      return false
    }
  }

  setMappedPorts(ports: MappedTcpPort[]): void {
    const { addressManager } = (this.#libp2p as unknown as AddressComponents).components
    for (const each of this.#mapped)
      addressManager.removePublicAddressMapping(
        each.internalHost,
        each.internalPort,
        each.externalHost,
        each.externalPort,
      )
    this.#mapped = ports
    for (const each of ports)
      addressManager.addPublicAddressMapping(each.internalHost, each.internalPort, each.externalHost, each.externalPort)
    this.emit('addresses')
  }

  confirmAddress(address: string): void {
    const { addressManager } = (this.#libp2p as unknown as AddressComponents).components
    // only mapped ports need it: what the machine has for itself, others guess from where we connect
    if (this.#mapped.some(({ externalHost }) => address.startsWith(`/ip4/${externalHost}/`)))
      addressManager.confirmObservedAddr(multiaddr(address), { type: 'ip-mapping' })
  }

  async join(addresses: string[], signal: AbortSignal): Promise<number> {
    const dials = addresses.map(async (address) => {
      this.#dials.forget(address) // whoever joins has a pace of its own, and the peer may have come up since
      const connection = await this.#libp2p.dial(multiaddr(address), { signal })
      return connection.remotePeer.toString()
    })
    return (await Promise.allSettled(dials)).filter(({ status }) => status === 'fulfilled').length
  }

  contact(peerId: string): Contact {
    const { addresses } = this.#contact(peerId)
    // peers tell no public address that nobody verified; where they come from, they may listen too
    const host = /^\/ip[46]\/[^/]+/.exec(this.remoteAddress(peerId) ?? '')?.[0]
    const guessed = host === undefined ? [] : addresses.map((each) => each.replace(/^\/ip[46]\/[^/]+/, host))
    return { peerId, addresses: [...new Set([...outwardFirst(guessed), ...addresses])] }
  }

  async checkConnections(): Promise<void> {
    await this.#liveness.check(this.#libp2p.getConnections())
  }

  async stop(): Promise<void> {
    this.removeAllListeners()
    await this.#libp2p.stop()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  get #table(): RoutingTable {
    return (this.#libp2p.services.dht as unknown as { routingTable: RoutingTable }).routingTable
  }

  #protocol(role: Role): string {
    return `/tincan/${this.network}/${role}/1.0.0`
  }

  #contact(peerId: string): Contact {
    return { peerId, addresses: this.#addresses.get(peerId) ?? [] }
  }

  #learn(peerId: string, addresses: string[]): void {
    if (addresses.length === 0) return
    this.#addresses.delete(peerId)
    if (this.#addresses.size >= KNOWN_ADDRESSES_MAX)
      this.#addresses.delete(this.#addresses.keys().next().value as string)
    this.#addresses.set(peerId, outwardFirst(addresses).slice(0, 16))
  }

  #doubt(peer: PeerId, except?: Connection): void {
    void this.#liveness.check(this.#libp2p.getConnections(peer).filter((each) => each !== except)) // cannot reject
  }

  #disconnected(peerId: string): void {
    for (const key of this.#callers.keys()) if (key.startsWith(peerId)) this.#callers.delete(key)
    this.emit('disconnect', peerId)
  }

  /** The only supernode of a network is its own home; libp2p would refuse to dial itself. */
  async #callOurselves(role: Role, body: Uint8Array): Promise<Uint8Array> {
    const answer = await this.#handlers.get(role)?.(this.peerId, body)
    if (answer === undefined) throw new RpcError('failed', `we do not serve ${role}`)
    return answer
  }

  async #caller(to: Contact, role: Role, { deadlineMs, signal }: CallOptions): Promise<RpcCaller> {
    const key = `${to.peerId} ${role}`
    const known = this.#callers.get(key)
    if (known !== undefined && !known.isClosed) return known
    const opening = this.#opening.get(key) ?? this.#open(key, to, role)
    this.#opening.set(key, opening)
    // one opening serves many calls, each with a deadline of its own
    const deadline = AbortSignal.timeout(deadlineMs)
    try {
      return await abortable(opening, signal === undefined ? deadline : AbortSignal.any([deadline, signal]))
    } catch (error) {
      if (signal?.aborted) throw new TincanError('ABORTED', 'Aborted.', { cause: error })
      throw new RpcError(deadline.aborted ? 'deadline' : 'unreachable', (error as Error).message)
    }
  }

  async #open(key: string, to: Contact, role: Role): Promise<RpcCaller> {
    try {
      const signal = AbortSignal.timeout(OPEN_DEADLINE_MS)
      const peer = peerIdFromString(to.peerId)
      const targets = to.addresses.slice(0, 8).map((address) => multiaddr(`${address}/p2p/${to.peerId}`))
      const connection =
        this.#libp2p.getConnections(peer).find(({ status }) => status === 'open') ??
        (await this.#libp2p.dial(targets.length > 0 ? targets : peer, { signal }))
      const stream = await connection.newStream(this.#protocol(role), { signal })
      const caller = new RpcCaller(frameStream(stream), steadyClock)
      this.#callers.set(key, caller)
      return caller
    } finally {
      this.#opening.delete(key)
    }
  }
}

/** What we use of kad-dht's table; its published type names less than its class has. */
interface RoutingTable {
  readonly size: number
  kb: { toIterable(): Iterable<{ peerId: PeerId }> }
  closestPeers(kadId: Uint8Array, options: { count: number }): PeerId[]
  remove(peer: PeerId): Promise<void>
  addEventListener(type: 'peer:add', listener: (event: CustomEvent<PeerId>) => void): void
}

interface AddressComponents {
  components: {
    addressManager: {
      getAddressesWithMetadata(): { multiaddr: Multiaddr }[]
      addPublicAddressMapping: MapAddress
      removePublicAddressMapping: MapAddress
      confirmObservedAddr(address: Multiaddr, options: { type: 'ip-mapping' }): void
    }
  }
}

type MapAddress = (internalHost: string, internalPort: number, externalHost: string, externalPort: number) => void

const withoutPeer = (address: Multiaddr): string => withoutPeerId(address.toString())
