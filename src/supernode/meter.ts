/** How often something happens: counts over the last ten seconds or so. Pure. */

const WINDOW_MS = 10_000

export class Meter {
  #startMs = -Infinity
  #count = 0
  #lastPerSecond = 0

  count(nowMs: number, times = 1): void {
    this.#turn(nowMs)
    this.#count += times
  }

  /** Of the last whole window, or of the present one when that is busier. */
  perSecond(nowMs: number): number {
    this.#turn(nowMs)
    return Math.max(this.#lastPerSecond, this.#count / (WINDOW_MS / 1000))
  }

  #turn(nowMs: number): void {
    const elapsedMs = nowMs - this.#startMs
    if (elapsedMs >= 0 && elapsedMs < WINDOW_MS) return
    this.#lastPerSecond = elapsedMs >= 0 && elapsedMs < 2 * WINDOW_MS ? this.#count / (WINDOW_MS / 1000) : 0
    this.#startMs = nowMs
    this.#count = 0
  }
}
