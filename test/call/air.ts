/**
 * Media sessions with air between them instead of a network: two connect when each has the other's description and a
 * candidate of it, and packets arrive at once unless the air is cut. For tests of what a call does with its sessions, on
 * virtual time; what a session does by itself is tested with real ones.
 */

import { EventEmitter } from 'node:events'

import type { SessionPurpose } from '../../src/call/parts.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { MediaPath, MediaSession, MediaSessionEvents, RtpPacket, SessionStats } from '../../src/media/session.ts'

export class Air {
  readonly clock: Clock
  /** Packets get lost, all of them. */
  isCut = false
  /** In the order they were opened. */
  readonly sessions: AirSession[] = []
  /** How many candidates a session finds at once. */
  candidates = 1

  constructor(clock: Clock) {
    this.clock = clock
  }

  open(purpose: SessionPurpose): AirSession {
    const session = new AirSession(this, purpose, `${purpose.role} ${this.sessions.length}`)
    this.sessions.push(session)
    return session
  }

  /** The newest one of that end that is open. */
  of(role: SessionPurpose['role']): AirSession {
    const session = this.sessions.findLast((each) => each.purpose.role === role && !each.isStopped)
    if (session === undefined) throw new Error(`no ${role} has a session`)
    return session
  }
}

export class AirSession extends EventEmitter<MediaSessionEvents> implements MediaSession {
  readonly purpose: SessionPurpose
  readonly #air: Air
  readonly #own: string
  #theirs: string | undefined
  readonly #candidates: string[] = []
  isConnected = false
  isStopped = false
  refreshes = 0
  sent = 0
  path: MediaPath | undefined

  constructor(air: Air, purpose: SessionPurpose, own: string) {
    super()
    this.#air = air
    this.purpose = purpose
    this.#own = own
  }

  async createOffer(): Promise<string> {
    this.#gather()
    return this.#own
  }

  async createAnswer(offer: string): Promise<string> {
    this.#gather()
    await this.setAnswer(offer)
    return this.#own
  }

  async setAnswer(answer: string): Promise<void> {
    if (!this.#air.sessions.some((each) => each.#own === answer)) throw new Error(`“${answer}” describes nothing`)
    this.#theirs = answer
    this.#connect()
  }

  addCandidate(text: string): void {
    this.#candidates.push(text)
    this.#connect()
  }

  setServers(): void {}

  refresh(): void {
    this.refreshes += 1
  }

  send(packet: RtpPacket): void {
    this.sent += 1
    const peer = this.#peer
    if (peer === undefined || peer.isStopped || this.#air.isCut) return
    peer.emit('packet', { ...packet, payload: Uint8Array.from(packet.payload) }, this.#air.clock.now())
  }

  /** What the test says has happened to the path. */
  take(path: MediaPath | undefined): void {
    this.path = path
    this.emit('path', path)
  }

  fail(): void {
    this.isStopped = true
    this.emit('failed', 'the test says so')
  }

  stats(): SessionStats {
    const { path, sent: packetsSent } = this
    const unknown = { packetsReceived: 0, rttMs: undefined, remoteLossPercent: undefined, longestGapMs: 0 }
    return { path, relays: [], packetsSent, ...unknown }
  }

  async stop(): Promise<void> {
    this.isStopped = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  get #peer(): AirSession | undefined {
    return this.#air.sessions.find((each) => each.#own === this.#theirs && each.#theirs === this.#own)
  }

  #gather(): void {
    for (let i = 0; i < this.#air.candidates; i++) queueMicrotask(() => this.emit('candidate', `${this.#own} at ${i}`))
  }

  #connect(): void {
    const peer = this.#peer
    const isReady = (one: AirSession, other: AirSession) =>
      !one.isStopped && !one.isConnected && one.#candidates.some((each) => each.startsWith(`${other.#own} at `))
    if (peer === undefined || !isReady(this, peer) || !isReady(peer, this)) return
    for (const each of [this, peer]) {
      each.isConnected = true
      each.path = 'direct'
      queueMicrotask(() => each.emit('connected'))
    }
  }
}
