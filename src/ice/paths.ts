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
} from '../stun/message.ts'
import { textValue } from '../stun/message.ts'
import type { Candidate } from './candidate.ts'
import { type ReadCheck, ROLE_CONFLICT, readCheck, writeAnswer, writeCheck, writeRefusal } from './checks.ts'
import type { IceCredentials, IceRole } from './ice.ts'
import { DOUBT_MS, type Rank, deadMs, dueMs, isDoubtful } from './liveness.ts'
import { type Base, type Pair, type Remote, checkPriority, isRelayed, rearm } from './pair.ts'
import { Pairs } from './pairs.ts'
import { isPairable } from './policy.ts'
import { Remotes } from './remotes.ts'
import { choose, standbys } from './selection.ts'

/** Between checks of pairs that never worked (RFC 8445 §14.2). */
const PACE_MS = 5
const APART_MS = 40
const PENDING_MAX = 1_024
const PENDING_MS = 5_000
const EARLY_MAX = 32
/** Answered so lately, a check of the peer's tells nothing new. */
const FRESH_MS = 2_500
/** What died is sent on for so long if nothing else answers: it may come back by itself. */
const ZOMBIE_MS = 2_500
/** What the peer sends elsewhere is a hint once we hear nothing where we send. */
const HINT_MS = 200
const TRUST_MS_MAX = 30_000
/** After a change of network what answered before counts for less than what has answered since. */
const SHAKEN_MS = 3_000

export interface PathsOutlet {
  send: (base: Base, to: Address, bytes: Buffer) => void
  data: (bytes: Buffer) => void
  /** What is sent on has changed. */
  selected: () => void
  /** Nothing is heard by way of this base. */
  doubt: (base: Base) => void
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
  role: IceRole
  selected: Pair | undefined
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
  #nominated: Pair | undefined
  #selectedMs = 0
  #pacedMs = 0
  #doubtMs: number | undefined
  #darkMs: number | undefined
  #shakenMs = Number.NEGATIVE_INFINITY

  constructor(options: PathsOptions) {
    this.#options = options
    this.#outlet = options.outlet
    this.role = options.role
    this.credentials = options.credentials
    this.#tieBreaker = options.randomBytes(8)
  }

  get peer(): IceCredentials | undefined {
    return this.#peer
  }

  /** Since when nothing works, once checks began; undefined while something does. */
  get darkMs(): number | undefined {
    return this.#darkMs
  }

  get bases(): Iterable<Base> {
    return this.#bases.values()
  }

  hasDirect(): boolean {
    for (const pair of this.pairs) if (pair.isValid && !isRelayed(pair)) return true
    return false
  }

  /** Something of the peer's is in doubt, or nothing works: time to look what has changed. */
  isTroubled(nowMs: number): boolean {
    return this.#darkMs !== undefined || (this.#doubtMs !== undefined && nowMs - this.#doubtMs > DOUBT_MS)
  }

  addBase(base: Base, nowMs: number): void {
    this.#bases.set(base.id, base)
    for (const remote of this.remotes) this.#pairUp(base, remote, nowMs)
  }

  removeBase(id: number, nowMs: number): void {
    this.#bases.delete(id)
    this.pairs.removeAll(({ base }) => base.id === id)
    if (this.selected?.base.id === id) {
      this.rearm(nowMs)
      this.#select(choose(this.#valid(), this.#choice(undefined), nowMs), nowMs)
    }
  }

