/** Hears, and keeps nothing. */

import type { AudioSink } from './sink.ts'

export function nullSink(): AudioSink {
  return { write() {}, stop: async () => {} }
}
