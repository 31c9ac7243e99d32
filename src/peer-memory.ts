/** Keeps whom a node is connected to in its peer cache while it runs, so that one that loses power finds its way back too. */

import type { Clock } from './lib/clock.ts'
import type { Overlay } from './overlay/overlay.ts'
import type { PeerCache } from './overlay/peer-cache.ts'
import { withoutPeerId } from './overlay/peer-id.ts'
import type { Homes } from './supernode/homes.ts'

const EVERY_MS = 60_000
const SOON_MS = 2_000 // homes change in bursts
/** With fewer supernodes in sight than this, others that are there are kept too. */
const FEW = 8
/** One way in of each kind. */
const ADDRESSES_EACH = 4

export interface PeerMemoryParts {
  cache: PeerCache
  overlay: Overlay
  homes: Homes
  clock: Clock
}

export class PeerMemory {
  readonly #parts: PeerMemoryParts
  #cancel: (() => void) | undefined
  #isStopped = false

  constructor(parts: PeerMemoryParts) {
    this.#parts = parts
  }

  start(): void {
    this.#keep(EVERY_MS)
    this.#parts.homes.on('change', () => this.#keep(SOON_MS))
  }

  /** Once more, and then no longer. */
  stop(): void {
    this.#isStopped = true
    this.#cancel?.()
    this.keepNow()
  }

  keepNow(): void {
    const { cache, overlay, homes } = this.#parts
    const supernodes = overlay.supernodes()
    // where hardly anybody serves, whoever is there may be who we find our way back through
    const peers = supernodes.length < FEW ? overlay.peers().map((peerId) => overlay.contact(peerId)) : []
    const seen = [...homes.list(), ...supernodes, ...peers].filter(({ peerId }) => peerId !== overlay.peerId)
    cache.saw(
      seen.flatMap(({ peerId, addresses }) =>
        addresses.slice(0, ADDRESSES_EACH).map((address) => `${withoutPeerId(address)}/p2p/${peerId}`),
      ),
    )
    cache.save()
  }

  #keep(afterMs: number): void {
    this.#cancel?.()
    if (this.#isStopped) return
    this.#cancel = this.#parts.clock.after(afterMs, () => {
      this.keepNow()
      this.#keep(EVERY_MS)
    })
  }
}
