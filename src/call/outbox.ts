/**
 * Delivery of the signals of one call: each on its own, tried again a few times, and given up when the call ends.
 * What is said at the end has a little longer, for the other side should hear it.
 */

import { TincanError } from '../errors.ts'
import { makeLog, short } from '../lib/log.ts'
import type { CallsOptions, Device } from './parts.ts'
import { type SignalBody, encodeSignal } from './signal.ts'

/** Between tries; a delivery has already tried every home of the device. */
const RETRY_AFTER_MS = [300, 1000, 3000]
/** To say goodbye in, also when the node stops. */
const GOODBYE_LIMIT_MS = 2000

const log = makeLog('call')

export class Outbox {
  readonly #parts: CallsOptions
  readonly #end = new AbortController()
  readonly #goodbyes = new Set<Promise<void>>()

  constructor(parts: CallsOptions) {
    this.#parts = parts
  }

  /** An invite is tried once: whoever dials wants to know now. Rejects as `send` does. */
  async sendOnce(to: Device, callId: string, body: SignalBody): Promise<void> {
    await this.#parts.send(to, encodeSignal({ callId, body }), { signal: this.#end.signal })
  }

  /** Cannot reject. */
  async sendInBackground(to: Device, callId: string, body: SignalBody): Promise<void> {
    await this.#persist(to, callId, body, this.#end.signal)
  }

  /** Cannot reject; outlives the call. */
  async sayGoodbyeInBackground(to: Device, callId: string, body: SignalBody): Promise<void> {
    const limit = new AbortController()
    const cancel = this.#parts.clock.after(GOODBYE_LIMIT_MS, () => limit.abort())
    const goodbye = this.#persist(to, callId, body, limit.signal)
    this.#goodbyes.add(goodbye)
    await goodbye
    this.#goodbyes.delete(goodbye)
    cancel()
  }

  /** Gives up whatever is on its way, goodbyes apart. */
  close(): void {
    this.#end.abort()
  }

  /** Every goodbye has been heard, or given up. */
  async settled(): Promise<void> {
    await Promise.all(this.#goodbyes)
  }

  async #persist(to: Device, callId: string, body: SignalBody, signal: AbortSignal): Promise<void> {
    const bytes = encodeSignal({ callId, body })
    for (const retryAfterMs of [...RETRY_AFTER_MS, undefined]) {
      if (signal.aborted) return
      try {
        await this.#untilAborted(this.#parts.send(to, bytes, { signal }), signal)
        return
      } catch (error) {
        const code = error instanceof TincanError ? error.code : String(error)
        log('undelivered', { call: short(callId), to: short(to.peerId), signal: body.type, code })
      }
      if (retryAfterMs === undefined) return
      await this.#wait(retryAfterMs, signal)
    }
  }

  /** A deliverer that does not heed its signal holds nobody up. */
  async #untilAborted(sent: Promise<void>, signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<void>()
    const onAbort = () => aborted.resolve()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      await Promise.race([sent, aborted.promise])
    } finally {
      signal.removeEventListener('abort', onAbort)
      sent.catch(() => {})
    }
  }

  async #wait(delayMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = this.#parts.clock.after(delayMs, resolve)
    signal.addEventListener('abort', () => resolve(), { once: true })
    await promise
    cancel()
  }
}
