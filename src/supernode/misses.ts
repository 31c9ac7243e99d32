/** Names that nobody held a moment ago: asking again at once would cost many others as much for the same answer. Pure. */

import type { ProfileName } from '../overlay/overlay.ts'

const NAMES_MAX = 256
/** Short: whoever claims a name wants to be found now. */
const MISS_MS: Record<ProfileName, number> = { local: 300, internet: 3_000 }

export class Misses {
  readonly #missMs: number
  readonly #untilMs = new Map<string, number>()

  constructor(profile: ProfileName) {
    this.#missMs = MISS_MS[profile]
  }

  add(name: string, nowMs: number): void {
    this.#untilMs.delete(name)
    if (this.#untilMs.size >= NAMES_MAX) this.#untilMs.delete(this.#untilMs.keys().next().value as string)
    this.#untilMs.set(name, nowMs + this.#missMs)
  }

  /** Somebody holds it now. */
  delete(name: string): void {
    this.#untilMs.delete(name)
  }

  has(name: string, nowMs: number): boolean {
    const untilMs = this.#untilMs.get(name)
    if (untilMs === undefined) return false
    if (untilMs > nowMs) return true
    this.#untilMs.delete(name)
    return false
  }
}
