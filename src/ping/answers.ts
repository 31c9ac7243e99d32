/**
 * Whose pings are answered, and how many at a time. Pure: contacts only, two at once, half a minute each, and a contact
 * is not asked for more than it could read: what comes too early after the last is not answered.
 */

export const PING_MS_MAX = 30_000
const AT_ONCE_MAX = 2
/** Of one device. */
const AGAIN_AFTER_MS = 1_000
const REMEMBERED_MAX = 64

export class Answers {
  /** By ping, until when. */
  readonly #untilMs = new Map<string, number>()
  readonly #lastMs = new Map<string, number>()

  /** Whether to answer this ping, which then counts until it ends. */
  admit(id: string, { peerId, isContact }: { peerId: string; isContact: boolean }, nowMs: number): boolean {
    for (const [each, untilMs] of this.#untilMs) if (untilMs <= nowMs) this.#untilMs.delete(each)
    if (!isContact || this.#untilMs.has(id) || this.#untilMs.size >= AT_ONCE_MAX) return false
    if (nowMs - (this.#lastMs.get(peerId) ?? -Infinity) < AGAIN_AFTER_MS) return false
    this.#untilMs.set(id, nowMs + PING_MS_MAX)
    this.#lastMs.delete(peerId)
    if (this.#lastMs.size >= REMEMBERED_MAX) this.#lastMs.delete(this.#lastMs.keys().next().value as string)
    this.#lastMs.set(peerId, nowMs)
    return true
  }

  ended(id: string): void {
    this.#untilMs.delete(id)
  }
}