  setPeer(peer: IceCredentials, nowMs: number): void {
    const previous = this.#peer
    if (previous?.ufrag === peer.ufrag && previous.password === peer.password) return
    this.#peer = peer
    this.#darkMs = nowMs
    if (previous !== undefined) this.#forgetPeer(nowMs)
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
    this.#shakenMs = nowMs
    for (const pair of this.pairs) rearm(pair, nowMs)
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
    if (pair !== this.selected) this.#hear(pair, nowMs)
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
    this.#judge(nowMs)
    const valid = this.#valid()
    const ready = standbys(valid, this.selected)
    const isInDoubt = this.#doubtMs !== undefined
    let nextMs = Infinity
    const waiting: Pair[] = []
    for (const pair of this.pairs) {
      const rank = this.#rankOf(pair, ready)
      const atMs = dueMs(pair, { rank, isInDoubt, darkMs: this.#darkMs }, nowMs)
      if (atMs > nowMs) nextMs = Math.min(nextMs, atMs)
      else if (pair.isValid) this.#check(pair, nowMs)
      else waiting.push(pair)
      if (pair.isValid) nextMs = Math.min(nextMs, deadMs(pair, rank, nowMs), nowMs + 1_000)
    }
    if (waiting.length > 0 && this.#pacedMs <= nowMs) {
      waiting.sort(
        (a, b) =>
          Number(b.isUrgent) - Number(a.isUrgent) || a.attempts - b.attempts || b.remote.priority - a.remote.priority,
      )
      this.#check(waiting.shift() as Pair, nowMs)
      this.#pacedMs = nowMs + PACE_MS
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
    const { credentials: own, role } = this
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
    if (check.role === this.role) {
      // RFC 8445 §7.3.1.1: the larger tie-breaker is the controlling end
      const isOurs = Buffer.compare(this.#tieBreaker, check.tieBreaker) >= 0
      if (isOurs === (this.role === 'controlling'))
        return this.#outlet.send(base, from, writeRefusal(message, ROLE_CONFLICT, { own }))
      this.#switchRole(nowMs)
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
    if (check.isNominating && this.role === 'controlled') this.#nominated = pair
    const isFresh = pair.isValid && nowMs - pair.answeredMs < FRESH_MS && pair.unanswered < 3
    if (!isFresh && nowMs - pair.sentMs >= APART_MS) rearm(pair, nowMs)
    else if (!pair.isValid) pair.isUrgent = true
    if (check.isNominating || pair !== this.selected) this.#reselect(nowMs)
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
      this.#switchRole(nowMs)
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
    if (!wasValid && this.#nominated === undefined && pair.attempts > 0) pair.isUrgent = false
    this.#darkMs = undefined
    if (!wasValid || this.selected?.isValid !== true || pair !== this.selected) this.#reselect(nowMs)
  }

  #switchRole(nowMs: number): void {
    this.role = this.role === 'controlling' ? 'controlled' : 'controlling'
    this.#nominated = undefined
    this.#reselect(nowMs)
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

  #forgetPeer(nowMs: number): void {
    this.#pending.clear()
    this.#nominated = undefined
    this.pairs.removeAll(() => true)
    this.remotes.clear()
    this.#select(undefined, nowMs)
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
    const { credentials: own, role } = this
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

  #valid(): Pair[] {
    const valid: Pair[] = []
    for (const pair of this.pairs) if (pair.isValid) valid.push(pair)
    return valid
  }

  #rankOf(pair: Pair, ready: readonly Pair[]): Rank {
    if (pair === this.selected) return 'selected'
    return ready.includes(pair) ? 'standby' : 'other'
  }

  #choice(selected: Pair | undefined) {
    return { role: this.role, selected, selectedMs: this.#selectedMs, nominated: this.#nominated }
  }

  /** Who lives, who is in doubt, who died. */
  #judge(nowMs: number): void {
    const { selected } = this
    const ready = standbys(this.#valid(), selected)
    for (const pair of this.pairs) {
      if (!pair.isValid || nowMs < deadMs(pair, this.#rankOf(pair, ready), nowMs)) continue
      this.#bury(pair, nowMs)
    }
    if (selected?.isValid === true && isDoubtful(selected, nowMs)) this.#doubt(selected, ready, nowMs)
    else if (selected?.isValid === true) this.#doubtMs = undefined
    if (selected !== undefined && !selected.isValid) {
      const lately = this.#valid().filter(({ answeredMs }) => answeredMs >= selected.unansweredMs)
      const next = choose(lately, this.#choice(undefined), nowMs)
      if (next !== undefined) this.#select(next, nowMs)
      else if (nowMs - selected.heardMs >= ZOMBIE_MS)
        this.#select(choose(this.#valid(), this.#choice(undefined), nowMs), nowMs)
    } else this.#reselect(nowMs)
    if (this.#darkMs === undefined && this.#valid().length === 0) this.#darkMs = nowMs
  }

  #doubt(selected: Pair, ready: readonly Pair[], nowMs: number): void {
    if (this.#doubtMs !== undefined) return
    this.#doubtMs = nowMs
    for (const pair of ready) pair.isUrgent = true
    this.#outlet.doubt(selected.base)
  }

  #bury(pair: Pair, nowMs: number): void {
    pair.isValid = false
    if (pair !== this.selected) return rearm(pair, nowMs)
    pair.trustedMs = nowMs + Math.min(1_000 * 2 ** pair.deaths++, TRUST_MS_MAX)
    this.#outlet.doubt(pair.base)
    for (const each of this.pairs) rearm(each, nowMs)
  }

  #reselect(nowMs: number): void {
    const { selected } = this
    // what died is left only for what is known to answer
    if (selected !== undefined && !selected.isValid && this.pairs.find(selected.base.id, selected.remote.address)) {
      const lately = this.#valid().filter(({ answeredMs }) => answeredMs >= selected.unansweredMs)
      if (lately.length > 0) this.#select(choose(lately, this.#choice(undefined), nowMs), nowMs)
      return
    }
    const valid = this.#valid()
    const isShaken = nowMs - this.#shakenMs < SHAKEN_MS
    const since = isShaken ? valid.filter(({ answeredMs }) => answeredMs >= this.#shakenMs) : []
    if (since.length === 0) return this.#select(choose(valid, this.#choice(selected), nowMs), nowMs)
    const isKnown = selected !== undefined && since.includes(selected)
    const isTold = this.#nominated !== undefined && since.includes(this.#nominated)
    const choice = { ...this.#choice(isKnown ? selected : undefined), ...(!isTold && { nominated: undefined }) }
    this.#select(choose(since, choice, nowMs), nowMs)
  }

  #select(pair: Pair | undefined, nowMs: number): void {
    if (pair === this.selected) return
    this.selected = pair
    this.#selectedMs = nowMs
    this.#doubtMs = undefined
    // the peer hears of it at once
    if (pair !== undefined && this.role === 'controlling') pair.isUrgent = true
    this.#outlet.selected()
  }

  /** Data on another pair than ours: the peer may have moved, if we hear nothing any more where we send. */
  #hear(pair: Pair, nowMs: number): void {
    const { selected } = this
    if (!pair.isValid || (selected !== undefined && nowMs - selected.heardMs < HINT_MS)) return
    if (selected?.isValid === true && !isDoubtful(selected, nowMs)) {
      // it never spoke here: it may not have followed us yet
      if (selected.unanswered === 0) selected.isUrgent = true
      return
    }
    if (nowMs - pair.answeredMs >= FRESH_MS) {
      pair.isUrgent = true
      return
    }
    this.#nominated = undefined
    this.#select(pair, nowMs)
  }
}
