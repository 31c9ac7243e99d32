/** Small JSON files that hold what must not be lost: bounded, whole or absent, and left as they are when corrupt. */

import { readFileSync, statSync } from 'node:fs'
import { writeFileAtomic } from './atomic-file.ts'

const FILE_BYTES_MAX = 256 * 1024

/** What `read` makes of the file's object; undefined when there is no such file. Throws what is wrong with it. */
export function readJsonFile<T>(path: string, read: (content: Record<string, unknown>) => T): T | undefined {
  let text: string
  try {
    if (statSync(path).size > FILE_BYTES_MAX) throw new RangeError('it is too long')
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const content: unknown = JSON.parse(text)
  if (typeof content !== 'object' || content === null || Array.isArray(content)) throw new TypeError('it is no object')
  return read(content as Record<string, unknown>)
}

/** Throws the system's error and leaves the old file. */
export const writeJsonFile = (path: string, content: object): void =>
  writeFileAtomic(path, `${JSON.stringify({ v: 1, ...content }, undefined, 1)}\n`)
