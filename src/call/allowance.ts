/**
 * How many candidates may pass in one direction: so many at once, and so many a second (a token bucket). A call looks
 * for better paths as long as it lasts, so there is no bound on the sum. Pure.
 */

/** More than any host has; a change of network brings as many again. */
export const CANDIDATES_AT_ONCE = 64
export const CANDIDATES_PER_SECOND = 4

export interface Allowance {
  left: number
  atMs: number
}

export const FULL: Allowance = { left: CANDIDATES_AT_ONCE, atMs: 0 }

export function refilled({ left, atMs }: Allowance, nowMs: number): Allowance {
  const grown = left + (Math.max(0, nowMs - atMs) / 1000) * CANDIDATES_PER_SECOND
  return { left: Math.min(CANDIDATES_AT_ONCE, grown), atMs: nowMs }
}

/** How many of `wanted` may pass now, and what is left then. */
export function spend(allowance: Allowance, wanted: number, nowMs: number): { count: number; allowance: Allowance } {
  const { left } = refilled(allowance, nowMs)
  const count = Math.min(wanted, Math.floor(left))
  return { count, allowance: { left: left - count, atMs: nowMs } }
}
