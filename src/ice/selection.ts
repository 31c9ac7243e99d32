/**
 * Which pair is sent on: direct before relayed, then the shorter way, and not to and fro. Pure; how a pair lives and
 * dies is in liveness.ts.
 */

import type { IceRole } from './ice.ts'
import { type Pair, isLocal, isRelayed } from './pair.ts'

const RELAY_COST_MS = 10_000
/** The local network needs no internet that might fail. */
const OUTWARD_COST_MS = 15
/** A way must be better by so much, and for so long, before a call moves for it. */
const GAIN_MS_MIN = 20
const GAIN_SHARE = 0.2
const SETTLED_MS = 3_000
const ANSWERS_MIN = 3

const costMs = (pair: Pair): number =>
  pair.rttMs + (isRelayed(pair) ? RELAY_COST_MS : 0) + (isLocal(pair) ? 0 : OUTWARD_COST_MS)

export interface Choice {
  role: IceRole
  selected: Pair | undefined
  /** Since when. */
  selectedMs: number
  /** By the controlling end. */
  nominated: Pair | undefined
}

/** The pair to send on, of those that live; undefined when none does. */
export function choose(valid: readonly Pair[], choice: Choice, nowMs: number): Pair | undefined {
  const { role, selected, selectedMs, nominated } = choice
  if (role === 'controlled' && nominated?.isValid === true) return nominated
  const trusted = valid.filter(({ trustedMs }) => trustedMs <= nowMs)
  const [best] = (trusted.length > 0 ? trusted : valid).toSorted((a, b) => costMs(a) - costMs(b))
  if (best === undefined || selected?.isValid !== true || best === selected) return best
  if (isRelayed(best) !== isRelayed(selected)) return isRelayed(selected) ? best : selected
  const gainMs = costMs(selected) - costMs(best)
  const isBetter = gainMs > Math.max(GAIN_MS_MIN, GAIN_SHARE * selected.rttMs)
  const isSettled = nowMs - selectedMs >= SETTLED_MS && best.answers >= ANSWERS_MIN
  return isBetter && isSettled ? best : selected
}

/** The two that are kept ready beside the selected one: the best, and the best of another kind than that. */
export function standbys(valid: readonly Pair[], selected: Pair | undefined): Pair[] {
  const others = valid.filter((pair) => pair !== selected).toSorted((a, b) => costMs(a) - costMs(b))
  const isLike = (a: Pair, b: Pair | undefined): boolean =>
    b !== undefined && a.base === b.base && isRelayed(a) === isRelayed(b)
  const first = others.find((pair) => !isLike(pair, selected)) ?? others[0]
  const rest = others.filter((pair) => pair !== first)
  const second = rest.find((pair) => !isLike(pair, selected) && !isLike(pair, first)) ?? rest[0]
  return [first, second].filter((pair) => pair !== undefined)
}
