/**
 * All ways between two peers: which pairs there are, when each is checked, what checks and their answers mean, and which
 * pair is sent on (RFC 8445 §6 and §7, but nothing is ever over). It is given the time and packets, and says what to
 * send; sockets, timers and the search for addresses of our own are others'.
 */

import { type Address, isSameAddress } from '../lib/ip.ts'
import {
  ATTRIBUTE,
  CLASS,
  type ReadMessage,
  TRANSACTION_ID_BYTES,
  attributeOf,
  isAuthentic,
  readError,
  textValue,
} from '../stun/message.ts'
import type { Candidate } from './candidate.ts'
import { type ReadCheck, ROLE_CONFLICT, readCheck, writeAnswer, writeCheck, writeRefusal } from './checks.ts'
import { Course, type CourseOutlet } from './course.ts'
import type { IceCredentials, IceRole } from './ice.ts'
import { APART_MS_MIN, FRESH_MS, deadMs, dueMs } from './liveness.ts'
import { type Base, type Pair, type Remote, checkPriority, isRelayed, rearm } from './pair.ts'
import { Pairs } from './pairs.ts'
import { isPairable } from './policy.ts'
import { Remotes } from './remotes.ts'

/** Between checks of pairs that never worked (RFC 8445 §14.2). */
const PACE_MS = 5
const PENDING_MAX = 1_024
const PENDING_MS = 5_000
const EARLY_MAX = 32

export interface PathsOutlet extends CourseOutlet {
  send: (base: Base, to: Address, bytes: Buffer) => void
  data: (bytes: Buffer) => void
}

export interface PathsOptions {
  role: IceRole
  credentials: IceCredentials
  /** Cryptographically random; tests give others. */
  randomBytes: (count: number) => Buffer
  relayOnly: boolean
  outlet: PathsOutlet
}

interface Pending {
  pair: Pair
  sentMs: number
}

interface Early {
  baseId: number
  from: Address
  check: ReadCheck
}

export class Paths {
  readonly credentials: IceCredentials
  /** What was dropped, unproven or unauthentic. */
  dropped = 0
  readonly remotes = new Remotes()
  readonly pairs = new Pairs()
  readonly #options: PathsOptions
  readonly #outlet: PathsOutlet
  readonly #tieBreaker: Buffer
  readonly #bases = new Map<number, Base>()
  readonly #pending = new Map<string, Pending>()
  #peer: IceCredentials | undefined
  #early: Early[] = []
  readonly #course: Course
  #pacedMs = 0

  constructor(options: PathsOptions) {
    this.#options = options
    this.#outlet = options.outlet
    this.#course = new Course(options.role, this.pairs, options.outlet)
    this.credentials = options.credentials
    this.#tieBreaker = options.randomBytes(8)
  }

  get peer(): IceCredentials | undefined {
    return this.#peer
  }

  get selected(): Pair | undefined {
    return this.#course.selected
  }

  /** Since when nothing works, once checks began; undefined while something does. */
  get darkMs(): number | undefined {
    return this.#course.darkMs
  }

  get bases(): Iterable<Base> {
    return this.#bases.values()
  }

  hasDirect(): boolean {
    for (const pair of this.pairs) if (pair.isValid && !isRelayed(pair)) return true
    return false
  }

  /** What is sent on is in doubt, or nothing works: time to look what has changed. */
  isTroubled(nowMs: number): boolean {
    return this.#course.isTroubled(nowMs)
  }

  addBase(base: Base, nowMs: number): void {
    this.#bases.set(base.id, base)
    for (const remote of this.remotes) this.#pairUp(base, remote, nowMs)
  }

  removeBase(id: number, nowMs: number): void {
    this.#bases.delete(id)
    this.pairs.removeAll(({ base }) => base.id === id)
    if (this.selected?.base.id === id) this.#course.lost(nowMs)
  }

  setPeer(peer: IceCredentials, nowMs: number): void {
    const previous = this.#peer
    if (previous?.ufrag === peer.ufrag && previous.password === peer.password) return
    this.#peer = peer
    if (previous !== undefined) this.#forgetPeer()
    this.#course.restart(nowMs)
    for (const remote of this.remotes) this.#tryAll(remote, nowMs)
    const early = this.#early
    this.#early = []
    for (const { baseId, from, check } of early) {
      const base = this.#bases.get(baseId)
      if (base !== undefined && check.ufrag === peer.ufrag) this.#learn(base, from, check, nowMs)
    }
  }

  addCandidate(candidate: Candidate, nowMs: number): void {
    if (candidate.ufrag !== undefined && this.#peer !== undefined && candidate.ufrag !== this.#peer.ufrag) {
      this.dropped++
      return
    }
    const remote = this.remotes.tell(candidate)
    this.#dropExcess()
    this.#tryAll(remote, nowMs)
  }

