/**
 * A negative dial cache: an address that just failed is not dialled again for a while, because kad-dht never evicts
 * dead peers and would spend every lookup on them.
 */

import type { Clock } from '../lib/clock.ts'

const ADDRESSES_MAX = 2000

export class DialMemory {
  readonly #failedAtMs = new Map<string, number>()
  readonly #clock: Clock
  readonly #forgetAfterMs: number

  constructor(clock: Clock, forgetAfterMs: number) {
    this.#clock = clock
    this.#forgetAfterMs = forgetAfterMs
  }

  failed(address: string): void {
    this.#failedAtMs.delete(address)
    if (this.#failedAtMs.size >= ADDRESSES_MAX) this.#failedAtMs.delete(this.#failedAtMs.keys().next().value as string)
    this.#failedAtMs.set(address, this.#clock.now())
  }

  /** It was reached, or is to be tried all the same. */
  forget(address: string): void {
    this.#failedAtMs.delete(address)
  }

  failedLately(address: string): boolean {
    const at = this.#failedAtMs.get(address)
    return at !== undefined && this.#clock.now() - at < this.#forgetAfterMs
  }
}
