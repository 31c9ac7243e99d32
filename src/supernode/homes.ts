/**
 * Our own homes: keeps this node attached to three supernodes, notices within a heartbeat when one is gone, and
 * learns of other supernodes on the way.
 */

import { EventEmitter } from 'node:events'
import type { Clock } from '../lib/clock.ts'
import { decoded } from '../lib/decoded.ts'
import { makeLog, short } from '../lib/log.ts'
import { jittered, systemRandom } from '../lib/random.ts'
import type { Contact, Overlay, ProfileName } from '../overlay/overlay.ts'
import { publicKeyOf } from '../overlay/peer-id.ts'
import { RpcError } from '../overlay/rpc.ts'
import { Acquaintance } from './acquaintance.ts'
import {
  ATTACHMENT,
  backoffMs,
  BEATS_BETWEEN_MOVES,
  chooseHome,
  chooseMove,
  HOMES_WANTED,
  type AttachmentTimes,
  type Prospect,
} from './attachment.ts'
import type { Leave } from './device.pb.js'
import { AttachReply, HomeRequest, type KnownSupernode } from './home.pb.js'
import { ADDRESSES_MAX, HOMES_MAX, openHome } from './records.ts'

const log = makeLog('homes')

const PROSPECTS_MAX = 200
const BEATS_REFUSED_MAX = 3
const AWAY_MS_MAX = 3_600_000
export const TOLD_MAX = 8
/** Tries without finding anybody before a supernode becomes its own home: others may be about to be promoted. */
const ALONE_AFTER_ATTEMPTS = 4

interface AttachedHome extends Contact {
  clients: number
  supernodeCount: number
  rttMs: number
  /** In a row. */
  beatsRefused: number
}

export interface HomesEvents {
  /** The set of homes is not what it was. */
  change: []
  /** A home told what time it is there. */
  time: [peerId: string, told: { theirMs: number; rttMs: number }]
}

export class Homes extends EventEmitter<HomesEvents> {
  readonly #overlay: Overlay
  readonly #acquaintance: Acquaintance
  readonly #clock: Clock
  readonly #times: AttachmentTimes
  readonly #homes = new Map<string, AttachedHome>()
  readonly #prospects = new Map<string, Prospect>()
  /** Set while this node is a supernode itself: how many clients it has. */
  servingClients: (() => number) | undefined
  #attempt = 0
  #isSeeking = false
  #isMoving = false
  #beatsSinceMove = 0
  #cancelSeek: (() => void) | undefined
  #cancelHeartbeat: (() => void) | undefined
  #isStopped = false

