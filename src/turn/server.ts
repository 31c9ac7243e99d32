/**
 * A supernode's STUN and TURN server (RFC 8489, RFC 8656, mobility of RFC 8016): its sockets, streams and timer. Over
 * UDP it listens itself; streams and WebSockets are handed to it by whoever owns the port. It relays UDP only; what may
 * be asked is in requests.ts, what passes in relay.ts.
 */

import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { type Clock, steadyClock } from '../lib/clock.ts'
import { type Address, bytesOfHost, familyOf, hostOfBytes } from '../lib/ip.ts'
import { makeLog } from '../lib/log.ts'
import { CLASS, METHOD, readMessage } from '../stun/message.ts'
import { Allocations } from './allocations.ts'
import { type ClientPath, DatagramPath, DatagramPaths, StreamPath, type TurnWebSocket } from './client-path.ts'
import { Counters, type TurnStats } from './counters.ts'
import { makeNonce } from './credentials.ts'
import { Framer, FRAME_BYTES_MAX, isChannelData } from './framing.ts'
import { BlockRates, TURN_LIMITS, type TurnLimits } from './limits.ts'
import { PeerGuard, type PublicHosts, internetPeers } from './peer-guard.ts'
import { Relay, type RelayedAllocation } from './relay.ts'
import { Requests } from './requests.ts'

const log = makeLog('turn')

const SWEEP_MS = 1_000
const GUARD_REFRESH_MS = 10_000
/** A stream that never allocated anything. */
const IDLE_STREAM_MS = 30_000
/** A client that does not read. */
const STUCK_STREAM_MS = 10_000
/** A client with a ticket may come back from elsewhere; how long its peers are kept waiting for it. */
const ORPHAN_MS = 60_000

export interface TurnServerOptions {
  realm: string
  /** What credentials and nonces are made with; at least 16 random bytes. */
  secret: Uint8Array
  /** UDP; port 0 is any. */
  listen: Address[]
  /** What relayed addresses say; a family without one is refused (440). */
  publicHosts: PublicHosts
  /** What relay sockets bind; the wildcard unless given. */
  relayHosts?: PublicHosts
  /** Default: the open internet only. */
  isPeerAllowed?: (host: string) => boolean
  /** Our own machine's addresses may be peers: everybody is on it. Default false. */
  isOwnHostAllowed?: boolean
  limits?: Partial<TurnLimits>
  /** Ports of ours beside the UDP ones that nobody may reach through a relay on this machine. */
  ownPorts?: () => readonly number[]
  clock?: Clock
}

/** Rejects when an address cannot be listened on. */
export async function startTurnServer(options: TurnServerOptions): Promise<TurnServer> {
  const server = new TurnServer(options)
  try {
    await server.listen()
  } catch (error) {
    await server.stop()
    throw error
  }
  return server
}

export class TurnServer implements AsyncDisposable {
  readonly #options: TurnServerOptions
  readonly #clock: Clock
  readonly #limits: TurnLimits
  readonly #counters = new Counters()
  readonly #table: Allocations<RelayedAllocation>
  readonly #guard: PeerGuard
  readonly #relay: Relay
  readonly #requests: Requests
  readonly #listeners: Socket[] = []
  readonly #streams = new Set<StreamPath>()
  readonly #streamsOfMachine = new Map<string, number>()
  #cancelSweep = (): void => {}
  #refreshedMs: number
  #isStopped = false

