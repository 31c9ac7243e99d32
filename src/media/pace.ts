/**
 * A steady beat of 20 ms over a clock that does not keep it: says how many frames are due, and forgets what a long
 * stall, a sleeping machine or a clock set anew would have cost. Pure.
 */

import { FRAME_MS } from './frame.ts'

/** At most this many frames at once: 60 ms fits the peer's jitter buffer, more would only arrive to be thrown away. */
const BURST_MAX = 3

export class Pace {
  #dueAtMs: number

  constructor(startMs: number) {
    this.#dueAtMs = startMs
  }

  /** Frames due at `nowMs`, 0–3; they count as run. */
  due(nowMs: number): number {
    const behindMs = nowMs - this.#dueAtMs
    // The clock was set back: the beat begins anew rather than pausing for as long as it was set back.
    if (behindMs < -2 * FRAME_MS) this.#dueAtMs = nowMs
    if (nowMs < this.#dueAtMs) return 0
    const frames = Math.floor((nowMs - this.#dueAtMs) / FRAME_MS) + 1
    if (frames > BURST_MAX) {
      this.#dueAtMs = nowMs + FRAME_MS
      return BURST_MAX
    }
    this.#dueAtMs += frames * FRAME_MS
    return frames
  }

  /** How long until the next frame is due, 0–20 ms. */
  untilNextMs(nowMs: number): number {
    return Math.min(FRAME_MS, Math.max(0, this.#dueAtMs - nowMs))
  }
}
