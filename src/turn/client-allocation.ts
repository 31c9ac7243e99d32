/**
 * An allocation as its client holds it: data out and in, permissions and channels asked for and renewed, the server
 * watched, and the whole moved to another network with its ticket (RFC 8016). `allocate` of client.ts makes it.
 */

import type { Clock } from '../lib/clock.ts'
import type { Address } from '../lib/ip.ts'
import {
  ATTRIBUTE,
  type Attribute,
  CLASS,
  METHOD,
  type ReadMessage,
  attributeOf,
  isStun,
  newTransactionId,
  readMessage,
  readText,
  readUint32,
  readXorAddress,
  textValue,
  uint32Value,
  writeMessage,
  xorAddressValue,
} from '../stun/message.ts'
import { LIFETIME_DEFAULT_S } from './allocations.ts'
import { ClientPeers, type Peer } from './client-peers.ts'
import { channelData, channelOf, channelPayload, isChannelData } from './framing.ts'
import type { RelayServer, TurnTransport } from './relay-server.ts'
import { type Attributes, BRISK, type Requester, TurnError, URGENT } from './requester.ts'

/** Below the shortest a NAT keeps a mapping for, of those in use. */
const KEEPALIVE_MS = 15_000
const TICK_MS = 1_000
/** We send and hear nothing: it is asked. */
const SILENCE_MS = 2_000
const SEND_WINDOW_MS = 1_000
/** It was asked, and said nothing. */
const LOST_AFTER_MS = 1_000
const CLOSE_MS = 300
const PERMISSIONS_PER_REQUEST = 16
const REFRESH_S_MIN = 20
const GONE_CODES = new Set([437, 441])

export interface AllocationParts {
  server: RelayServer
  requester: Requester
  /** The answer to the Allocate request. */
  answer: ReadMessage
  clock: Clock
  /**
   * A requester on a new socket for which `ask` succeeded, and what was answered: over the same transport as before, or
   * that first. Rejects when there is none.
   */
  reopen: (
    ask: (requester: Requester) => Promise<ReadMessage>,
    isSameOnly: boolean,
  ) => Promise<{ requester: Requester; answer: ReadMessage }>
}

/** What an answer to Allocate must say; undefined when it does not. */
export function allocatedOf(answer: ReadMessage): { relayed: Address; mapped: Address } | undefined {
  const relayed = readXorAddress(attributeOf(answer, ATTRIBUTE.xorRelayedAddress), answer.transactionId)
  const mapped = readXorAddress(attributeOf(answer, ATTRIBUTE.xorMappedAddress), answer.transactionId)
  return relayed === undefined || mapped === undefined ? undefined : { relayed, mapped }
}

export class Allocation {
  readonly server: RelayServer
  /** Peers see us there. */
  readonly relayed: Address
  #mapped: Address
  #requester: Requester
  readonly #clock: Clock
  readonly #reopen: AllocationParts['reopen']
  readonly #peers = new ClientPeers()
  #ticket: string | undefined
  #refreshMs: number
  #heardMs: number
  #dataSentMs = 0
  #onData: (data: Buffer, from: Address) => void = () => {}
  #onLost: () => void = () => {}
  #isLost = false
  #isClosed = false
  #isProbing = false
  #isPermitting = false
  #moving: Promise<boolean> | undefined
  #cancelTick = (): void => {}

  constructor({ server, requester, answer, clock, reopen }: AllocationParts) {
    const allocated = allocatedOf(answer)
    if (allocated === undefined) throw new TurnError(0, 'the relay said no address')
    this.server = server
    this.relayed = allocated.relayed
    this.#mapped = allocated.mapped
    this.#requester = requester
    this.#clock = clock
    this.#reopen = reopen
    this.#heardMs = clock.now()
    this.#ticket = readText(attributeOf(answer, ATTRIBUTE.mobilityTicket))
    this.#refreshMs = this.#refreshAfter(answer)
    this.#listen()
    this.#tick()
  }

  get transport(): TurnTransport {
    return this.#requester.transport.kind
  }

  /** Our own address as the server sees it. */
  get mapped(): Address {
    return this.#mapped
  }

  /** To the server and back, smoothed. */
  get rttMs(): number {
    return this.#requester.rttMs ?? 0
  }

  /** What peers send to the relayed address. One listener. */
  onData(listener: (data: Buffer, from: Address) => void): void {
    this.#onData = listener
  }

  /** The server or the way to it is gone; said once, again after a move. One listener. */
  onLost(listener: () => void): void {
    this.#onLost = listener
  }

