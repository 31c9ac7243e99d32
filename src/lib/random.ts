/** Randomness for policies: uniform in [0, 1). Never for keys or nonces: those come from node:crypto. */

export type Random = () => number

export const systemRandom: Random = () => Math.random()

/** mulberry32: small, fast and the same on every machine; a seed is a bug report. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A value spread evenly over `value` ± `share`, so that nodes started together do not act together. */
export const jittered = (value: number, share: number, random: Random): number =>
  value * (1 - share + 2 * share * random())
