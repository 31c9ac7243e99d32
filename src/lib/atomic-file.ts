/** Files that are whole or absent: written beside, synced, then renamed over, so that losing power loses nothing. */

import { closeSync, constants, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { dirname, join, basename } from 'node:path'

/** Replaces `path` with `content`, readable by its owner only. Throws the system's error and leaves the old file. */
export const writeFileAtomic = (path: string, content: Uint8Array | string): void => write(path, content, renameSync)

/** The same for a file that must not exist yet: throws EEXIST and never overwrites. */
export const createFileAtomic = (path: string, content: Uint8Array | string): void => write(path, content, linkSync)

function write(path: string, content: Uint8Array | string, put: (from: string, to: string) => void): void {
  const directory = dirname(path)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const beside = join(directory, `.${basename(path)}.${randomBytes(6).toString('hex')}`)
  try {
    const file = openSync(beside, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600)
    try {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content
      for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    put(beside, path)
  } finally {
    rmSync(beside, { force: true })
  }
  syncDirectory(directory)
}

/** A rename is only safe on disk once its directory is (POSIX leaves that to us); not every platform lets us ask. */
function syncDirectory(directory: string): void {
  try {
    const handle = openSync(directory, constants.O_RDONLY)
    try {
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
  } catch {}
}
