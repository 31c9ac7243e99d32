/** Keeps each name at the registrars nearest to it while supernodes come and go. Records prove themselves, so anybody may pass them on. */

import type { Clock } from '../lib/clock.ts'
import type { Contact, Overlay } from '../overlay/overlay.ts'
import type { IndexTable } from './index-table.ts'
import { nearestTo, REPLICAS } from './placement.ts'
import type { Registrars } from './registrars.ts'

const NAMES_AT_ONCE = 32

export class Replication {
  readonly #overlay: Overlay
  readonly #registrars: Registrars
  readonly #table: IndexTable
  readonly #clock: Clock

  constructor(overlay: Overlay, registrars: Registrars, table: IndexTable, clock: Clock) {
    this.#overlay = overlay
    this.#registrars = registrars
    this.#table = table
    this.#clock = clock
  }

  /** Gives newcomers the names that they are now among the nearest to. Never rejects. */
  async spreadTo(newcomers: Set<string>): Promise<void> {
    const all = [...this.#overlay.supernodes(), { peerId: this.#overlay.peerId, addresses: [] }]
    await this.#give((key) => nearestTo(key, all, REPLICAS).filter(({ peerId }) => newcomers.has(peerId)))
  }

  /** Gives each name to the registrars that will be nearest without us. Never rejects. */
  async handOver(): Promise<void> {
    const others = this.#overlay.supernodes()
    await this.#give((key) => nearestTo(key, others, REPLICAS))
  }

  async #give(receiversOf: (key: Uint8Array) => Contact[]): Promise<void> {
    const entries = [...this.#table.entries(this.#clock.now())]
    for (let i = 0; i < entries.length; i += NAMES_AT_ONCE) {
      await Promise.all(
        entries.slice(i, i + NAMES_AT_ONCE).flatMap(({ key, claim, leases }) =>
          receiversOf(key).map(async (registrar) => {
            if (leases.length === 0) await this.#registrars.grant(registrar, key, claim.bytes, new Uint8Array())
            for (const lease of leases) await this.#registrars.grant(registrar, key, claim.bytes, lease.bytes)
          }),
        ),
      )
    }
  }
}
