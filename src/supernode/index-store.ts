/**
 * What the index holds, kept on disk so that it outlives the process: names packed by the table, opaque here. LevelDB:
 * what is written comes whole or not at all, and a log cut off by a loss of power is read up to where it was cut.
 *
 * A node must run without it. What cannot be opened is repaired, or else moved aside; where nothing can be written the
 * node does with its memory, says so once, and tries again now and then.
 *
 * Keys: `n` and a name's key → when it was saved, a checksum, the name; `t`, when, and the key → nothing: the order to
 * read them in, newest first; `served` → until when this node served.
 */

import { createHash } from 'node:crypto'
import { renameSync, rmSync } from 'node:fs'
import type { ClassicLevel } from 'classic-level'
import { makeLog } from '../lib/log.ts'

const log = makeLog('store')

const STAMP_BYTES = 8
const CHECKSUM_BYTES = 8
const READ_AT_ONCE = 64
/** Names that wait to be written; whoever saves more than these without a flush loses the rest. */
const DIRTY_MAX = 10_000
const CACHE_BYTES = 1024 * 1024
const REOPEN_AFTER_MS = 60_000
const SERVED = bytes('served')
const NAMES = range('n')
const TIMES = range('t')
const NOTHING = new Uint8Array()

type Database = ClassicLevel<Uint8Array, Uint8Array>

export class IndexStore {
  readonly #directory: string
  readonly #warn: (message: string) => void
  #database: Database | undefined
  /** Undefined: to be removed. */
  readonly #dirty = new Map<string, Uint8Array | undefined>()
  /** After a repair the order may be gone, but not the names. */
  #isRepaired = false
  #failedAtMs = -Infinity
  #isWarned = false
  #servedUntilMs: number | undefined
  /** What a look at the files would not tell. */
  readonly counters = { written: 0, unreadable: 0, overflowed: 0 }

  constructor(directory: string, warn: (message: string) => void) {
    this.#directory = directory
    this.#warn = warn
  }

  get isOpen(): boolean {
    return this.#database !== undefined
  }

  /** Until when this node served, as far as was written; undefined when it never did. */
  get servedUntilMs(): number | undefined {
    return this.#servedUntilMs
  }

