/**
 * Notices that this process did not run for a while, or that somebody set the clock. Two clocks tell: a process that
 * was stopped finds its timer late by the steady clock; a machine that slept may have stopped the steady clock too, and
 * then the system's has run ahead of it. A clock set forward looks the same as sleep, and is reported as such.
 */

import { EventEmitter } from 'node:events'
import type { Clock } from './clock.ts'

const EVERY_MS = 2_000
/** A busy machine is late by seconds. */
const SLEPT_MS_MIN = 10_000

export interface WakefulnessEvents {
  wake: [sleptMs: number]
  /** The system clock was put back. */
  setBack: [byMs: number]
}

export class Wakefulness extends EventEmitter<WakefulnessEvents> {
  readonly #system: Clock
  readonly #steady: Clock
  #cancel: (() => void) | undefined

  constructor(system: Clock, steady: Clock) {
    super()
    this.#system = system
    this.#steady = steady
  }

  start(): void {
    const [systemMs, steadyMs] = [this.#system.now(), this.#steady.now()]
    this.#cancel = this.#steady.after(EVERY_MS, () => {
      const lateMs = this.#steady.now() - steadyMs - EVERY_MS
      const aheadMs = this.#system.now() - systemMs - EVERY_MS - lateMs
      this.start() // first: a listener may stop us
      const sleptMs = lateMs + Math.max(0, aheadMs)
      if (sleptMs >= SLEPT_MS_MIN) this.emit('wake', sleptMs)
      else if (aheadMs <= -SLEPT_MS_MIN) this.emit('setBack', -aheadMs)
    })
  }

  stop(): void {
    this.#cancel?.()
  }
}
