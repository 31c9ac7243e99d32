/** `--source` and `--sink`: a word, or a file, made absolute because the running node has a directory of its own. */

import { existsSync, statSync } from 'node:fs'
import { dirname, extname, resolve } from 'node:path'

import { TincanError } from '../errors.ts'
import { UsageError } from './failure.ts'

const SOURCES = ['tone', 'silence', 'echo', 'null']

export const isFile = (spec: string): boolean => !SOURCES.includes(spec)

/** Throws TincanError BAD_MEDIA when the file is not there. */
export function readSource(text: string): string {
  if (!isFile(text)) return text
  const path = resolve(text)
  if (!existsSync(path)) {
    throw new TincanError(
      'BAD_MEDIA',
      `There is no file ${text}. A source is tone, silence, echo, null or a sound file.`,
    )
  }
  if (!statSync(path).isFile()) throw new TincanError('BAD_MEDIA', `${text} is not a file. Choose a WAV or Ogg file.`)
  return path
}

/** Throws UsageError for what cannot be recorded to, TincanError BAD_MEDIA when the directory is not there. */
export function readSink(text: string): string {
  if (text === 'null') return text
  if (!isFile(text)) throw new UsageError(`“${text}” is a source. A sink is null or a file ending in .wav or .ogg.`)
  const ending = extname(text).toLowerCase()
  if (ending !== '.wav' && ending !== '.ogg') {
    throw new UsageError(`“${text}” should end in .wav or .ogg: the ending says how to record.`)
  }
  const path = resolve(text)
  if (!existsSync(dirname(path))) {
    throw new TincanError('BAD_MEDIA', `There is no directory ${dirname(path)}. Make it, then try again.`)
  }
  return path
}

/** `name.wav`, then `name-2.wav`, `name-3.wav`, …: a call never writes over the recording of another one. */
export function numberedSinks(sink: string): () => string {
  const given = new Set<string>()
  return () => {
    if (sink === 'null') return sink
    const ending = extname(sink)
    for (let number = 1; ; number++) {
      const path = number === 1 ? sink : `${sink.slice(0, -ending.length)}-${number}${ending}`
      if (given.has(path) || existsSync(path)) continue
      given.add(path)
      return path
    }
  }
}
