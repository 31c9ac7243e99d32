/** From what a person writes to a sink that is ready to be written to. */

import { extname } from 'node:path'
import { TincanError } from '../../errors.ts'
import { nullSink } from './null.ts'
import { openOggSink } from './ogg.ts'
import { openWavSink } from './wav.ts'
import type { AudioSink, SinkSpec } from './sink.ts'

/** Rejects with BAD_MEDIA and what to do about it. An object is taken as the sink it is. */
export async function openSink(spec: SinkSpec): Promise<AudioSink> {
  if (typeof spec !== 'string') {
    if (typeof spec?.write === 'function' && typeof spec.stop === 'function') return spec
    throw new TincanError('BAD_MEDIA', 'That is no sink of sound. Give null, a path, or an object with write and stop.')
  }
  if (spec === 'null') return nullSink()
  switch (extname(spec).toLowerCase()) {
    case '.wav':
      return openWavSink(spec)
    case '.ogg':
    case '.opus':
      return openOggSink(spec)
    default:
      throw new TincanError('BAD_MEDIA', `“${spec}” cannot be recorded to. Use null, or a file ending in .wav or .ogg.`)
  }
}