  /** Towards a peer, by way of the relay. Never throws; what cannot be sent is dropped. */
  send(data: Uint8Array, to: Address): void {
    if (this.#isClosed) return
    const nowMs = this.#clock.now()
    this.#dataSentMs = nowMs
    const peer = this.#peers.peer(to.host, to.port) ?? this.#peers.meet(to)
    if (peer?.state === 'bound') {
      peer.sentMs = nowMs
      this.#sendData(channelData(peer.channel as number, data, this.#requester.transport.isPadded), nowMs)
      return
    }
    this.permit([to.host])
    if (peer !== undefined) {
      peer.sentMs = nowMs
      if (!isStun(data) && this.#peers.isChannelDue(peer)) void this.#bind(peer) // cannot reject
    }
    const transactionId = newTransactionId()
    const attributes: Attribute[] = [
      [ATTRIBUTE.xorPeerAddress, xorAddressValue(to, transactionId)],
      [ATTRIBUTE.data, data],
    ]
    const message = { method: METHOD.send, class: CLASS.indication, transactionId, attributes }
    this.#sendData(writeMessage(message, { hasFingerprint: false }), nowMs)
  }

  /** What these hosts send may pass from now on. Idempotent; those named together are asked for together. */
  permit(hosts: readonly string[]): void {
    const isNew = hosts.map((host) => this.#peers.want(host)).includes(true)
    if (isNew && !this.#isPermitting) queueMicrotask(() => void this.#permitDue()) // cannot reject
  }

  /** Asks the server whether it lives and knows us: `onLost` follows within a second when not. */
  probe(): void {
    if (this.#isProbing || this.#isClosed || this.#isLost || this.#moving !== undefined) return
    this.#isProbing = true
    void this.#probeOnce(this.#requester) // cannot reject
  }

  /** Nothing that was asked has waited for more than a second. */
  isAlive(nowMs: number): boolean {
    const { askedMs } = this.#requester
    return !this.#isLost && !this.#isClosed && (askedMs === undefined || nowMs - askedMs < LOST_AFTER_MS)
  }

  /**
   * After a change of network: the same relayed address, permissions and channels over a new socket. False when the
   * server does not let it, or cannot be reached; the allocation is as it was before. Never rejects.
   */
  move(): Promise<boolean> {
    return this.#moveOver(false)
  }

  /** Gives it back; takes 300 ms at most. Idempotent, never rejects. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#cancelTick()
    const requester = this.#requester
    const late = new Promise<void>((done) => this.#clock.after(CLOSE_MS, done))
    const given = requester.request(METHOD.refresh, [[ATTRIBUTE.lifetime, uint32Value(0)]], URGENT).catch(() => {})
    await Promise.race([late, given])
    requester.close()
  }

  #listen(): void {
    const requester = this.#requester
    const { transport } = requester
    transport.onFrame = (frame) => {
      this.#heardMs = this.#clock.now()
      if (isChannelData(frame)) this.#takeChannelData(requester, frame)
      else this.#takeMessage(requester, frame)
    }
    transport.onClose = () => {
      if (requester === this.#requester) void this.#reconnect() // cannot reject
    }
  }

  /** A stream was cut, by a NAT that forgot it or by the server's end: what is lost with it can be had again. */
  async #reconnect(): Promise<void> {
    if (!(await this.#moveOver(true))) this.#lose()
  }

  #moveOver(isSameOnly: boolean): Promise<boolean> {
    if (this.#isClosed || this.#ticket === undefined) return Promise.resolve(false)
    this.#moving ??= this.#moveOnce(this.#ticket, isSameOnly).finally(() => {
      this.#moving = undefined
    })
    return this.#moving
  }

  #takeChannelData(requester: Requester, frame: Buffer): void {
    const peer = this.#peers.ofChannel(channelOf(frame))
    const data = channelPayload(frame)
    if (peer === undefined || data === undefined) return
    requester.heard()
    this.#onData(data, peer.address)
  }

  #takeMessage(requester: Requester, frame: Buffer): void {
    const message = readMessage(frame)
    if (message === undefined) return
    if (message.class === CLASS.success || message.class === CLASS.error) return requester.take(message)
    if (message.class !== CLASS.indication || message.method !== METHOD.data) return
    const from = readXorAddress(attributeOf(message, ATTRIBUTE.xorPeerAddress), message.transactionId)
    const data = attributeOf(message, ATTRIBUTE.data)
    if (from === undefined || data === undefined) return
    requester.heard()
    this.#onData(data as Buffer, from)
  }

  #sendData(bytes: Buffer, nowMs: number): void {
    this.#requester.lastSentMs = nowMs
    this.#requester.transport.sendData(bytes)
  }

  async #bind(peer: Peer): Promise<void> {
    const number = Buffer.alloc(4)
    number.writeUInt16BE(peer.channel as number, 0)
    try {
      await this.#ask(METHOD.channelBind, (transactionId) => [
        [ATTRIBUTE.channelNumber, number],
        [ATTRIBUTE.xorPeerAddress, xorAddressValue(peer.address, transactionId)],
      ])
      peer.state = 'bound'
      peer.boundMs = this.#clock.now()
    } catch (error) {
      // without an answer it is asked for again with the next packet
      peer.state = isRefusal(error) ? 'refused' : 'lapsed'
    }
  }

  async #permitDue(): Promise<void> {
    if (this.#isClosed) return
    this.#isPermitting = true
    for (let hosts = this.#peers.hostsDue(this.#clock.now()); hosts.length > 0;) {
      for (let at = 0; at < hosts.length; at += PERMISSIONS_PER_REQUEST)
        await this.#permitAll(hosts.slice(at, at + PERMISSIONS_PER_REQUEST))
      hosts = this.#isClosed || this.#isLost ? [] : this.#peers.hostsDue(this.#clock.now())
    }
    this.#isPermitting = false
  }

  async #permitAll(hosts: string[]): Promise<void> {
    try {
      await this.#ask(METHOD.createPermission, (transactionId) =>
        hosts.map((host) => [ATTRIBUTE.xorPeerAddress, xorAddressValue({ host, port: 0 }, transactionId)]),
      )
      this.#peers.granted(hosts, this.#clock.now())
    } catch (error) {
      // one that may not be reached makes the server refuse all that were named with it
      const isRefused = isRefusal(error)
      if (isRefused && hosts.length > 1) for (const host of hosts) await this.#permitAll([host])
      else if (isRefused) this.#peers.granted(hosts, this.#clock.now()) // it will say the same the next time
      else this.#clock.after(TICK_MS, () => this.#peers.unanswered(hosts))
    }
  }

  /** Notices when the server does not know us any more. */
  async #ask(method: number, attributes: Attributes): Promise<ReadMessage> {
    const requester = this.#requester
    try {
      return await requester.request(method, attributes)
    } catch (error) {
      if (isGone(error) && requester === this.#requester) this.#lose()
      throw error
    }
  }

  #refreshAfter(answer: ReadMessage): number {
    const lifetimeS = readUint32(attributeOf(answer, ATTRIBUTE.lifetime)) ?? LIFETIME_DEFAULT_S
    return this.#clock.now() + Math.max(lifetimeS / 2, REFRESH_S_MIN) * 1000
  }

  /** The server may have seen us come from another address, and then has moved the allocation there. */
  #refreshed(answer: ReadMessage): void {
    this.#refreshMs = this.#refreshAfter(answer)
    this.#ticket = readText(attributeOf(answer, ATTRIBUTE.mobilityTicket)) ?? this.#ticket
    this.#mapped = readXorAddress(attributeOf(answer, ATTRIBUTE.xorMappedAddress), answer.transactionId) ?? this.#mapped
  }

  async #refresh(): Promise<void> {
    this.#refreshMs = this.#clock.now() + REFRESH_S_MIN * 1000 // again so soon, should it fail
    try {
      this.#refreshed(await this.#ask(METHOD.refresh, ticketOf(this.#ticket)))
    } catch {} // the next one, or a probe, will show
  }

  async #probeOnce(requester: Requester): Promise<void> {
    const startedMs = this.#clock.now()
    try {
      this.#refreshed(await requester.request(METHOD.refresh, ticketOf(this.#ticket), URGENT))
    } catch (error) {
      const isHeard = this.#heardMs > startedMs && !isGone(error)
      if (requester === this.#requester && !isHeard) this.#lose()
    } finally {
      this.#isProbing = false
    }
  }

  async #keepAlive(): Promise<void> {
    try {
      await this.#requester.ping(URGENT)
    } catch {
      this.probe()
    }
  }

  async #moveOnce(ticket: string, isSameOnly: boolean): Promise<boolean> {
    const old = this.#requester
    try {
      const ask = (each: Requester) => each.request(METHOD.refresh, ticketOf(ticket), BRISK)
      const { requester, answer } = await this.#reopen(ask, isSameOnly)
      if (this.#isClosed) {
        requester.tell(METHOD.refresh, [[ATTRIBUTE.lifetime, uint32Value(0)]])
        requester.close()
        return false
      }
      this.#requester = requester
      old.close()
      this.#refreshed(answer)
      this.#heardMs = this.#clock.now()
      this.#isLost = false
      this.#listen()
      void this.#refresh() // the server hears that we got its answer; cannot reject
      return true
    } catch {
      return false
    }
  }

  #lose(): void {
    if (this.#isLost || this.#isClosed) return
    this.#isLost = true
    if (this.#moving === undefined) this.#onLost()
  }

  #tick(): void {
    this.#cancelTick = this.#clock.after(TICK_MS, () => {
      if (this.#isClosed) return
      this.#tick()
      if (!this.#isLost && this.#moving === undefined) this.#lookAfter(this.#clock.now())
    })
  }

  #lookAfter(nowMs: number): void {
    if (nowMs >= this.#refreshMs) void this.#refresh() // cannot reject
    if (!this.#isPermitting) void this.#permitDue() // cannot reject
    for (const peer of this.#peers.channelsDue(nowMs)) void this.#bind(peer) // cannot reject
    if (nowMs - this.#requester.lastSentMs >= KEEPALIVE_MS) void this.#keepAlive() // cannot reject
    if (nowMs - this.#dataSentMs < SEND_WINDOW_MS && nowMs - this.#heardMs > SILENCE_MS) this.probe()
  }
}

/** In each refresh: a NAT that gives us another address then costs nothing. */
const ticketOf = (ticket: string | undefined): Attribute[] =>
  ticket === undefined ? [] : [[ATTRIBUTE.mobilityTicket, textValue(ticket)]]

const isRefusal = (error: unknown): boolean => error instanceof TurnError && error.code !== 0

const isGone = (error: unknown): boolean => error instanceof TurnError && GONE_CODES.has(error.code)
