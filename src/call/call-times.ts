/** How long the steps of one call took, by its clock: what its summary says of them. */

import type { Clock } from '../lib/clock.ts'
import type { CallSummary } from './call.ts'

export class CallTimes {
  readonly setup: CallSummary['setup'] = {}
  readonly #clock: Clock
  readonly #createdAtMs: number
  #acceptAtMs: number | undefined
  #activeAtMs: number | undefined

  /** `resolveMs`: what finding the callee took, before. */
  constructor(clock: Clock, resolveMs: number | undefined) {
    this.#clock = clock
    this.#createdAtMs = clock.now()
    if (resolveMs !== undefined) this.setup.resolveMs = resolveMs
  }

  /** The callee's device has it and asks its user. */
  rang(): void {
    this.setup.ringMs = this.#clock.now() - this.#createdAtMs
  }

  /** The accept was sent, or came. The first time counts. */
  accepted(): void {
    this.#acceptAtMs ??= this.#clock.now()
  }

  active(): void {
    this.#activeAtMs = this.#clock.now()
  }

  /** A frame of the peer has been played. The first time counts. */
  played(): void {
    if (this.#acceptAtMs === undefined) return
    this.setup.acceptToAudioMs ??= this.#clock.now() - this.#acceptAtMs
  }

  /** Of talk, until now. */
  get seconds(): number {
    return this.#activeAtMs === undefined ? 0 : (this.#clock.now() - this.#activeAtMs) / 1000
  }
}
