/** The spoken sentences that come with tincan: see assets/voices/README.md for what they say and whose they are. */

import { fileURLToPath } from 'node:url'

export type Voice = 'alice' | 'bob'

/** Absolute path of the voice's Ogg Opus file. `assets/` lies beside both `src/` and `dist/`. */
export function voicePath(voice: Voice): string {
  return fileURLToPath(new URL(`../../assets/voices/${voice}.ogg`, import.meta.url))
}
