/**
 * Each message is taken once. Pure. Ids are remembered for as long as a message may be old; when a sender fills its
 * share of the memory, what it forgets is refused by age instead, so that forgetting never lets a replay in.
 */

/** A message older than this by our clock is refused unread. */
export const MESSAGE_AGE_MS = 600_000
/** Or newer than this: what a sender dates ahead can bar others for as long, when it makes us forget. */
export const MESSAGE_AHEAD_MS = 300_000
const IDS_PER_SENDER_MAX = 256
const SENDERS_MAX = 1_000

interface Seen {
  ids: Map<string, number>
  /** Nothing sent at or before this is taken any more. */
  floorMs: number
}

export const isTimely = (sentMs: number, nowMs: number): boolean =>
  sentMs >= nowMs - MESSAGE_AGE_MS && sentMs <= nowMs + MESSAGE_AHEAD_MS

export class ReplayGuard {
  readonly #senders = new Map<string, Seen>()
  /** Of senders forgotten altogether. */
  #floorMs = -Infinity

  /** True exactly once for each message that is neither too old nor too new. */
  admit(sender: string, id: string, sentMs: number, nowMs: number): boolean {
    if (!isTimely(sentMs, nowMs)) return false
    const seen = this.#senders.get(sender) ?? { ids: new Map<string, number>(), floorMs: this.#floorMs }
    if (sentMs <= seen.floorMs || seen.ids.has(id)) return false
    this.#senders.delete(sender) // and in again as the newest
    if (this.#senders.size >= SENDERS_MAX) this.#forgetSender()
    this.#senders.set(sender, seen)
    seen.ids.set(id, sentMs)
    if (seen.ids.size > IDS_PER_SENDER_MAX) forgetOldest(seen, nowMs)
    return true
  }

  #forgetSender(): void {
    const [sender, seen] = this.#senders.entries().next().value as [string, Seen]
    this.#senders.delete(sender)
    this.#floorMs = Math.max(this.#floorMs, seen.floorMs, ...seen.ids.values())
  }
}

function forgetOldest(seen: Seen, nowMs: number): void {
  for (const [id, sentMs] of seen.ids) if (nowMs - sentMs > MESSAGE_AGE_MS) seen.ids.delete(id)
  if (seen.ids.size <= IDS_PER_SENDER_MAX) return
  const bySent = [...seen.ids].sort(([, a], [, b]) => a - b)
  for (const [id, sentMs] of bySent.slice(0, IDS_PER_SENDER_MAX / 2)) {
    seen.ids.delete(id)
    seen.floorMs = Math.max(seen.floorMs, sentMs)
  }
}
