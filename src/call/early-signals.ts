/**
 * Signals that overtook the invite of their call: kept for a moment, within bounds, and played back when it comes.
 * Without them a cancel that arrives first would leave the phone ringing.
 */

import type { SignalBody } from './signal.ts'

/** An invite that is later than this is not coming. */
export const EARLY_AGE_MS = 15_000
export const EARLY_CALLS_MAX = 32
/** One device cannot take the room of all others. */
export const EARLY_CALLS_PER_DEVICE_MAX = 4
/** Each may be a full batch of candidates. */
export const EARLY_SIGNALS_MAX = 16

interface Early {
  device: string
  sinceMs: number
  bodies: SignalBody[]
}

export class EarlySignals {
  /** By call id, oldest first. */
  readonly #calls = new Map<string, Early>()

  get size(): number {
    return this.#calls.size
  }

  /** Keeps what can matter before an invite; the first device to speak of a call has it. */
  keep(callId: string, device: string, body: SignalBody, nowMs: number): void {
    if (body.type !== 'candidates' && body.type !== 'cancel' && body.type !== 'bye') return
    this.#forgetOld(nowMs)
    const known = this.#calls.get(callId)
    if (known !== undefined) {
      if (known.device !== device) return
      // however much came before it, the end of the call is heard of
      if (known.bodies.length >= EARLY_SIGNALS_MAX && body.type !== 'candidates') known.bodies.pop()
      if (known.bodies.length < EARLY_SIGNALS_MAX) known.bodies.push(body)
      return
    }
    const own = [...this.#calls].filter(([, early]) => early.device === device)
    const [oldest] = own.length >= EARLY_CALLS_PER_DEVICE_MAX ? own.map(([id]) => id) : this.#calls.keys()
    const isFull = own.length >= EARLY_CALLS_PER_DEVICE_MAX || this.#calls.size >= EARLY_CALLS_MAX
    if (isFull && oldest !== undefined) this.#calls.delete(oldest)
    this.#calls.set(callId, { device, sinceMs: nowMs, bodies: [body] })
  }

  /** Takes out what this device said of the call, in the order it came. */
  take(callId: string, device: string, nowMs: number): SignalBody[] {
    this.#forgetOld(nowMs)
    const early = this.#calls.get(callId)
    this.#calls.delete(callId)
    return early?.device === device ? early.bodies : []
  }

  #forgetOld(nowMs: number): void {
    for (const [callId, { sinceMs }] of this.#calls) if (nowMs - sinceMs > EARLY_AGE_MS) this.#calls.delete(callId)
  }
}
