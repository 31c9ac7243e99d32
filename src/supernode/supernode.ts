/**
 * The life of a node as a supernode: measures itself, lets the promotion policy decide, and takes up or lays down the
 * roles. Laying down drains: what the index holds is handed over, clients are told, then the doors close.
 */

import { EventEmitter } from 'node:events'
import type { Clock } from '../lib/clock.ts'
import { makeLog } from '../lib/log.ts'
import { jittered, systemRandom } from '../lib/random.ts'
import type { SigningKey } from '../overlay/keys.ts'
import type { Overlay, ProfileName } from '../overlay/overlay.ts'
import { kadIdOf, kadIdOfKey, walkKeyOf } from '../overlay/peer-id.ts'
import type { Reachability } from '../overlay/reachability.ts'
import type { Handler } from '../overlay/rpc.ts'
import { HOMES_WANTED } from './attachment.ts'
import type { BudgetRole } from './budgets.ts'
import { FitnessMeter } from './fitness.ts'
import { borrowWork, Gate, homeWork, indexWork, probeWork, type RoleLoad } from './gate.ts'
import { Home } from './home.ts'
import type { Homes } from './homes.ts'
import { IndexKeeper } from './index-keeper.ts'
import { INDEX_LIMITS, IndexTable } from './index-table.ts'
import { Links } from './links.ts'
import { combinedSupernodes, densityOf, DensitySamples, estimateNodes, estimateSupernodes } from './network-size.ts'
import {
  bars,
  decidePromotion,
  PROMOTION,
  scoreOf,
  supernodesWanted,
  type Bar,
  type PromotionDecision,
  type PromotionInputs,
  type PromotionState,
  type PromotionThresholds,
} from './promotion.ts'
import type { TurnStats } from '../turn/counters.ts'
import { Registrar } from './registrar.ts'
import { Registrars } from './registrars.ts'
import { Relay } from './relay.ts'
import { Replication } from './replication.ts'

const log = makeLog('supernode')

const DRAIN_MS_MAX = 3_000 // four other registrars hold each name; better late than hanging
const FIRST_DECISION_MS = 300
const WALK_DEADLINE_MS = 3_000
/** Of the supernodes we know; below, knowing them all is likely. */
const SAMPLED_FROM = 32
const SAMPLE_SIZE = 8 // what a walk ends with
const SAMPLE_EVERY_MS: Record<ProfileName, number> = { local: 30_000, internet: 300_000 }

export type NodeRole = 'client' | 'supernode'

export interface SupernodeEvents {
  role: [change: { role: NodeRole; reason: string }]
  /** Something is wrong with this machine that its owner should know. */
  warning: [message: string]
  /** Where STUN and TURN are served over UDP, and a router should let through. */
  udpPorts: [ports: number[]]
}

export interface SupernodeParts {
  overlay: Overlay
  /** This node's device key: registrars sign what they witness. */
  key: SigningKey
  homes: Homes
  reachability: Reachability
  profile: ProfileName
  isWilling: boolean
  /** Its owner pays for what it sends. */
  isMetered?: boolean | undefined
  /** Where to keep what the index holds; in memory only without. */
  indexDirectory?: string | undefined
  /** What calls relayed here may take together, in bytes a second each way. */
  relayBytesPerSecondMax?: number | undefined
  /** For delays and intervals. */
  clock: Clock
  /** The network's: for what is signed and what expires. */
  time: Clock
}

/** What a node carries for others, and why it is a supernode or not. */
export interface SupernodeStatus {
  role: NodeRole
  /** Why this node has that role. */
  reason: string
  /** How good a supernode it would make, 0 to 1. */
  score: number
  /** What a supernode must be, in words, and whether this node is. */
  bars: Bar[]
  /** Estimates. */
  networkSize: number
  supernodes: number
  supernodesWanted: number
  namesHeld: number
  leasesHeld: number
  attached: number
  /** Connections to other supernodes that are kept open. */
  links: number
  work: Record<BudgetRole, RoleLoad>
  /** STUN and TURN, while they are served. */
  relay?: TurnStats | undefined
  /** What is wrong with this machine that its owner should know. */
  warnings: string[]
}

export class Supernode extends EventEmitter<SupernodeEvents> {
  readonly #parts: SupernodeParts
  readonly #thresholds: PromotionThresholds
  readonly #table: IndexTable
  readonly #keeper: IndexKeeper
  readonly #registrar: Registrar
  readonly #registrars: Registrars
  readonly #replication: Replication
  readonly #home: Home
  readonly #gate: Gate
  readonly #fitness: FitnessMeter
  readonly #links: Links
  readonly #relay: Relay
  /** In the network's time. */
  readonly #startedMs: number
  readonly #density = new DensitySamples()
  #sampledMs = -Infinity
  #role: NodeRole = 'client'
  #reason = 'just started'
  #state: PromotionState = {}
  /** Until when the process before this one served. */
  #servedUntilMs: number | undefined
  #cancel: (() => void) | undefined
  /** A handful: each kind is said once. */
  readonly #warnings: string[] = []
  #isStopped = false

