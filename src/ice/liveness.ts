/**
 * When a pair is checked, and when it is taken for dead: times only. A voice that stops is noticed in a quarter of a
 * second and left within six tenths; a path that nobody speaks on may lose a few checks in a row.
 */

import type { Pair } from './pair.ts'

/** Nothing at all was heard on a path that carried a voice: it is in doubt. */
export const DOUBT_MS = 250
/** Answered so lately, a pair is known to work. */
export const FRESH_MS = 2_500
const DEAD_SILENCE_MS = 500
const DEAD_CHECKS_MIN = 3
const DEAD_WAIT_MS_MIN = 250
/** A voice is there as long as its last packet is not older. */
const VOICE_MS = 2_000
/** Without a voice: at 20 % loss each way as many checks in a row are lost once in an hour. */
const QUIET_CHECKS_MAX = 8
const QUIET_WAIT_MS_MIN = 2_000

const DOUBT_RETRY_MS = 100
const RETRY_MS_MIN = 200
const SELECTED_MS = 1_000
const STANDBY_MS = 2_000
/** Below the 30 s after which the hastiest NATs forget. */
const WARM_MS = 12_000

const FIRST_RETRY_MS = 50
const EAGER_MS = 10_000
const EAGER_RETRY_MS_MAX = 1_000
const SLOW_RETRY_MS = 5_000
/** While nothing works at all. */
const DARK_MS = 30_000
const DARK_RETRY_MS_MAX = 500
const LONG_DARK_RETRY_MS = 2_000
/** However much is asked for: what both ends make of each other's checks ends there. */
export const APART_MS_MIN = 40

export type Rank = 'selected' | 'standby' | 'other'

export interface Standing {
  rank: Rank
  /** The selected path is in doubt. */
  isInDoubt: boolean
  /** Since when no path works; undefined when one does. */
  darkMs: number | undefined
}

export const isVoiced = ({ dataMs }: Pair, nowMs: number): boolean => nowMs - dataMs < VOICE_MS

/** When it is to be checked next. */
export function dueMs(pair: Pair, { rank, isInDoubt, darkMs }: Standing, nowMs: number): number {
  const { sentMs } = pair
  if (pair.isUrgent) return sentMs + APART_MS_MIN
  if (!pair.isValid) return pair.attempts === 0 ? pair.startMs : sentMs + retryMs(pair, darkMs, nowMs)
  if (rank === 'selected' && isVoiced(pair, nowMs) && nowMs - pair.heardMs >= DOUBT_MS)
    return Math.max(pair.heardMs + DOUBT_MS, sentMs + DOUBT_RETRY_MS)
  if (pair.unanswered > 0)
    return sentMs + (rank === 'standby' && isInDoubt ? DOUBT_RETRY_MS : Math.max(RETRY_MS_MIN, 1.5 * pair.rttMs))
  if (rank === 'selected')
    return Math.min(sentMs + SELECTED_MS, isVoiced(pair, nowMs) ? pair.heardMs + DOUBT_MS : Infinity)
  return sentMs + (rank === 'standby' ? STANDBY_MS : WARM_MS)
}

function retryMs({ attempts, startMs }: Pair, darkMs: number | undefined, nowMs: number): number {
  const backOffMs = FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 10)
  if (darkMs !== undefined && nowMs - darkMs < DARK_MS) return Math.min(backOffMs, DARK_RETRY_MS_MAX)
  if (nowMs - startMs < EAGER_MS) return Math.min(backOffMs, EAGER_RETRY_MS_MAX)
  return darkMs === undefined ? SLOW_RETRY_MS : LONG_DARK_RETRY_MS
}

/** The selected one carried a voice and is silent. */
export const isDoubtful = (pair: Pair, nowMs: number): boolean =>
  isVoiced(pair, nowMs) && nowMs - pair.heardMs >= DOUBT_MS && pair.unanswered > 0

/** When a valid pair will be taken for dead if nothing is heard until then; Infinity while it need not be asked. */
export function deadMs(pair: Pair, rank: Rank, nowMs: number): number {
  const { unanswered, unansweredMs, rttMs, heardMs } = pair
  const isAbrupt = rank === 'selected' && isVoiced(pair, nowMs) && unanswered >= DEAD_CHECKS_MIN
  if (isAbrupt && nowMs - heardMs >= DOUBT_MS)
    return Math.max(heardMs + DEAD_SILENCE_MS, unansweredMs + Math.max(DEAD_WAIT_MS_MIN, 1.5 * rttMs + 50))
  if (unanswered < QUIET_CHECKS_MAX) return Infinity
  return unansweredMs + Math.max(QUIET_WAIT_MS_MIN, 4 * rttMs)
}