  constructor(options: TurnServerOptions) {
    this.#options = options
    this.#clock = options.clock ?? steadyClock
    this.#refreshedMs = this.#clock.now()
    const limits = { ...TURN_LIMITS, ...options.limits }
    this.#limits = limits
    const publicHosts = { ipv4: options.publicHosts.ipv4, ipv6: normalHost(options.publicHosts.ipv6) }
    const counters = this.#counters
    const table = new Allocations<RelayedAllocation>(limits)
    const guard = new PeerGuard({
      publicHosts,
      isPeerAllowed: options.isPeerAllowed ?? internetPeers,
      isOwnHostAllowed: options.isOwnHostAllowed ?? false,
      ownPorts: () => [...this.udp.map(({ port }) => port), ...(options.ownPorts?.() ?? [])],
      isOwnRelay: (address) => table.ofRelay(address) !== undefined,
    })
    this.#table = table
    this.#guard = guard
    this.#relay = new Relay({ table, guard, counters })
    const strangers = () => new BlockRates(limits.strangersPerBlockPerSecond, limits.strangersPerSecond)
    this.#requests = new Requests({
      ...options,
      publicHosts,
      limits,
      table,
      guard,
      counters,
      strangers: { datagrams: strangers(), streams: strangers() },
      openRelay: async (family) => {
        const wildcard = family === 'ipv6' ? '::' : '0.0.0.0'
        const socket = await bound({ host: options.relayHosts?.[family] ?? wildcard, port: 0 })
        if (!this.#isStopped) return socket
        socket.close()
        throw new Error('the server has stopped')
      },
      onAllocated: (allocation) => {
        allocation.socket.on('message', (data, { address, port }) => {
          this.#relay.takeFromPeer(allocation, data, address, port, this.#clock.now())
        })
        log('allocated', { allocations: table.size })
      },
      onEnded: (allocation) => this.#end(allocation),
    })
  }

  /** Where it listens over UDP. */
  get udp(): Address[] {
    return this.#listeners.map((socket) => {
      const { address: host, port } = socket.address()
      return { host, port }
    })
  }

  /** Called once, by `startTurnServer`. */
  async listen(): Promise<void> {
    for (const address of this.#options.listen) {
      const socket = await bound(address)
      this.#listeners.push(socket)
      const paths = new DatagramPaths()
      socket.on('message', (data, { address: host, port }) => this.#takeDatagram(socket, paths, data, host, port))
    }
    this.#guard.refresh()
    this.#sweepLater()
  }

  /** A nonce for a client's first request, to be told by other means. */
  nonce(): string {
    return makeNonce(this.#options.secret, this.#clock.now())
  }

  /** TURN over a reliable stream of bytes: TCP, or TLS. The stream is ours from now on. */
  accept(stream: Duplex, remote: Address): void {
    const path = this.#opened(stream, remote)
    const framer = new Framer()
    stream.on('error', () => {})
    stream.on('close', () => path && this.#closed(path))
    if (path === undefined) {
      stream.destroy()
      return
    }
    stream.on('data', (bytes: Buffer) => {
      if (framer.push(bytes, (frame) => this.#take(frame, path))) return
      this.#counters.drop('malformed')
      path.close()
    })
    stream.resume()
  }

  /** TURN over a WebSocket: one message in each binary one. */
  acceptWebSocket(socket: TurnWebSocket, remote: Address): void {
    const path = this.#opened(socket, remote)
    socket.on('error', () => {})
    socket.on('close', () => path && this.#closed(path))
    if (path === undefined) {
      socket.terminate()
      return
    }
    socket.on('message', (data, isBinary) => {
      if (isBinary && Buffer.isBuffer(data) && data.length > 0 && data.length <= FRAME_BYTES_MAX)
        return this.#take(data, path)
      this.#counters.drop('malformed')
      path.close()
    })
  }

  stats(): TurnStats {
    const { relayedPackets, relayedBytes, refused, dropped } = this.#counters
    return {
      allocations: this.#table.size,
      streams: this.#streams.size,
      relayedPackets,
      relayedBytes,
      refused: { ...refused },
      dropped: { ...dropped },
    }
  }

  /** Idempotent; never rejects. */
  async stop(): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#cancelSweep()
    for (const allocation of this.#table.all()) {
      this.#table.remove(allocation)
      this.#end(allocation)
    }
    for (const path of this.#streams) path.close()
    const closed = this.#listeners.map((socket) => new Promise<void>((done) => socket.close(() => done())))
    await Promise.all(closed)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #takeDatagram(socket: Socket, paths: DatagramPaths, data: Buffer, host: string, port: number): void {
    // RFC 768: nobody is there to be answered, and to send there throws
    if (port === 0) return this.#counters.drop('malformed')
    const path = paths.find(host, port)
    if (path !== undefined) return this.#take(data, path)
    if (data.length === 0 || isChannelData(data)) return this.#counters.drop('no-allocation')
    // a forged source: the answer would come back to one of our relays
    if (this.#table.size > 0 && this.#table.ofRelay({ host, port }) !== undefined)
      return this.#counters.drop('forbidden')
    this.#take(data, new DatagramPath(socket, paths, { host, port }))
  }

  #take(data: Buffer, path: ClientPath): void {
    const nowMs = this.#clock.now()
    if (isChannelData(data)) return this.#relay.takeChannelData(path.allocation, data, nowMs)
    const message = readMessage(data)
    if (message?.class === CLASS.request) return this.#requests.take(message, path, nowMs)
    if (message?.class === CLASS.indication) {
      if (message.method === METHOD.send) return this.#relay.takeSend(path.allocation, message, nowMs)
      if (message.method === METHOD.binding) return // it keeps a NAT's mapping
    }
    this.#counters.drop('malformed')
  }

  #opened(socket: Duplex | TurnWebSocket, remote: Address): StreamPath | undefined {
    const host = remote.host.replace(/^::ffff:(?=\d+\.)/i, '')
    const machine = machineOf(host)
    const ofMachine = this.#streamsOfMachine.get(machine) ?? 0
    const { streamsMax, streamsPerAddress } = this.#limits
    if (this.#isStopped || this.#streams.size >= streamsMax || ofMachine >= streamsPerAddress) {
      this.#counters.drop('stream')
      return undefined
    }
    const path = new StreamPath(socket, { host, port: remote.port }, this.#clock.now())
    this.#streams.add(path)
    this.#streamsOfMachine.set(machine, ofMachine + 1)
    return path
  }

  #closed(path: StreamPath): void {
    if (!this.#streams.delete(path)) return
    path.isClosed = true
    const machine = machineOf(path.remote.host)
    const left = (this.#streamsOfMachine.get(machine) ?? 1) - 1
    if (left === 0) this.#streamsOfMachine.delete(machine)
    else this.#streamsOfMachine.set(machine, left)
    const { allocation } = path
    if (allocation === undefined) return
    const orphanedMs = allocation.ticket === undefined ? 0 : ORPHAN_MS
    allocation.expiresMs = Math.min(allocation.expiresMs, this.#clock.now() + orphanedMs)
  }

  #end(allocation: RelayedAllocation): void {
    const { path, socket } = allocation
    path.allocation = undefined
    path.answered = undefined
    if (path.isDatagram) path.release()
    socket.close()
    log('ended', { allocations: this.#table.size })
  }

  #sweepLater(): void {
    this.#cancelSweep = this.#clock.after(SWEEP_MS, () => {
      this.#sweep(this.#clock.now())
      this.#sweepLater()
    })
  }

  #sweep(nowMs: number): void {
    for (const allocation of this.#table.lapsed(nowMs)) {
      this.#table.remove(allocation)
      this.#end(allocation)
    }
    for (const path of this.#streams) {
      if (path.allocation !== undefined) path.openedMs = nowMs
      path.stuckSinceMs = path.isStuck ? (path.stuckSinceMs ?? nowMs) : undefined
      if (nowMs - path.openedMs < IDLE_STREAM_MS && nowMs - (path.stuckSinceMs ?? nowMs) < STUCK_STREAM_MS) continue
      this.#counters.drop('stream')
      path.close()
    }
    if (nowMs - this.#refreshedMs < GUARD_REFRESH_MS) return
    this.#refreshedMs = nowMs
    this.#guard.refresh()
  }
}

/** A UDP socket that sends to addresses as they are: nothing is looked up. Rejects when it cannot be bound. */
async function bound({ host, port }: Address): Promise<Socket> {
  const isIPv6 = familyOf(host) === 'ipv6'
  const socket = createSocket({
    type: isIPv6 ? 'udp6' : 'udp4',
    ipv6Only: isIPv6,
    lookup: (name, _options, done) => done(null, name, isIPv6 ? 6 : 4),
  })
  try {
    const listening = once(socket, 'listening') // rejects on 'error'; may be told before bind returns
    socket.bind({ port, address: host, exclusive: true })
    await listening
  } catch (error) {
    socket.close()
    throw error
  }
  socket.on('error', () => {}) // one peer that cannot be reached
  return socket
}

const normalHost = (host: string | undefined): string | undefined =>
  host === undefined ? undefined : hostOfBytes(bytesOfHost(host))

/** Whoever has one address of IPv6 has the whole /64. */
const machineOf = (host: string): string =>
  host.includes(':') ? Buffer.from(bytesOfHost(host).subarray(0, 8)).toString('hex') : host
