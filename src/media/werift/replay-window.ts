/** A sliding window of packet indices (RFC 3711 §3.3.2): each index passes once, and none that is too old. */

/** How far a packet may come late: 2.5 s of 20 ms frames, more than any playout waits. */
const WINDOW_PACKETS = 128

export class ReplayWindow {
  /** The last index that passed, for each slot; the slot is the index modulo the window. */
  readonly #slots = new Float64Array(WINDOW_PACKETS).fill(-1)
  #highest = -1

  /** Whether `index` is new; from then on it is not. */
  pass(index: number): boolean {
    if (index <= this.#highest - WINDOW_PACKETS) return false
    const slot = ((index % WINDOW_PACKETS) + WINDOW_PACKETS) % WINDOW_PACKETS
    if (this.#slots[slot] === index) return false
    this.#slots[slot] = index
    this.#highest = Math.max(this.#highest, index)
    return true
  }
}
