/**
 * A file that a recording goes to, without ever making the recorder wait: writes queue up behind each other, bounded.
 * What was at the path before is kept until the first write, so that a call that never happens costs nobody a recording.
 */

import { open, stat, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { TincanError } from '../../errors.ts'

/** A disk this far behind (80 s of WAV) does not catch up any more. */
const QUEUED_BYTES_MAX = 8 << 20

export class RecordingFile {
  readonly #path: string
  readonly #handle: FileHandle
  readonly #isNew: boolean
  #isTruncated = false
  #length = 0
  #queuedBytes = 0
  #failure: Error | undefined
  /** The last queued write; cannot reject. */
  #written: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined

  private constructor(path: string, handle: FileHandle, isNew: boolean) {
    this.#path = path
    this.#handle = handle
    this.#isNew = isNew
  }

  /** Rejects with BAD_MEDIA where no file can be written, or where something other than a file would be overwritten. */
  static async open(path: string): Promise<RecordingFile> {
    const existing = await stat(path).catch(() => undefined)
    if (existing?.isDirectory()) {
      throw new TincanError('BAD_MEDIA', `“${path}” is a directory. Name a file in it to record to.`)
    }
    if (existing !== undefined && !existing.isFile()) {
      throw new TincanError('BAD_MEDIA', `“${path}” is not a regular file. Record to another path.`)
    }
    try {
      const handle = await open(path, existing === undefined ? 'wx' : 'r+')
      return new RecordingFile(path, handle, existing === undefined)
    } catch (error) {
      throw cannotOpen(path, error as NodeJS.ErrnoException)
    }
  }

  /** Bytes appended so far. */
  get length(): number {
    return this.#length
  }

  /** Queues bytes at the end. They are the file's from here on: do not change them. */
  append(bytes: Uint8Array): void {
    const position = this.#length
    this.#length += bytes.length
    this.#enqueue(bytes, position)
  }

  /** Queues bytes over those at `position`, as a header that tells the length. */
  overwrite(bytes: Uint8Array, position: number): void {
    this.#enqueue(bytes, position)
  }

  /** Idempotent. Rejects with BAD_MEDIA when something queued could not be written. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  #enqueue(bytes: Uint8Array, position: number): void {
    if (this.#failure !== undefined || this.#closing !== undefined) return
    if (this.#queuedBytes > QUEUED_BYTES_MAX) {
      this.#failure = new Error('the disk is too slow')
      return
    }
    this.#queuedBytes += bytes.length
    this.#written = this.#writeInBackground(this.#written, bytes, position)
  }

  async #writeInBackground(previous: Promise<void>, bytes: Uint8Array, position: number): Promise<void> {
    await previous
    try {
      if (!this.#isTruncated) await this.#handle.truncate(0)
      this.#isTruncated = true
      let done = 0
      while (done < bytes.length && this.#failure === undefined) {
        const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, position + done)
        done += bytesWritten
      }
    } catch (error) {
      this.#failure = error as Error
    }
    this.#queuedBytes -= bytes.length
  }

  async #close(): Promise<void> {
    await this.#written
    await this.#handle.close()
    if (this.#length === 0 && this.#isNew) await unlink(this.#path).catch(() => {})
    if (this.#failure === undefined) return
    throw new TincanError(
      'BAD_MEDIA',
      `The recording “${this.#path}” is not complete: ${this.#failure.message}. Make room on the disk, or record elsewhere.`,
      { cause: this.#failure },
    )
  }
}

function cannotOpen(path: string, error: NodeJS.ErrnoException): TincanError {
  const advice =
    error.code === 'ENOENT' || error.code === 'ENOTDIR'
      ? `there is no directory “${dirname(path)}”. Create it, or record to another path.`
      : error.code === 'EACCES' || error.code === 'EPERM' || error.code === 'EROFS'
        ? 'it may not be written. Check its permissions, or record to another path.'
        : `${error.message}. Record to another path.`
  return new TincanError('BAD_MEDIA', `Cannot record to “${path}”: ${advice}`, { cause: error })
}
