/** Nothing to say, said for ever. */

import { FRAME_SAMPLES } from '../frame.ts'
import type { AudioSource } from './source.ts'

export function silenceSource(): AudioSource {
  const frame = new Int16Array(FRAME_SAMPLES)
  return { read: () => frame, stop: async () => {} }
}