  /** Everything is checked again at once, and nothing is taken for granted. */
  rearm(nowMs: number): void {
    this.#course.shake(nowMs)
  }

  /** Media and the like. Nothing is made for each packet but what the socket made. */
  takeData(nowMs: number, baseId: number, from: Address, bytes: Buffer): void {
    const pair = this.pairs.find(baseId, from)
    if (pair?.isProven !== true) {
      this.dropped++
      return
    }
    pair.heardMs = nowMs
    pair.dataMs = nowMs
    if (pair !== this.selected) this.#course.heardElsewhere(pair, nowMs)
    this.#outlet.data(bytes)
  }

  /** Whether it is a check of the peer's. */
  isFromPeer(message: ReadMessage): boolean {
    const check = readCheck(message, this.credentials)
    return check !== undefined && (this.#peer === undefined || check.ufrag === this.#peer.ufrag)
  }

  takeMessage(nowMs: number, baseId: number, from: Address, message: ReadMessage): void {
    const base = this.#bases.get(baseId)
    if (base === undefined) return
    if (message.class === CLASS.request) this.#takeRequest(nowMs, base, from, message)
    else if (message.class === CLASS.success || message.class === CLASS.error)
      this.#takeAnswer(nowMs, base, from, message)
    else this.dropped++
  }

  /** Checks what is due. Returns when it wants to be called again. */
  poll(nowMs: number): number {
    if (this.#peer === undefined) return Infinity
    this.#course.judge(nowMs)
    let nextMs = Infinity
    const waiting: Pair[] = []
    for (const pair of this.pairs) {
      const standing = this.#course.standingOf(pair)
      const isDue = dueMs(pair, standing, nowMs) <= nowMs
      if (isDue && !pair.isValid) {
        waiting.push(pair)
        continue
      }
      if (isDue) this.#check(pair, nowMs)
      nextMs = Math.min(nextMs, dueMs(pair, standing, nowMs))
      if (pair.isValid) nextMs = Math.min(nextMs, deadMs(pair, standing.rank, nowMs))
    }
    if (waiting.length > 0 && this.#pacedMs <= nowMs) {
      waiting.sort(
        (a, b) =>
          Number(b.isUrgent) - Number(a.isUrgent) || a.attempts - b.attempts || b.remote.priority - a.remote.priority,
      )
      const pair = waiting.shift() as Pair
      this.#check(pair, nowMs)
      this.#pacedMs = nowMs + PACE_MS
      nextMs = Math.min(nextMs, dueMs(pair, this.#course.standingOf(pair), nowMs))
    }
    this.#expire(nowMs)
    return waiting.length > 0 ? Math.min(nextMs, this.#pacedMs) : nextMs
  }

  /** A check on this way, whose answer is taken like any other; for one that was found by probing. */
  found(base: Base, from: Address, nowMs: number): void {
    const remote = this.remotes.see(from, checkPriority({ ...base, kind: 'socket' }))
    this.#dropExcess()
    const pair = this.pairs.pair(base, remote, nowMs)
    if (pair === undefined) return
    pair.isProven = true
    rearm(pair, nowMs)
  }

  checkBytes(base: Base, transactionId: Buffer): Buffer | undefined {
    const peer = this.#peer
    if (peer === undefined) return undefined
    const { credentials: own } = this
    const { role } = this.#course
    const priority = checkPriority(base)
    return writeCheck({ transactionId, own, peer, role, tieBreaker: this.#tieBreaker, priority, isNominating: false })
  }

  #takeRequest(nowMs: number, base: Base, from: Address, message: ReadMessage): void {
    const own = this.credentials
    const check = readCheck(message, own)
    if (check === undefined || (this.#peer !== undefined && check.ufrag !== this.#peer.ufrag)) {
      this.dropped++
      return
    }
    if (check.unknown.length > 0)
      return this.#outlet.send(base, from, writeRefusal(message, 420, { own, unknown: check.unknown }))
    if (check.role === this.#course.role) {
      // RFC 8445 §7.3.1.1: the larger tie-breaker is the controlling end
      const isOurs = Buffer.compare(this.#tieBreaker, check.tieBreaker) >= 0
      if (isOurs === (this.#course.role === 'controlling'))
        return this.#outlet.send(base, from, writeRefusal(message, ROLE_CONFLICT, { own }))
      this.#course.switchRole(nowMs)
    }
    this.#outlet.send(base, from, writeAnswer(message, from, own))
    if (this.#peer !== undefined) this.#learn(base, from, check, nowMs)
    else if (this.#early.length < EARLY_MAX) this.#early.push({ baseId: base.id, from: { ...from }, check })
    else this.dropped++
  }

  /** RFC 8445 §7.3.1.3 to §7.3.1.5. */
  #learn(base: Base, from: Address, check: ReadCheck, nowMs: number): void {
    if (this.#options.relayOnly && base.kind !== 'relay') return
    const pair = this.pairs.find(base.id, from) ?? this.#meet(base, from, check.priority, nowMs)
    if (pair === undefined) return
    pair.isProven = true
    pair.heardMs = nowMs
    if (check.isNominating) this.#course.nominate(pair)
    const isFresh = pair.isValid && nowMs - pair.answeredMs < FRESH_MS && pair.unanswered < 3
    if (!isFresh && nowMs - pair.sentMs >= APART_MS_MIN) rearm(pair, nowMs)
    else if (!pair.isValid) pair.isUrgent = true
    if (check.isNominating || pair !== this.selected) this.#course.reselect(nowMs)
  }

  #meet(base: Base, from: Address, priority: number, nowMs: number): Pair | undefined {
    const remote = this.remotes.see(from, priority)
    this.#dropExcess()
    return this.pairs.pair(base, remote, nowMs)
  }

  /** RFC 8445 §7.2.5. */
  #takeAnswer(nowMs: number, base: Base, from: Address, message: ReadMessage): void {
    const id = message.transactionId.toString('latin1')
    const pending = this.#pending.get(id)
    const peer = this.#peer
    if (pending === undefined || peer === undefined || !isAuthentic(message, textValue(peer.password))) {
      this.dropped++
      return
    }
    const { pair, sentMs } = pending
    if (pair.base !== base || !isSameAddress(pair.remote.address, from)) {
      this.dropped++
      return
    }
    this.#pending.delete(id)
    if (message.class === CLASS.error) {
      if (readError(attributeOf(message, ATTRIBUTE.errorCode)) !== ROLE_CONFLICT) return
      this.#course.switchRole(nowMs)
      rearm(pair, nowMs)
      return
    }
    const sampleMs = nowMs - sentMs
    pair.rttMs = pair.answers === 0 ? sampleMs : pair.rttMs + (sampleMs - pair.rttMs) / 8
    pair.answers++
    pair.answeredMs = nowMs
    pair.heardMs = nowMs
    pair.unanswered = 0
    pair.isProven = true
    const wasValid = pair.isValid
    pair.isValid = true
    this.#course.darkMs = undefined
    if (!wasValid || pair !== this.selected) this.#course.reselect(nowMs)
  }

  #pairUp(base: Base, remote: Remote, nowMs: number): void {
    if (this.#peer !== undefined && isPairable(base, remote, this.#options.relayOnly))
      this.pairs.pair(base, remote, nowMs)
  }

  #tryAll(remote: Remote, nowMs: number): void {
    for (const base of this.#bases.values()) this.#pairUp(base, remote, nowMs)
    for (const pair of this.pairs) if (pair.remote === remote && !pair.isValid) rearm(pair, nowMs)
  }

  #dropExcess(): void {
    const useful = new Set<Remote>()
    for (const pair of this.pairs) if (pair.isValid) useful.add(pair.remote)
    const dropped = new Set(this.remotes.dropExcess((remote) => useful.has(remote)))
    if (dropped.size > 0) this.pairs.removeAll(({ remote, isValid }) => dropped.has(remote) && !isValid)
  }

  #forgetPeer(): void {
    this.#pending.clear()
    this.pairs.removeAll(() => true)
    this.remotes.clear()
  }

  #check(pair: Pair, nowMs: number): void {
    const peer = this.#peer
    if (peer === undefined) return
    const transactionId = this.#options.randomBytes(TRANSACTION_ID_BYTES)
    if (this.#pending.size >= PENDING_MAX) this.#pending.delete(this.#pending.keys().next().value as string)
    this.#pending.set(transactionId.toString('latin1'), { pair, sentMs: nowMs })
    pair.isUrgent = false
    pair.sentMs = nowMs
    pair.attempts++
    if (pair.unanswered++ === 0) pair.unansweredMs = nowMs
    const { credentials: own } = this
    const { role } = this.#course
    const isNominating = role === 'controlling' && pair === this.selected
    const priority = checkPriority(pair.base)
    const tieBreaker = this.#tieBreaker
    const bytes = writeCheck({ transactionId, own, peer, role, tieBreaker, priority, isNominating })
    this.#outlet.send(pair.base, pair.remote.address, bytes)
  }

  #expire(nowMs: number): void {
    for (const [id, { sentMs }] of this.#pending) {
      if (nowMs - sentMs < PENDING_MS) break
      this.#pending.delete(id)
    }
  }
}
