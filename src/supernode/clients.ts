/**
 * Who is attached to this node as their home. Pure: the time comes in with each call, from a clock that nobody sets. A
 * client that is silent for several heartbeats has gone, even if its connection stays.
 */

const HEARTBEATS_MISSED_MAX = 6

interface Client {
  heardMs: number
  /** How many clients it has itself, when it is a supernode. */
  clients: number | undefined
}

export class Clients {
  readonly #silentMsMax: number
  readonly #each = new Map<string, Client>()
  #sweptMs = -Infinity

  constructor(heartbeatMs: number) {
    this.#silentMsMax = HEARTBEATS_MISSED_MAX * heartbeatMs
  }

  get size(): number {
    return this.#each.size
  }

  has(peerId: string): boolean {
    return this.#each.has(peerId)
  }

  hear(peerId: string, clients: number | undefined, nowMs: number): void {
    this.#sweep(nowMs)
    this.#each.set(peerId, { heardMs: nowMs, clients })
  }

  delete(peerId: string): void {
    this.#each.delete(peerId)
  }

  /** How many clients a client of ours has, when it is a supernode. */
  loadOf(peerId: string): number | undefined {
    return this.#each.get(peerId)?.clients
  }

  /** Those that are no supernodes may be asked to go elsewhere. */
  ordinary(): string[] {
    return [...this.#each].flatMap(([peerId, { clients }]) => (clients === undefined ? [peerId] : []))
  }

  all(): string[] {
    return [...this.#each.keys()]
  }

  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptMs < this.#silentMsMax / HEARTBEATS_MISSED_MAX) return
    this.#sweptMs = nowMs
    for (const [peerId, { heardMs }] of this.#each) if (nowMs - heardMs > this.#silentMsMax) this.#each.delete(peerId)
  }
}
