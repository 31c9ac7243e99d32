/**
 * Where in a recording the tone is that `--source tone` sends. Pure. By frames of 20 ms: a frame is heard when most of
 * its power is at 440 Hz and it is not all but silent (Goertzel's algorithm).
 */

const SAMPLE_RATE = 48_000
const FRAME_MS = 20
const FRAME_SAMPLES = (SAMPLE_RATE * FRAME_MS) / 1000
const TONE_HZ = 440
/** Of the power; what a codec and its concealment leave of a tone is well above. */
const SHARE_MIN = 0.5
/** Root mean square; the tone is sent at 5,800. */
const LOUDNESS_MIN = 300

export interface Heard {
  /** How much of the tone there is. */
  toneMs: number
  /** The longest time without, between its first frame and its last. */
  gapMs: number
  /** How long before the end of the recording the last of it is; all of it when there is none. */
  endedMs: number
}

/** Of 48 kHz mono. */
export function toneIn(samples: Int16Array): Heard {
  const frames = Math.floor(samples.length / FRAME_SAMPLES)
  let [count, last, gap] = [0, -1, 0]
  for (let at = 0; at < frames; at++) {
    if (!isTone(samples.subarray(at * FRAME_SAMPLES, (at + 1) * FRAME_SAMPLES))) continue
    if (last >= 0) gap = Math.max(gap, at - last - 1)
    last = at
    count++
  }
  const ended = frames - 1 - last
  return { toneMs: count * FRAME_MS, gapMs: gap * FRAME_MS, endedMs: ended * FRAME_MS }
}

function isTone(frame: Int16Array): boolean {
  const factor = 2 * Math.cos((2 * Math.PI * TONE_HZ) / SAMPLE_RATE)
  let [one, two, power] = [0, 0, 0]
  for (const sample of frame) {
    const next = sample + factor * one - two
    two = one
    one = next
    power += sample * sample
  }
  if (Math.sqrt(power / frame.length) < LOUDNESS_MIN) return false
  const atTone = (one * one + two * two - factor * one * two) * (2 / frame.length)
  return atTone / power >= SHARE_MIN
}
