/**
 * Getting to know supernodes by hearsay: while a node knows few, it connects to those that homes and clients name.
 * Enough for a small network to know all of itself; in a large one the routing table finds its own.
 */

import type { Overlay } from '../overlay/overlay.ts'
import { openHome } from './records.ts'

const KNOWN_WANTED = 32
const DIAL_DEADLINE_MS = 2_000
const DIALS_AT_ONCE_MAX = 8

export class Acquaintance {
  readonly #overlay: Overlay
  readonly #dialling = new Set<string>()

  constructor(overlay: Overlay) {
    this.#overlay = overlay
  }

  hear(told: { peerKey: Uint8Array; addresses: string[] }[]): void {
    for (const each of told) {
      const contact = openHome(each)
      if (contact === undefined || contact.addresses.length === 0 || this.#overlay.isConnected(contact.peerId)) continue
      if (this.#dialling.has(contact.peerId) || this.#dialling.size >= DIALS_AT_ONCE_MAX) continue
      if (this.#overlay.supernodes().length >= KNOWN_WANTED) return
      this.#dialling.add(contact.peerId)
      const addresses = contact.addresses.map((address) => `${address}/p2p/${contact.peerId}`)
      // join cannot reject
      void this.#overlay
        .join(addresses, AbortSignal.timeout(DIAL_DEADLINE_MS))
        .then(() => this.#dialling.delete(contact.peerId))
    }
  }
}