  constructor(overlay: Overlay, profile: ProfileName, clock: Clock) {
    super()
    this.setMaxListeners(0)
    this.#overlay = overlay
    this.#acquaintance = new Acquaintance(overlay)
    this.#clock = clock
    this.#times = ATTACHMENT[profile]
    overlay.on('supernode', () => this.nudge())
    overlay.on('disconnect', (peerId) => this.#lose(peerId, 'disconnected'))
  }

  start(): void {
    this.#scheduleSeek(0)
    this.#scheduleHeartbeat()
  }

  stop(): void {
    this.#isStopped = true
    this.#cancelSeek?.()
    this.#cancelHeartbeat?.()
  }

  /** Current homes, with the addresses they told us. */
  list(): Contact[] {
    return [...this.#homes.values()].slice(0, HOMES_WANTED).map(({ peerId, addresses }) => ({ peerId, addresses }))
  }

  /** Supernodes that we know the round trip to, in milliseconds: homes first, then others we once asked. */
  measured(): (Contact & { rttMs: number })[] {
    const homes = [...this.#homes.values()]
    const others = [...this.#prospects.values()].filter(({ peerId }) => !this.#homes.has(peerId))
    return [...homes, ...others].flatMap(({ peerId, addresses, rttMs }) =>
      rttMs === undefined ? [] : [{ peerId, addresses, rttMs }],
    )
  }

  isHome(peerId: string): boolean {
    return this.#homes.has(peerId)
  }

  /** How many clients each supernode has that we know it of; homes tell theirs, and those of others. */
  clientsOfSupernodes(): number[] {
    const counts = this.#overlay.supernodes().map(({ peerId }) => this.#prospects.get(peerId)?.clients)
    return counts.filter((count) => count !== undefined)
  }

  /** How many clients a supernode has, if we were told. */
  loadOf(peerId: string): number | undefined {
    return this.#homes.get(peerId)?.clients ?? this.#prospects.get(peerId)?.clients
  }

  /** A home says that it is leaving, or has too many clients, and where to go. */
  left(peerId: string, { supernodes, retryAfterMs }: Leave = { supernodes: [], retryAfterMs: 0 }): void {
    this.#hear(supernodes)
    this.#lose(peerId, 'leaves', Math.min(retryAfterMs, AWAY_MS_MAX))
  }

  /** Talks to the homes now: they hear what we are, and we whom they know. Never rejects. */
  async beat(): Promise<void> {
    await Promise.all([...this.#homes.values()].map((home) => this.#attach(home)))
    if (++this.#beatsSinceMove >= BEATS_BETWEEN_MOVES && !this.#isSeeking) await this.#move()
  }

  /** To a supernode that has much fewer clients than the fullest of our homes, when there is one. */
  async #move(): Promise<void> {
    const move = chooseMove([...this.#homes.values()], this.#allProspects(), this.#clock.now(), systemRandom)
    if (move === undefined || this.#isStopped) return
    this.#beatsSinceMove = 0
    this.#isMoving = true // one change, not two: leases are placed anew each time
    await this.#attach(move.to)
    this.#isMoving = false
    // what we knew of the loads may be old, and a home may have gone meanwhile
    const homes = [...this.#homes.values()]
    if (homes.length <= HOMES_WANTED) return this.#homes.has(move.to.peerId) ? void this.emit('change') : undefined
    const fullest = homes.reduce((a, b) => (b.clients > a.clients ? b : a))
    this.#homes.delete(fullest.peerId)
    log('moved', { from: short(fullest.peerId), to: short(move.to.peerId) })
    if (fullest.peerId !== move.to.peerId) this.emit('change')
    const { deadlineMs } = this.#times
    const body = HomeRequest.encode({ detach: {} })
    await this.#overlay.call(fullest, 'home', body, { deadlineMs }).catch(() => {}) // it will miss our heartbeats
  }

  /** How many supernodes our homes see: the median, so that one liar moves nothing. */
  supernodesTold(): number {
    const told = [...this.#homes.values()].map(({ supernodeCount }) => supernodeCount).sort((a, b) => a - b)
    return told[told.length >> 1] ?? 0
  }

  /** Look for homes now: something changed. */
  nudge(): void {
    if (this.#homes.size < HOMES_WANTED) this.#scheduleSeek(0)
  }

  #scheduleSeek(delayMs: number): void {
    this.#cancelSeek?.()
    if (!this.#isStopped) this.#cancelSeek = this.#clock.after(delayMs, () => void this.#seek()) // cannot reject
  }

  async #seek(): Promise<void> {
    if (this.#isSeeking) return
    this.#isSeeking = true
    try {
      while (this.#homes.size < HOMES_WANTED && !this.#isStopped) {
        const prospect =
          chooseHome(this.#allProspects(), this.list(), this.#clock.now(), systemRandom) ?? this.#ourselves()
        if (prospect === undefined) {
          if (this.#overlay.supernodes().length === 0) await this.#askAround()
          break
        }
        if (await this.#attach(prospect)) this.#attempt = 0
      }
    } finally {
      this.#isSeeking = false
    }
    if (this.#homes.size < HOMES_WANTED) this.#scheduleSeek(backoffMs(this.#attempt++, this.#times, systemRandom))
  }

  /** The only supernode there is may be its own home. */
  #ourselves(): Prospect | undefined {
    const isAlone = this.#homes.size === 0 && this.#attempt >= ALONE_AFTER_ATTEMPTS
    return isAlone && this.servingClients !== undefined ? { peerId: this.#overlay.peerId, addresses: [] } : undefined
  }

  #allProspects(): Prospect[] {
    const all = new Map<string, Prospect>()
    for (const contact of this.#overlay.supernodes()) all.set(contact.peerId, contact)
    for (const [peerId, prospect] of this.#prospects) all.set(peerId, { ...all.get(peerId), ...prospect })
    all.delete(this.#overlay.peerId)
    return [...all.values()]
  }

  /** Asks a supernode to be, or to stay, our home. Never rejects. */
  async #attach(to: Contact): Promise<boolean> {
    const askedMs = this.#clock.now()
    const reply = await this.#ask(to)
    if (reply === undefined && !this.#overlay.isConnected(to.peerId)) this.#overlay.forget(to.peerId)
    if (this.#isStopped) return false
    const rttMs = this.#clock.now() - askedMs
    if (typeof reply === 'number') return this.#tooBusy(to, reply)
    if (reply === undefined || !reply.isAccepted) {
      const waitMs = Math.max(reply?.retryAfterMs ?? 0, this.#times.backoffMinMs * 5)
      this.#remember({
        ...to,
        clients: reply?.clients,
        notBeforeMs: this.#clock.now() + jittered(waitMs, 0.3, systemRandom),
      })
      this.#lose(to.peerId, reply === undefined ? 'no answer' : 'refused')
    } else {
      const isNew = !this.#homes.has(to.peerId)
      const addresses = reply.addresses.slice(0, 4)
      this.#homes.set(to.peerId, {
        peerId: to.peerId,
        addresses,
        clients: reply.clients,
        supernodeCount: reply.supernodeCount,
        rttMs,
        beatsRefused: 0,
      })
      this.#remember({ peerId: to.peerId, addresses, clients: reply.clients, rttMs })
      this.emit('time', to.peerId, { theirMs: reply.nowMs, rttMs }) // before others sign anything for this home
      if (isNew) {
        log('attached', { home: short(to.peerId), homes: this.#homes.size })
        if (!this.#isMoving) this.emit('change')
      }
    }
    this.#hear(reply?.supernodes ?? [])
    return reply?.isAccepted === true
  }

  /** A home that is too busy for a heartbeat is there, and overload passes: everybody running off would make it worse. */
  #tooBusy(to: Contact, waitMs: number): boolean {
    const home = this.#homes.get(to.peerId)
    if (home !== undefined && ++home.beatsRefused < BEATS_REFUSED_MAX) return true
    this.#remember({ ...to, notBeforeMs: this.#clock.now() + jittered(waitMs, 0.3, systemRandom) })
    this.#lose(to.peerId, 'too busy', waitMs)
    return false
  }

  /** Asks some peer to be our home only to hear whom it names instead. Never rejects. */
  async #askAround(): Promise<void> {
    const peers = this.#overlay.peers()
    const peerId = peers[Math.floor(systemRandom() * peers.length)]
    if (peerId === undefined) return
    const reply = await this.#ask({ peerId, addresses: [] })
    if (typeof reply === 'object') this.#acquaintance.hear(reply.supernodes)
  }

  /** Milliseconds to wait when the peer refuses to be asked just now. */
  async #ask(to: Contact): Promise<AttachReply | number | undefined> {
    try {
      const options = { deadlineMs: this.#times.deadlineMs }
      const bytes = await this.#overlay.call(to, 'home', this.#attachRequest(to.peerId), options)
      return decoded(() => AttachReply.decode(bytes, { limits: { addresses: 16, supernodes: TOLD_MAX } }))
    } catch (error) {
      return error instanceof RpcError && error.kind === 'refused' ? error.retryAfterMs : undefined
    }
  }

  #attachRequest(to: string): Uint8Array {
    const others = this.list().filter(({ peerId }) => peerId !== to && peerId !== this.#overlay.peerId)
    // and one that is no home, another each time: two halves of a network that we alone know grow together
    const known = this.#overlay.supernodes().filter(({ peerId }) => peerId !== to && !this.#homes.has(peerId))
    const one = known[Math.floor(systemRandom() * known.length)]
    const told = one === undefined ? others : [...others.slice(0, HOMES_MAX - 1), one]
    const homes = told.map(({ peerId, addresses }) => ({
      peerKey: publicKeyOf(peerId) as Uint8Array,
      addresses: addresses.slice(0, ADDRESSES_MAX),
    }))
    const clients = this.servingClients?.()
    return HomeRequest.encode({ attach: { homes, ...(clients !== undefined && { clients }) } })
  }

  /** Other supernodes that a home told us of. */
  #hear(supernodes: KnownSupernode[]): void {
    for (const told of supernodes) {
      const contact = openHome(told)
      if (contact === undefined || contact.peerId === this.#overlay.peerId) continue
      const known = this.#prospects.get(contact.peerId)
      this.#remember({ ...contact, ...known, ...(told.clients !== undefined && { clients: told.clients }) })
    }
    this.#acquaintance.hear(supernodes)
  }

  #remember(prospect: Prospect): void {
    this.#prospects.delete(prospect.peerId)
    if (this.#prospects.size >= PROSPECTS_MAX) this.#prospects.delete(this.#prospects.keys().next().value as string)
    this.#prospects.set(prospect.peerId, prospect)
  }

  #lose(peerId: string, why: string, awayMs = 0): void {
    if (!this.#homes.delete(peerId) || this.#isStopped) return
    log('lost a home', { home: short(peerId), why })
    const known = this.#prospects.get(peerId) ?? { peerId, addresses: [] }
    const waitMs = Math.max(awayMs, this.#times.backoffMinMs * 5)
    this.#remember({ ...known, notBeforeMs: this.#clock.now() + waitMs })
    this.emit('change')
    this.#scheduleSeek(0)
  }

  #scheduleHeartbeat(): void {
    if (this.#isStopped) return
    this.#cancelHeartbeat = this.#clock.after(jittered(this.#times.heartbeatMs, 0.2, systemRandom), () => {
      void this.beat().then(() => this.#scheduleHeartbeat())
    })
  }
}
