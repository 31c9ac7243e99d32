/**
 * The door to a supernode's roles: knows who asks and from where, what is asked, and lets in what the budgets allow.
 * The rest is refused with the time after which to come again, and counted.
 */

import type { Clock } from '../lib/clock.ts'
import { decoded } from '../lib/decoded.ts'
import { makeLog } from '../lib/log.ts'
import type { Overlay, ProfileName } from '../overlay/overlay.ts'
import { Refusal, type Handler } from '../overlay/rpc.ts'
import { blockOf, Budgets, WORK, type BudgetRole, type Standing, type Work } from './budgets.ts'
import { HomeRequest } from './home.pb.js'
import { IndexRequest } from './index.pb.js'
import { Meter } from './meter.ts'

const log = makeLog('gate')

const BLOCKS_MAX = 4096
/** The routing table is gone through this often: who is a supernode changes slowly. */
const SUPERNODES_FRESH_MS = 2_000

/** What was asked of one role. */
export interface RoleLoad {
  perSecond: number
  served: number
  refused: number
}

interface Load {
  readonly meter: Meter
  served: number
  refused: number
}

/** What a request asks for, and how many times over; what cannot be read is the cheapest work of its role. */
export type WorkOf = (body: Uint8Array) => { work: Work; times?: number }

export class Gate {
  readonly #overlay: Overlay
  readonly #clock: Clock
  readonly #budgets: Budgets
  readonly #blocks = new Map<string, string | undefined>()
  readonly #loads: Record<BudgetRole, Load>
  #supernodes: { ids: Set<string>; atMs: number } | undefined
  /** Is this peer a client of ours? */
  isClient: (peerId: string) => boolean = () => false

  constructor(overlay: Overlay, profile: ProfileName, clock: Clock) {
    this.#overlay = overlay
    this.#clock = clock
    this.#budgets = new Budgets(profile)
    const load = (): Load => ({ meter: new Meter(), served: 0, refused: 0 })
    this.#loads = { index: load(), home: load(), forward: load(), probe: load(), relay: load() }
    overlay.on('disconnect', (peerId) => this.#blocks.delete(peerId))
  }

  /** The handler, asked only for what the budgets allow. */
  guard(workOf: WorkOf, handler: Handler): Handler {
    return (from, body) => {
      const { work, times = 1 } = workOf(body)
      this.#admit(from, work, times)
      return handler(from, body)
    }
  }

  /** May one more envelope from this peer be pushed to that client? Throws Refusal when not. */
  admitDelivery(from: string, deviceId: string): void {
    const waitMs = this.#budgets.admitDelivery(from, deviceId, this.#clock.now())
    if (waitMs > 0) this.#refuse('forward', waitMs)
  }

  loads(): Record<BudgetRole, RoleLoad> {
    const nowMs = this.#clock.now()
    const tell = ({ meter, served, refused }: Load): RoleLoad => ({
      perSecond: meter.perSecond(nowMs),
      served,
      refused,
    })
    const { index, home, forward, probe, relay } = this.#loads
    return { index: tell(index), home: tell(home), forward: tell(forward), probe: tell(probe), relay: tell(relay) }
  }

  #admit(from: string, work: Work, times: number): void {
    const nowMs = this.#clock.now()
    const { role } = WORK[work]
    const asker = { peerId: from, block: this.#blockOf(from), standing: this.#standing(from, nowMs) }
    const waitMs = this.#budgets.admit(asker, work, nowMs, times)
    if (waitMs > 0) this.#refuse(role, waitMs)
    const load = this.#loads[role]
    load.served++
    load.meter.count(nowMs)
  }

  #refuse(role: BudgetRole, waitMs: number): never {
    const load = this.#loads[role]
    if (load.refused++ === 0) log('refuses', { role })
    throw new Refusal(waitMs)
  }

  #standing(peerId: string, nowMs: number): Standing {
    if (peerId === this.#overlay.peerId || this.#isSupernode(peerId, nowMs)) return 'supernode'
    return this.isClient(peerId) ? 'client' : 'stranger'
  }

  #isSupernode(peerId: string, nowMs: number): boolean {
    const known = this.#supernodes
    if (known !== undefined && Math.abs(nowMs - known.atMs) < SUPERNODES_FRESH_MS) return known.ids.has(peerId)
    const ids = new Set(this.#overlay.supernodes().map((each) => each.peerId))
    this.#supernodes = { ids, atMs: nowMs }
    return ids.has(peerId)
  }

  /** Looking up a connection's address costs as much as a look-up in the index. */
  #blockOf(peerId: string): string | undefined {
    if (this.#blocks.has(peerId)) return this.#blocks.get(peerId)
    if (peerId === this.#overlay.peerId) return undefined
    const block = blockOf(this.#overlay.remoteAddress(peerId) ?? '')
    if (this.#blocks.size >= BLOCKS_MAX) this.#blocks.delete(this.#blocks.keys().next().value as string)
    this.#blocks.set(peerId, block)
    return block
  }
}

export const indexWork: WorkOf = (body) => {
  const request = decoded(() => IndexRequest.decode(body))
  return { work: request?.grant === undefined ? 'lookup' : 'grant' }
}

export const homeWork: WorkOf = (body) => {
  const request = decoded(() => HomeRequest.decode(body))
  if (request?.place !== undefined) return { work: 'place', times: Math.max(1, request.place.keys.length) }
  if (request?.resolve !== undefined) return { work: 'resolve' }
  if (request?.forward !== undefined) return { work: 'forward' }
  if (request?.deliver !== undefined) return { work: 'deliver' }
  return { work: 'attach' }
}

export const probeWork: WorkOf = () => ({ work: 'probe' })

export const borrowWork: WorkOf = () => ({ work: 'borrow' })
