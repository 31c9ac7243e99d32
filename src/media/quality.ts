/**
 * How a call sounds, from its numbers: the E-model of ITU-T G.107 with default values, reduced to loss and delay.
 * An estimate: no ITU impairment values exist for Opus, so it is rated as a codec without impairment of its own
 * (Ie 0) and, with in-band FEC, as robust as the best concealment in G.113 Appendix I (Bpl 25). Pure.
 */

import { FRAME_MS } from './frame.ts'

export interface QualityFacts {
  /** Frames not heard as sent, in percent: after FEC, late packets included. */
  lossPercent: number
  /** Mouth to ear. */
  oneWayDelayMs: number
  /** Mean length of a run of lost frames over that of random loss at the same rate; 1 = random. */
  burstRatio?: number
}

export interface QualityEstimate {
  /** Transmission rating, 0–93.2. */
  r: number
  /** Mean opinion score, 1–4.5. */
  mos: number
}

/** Ro − Is at the default values of G.107 (narrow band). */
const R_BEST = 93.2
const IE = 0
const BPL = 25
/** The rule of G.107's effective equipment impairment: nothing is worse than 95. */
const IE_MAX = 95
/** libopus looks 6.5 ms ahead. */
const LOOK_AHEAD_MS = 6.5

/** Sending frame, look-ahead, half the round trip, jitter buffer; a sound card would come on top. */
export function mouthToEarMs(facts: { rttMs: number | undefined; delayMs: number }): number {
  return FRAME_MS + LOOK_AHEAD_MS + (facts.rttMs ?? 0) / 2 + facts.delayMs
}

export function estimateQuality(facts: QualityFacts): QualityEstimate {
  const loss = clamp(facts.lossPercent, 0, 100)
  const burstRatio = Math.max(1, facts.burstRatio ?? 1)
  const impairment = IE + ((IE_MAX - IE) * loss) / (loss / burstRatio + BPL)
  const r = clamp(R_BEST - delayImpairment(facts.oneWayDelayMs) - impairment, 0, R_BEST)
  return { r, mos: meanOpinion(r) }
}

/** Id as Cole and Rosenbluth fitted it: a slow slope, and a steep one from 177.3 ms on, where talk begins to collide. */
function delayImpairment(delayMs: number): number {
  const delay = clamp(delayMs, 0, 10_000)
  return 0.024 * delay + (delay > 177.3 ? 0.11 * (delay - 177.3) : 0)
}

/** G.107 Annex B. */
function meanOpinion(r: number): number {
  if (r <= 0) return 1
  if (r >= 100) return 4.5
  return Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)
}

/** NaN counts as the lower bound. */
function clamp(value: number, low: number, high: number): number {
  return value > low ? Math.min(value, high) : low
}
