/**
 * Candidates of the peer, until the description they belong to is there. Trickled ones overtake it, at the first offer and
 * at each ICE restart, and are told apart by their username fragment (RFC 8838 §4.1).
 */

import type { RemoteCandidate } from './candidate.ts'

/** More than eight interfaces with IPv4 and IPv6, mapped and relayed. */
export const CANDIDATES_MAX = 32
/** The generation to come, and one more if restarts cross. */
const GENERATIONS_WAITING_MAX = 2
export class CandidateBuffer {
  #current: string | undefined
  #taken = 0
  readonly #waiting = new Map<string, RemoteCandidate[]>()
  /** They do not say where they belong: to the first description. */
  #unsaid: RemoteCandidate[] = []

  /** `due`: use it now; `waits`: `begin` will return it; `too-many`: forget it. */
  add(candidate: RemoteCandidate): 'due' | 'waits' | 'too-many' {
    const generation = candidate.ufrag ?? this.#current
    if (generation === this.#current && generation !== undefined) {
      return this.#taken++ < CANDIDATES_MAX ? 'due' : 'too-many'
    }
    const waiting = generation === undefined ? this.#unsaid : this.#waitingFor(generation)
    if (waiting.length >= CANDIDATES_MAX) return 'too-many'
    waiting.push(candidate)
    return 'waits'
  }

  /** The description of generation `ufrag` is in use: what waited for it. */
  begin(ufrag: string): RemoteCandidate[] {
    const due = [...this.#unsaid, ...(this.#waiting.get(ufrag) ?? [])]
    this.#unsaid = []
    this.#waiting.delete(ufrag)
    if (this.#current !== ufrag) this.#taken = 0
    this.#current = ufrag
    const fit = due.slice(0, Math.max(0, CANDIDATES_MAX - this.#taken))
    this.#taken += fit.length
    return fit
  }

  #waitingFor(generation: string): RemoteCandidate[] {
    let waiting = this.#waiting.get(generation)
    if (waiting === undefined) this.#waiting.set(generation, (waiting = []))
    if (this.#waiting.size > GENERATIONS_WAITING_MAX) {
      const [oldest] = this.#waiting.keys()
      this.#waiting.delete(oldest!)
    }
    return waiting
  }
}
