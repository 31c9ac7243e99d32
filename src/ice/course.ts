/**
 * Which pair is sent on as time goes by: when it is in doubt, when it has died, what follows it, and what is made of
 * the peer's nominations and moves. Told the time; checks are paths.ts'.
 */

import type { IceRole } from './ice.ts'
import { DOUBT_MS, FRESH_MS, type Standing, deadMs, isDoubtful, isVoiced } from './liveness.ts'
import { type Base, type Pair, rearm } from './pair.ts'
import type { Pairs } from './pairs.ts'
import { type Choice, choose, standbys } from './selection.ts'

/** What died is sent on for so long if nothing else answers: it may come back by itself. */
const ZOMBIE_MS = 2_500
/** What the peer sends elsewhere is a hint once we hear nothing where we send. */
const HINT_MS = 200
const TRUST_MS_MAX = 30_000
/** After a change of network what answered before counts for less than what has answered since. */
const SHAKEN_MS = 3_000

export interface CourseOutlet {
  /** What is sent on has changed. */
  selected: () => void
  /** Nothing is heard by way of this base. */
  doubt: (base: Base) => void
}

export class Course {
  role: IceRole
  selected: Pair | undefined
  /** Since when nothing works, once checks began; undefined while something does. */
  darkMs: number | undefined
  readonly #pairs: Pairs
  readonly #outlet: CourseOutlet
  #nominated: Pair | undefined
  #selectedMs = 0
  #doubtMs: number | undefined
  #shakenMs = Number.NEGATIVE_INFINITY
  #ready: Pair[] = []

  constructor(role: IceRole, pairs: Pairs, outlet: CourseOutlet) {
    this.role = role
    this.#pairs = pairs
    this.#outlet = outlet
  }

  isTroubled(nowMs: number): boolean {
    return this.darkMs !== undefined || (this.#doubtMs !== undefined && nowMs - this.#doubtMs > DOUBT_MS)
  }

  /** As of the last `judge`. */
  standingOf(pair: Pair): Standing {
    const rank = pair === this.selected ? 'selected' : this.#ready.includes(pair) ? 'standby' : 'other'
    return { rank, isInDoubt: this.#doubtMs !== undefined, darkMs: this.darkMs }
  }

  switchRole(nowMs: number): void {
    this.role = this.role === 'controlling' ? 'controlled' : 'controlling'
    this.#nominated = undefined
    this.reselect(nowMs)
  }

  nominate(pair: Pair): void {
    if (this.role === 'controlled') this.#nominated = pair
  }

  /** A change of network: everything is checked again, and nothing is taken for granted. */
  shake(nowMs: number): void {
    this.#shakenMs = nowMs
    for (const pair of this.#pairs) rearm(pair, nowMs)
  }

  /** The peer is another, or began anew. */
  restart(nowMs: number): void {
    this.darkMs = nowMs
    this.#nominated = undefined
    this.#select(undefined, nowMs)
  }

  /** The pair that was sent on is no more. */
  lost(nowMs: number): void {
    this.shake(nowMs)
    this.#select(choose(this.#valid(), this.#choice(undefined), nowMs), nowMs)
  }

  /** Who lives, who is in doubt, who died. */
  judge(nowMs: number): void {
    const { selected } = this
    this.#ready = standbys(this.#valid(), selected)
    for (const pair of this.#pairs) {
      if (pair.isValid && nowMs >= deadMs(pair, this.standingOf(pair).rank, nowMs)) this.#bury(pair, nowMs)
    }
    if (selected?.isValid === true && isDoubtful(selected, nowMs)) this.#doubt(selected, nowMs)
    else if (selected?.isValid === true) this.#doubtMs = undefined
    this.reselect(nowMs)
    const isDead = selected === this.selected && selected?.isValid === false
    if (isDead && nowMs - selected.heardMs >= ZOMBIE_MS)
      this.#select(choose(this.#valid(), this.#choice(undefined), nowMs), nowMs)
    if (this.darkMs === undefined && this.#valid().length === 0) this.darkMs = nowMs
  }

  reselect(nowMs: number): void {
    const { selected } = this
    const valid = this.#valid()
    // what died is left only for what is known to answer
    if (selected?.isValid === false) {
      const lately = valid.filter(({ answeredMs }) => answeredMs >= selected.unansweredMs)
      if (lately.length > 0) this.#select(choose(lately, this.#choice(undefined), nowMs), nowMs)
      return
    }
    const isShaken = nowMs - this.#shakenMs < SHAKEN_MS
    const since = isShaken ? valid.filter(({ answeredMs }) => answeredMs >= this.#shakenMs) : []
    if (since.length === 0) return this.#select(choose(valid, this.#choice(selected), nowMs), nowMs)
    const isKnown = selected !== undefined && since.includes(selected)
    const isTold = this.#nominated !== undefined && since.includes(this.#nominated)
    const choice = { ...this.#choice(isKnown ? selected : undefined), ...(!isTold && { nominated: undefined }) }
    this.#select(choose(since, choice, nowMs), nowMs)
  }

  /** Data on another pair than ours: the peer may have moved, if we hear nothing any more where we send. */
  heardElsewhere(pair: Pair, nowMs: number): void {
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

  #valid(): Pair[] {
    const valid: Pair[] = []
    for (const pair of this.#pairs) if (pair.isValid) valid.push(pair)
    return valid
  }

  #choice(selected: Pair | undefined): Choice {
    return { role: this.role, selected, selectedMs: this.#selectedMs, nominated: this.#nominated }
  }

  #doubt(selected: Pair, nowMs: number): void {
    if (this.#doubtMs !== undefined) return
    this.#doubtMs = nowMs
    for (const pair of this.#ready) pair.isUrgent = true
    this.#outlet.doubt(selected.base)
  }

  #bury(pair: Pair, nowMs: number): void {
    pair.isValid = false
    if (pair !== this.selected) return rearm(pair, nowMs)
    pair.trustedMs = nowMs + Math.min(1_000 * 2 ** pair.deaths++, TRUST_MS_MAX)
    this.#outlet.doubt(pair.base)
    for (const each of this.#pairs) rearm(each, nowMs)
  }

  #select(pair: Pair | undefined, nowMs: number): void {
    const previous = this.selected
    if (pair === previous) return
    // the voice is expected here now: should this one be as dead, that is seen as soon
    if (pair !== undefined && previous?.isValid === false && isVoiced(previous, nowMs)) pair.dataMs = nowMs
    this.selected = pair
    this.#selectedMs = nowMs
    this.#doubtMs = undefined
    // the peer hears of it at once
    if (pair !== undefined && this.role === 'controlling') pair.isUrgent = true
    this.#outlet.selected()
  }
}
