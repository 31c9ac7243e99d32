/** Sends back what is heard, as it is heard: the peer hears itself one round trip and one jitter buffer later. */

import { FRAME_SAMPLES } from '../frame.ts'
import type { AudioSource } from './source.ts'

export function echoSource(): AudioSource {
  const frame = new Int16Array(FRAME_SAMPLES)
  return {
    hear(samples) {
      frame.set(samples)
    },
    read: () => frame,
    stop: async () => {},
  }
}
