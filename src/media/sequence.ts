/** Counters that wrap (RFC 3550 §A.1): the distance between two of them, taken the short way round. */

/** From `from` to `to` in 16 bits: −32768 … 32767. */
export const sequenceDistance = (from: number, to: number): number => ((to - from) << 16) >> 16

/** From `from` to `to` in 32 bits: −2³¹ … 2³¹ − 1. */
export const timestampDistance = (from: number, to: number): number => (to - from) | 0
