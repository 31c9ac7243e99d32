/**
 * Is what was heard what was said? Compares the loudness of two recordings over time, in three bands, at every delay
 * between them. Codec, concealment and small slips of time barely change it; silence or other words do. Pure.
 */

import { SAMPLE_RATE } from './frame.ts'

export interface Similarity {
  /** How much later it was heard than it was said: where the two fit best, to 10 ms. */
  delayMs: number
  /** 1 for the same sound, around 0.4 at most for other speech, 0 for silence. */
  correlation: number
}

const HOP_MS = 10
const HOP_SAMPLES = (SAMPLE_RATE * HOP_MS) / 1000
/** Corners between the bands: voiced speech below, vowels, and the noise of s and t above. */
const CORNERS_HZ = [600, 2000]
const BANDS = CORNERS_HZ.length + 1
/** Loudness grows about with the cube root of power. */
const LOUDNESS_POWER = 1 / 3
/** Power below this (about −66 dBFS) is as good as silence, and counts as none. */
const FLOOR_POWER = 16 * 16
/** A match that covers less than this much of the shorter one proves nothing. */
const OVERLAP_MIN = 0.6

/** Both 48 kHz mono; `heard` may begin later or earlier and be longer or shorter. A minute takes about a second. */
export function similarity(sent: Int16Array, heard: Int16Array): Similarity {
  const said = loudness(sent)
  const got = loudness(heard)
  const hops = Math.min(said.length, got.length) / BANDS
  const overlapMin = Math.max(1, Math.ceil(hops * OVERLAP_MIN))
  let best: Similarity = { delayMs: 0, correlation: 0 }
  const first = overlapMin - said.length / BANDS
  const last = got.length / BANDS - overlapMin
  for (let delay = first; delay <= last; delay += 1) {
    const correlation = correlate(said, got, delay)
    if (correlation > best.correlation) best = { delayMs: delay * HOP_MS, correlation }
  }
  return best
}

/** Loudness per hop, the bands of one hop side by side. */
function loudness(samples: Int16Array): Float32Array {
  const hops = Math.floor(samples.length / HOP_SAMPLES)
  const result = new Float32Array(hops * BANDS)
  // One-pole low-passes; each band is what the next lower one leaves.
  const low = 1 - Math.exp((-2 * Math.PI * (CORNERS_HZ[0] as number)) / SAMPLE_RATE)
  const middle = 1 - Math.exp((-2 * Math.PI * (CORNERS_HZ[1] as number)) / SAMPLE_RATE)
  let lower = 0
  let upper = 0
  for (let hop = 0; hop < hops; hop += 1) {
    let bass = 0
    let mid = 0
    let treble = 0
    for (let at = hop * HOP_SAMPLES; at < (hop + 1) * HOP_SAMPLES; at += 1) {
      const sample = samples[at] as number
      lower += low * (sample - lower)
      upper += middle * (sample - upper)
      bass += lower * lower
      mid += (upper - lower) ** 2
      treble += (sample - upper) ** 2
    }
    result[hop * BANDS] = heardAs(bass)
    result[hop * BANDS + 1] = heardAs(mid)
    result[hop * BANDS + 2] = heardAs(treble)
  }
  return result
}

const heardAs = (sum: number): number => Math.max(0, sum / HOP_SAMPLES - FLOOR_POWER) ** LOUDNESS_POWER

/** Pearson's correlation of the bands, weighted by how much each varies, with `got` shifted by `delay` hops. */
function correlate(said: Float32Array, got: Float32Array, delay: number): number {
  const from = Math.max(0, -delay) * BANDS
  const to = Math.min(said.length, got.length - delay * BANDS)
  const count = (to - from) / BANDS
  let both = 0
  let saidPower = 0
  let gotPower = 0
  for (let band = 0; band < BANDS; band += 1) {
    let sumSaid = 0
    let sumGot = 0
    let sumBoth = 0
    let sumSaidSquare = 0
    let sumGotSquare = 0
    for (let at = from + band; at < to; at += BANDS) {
      const x = said[at] as number
      const y = got[at + delay * BANDS] as number
      sumSaid += x
      sumGot += y
      sumBoth += x * y
      sumSaidSquare += x * x
      sumGotSquare += y * y
    }
    both += sumBoth - (sumSaid * sumGot) / count
    saidPower += sumSaidSquare - (sumSaid * sumSaid) / count
    gotPower += sumGotSquare - (sumGot * sumGot) / count
  }
  return saidPower <= 0 || gotPower <= 0 ? 0 : both / Math.sqrt(saidPower * gotPower)
}
