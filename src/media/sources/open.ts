/** From what a person writes to a source that is ready to be read. */

import { TincanError } from '../../errors.ts'
import { echoSource } from './echo.ts'
import { openFileSource } from './file.ts'
import { silenceSource } from './silence.ts'
import { toneSource } from './tone.ts'
import type { AudioSource, SourceSpec } from './source.ts'

/** Rejects with BAD_MEDIA and what to do about it. An object is taken as the source it is. */
export async function openSource(spec: SourceSpec): Promise<AudioSource> {
  if (typeof spec !== 'string') {
    if (typeof spec?.read === 'function' && typeof spec.stop === 'function') return spec
    throw new TincanError(
      'BAD_MEDIA',
      'That is no source of sound. Give a name, a path, or an object with read and stop.',
    )
  }
  switch (spec) {
    case 'tone':
      return toneSource()
    case 'silence':
    case 'null':
      return silenceSource()
    case 'echo':
      return echoSource()
    default:
      return openFileSource(spec)
  }
}
