/** A steady tone: 440 Hz at a quarter of full scale (−12 dBFS), the loudness of speech. */

import { FRAME_SAMPLES, SAMPLE_RATE } from '../frame.ts'
import type { AudioSource } from './source.ts'

const FREQUENCY_HZ = 440
const AMPLITUDE = 8192

/** 440 Hz comes round to the same sample after 1200 samples, that is 11 turns. */
const PERIOD_SAMPLES = 1200

export function toneSource(): AudioSource {
  const period = Int16Array.from({ length: PERIOD_SAMPLES }, (_, at) =>
    Math.round(AMPLITUDE * Math.sin((2 * Math.PI * FREQUENCY_HZ * at) / SAMPLE_RATE)),
  )
  const frame = new Int16Array(FRAME_SAMPLES)
  let phase = 0
  return {
    read() {
      for (let at = 0; at < FRAME_SAMPLES; at += 1) {
        frame[at] = period[phase] ?? 0
        phase = (phase + 1) % PERIOD_SAMPLES
      }
      return frame
    },
    stop: async () => {},
  }
}
