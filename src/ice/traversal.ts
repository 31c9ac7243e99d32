/**
 * The whole agent without its sockets: paths, what our sockets look like from outside, probing, and the candidates that
 * are told of it. `agent.ts` gives it packets, sockets and the time, and a test does the same in a virtual network.
 */

import { type Address, addressKey } from '../lib/ip.ts'
import { CLASS, isStun, readMessage } from '../stun/message.ts'
import type { Candidate } from './candidate.ts'
import type { IceCredentials, IceRole } from './ice.ts'
import { Mappings, isWorthTelling } from './mappings.ts'
import type { Base } from './pair.ts'
import { Paths } from './paths.ts'
import { localCandidate } from './policy.ts'
import { Probing } from './probing.ts'

/** In darkness our candidates are told again: signalling may have lost them, and the peer checks them anew. */
const RETELL_MS = [2_000, 5_000, 10_000, 20_000, 40_000]
const LOOK_EVERY_MS = 500
/** A server that lies tells a new address each time it is asked; the peer takes as many as this. */
const TOLD_MAX = 64

export interface TraversalOutlet {
  send: (base: Base, to: Address, bytes: Buffer) => void
  data: (bytes: Buffer) => void
  candidate: (candidate: Candidate) => void
  /** What is sent on has changed. */
  selected: () => void
  /** Nothing is heard by way of this base. */
  doubt: (base: Base) => void
  openProbes: (like: Base, count: number) => void
  closeProbe: (base: Base) => void
}

export interface TraversalOptions {
  role: IceRole
  credentials: IceCredentials
  relayOnly: boolean
  /** Cryptographically random, from 0 to 1. */
  random: () => number
  randomBytes: (count: number) => Buffer
  outlet: TraversalOutlet
}

export class Traversal {
  readonly paths: Paths
  readonly #mappings: Mappings
  readonly #probing: Probing
  readonly #options: TraversalOptions
  readonly #outlet: TraversalOutlet
  readonly #bases = new Map<number, Base>()
  readonly #told = new Map<string, { candidate: Candidate; baseId: number }>()
  #order = 0
  #hadPath = false
  #retold = 0
  #lookMs = 0

  constructor(options: TraversalOptions) {
    const { outlet, randomBytes, random } = options
    this.#options = options
    this.#outlet = outlet
    this.paths = new Paths({ ...options, outlet })
    this.#mappings = new Mappings(
      {
        send: outlet.send,
        mapped: (mapped) => {
          const { base, address, generation } = mapped
          if (isWorthTelling(mapped)) this.#tell('srflx', address, base, `s${base.id}g${generation}`)
        },
      },
      randomBytes,
    )
    this.#probing = new Probing({ paths: this.paths, mappings: this.#mappings, outlet, random, randomBytes })
  }

  /** A socket that was bound, or a relay that was lent. */
  addBase(base: Base, nowMs: number): void {
    if (base.kind === 'socket' && this.#options.relayOnly) return
    this.#bases.set(base.id, base)
    this.#order++
    if (base.kind === 'socket') {
      this.#tell('host', base.address, base, `h${base.id}`)
      this.#mappings.addBase(base, nowMs)
    } else this.#tell('relay', base.address, base, `r${base.id}`)
    this.paths.addBase(base, nowMs)
  }

  removeBase(id: number, nowMs: number): void {
    this.#bases.delete(id)
    for (const [key, { baseId }] of this.#told) if (baseId === id) this.#told.delete(key)
    this.#mappings.removeBase(id)
    this.#probing.removeBase(id)
    this.paths.removeBase(id, nowMs)
  }

  addProbe(base: Base, nowMs: number): void {
    this.#bases.set(base.id, base)
    this.#probing.addProbe(base, nowMs)
  }

  setStunServers(servers: readonly Address[], nowMs: number): void {
    this.#mappings.setServers(servers, nowMs)
  }

  setPeer(peer: IceCredentials, nowMs: number): void {
    this.paths.setPeer(peer, nowMs)
  }

  addCandidate(candidate: Candidate, nowMs: number): void {
    this.paths.addCandidate(candidate, nowMs)
  }

  /** The network may be another. */
  refresh(nowMs: number): void {
    this.#mappings.refresh(nowMs)
    this.paths.rearm(nowMs)
  }

  /** True when a `poll` is due. */
  receive(nowMs: number, baseId: number, from: Address, bytes: Buffer): boolean {
    if (bytes.length === 0) return false
    if (bytes[0]! > 3) {
      this.paths.takeData(nowMs, baseId, from, bytes)
      return false
    }
    const message = isStun(bytes) ? readMessage(bytes) : undefined
    const base = this.#bases.get(baseId)
    if (message === undefined || base === undefined) {
      this.paths.dropped++
      return false
    }
    if (this.#probing.has(baseId) && !this.#probing.takeRequest(nowMs, baseId, message)) {
      this.paths.dropped++
      return false
    }
    const isAnswer = message.class === CLASS.success || message.class === CLASS.error
    const isTaken =
      isAnswer &&
      (this.#mappings.take(nowMs, baseId, from, message) || this.#probing.takeAnswer(nowMs, base, from, message))
    if (!isTaken) this.paths.takeMessage(nowMs, baseId, from, message)
    return true
  }

  /** Returns when it wants to be called again. */
  poll(nowMs: number): number {
    const nextMs = this.paths.poll(nowMs)
    this.#look(nowMs)
    return Math.min(nextMs, this.#mappings.poll(nowMs), this.#probing.poll(nowMs), this.#lookMs)
  }

  /** What has to be done while nothing works. */
  #look(nowMs: number): void {
    const { paths } = this
    if (paths.selected !== undefined && paths.darkMs === undefined) {
      this.#hadPath = true
      this.#retold = 0
    }
    if (nowMs < this.#lookMs) return
    this.#lookMs = nowMs + LOOK_EVERY_MS
    if (!this.#hadPath || !paths.isTroubled(nowMs)) return
    this.#mappings.doubt(nowMs)
    const { darkMs } = paths
    const retellMs = RETELL_MS[this.#retold]
    if (darkMs === undefined || retellMs === undefined || nowMs - darkMs < retellMs) return
    this.#retold++
    for (const { candidate } of this.#told.values()) this.#outlet.candidate(candidate)
  }

  #tell(type: Candidate['type'], address: Address, base: Base, foundation: string): void {
    const { ufrag } = this.#options.credentials
    const candidate = localCandidate(type, address, { foundation, order: this.#order, ufrag })
    const key = addressKey(address)
    // a host candidate that servers see as it is needs no second name
    if (this.#told.get(key)?.candidate.foundation === foundation) return
    this.#told.delete(key)
    if (this.#told.size >= TOLD_MAX) this.#told.delete(this.#told.keys().next().value as string)
    this.#told.set(key, { candidate, baseId: base.id })
    this.#outlet.candidate(candidate)
  }
}
