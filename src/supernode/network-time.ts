/**
 * What time it is in the network. A node whose clock is wrong signs records that everybody refuses and refuses what
 * everybody signs, so it takes the time from the supernodes it is attached to. Pure: clock readings come in with each
 * call, and offsets are from this machine's clock.
 *
 * The machine's clock has a vote beside those of the homes, and the largest group of votes that agree wins: one liar
 * moves nothing. Homes tell the network's time as they reckon it, not their clock, so that a network agrees with itself
 * even where most clocks are wrong; that no rumour can walk away with it is because each node votes with its own clock.
 * The first node of a network is right by definition.
 *
 * A draw changes nothing, with two exceptions. A client follows the only supernode there is: nobody else could hold its
 * name. And while supernodes are young they settle on the middle of all votes, of two the later (a clock that lost its
 * battery is late): all choose the same, and a network whose first three clocks all differ agrees within a heartbeat.
 *
 * When the machine's clock jumps, somebody set it or we slept: only the homes can tell. Until they do, time goes on as
 * it did, so that no lease lapses and no name is dropped by a typing error; after a while of silence the clock is
 * believed.
 */

import { HOMES_WANTED } from './attachment.ts'

export interface ClockReading {
  /** The machine's clock, Unix epoch. */
  systemMs: number
  /** A clock that nobody can set, from any origin. */
  steadyMs: number
}

/** What we are among those that tell the time. */
export interface Standing {
  isServing: boolean
  /** Supernodes known besides us. */
  others: number
}

/** Less than this is left alone: nobody minds it, and two clocks that differ by so little are both right. */
export const OFFSET_MS_MIN = 30_000
/** An offset in use is given up below this, so that one at the edge does not come and go. */
const OFFSET_MS_KEPT = 20_000
/** Votes as near as this to each other agree. */
const AGREE_MS = 180_000
/** Between two readings the machine's clock may move by so much against the steady one before it is a jump. */
const JUMP_MS = 10_000
const BELIEVE_AFTER_MS = 20_000
/** Two that answer each other a little later each time must not push each other along. */
const CHANGE_MS_MIN = 5_000
const YOUNG_MS = 600_000
const VOTERS_MAX = 8

export class NetworkTime {
  readonly #peerId: string
  readonly #startedMs: number
  readonly #votes = new Map<string, number>()
  #offsetMs = 0
  /** Between the two clocks at the last reading. */
  #gapMs: number
  /** The machine's clock jumped, and the homes have not yet said which is right. */
  #doubt: { sinceMs: number; jumpMs: number } | undefined

  constructor(peerId: string, at: ClockReading) {
    this.#peerId = peerId
    this.#startedMs = at.steadyMs
    this.#gapMs = at.systemMs - at.steadyMs
  }

  /** Milliseconds since the Unix epoch, as the network counts. */
  now(at: ClockReading): number {
    this.#notice(at)
    return at.systemMs + this.#offsetMs
  }

  /** How far this machine's clock is ahead of the network's. */
  get aheadMs(): number {
    return this.#offsetMs === 0 ? 0 : -this.#offsetMs
  }

  /** A home answered: half a round trip ago it was `theirMs` there. */
  heard(peerId: string, { theirMs, rttMs }: { theirMs: number; rttMs: number }, at: ClockReading, of: Standing): void {
    if (peerId === this.#peerId || !Number.isSafeInteger(theirMs) || theirMs <= 0) return
    this.#notice(at)
    this.#votes.delete(peerId)
    if (this.#votes.size >= VOTERS_MAX) this.#votes.delete(this.#votes.keys().next().value as string)
    this.#votes.set(peerId, theirMs + rttMs / 2 - at.systemMs)
    const offsetMs = this.#judge(at, of)
    if (offsetMs === undefined) return
    this.#doubt = undefined
    const isAgreed = Math.abs(offsetMs) < (this.#offsetMs === 0 ? OFFSET_MS_MIN : OFFSET_MS_KEPT)
    if (isAgreed) this.#offsetMs = 0
    else if (Math.abs(offsetMs - this.#offsetMs) >= CHANGE_MS_MIN) this.#offsetMs = Math.round(offsetMs)
  }

  /** Whoever is no home any more has no vote. What it told stays in use until others say otherwise. */
  keepOnly(isHome: (peerId: string) => boolean): void {
    for (const peerId of this.#votes.keys()) if (!isHome(peerId)) this.#votes.delete(peerId)
  }

  #judge({ steadyMs }: ClockReading, { isServing, others }: Standing): number | undefined {
    const told = [...this.#votes.values()]
    // while in doubt, time as we counted it is a witness too
    const agreed = agreedOffset(this.#doubt === undefined ? [0, ...told] : [0, this.#offsetMs, ...told])
    if (agreed !== undefined) return agreed
    if (!isServing) return told.length === 1 && others <= 1 ? told[0] : undefined
    // not before all are heard that can be: the first to speak may be the liar
    const isYoung = steadyMs - this.#startedMs < YOUNG_MS
    return isYoung && told.length >= Math.min(others, HOMES_WANTED) ? middlesOf([0, ...told])[1] : undefined
  }

  #notice({ systemMs, steadyMs }: ClockReading): void {
    const jumpMs = systemMs - steadyMs - this.#gapMs
    this.#gapMs += jumpMs
    if (Math.abs(jumpMs) >= JUMP_MS) {
      this.#votes.clear()
      this.#offsetMs -= jumpMs
      this.#doubt = { sinceMs: steadyMs, jumpMs: (this.#doubt?.jumpMs ?? 0) + jumpMs }
    } else if (this.#doubt !== undefined && steadyMs - this.#doubt.sinceMs >= BELIEVE_AFTER_MS) {
      this.#offsetMs += this.#doubt.jumpMs
      this.#doubt = undefined
    }
  }
}

/** The middle of the largest group that agrees; undefined when there is none, or another as large. */
export function agreedOffset(votes: number[]): number | undefined {
  const sorted = [...votes].sort((a, b) => a - b)
  const groups = sorted.map((from, i) => sorted.slice(i).filter((vote) => vote - from <= AGREE_MS))
  const size = Math.max(...groups.map(({ length }) => length))
  if (size === 1) return undefined
  const largest = groups.filter(({ length }) => length === size)
  const [first, last] = [largest[0], largest.at(-1)] as [number[], number[]]
  // groups as large as each other may overlap, and then they are one
  if ((last[0] as number) > (first.at(-1) as number)) return undefined
  const middles = middlesOf(sorted.filter((vote) => vote >= (first[0] as number) && vote <= (last.at(-1) as number)))
  // of two the one nearer to our own clock
  return Math.abs(middles[0]) <= Math.abs(middles[1]) ? middles[0] : middles[1]
}

/** The same one twice when the count is odd. */
function middlesOf(votes: number[]): [number, number] {
  const sorted = [...votes].sort((a, b) => a - b)
  return [sorted[(sorted.length - 1) >> 1] as number, sorted[sorted.length >> 1] as number]
}