  constructor(parts: SupernodeParts) {
    super()
    this.#parts = parts
    this.#thresholds = PROMOTION[parts.profile]
    this.#table = new IndexTable(parts.overlay.network, INDEX_LIMITS[parts.profile])
    const { overlay, profile, isWilling, indexDirectory, time } = parts
    this.#keeper = new IndexKeeper(this.#table, {
      directory: isWilling ? indexDirectory : undefined,
      clock: time,
      warn: (message) => this.#warn(message),
    })
    this.#registrar = new Registrar({ ...parts, table: this.#table })
    this.#registrars = new Registrars(overlay, this.#registrar, profile, time)
    const { clock } = parts
    this.#replication = new Replication({
      overlay,
      registrars: this.#registrars,
      table: this.#table,
      profile,
      clock,
      time,
    })
    this.#gate = new Gate(overlay, profile, parts.clock)
    this.#home = new Home({ overlay, registrars: this.#registrars, profile, clock: parts.clock, time })
    this.#home.supernodeCount = () => this.#supernodesSeen()
    this.#home.loadOf = (peerId) => parts.homes.loadOf(peerId)
    this.#home.admitDelivery = (from, deviceId) => this.#gate.admitDelivery(from, deviceId)
    this.#gate.isClient = (peerId) => this.#home.isClient(peerId)
    this.#fitness = new FitnessMeter({ overlay, isMetered: parts.isMetered ?? false, clock: parts.clock })
    this.#fitness.on('move', () => this.unsettle())
    this.#links = new Links(overlay, profile, parts.clock)
    this.#relay = new Relay({
      overlay,
      profile,
      clock: parts.clock,
      bytesPerSecondMax: parts.relayBytesPerSecondMax,
      onPorts: (ports) => this.emit('udpPorts', ports),
    })
    this.#registrars.warmLinks = () => this.#links.warm()
    this.#registrar.neighboursHold = (key) => this.#registrars.neighboursHold(key)
    this.#startedMs = time.now()
  }

  async start(): Promise<void> {
    await this.#keeper.start()
    this.#servedUntilMs = this.#keeper.servedUntilMs
    const home = this.#gate.guard(homeWork, (from, body) => this.#home.handle(from, body))
    await this.#parts.overlay.handle('home', home)
    this.#schedule(Math.min(FIRST_DECISION_MS, this.#thresholds.intervalMs))
  }

  /** Drains when serving, within a bounded time. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#cancel?.()
    this.#replication.serve(false)
    this.#links.stop()
    if (this.#role === 'supernode') await this.#drain()
    await this.#keeper.stop()
  }

  get role(): NodeRole {
    return this.#role
  }

  /** We slept, or are in another place: what we measured before says little of what is to come. */
  unsettle(): void {
    this.#fitness.unsettle()
    this.#parts.reachability.recheck()
    if (this.#role === 'supernode') void this.#relay.serve() // where we are now; cannot reject
  }

  #warn(message: string): void {
    this.#warnings.push(message)
    this.emit('warning', message)
  }

  status(): SupernodeStatus {
    const size = this.networkSize()
    const inputs = this.#measure()
    const isServing = this.#role === 'supernode'
    return {
      role: this.#role,
      reason: this.#reason,
      score: scoreOf(inputs, this.#thresholds),
      bars: bars(inputs, this.#thresholds),
      supernodesWanted: supernodesWanted(size.nodes, this.#thresholds),
      networkSize: size.nodes,
      supernodes: size.supernodes,
      // what a node that stepped down still has is nobody's
      namesHeld: isServing ? this.#table.namesHeld : 0,
      leasesHeld: isServing ? this.#table.leasesHeld(this.#parts.time.now()) : 0,
      attached: this.clients,
      links: this.#links.size,
      work: this.#gate.loads(),
      relay: this.#relay.status(),
      warnings: [...this.#warnings],
    }
  }

  /** Dial-backs are work as well. */
  guardProbe(handler: Handler): Handler {
    return this.#gate.guard(probeWork, handler)
  }

  get clients(): number {
    return this.#home.clients
  }

  /** Estimates of the whole network, us included. */
  networkSize(): { nodes: number; supernodes: number } {
    const { overlay, homes } = this.#parts
    const supernodes = combinedSupernodes(this.#supernodesSeen(), homes.supernodesTold())
    const clientsEach = [...homes.clientsOfSupernodes(), ...(this.#role === 'supernode' ? [this.clients] : [])]
    return { supernodes, nodes: estimateNodes(supernodes, clientsEach, HOMES_WANTED, overlay.peers().length + 1) }
  }

  /** By our own routing table; this is what we tell others, so that no rumour comes back to who started it. */
  #supernodesSeen(): number {
    const { overlay } = this.#parts
    const others = overlay.supernodes().map(({ peerId }) => kadIdOf(peerId))
    return (
      estimateSupernodes(kadIdOf(overlay.peerId), others, this.#density.list()) + (this.#role === 'supernode' ? 1 : 0)
    )
  }

  /** Where we may not know everybody: how dense the supernodes are around a point anywhere. Never rejects. */
  async #sampleDensity(): Promise<void> {
    const { overlay, profile, clock } = this.#parts
    const isDue = clock.now() - this.#sampledMs >= SAMPLE_EVERY_MS[profile]
    if (!isDue || overlay.supernodes().length < SAMPLED_FROM) return
    this.#sampledMs = clock.now()
    const point = Uint8Array.from({ length: 32 }, () => 256 * systemRandom())
    const found = await overlay.walk(point, AbortSignal.timeout(WALK_DEADLINE_MS)).catch(() => [])
    const kadIds = found.slice(0, SAMPLE_SIZE).map(({ peerId }) => kadIdOf(peerId))
    // a walk that was cut short found fewer, and says nothing
    if (kadIds.length === SAMPLE_SIZE) this.#density.add(densityOf(kadIdOfKey(point), kadIds))
  }

  #schedule(delayMs: number): void {
    if (this.#isStopped) return
    this.#cancel = this.#parts.clock.after(jittered(delayMs, 0.4, systemRandom), () => void this.#decide()) // cannot reject
  }

  async #decide(): Promise<void> {
    void this.#sampleDensity() // cannot reject
    const random = systemRandom()
    let decision = this.#decision(random)
    if (decision.role === 'supernode' && this.#role === 'client') {
      await this.#keeper.load() // before a stranger can claim what is held
      // look before leaping: others may have been promoted since the homes were last heard
      await this.#parts.homes.beat()
      decision = this.#decision(random)
    }
    this.#state = { belowBarSinceMs: decision.belowBarSinceMs, surplusSinceMs: decision.surplusSinceMs }
    this.#reason = decision.reason
    if (decision.role !== this.#role && !this.#isStopped) {
      this.#role = decision.role
      this.#state = {}
      this.#fitness.serve(this.#role === 'supernode')
      await (decision.role === 'supernode' ? this.#serve() : this.#drain())
      this.#keeper.serve(this.#role === 'supernode')
      log('role', { role: this.#role, reason: decision.reason })
      this.emit('role', { role: this.#role, reason: decision.reason })
    }
    this.#schedule(decision.nextInMs)
  }

  #decision(random: number): PromotionDecision {
    this.#fitness.sampleCpu()
    return decidePromotion(this.#measure(), this.#thresholds, this.#state, this.#parts.clock.now(), random)
  }

  #measure(): PromotionInputs {
    const { reachability, isWilling } = this.#parts
    const size = this.networkSize()
    const fitness = this.#fitness.measure()
    return {
      ...fitness,
      role: this.#role,
      isWilling,
      dialBacks: reachability.dialBacks(),
      servedLately: this.#servedLately(),
      networkSize: size.nodes,
      supernodes: size.supernodes,
    }
  }

  /** The process before this one was a supernode, and that was not long before we began. */
  #servedLately(): boolean {
    const ms = this.#servedUntilMs === undefined ? Infinity : this.#startedMs - this.#servedUntilMs
    return ms >= 0 && ms <= this.#thresholds.servedLatelyMs
  }

  async #serve(): Promise<void> {
    const { overlay, homes } = this.#parts
    await overlay.handle(
      'index',
      this.#gate.guard(
        indexWork,
        this.#registrar.handler((key, hops) => this.#registrars.askOn(key, hops)),
      ),
    )
    if (this.#isStopped) return
    await this.#relay.serve()
    await overlay.handle(
      'relay',
      this.#gate.guard(borrowWork, (from, body) => this.#relay.handle(from, body)),
    )
    if (this.#isStopped) return
    this.#home.isServing = true
    await overlay.setServing(true) // last: others ask as soon as they see it
    if (this.#isStopped) return // what we begin now nobody would end
    homes.servingClients = () => this.#home.clients
    homes.nudge()
    this.#links.start()
    this.#replication.serve(true)
    // meet the others: through our homes, and by walking to our own place in the overlay
    void homes.beat() // cannot reject
    void overlay.walk(walkKeyOf(overlay.peerId), AbortSignal.timeout(WALK_DEADLINE_MS)).catch(() => {})
  }

  async #drain(): Promise<void> {
    const { overlay, homes, clock } = this.#parts
    homes.servingClients = undefined
    homes.left(overlay.peerId)
    this.#links.stop()
    this.#replication.serve(false)
    await overlay.setServing(false)
    const { promise: isLate, resolve } = Promise.withResolvers<void>()
    const cancel = clock.after(DRAIN_MS_MAX, resolve)
    await Promise.race([this.#replication.handOver(), isLate])
    cancel() // or the process stays for its timer
    this.#home.isServing = false
    await this.#home.leave()
    await overlay.unhandle('index')
    await overlay.unhandle('relay')
    await this.#relay.stop()
  }
}