  /** Never rejects; `isOpen` tells. */
  async open(): Promise<void> {
    try {
      this.#database = await this.#opened()
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  /** To be written with the next `flush`. */
  save(key: Uint8Array, value: Uint8Array): void {
    this.#mark(key, value)
  }

  remove(key: Uint8Array): void {
    this.#mark(key, undefined)
  }

  /**
   * All that was saved, newest first. What was altered on disk is left out and removed. When the files turn out to be
   * damaged, what is left of them comes in any order. Never throws.
   */
  async *load(): AsyncGenerator<[key: Uint8Array, value: Uint8Array, savedMs: number]> {
    const seen = new Set<string>()
    for (const isOrdered of this.#isRepaired ? [false] : [true, false]) {
      try {
        if (!isOrdered && !this.#isRepaired) await this.#repair()
        for await (const [key, stored] of isOrdered ? this.#newestFirst() : this.#inAnyOrder()) {
          const id = latin1(key)
          if (seen.has(id)) continue
          seen.add(id)
          const value = checkedValue(key, stored)
          if (value === undefined) {
            this.counters.unreadable++
            this.remove(key)
            continue
          }
          if (this.#isRepaired) this.save(key, value) // in its place in the order
          yield [key, value, readStamp(stored)]
        }
        return
      } catch (error) {
        log('damaged', { error: (error as Error).message })
      }
    }
    await this.#replace()
  }

  /**
   * Writes what was saved and removed since, at once and whole; with `servedUntilMs` that this node serves until then.
   * `isFinal`: not before it has reached the disk itself. True when the store was opened anew, after a failure: then it
   * may lack anything. Never rejects; not to be called again before it is done.
   */
  async flush(
    nowMs: number,
    options: { servedUntilMs?: number | undefined; isFinal?: boolean } = {},
  ): Promise<boolean> {
    const { servedUntilMs, isFinal = false } = options
    let isNew = false
    if (this.#database === undefined) {
      if (isFinal || performance.now() - this.#failedAtMs < REOPEN_AFTER_MS) return false
      await this.open()
      if (!this.isOpen) return false
      isNew = true
    }
    const entries = [...this.#dirty]
    this.#dirty.clear()
    if (entries.length === 0 && servedUntilMs === undefined && !isFinal) return isNew
    try {
      await this.#write(entries, nowMs, { servedUntilMs, isFinal })
      this.counters.written += entries.length
    } catch (error) {
      await this.#close()
      this.#fail(error as Error)
    }
    return isNew
  }

  /** Without a word about what was not flushed. Never rejects. */
  async stop(): Promise<void> {
    await this.#close()
    this.#failedAtMs = Infinity
  }

  async #write(
    entries: [id: string, value: Uint8Array | undefined][],
    nowMs: number,
    { servedUntilMs, isFinal }: { servedUntilMs: number | undefined; isFinal: boolean },
  ): Promise<void> {
    const database = this.#database as Database
    const keys = entries.map(([id]) => fromLatin1(id))
    const batch = database.batch()
    try {
      const old = await database.getMany(keys.map((key) => joined(NAMES.gte, key)))
      for (const [i, [, value]] of entries.entries()) {
        const key = keys[i] as Uint8Array
        const before = old[i]
        if (before !== undefined) batch.del(joined(TIMES.gte, before.subarray(0, STAMP_BYTES), key))
        if (value === undefined) {
          if (before !== undefined) batch.del(joined(NAMES.gte, key))
          continue
        }
        const stamp = stampOf(nowMs)
        batch.put(joined(NAMES.gte, key), joined(stamp, checksum(key, stamp, value), value))
        batch.put(joined(TIMES.gte, stamp, key), NOTHING)
      }
      if (servedUntilMs !== undefined) {
        batch.put(SERVED, stampOf(servedUntilMs))
        this.#servedUntilMs = servedUntilMs
      }
      if (isFinal) batch.put(bytes('final'), stampOf(nowMs)) // an empty batch is not synced
      await batch.write({ sync: isFinal || servedUntilMs !== undefined })
    } finally {
      await batch.close()
    }
  }

  async *#newestFirst(): AsyncGenerator<[Uint8Array, Uint8Array]> {
    const database = this.#database
    if (database === undefined) return
    const iterator = database.keys({ ...TIMES, reverse: true })
    try {
      for (;;) {
        const times = await iterator.nextv(READ_AT_ONCE)
        if (times.length === 0) return
        const keys = times.map((time) => time.slice(1 + STAMP_BYTES))
        const stored = await database.getMany(keys.map((key) => joined(NAMES.gte, key)))
        for (const [i, key] of keys.entries()) {
          const value = stored[i]
          if (value !== undefined) yield [key, value]
        }
      }
    } finally {
      await iterator.close()
    }
  }

  async *#inAnyOrder(): AsyncGenerator<[Uint8Array, Uint8Array]> {
    const iterator = this.#database?.iterator(NAMES)
    if (iterator === undefined) return
    try {
      for (;;) {
        const entries = await iterator.nextv(READ_AT_ONCE)
        if (entries.length === 0) return
        for (const [key, stored] of entries) yield [key.slice(1), stored]
      }
    } finally {
      await iterator.close()
    }
  }

  #mark(key: Uint8Array, value: Uint8Array | undefined): void {
    const id = latin1(key)
    if (this.#dirty.size >= DIRTY_MAX && !this.#dirty.has(id)) {
      this.counters.overflowed++
      return
    }
    this.#dirty.set(id, value)
  }

  async #opened(): Promise<Database> {
    // not before it is needed: a machine that cannot load it runs without
    const { ClassicLevel } = await import('classic-level')
    const open = async () => {
      const encoding = { keyEncoding: 'view', valueEncoding: 'view' } as const
      const database: Database = new ClassicLevel(this.#directory, { ...encoding, cacheSize: CACHE_BYTES })
      try {
        await database.open()
        const served = await database.get(SERVED)
        this.#servedUntilMs = served?.length === STAMP_BYTES ? readStamp(served) : undefined
        return database
      } catch (error) {
        await database.close().catch(() => {})
        throw error
      }
    }
    try {
      return await open()
    } catch (error) {
      if (!isDamage(error as Error)) throw error
      this.#isRepaired = true
    }
    try {
      await ClassicLevel.repair(this.#directory)
      const database = await open()
      this.#warn(`${this.#directory} was damaged. What could be read of it is in use again.`)
      return database
    } catch {
      this.#moveAside()
      return open()
    }
  }

  async #repair(): Promise<void> {
    await this.#close()
    const { ClassicLevel } = await import('classic-level')
    await ClassicLevel.repair(this.#directory)
    this.#isRepaired = true
    this.#database = await this.#opened()
    this.#warn(`${this.#directory} was damaged. What could be read of it is in use again.`)
  }

  async #replace(): Promise<void> {
    await this.#close()
    try {
      this.#moveAside()
      this.#database = await this.#opened()
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  /** One damaged store is kept for whoever wants to look; throws what the system says. */
  #moveAside(): void {
    const aside = `${this.#directory}.damaged`
    rmSync(aside, { recursive: true, force: true })
    renameSync(this.#directory, aside)
    this.#warn(
      `${this.#directory} was damaged beyond repair and is now ${aside}. What it held comes from others again.`,
    )
  }

  async #close(): Promise<void> {
    const database = this.#database
    this.#database = undefined
    await database?.close().catch(() => {})
  }

  #fail(error: Error): void {
    this.#database = undefined
    this.#failedAtMs = performance.now()
    const reason = ((error.cause as Error | undefined) ?? error).message
    log('no store', { reason })
    if (this.#isWarned) return
    this.#isWarned = true
    this.#warn(
      `${this.#directory} cannot be used: ${reason}. What this node holds for others is kept in memory only, and lost when it ends.`,
    )
  }
}

/** The files are there and make no sense, unlike a full or write-protected disk or another process. */
function isDamage(error: Error): boolean {
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException
  return code === 'LEVEL_CORRUPTION' || (code === 'LEVEL_IO_ERROR' && /No such file|Invalid argument/.test(message))
}

function checkedValue(key: Uint8Array, stored: Uint8Array): Uint8Array | undefined {
  const stamp = stored.subarray(0, STAMP_BYTES)
  const value = stored.slice(STAMP_BYTES + CHECKSUM_BYTES)
  const said = stored.subarray(STAMP_BYTES, STAMP_BYTES + CHECKSUM_BYTES)
  return said.length === CHECKSUM_BYTES && Buffer.compare(said, checksum(key, stamp, value)) === 0 ? value : undefined
}

function checksum(key: Uint8Array, stamp: Uint8Array, value: Uint8Array): Uint8Array {
  return createHash('sha256').update(key).update(stamp).update(value).digest().subarray(0, CHECKSUM_BYTES)
}

function stampOf(ms: number): Uint8Array {
  const stamp = Buffer.alloc(STAMP_BYTES)
  stamp.writeBigUInt64BE(BigInt(Math.max(0, Math.round(ms))))
  return stamp
}

const readStamp = (stamp: Uint8Array): number =>
  Number(Buffer.from(stamp.buffer, stamp.byteOffset, STAMP_BYTES).readBigUInt64BE())

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text))
}

/** All keys that begin with a letter; `gte` is the letter itself. */
function range(letter: string): { gte: Uint8Array; lt: Uint8Array } {
  return { gte: bytes(letter), lt: bytes(String.fromCharCode(letter.charCodeAt(0) + 1)) }
}

const joined = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))
const latin1 = (key: Uint8Array): string => Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1')
const fromLatin1 = (id: string): Uint8Array => new Uint8Array(Buffer.from(id, 'latin1'))
