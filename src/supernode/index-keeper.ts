/**
 * Keeps what the table holds in a store: every second what changed since, and all of it back before this node serves
 * again, so that a name held before a restart is never free in between. Without a directory there is nothing to do.
 */

import { existsSync } from 'node:fs'
import { systemClock, type Clock } from '../lib/clock.ts'
import { makeLog } from '../lib/log.ts'
import { IndexStore } from './index-store.ts'
import type { IndexTable } from './index-table.ts'

const log = makeLog('keeper')

const WRITE_EVERY_MS = 1_000
const SERVED_EVERY_MS = 30_000
/** Verifying holds up the loop; calls and answers wait no longer than this. */
const SLICE_MS = 10
const BATCH_MAX = 1_000
/** What nobody took back is gone from the disk after twice the time that a claim lives. */
const FORGOTTEN_MS = 60 * 86_400_000

export class IndexKeeper {
  readonly #table: IndexTable
  readonly #directory: string | undefined
  readonly #store: IndexStore | undefined
  readonly #clock: Clock
  #isServing = false
  #servedAtMs = -Infinity
  #loading: Promise<void> | undefined
  #writing: Promise<void> = Promise.resolve()
  #cancel: (() => void) | undefined
  #isStopped = false

  constructor(
    table: IndexTable,
    options: { directory: string | undefined; clock: Clock; warn: (message: string) => void },
  ) {
    this.#table = table
    this.#clock = options.clock
    this.#directory = options.directory
    if (options.directory !== undefined) this.#store = new IndexStore(options.directory, options.warn)
  }

  /** Until when this node served, good to half a minute; undefined when it never did. */
  get servedUntilMs(): number | undefined {
    return this.#store?.servedUntilMs
  }

  /** Never rejects: a node must run without a store. */
  async start(): Promise<void> {
    if (this.#directory !== undefined && existsSync(this.#directory)) await this.#store?.open()
  }

  /** Takes back what was held, the first time. Resolves when all of it is there; never rejects. */
  async load(): Promise<void> {
    this.#loading ??= this.#load()
    await this.#loading
  }

  /** From now on, what is held is kept; and that we serve, so that after a restart it is known. */
  serve(isServing: boolean): void {
    this.#isServing = isServing
    this.#servedAtMs = -Infinity
    this.#schedule()
  }

  /** Writes the last of it. Never rejects. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#cancel?.()
    await this.#loading
    await this.#writing
    await this.#write(true)
    await this.#store?.stop()
  }

  async #load(): Promise<void> {
    const store = this.#store
    if (store === undefined) return
    if (!store.isOpen) await store.open() // the first time that we serve
    let [restored, refused] = [0, 0]
    let sliceMs = performance.now()
    for await (const [key, value, savedMs] of store.load()) {
      if (this.#isStopped) return
      if (this.#table.restore(key, value, this.#clock.now())) restored++
      else {
        refused++
        // not at once: our time may be wrong, and what is over by it then is not
        if (this.#clock.now() - savedMs >= FORGOTTEN_MS && systemClock.now() - savedMs >= FORGOTTEN_MS)
          store.remove(key)
      }
      if (performance.now() - sliceMs < SLICE_MS) continue
      await new Promise((resolve) => setImmediate(resolve))
      sliceMs = performance.now()
    }
    this.#table.changed() // what was read need not be written
    log('loaded', { restored, refused, unreadable: store.counters.unreadable })
  }

  #schedule(): void {
    this.#cancel?.()
    if (this.#isStopped) return
    this.#cancel = this.#clock.after(WRITE_EVERY_MS, () => {
      this.#writing = this.#write(false).then(() => this.#schedule()) // cannot reject
    })
  }

  async #write(isFinal: boolean): Promise<void> {
    const store = this.#store
    const changed = this.#table.changed() // asked for even so: the table remembers them until then
    if (store === undefined) return
    const nowMs = this.#clock.now()
    await this.#save(changed, store)
    const isDue = this.#isServing && (isFinal || Math.abs(nowMs - this.#servedAtMs) >= SERVED_EVERY_MS)
    if (isDue) this.#servedAtMs = nowMs
    const isNew = await store.flush(nowMs, { isFinal, ...(isDue && { servedUntilMs: nowMs }) })
    if (isNew) await this.#save(keysOf(this.#table, nowMs), store)
  }

  /** Leaves the last of it to the next flush. */
  async #save(keys: Iterable<Uint8Array>, store: IndexStore): Promise<void> {
    let waiting = 0
    for (const key of keys) {
      this.#mark(key, store)
      if (++waiting % BATCH_MAX === 0) await store.flush(this.#clock.now())
    }
  }

  #mark(key: Uint8Array, store: IndexStore): void {
    const value = this.#table.dump(key)
    if (value === undefined) store.remove(key)
    else store.save(key, value)
  }
}

function* keysOf(table: IndexTable, nowMs: number): Generator<Uint8Array> {
  for (const { key } of table.entries(nowMs)) yield key
}
