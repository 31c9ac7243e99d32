/** Getting into the network and back into it: dials the bootstrap list and the peer cache until somebody is there. */

import type { Clock } from '../lib/clock.ts'
import { jittered, systemRandom } from '../lib/random.ts'
import type { Overlay, ProfileName } from './overlay.ts'
import type { PeerCache } from './peer-cache.ts'

const RETRY: Record<ProfileName, { minMs: number; maxMs: number }> = {
  local: { minMs: 500, maxMs: 3_000 },
  internet: { minMs: 2_000, maxMs: 60_000 },
}
const DIAL_DEADLINE_MS = 5_000
const CACHED_AT_ONCE = 8

export class Joining {
  readonly #overlay: Overlay
  readonly #bootstrap: string[]
  readonly #cache: PeerCache
  readonly #retry: { minMs: number; maxMs: number }
  readonly #clock: Clock
  #attempt = 0
  #cancel: (() => void) | undefined
  #isJoining = false
  #isStopped = false

  constructor(overlay: Overlay, bootstrap: string[], cache: PeerCache, profile: ProfileName, clock: Clock) {
    this.#overlay = overlay
    this.#bootstrap = bootstrap
    this.#cache = cache
    this.#retry = RETRY[profile]
    this.#clock = clock
  }

  /** Resolves after the first try, successful or not; goes on trying while we are alone. Never rejects. */
  async start(): Promise<void> {
    await this.#join()
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel?.()
  }

  /** Tries again now, as if for the first time: we may be in another place. */
  nudge(): void {
    this.#attempt = 0
    if (this.#isStopped || this.#isJoining) return
    this.#cancel?.()
    void this.#join() // cannot reject
  }

  async #join(): Promise<void> {
    this.#isJoining = true
    if (this.#overlay.connectionCount() === 0) {
      const cached = this.#cache.addresses
      // another part of the cache each time, the freshest first
      const from = (this.#attempt * CACHED_AT_ONCE) % Math.max(1, cached.length)
      const own = `/p2p/${this.#overlay.peerId}`
      const addresses = [...this.#bootstrap, ...cached.slice(from, from + CACHED_AT_ONCE)].filter(
        (a) => !a.endsWith(own),
      )
      const joined = await this.#overlay.join(addresses, AbortSignal.timeout(DIAL_DEADLINE_MS))
      this.#attempt = joined > 0 ? 0 : this.#attempt + 1
    } else this.#attempt = 0
    this.#isJoining = false
    if (this.#isStopped) return
    const { minMs, maxMs } = this.#retry
    const waitMs = Math.min(maxMs, minMs * 2 ** Math.min(this.#attempt, 16))
    this.#cancel = this.#clock.after(jittered(waitMs, 0.3, systemRandom), () => void this.#join()) // cannot reject
  }
}
