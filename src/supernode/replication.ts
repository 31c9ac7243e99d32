/** Keeps each name at the registrars nearest to it while supernodes come and go. Records prove themselves, so anybody may pass them on. */

import type { Clock } from '../lib/clock.ts'
import type { Contact, Overlay, ProfileName } from '../overlay/overlay.ts'
import type { IndexTable } from './index-table.ts'
import { nearestTo, REPLICAS } from './placement.ts'
import type { Registrars } from './registrars.ts'

const NAMES_AT_ONCE = 32
const NONE = new Uint8Array()

export class Replication {
  readonly #overlay: Overlay
  readonly #registrars: Registrars
  readonly #table: IndexTable
  readonly #isDiverse: boolean
  readonly #clock: Clock

  constructor(overlay: Overlay, registrars: Registrars, table: IndexTable, profile: ProfileName, clock: Clock) {
    this.#overlay = overlay
    this.#registrars = registrars
    this.#table = table
    this.#isDiverse = profile === 'internet'
    this.#clock = clock
  }

  /** Gives newcomers the names that they are now among the nearest to. Never rejects. */
  async spreadTo(newcomers: Set<string>): Promise<void> {
    const all = [...this.#overlay.supernodes(), this.#ourselves()]
    await this.#give((key) =>
      nearestTo(key, all, REPLICAS, this.#isDiverse).filter(({ peerId }) => newcomers.has(peerId)),
    )
  }

  /**
   * Fills the places that a supernode left: gives each name it held with us to whoever is among the nearest now and was
   * not before. Never rejects.
   */
  async replace(lost: Contact[]): Promise<void> {
    const now = [...this.#overlay.supernodes(), this.#ourselves()]
    const before = [...now, ...lost]
    await this.#give((key) => {
      const had = new Set(nearestTo(key, before, REPLICAS, this.#isDiverse).map(({ peerId }) => peerId))
      if (!lost.some(({ peerId }) => had.has(peerId))) return []
      const nearest = nearestTo(key, now, REPLICAS, this.#isDiverse)
      // one of us is enough: the nearest that is left
      if (nearest.find(({ peerId }) => had.has(peerId))?.peerId !== this.#overlay.peerId) return []
      return nearest.filter(({ peerId }) => !had.has(peerId))
    })
  }

  /** Gives each name to the registrars that will be nearest without us. Never rejects. */
  async handOver(): Promise<void> {
    const others = this.#overlay.supernodes()
    await this.#give((key) => nearestTo(key, others, REPLICAS, this.#isDiverse))
  }

  #ourselves(): Contact {
    return { peerId: this.#overlay.peerId, addresses: this.#overlay.addresses() }
  }

  async #give(receiversOf: (key: Uint8Array) => Contact[]): Promise<void> {
    const given = []
    for (const { key, holders, heir } of this.#table.entries(this.#clock.now())) {
      const receivers = receiversOf(key).filter(({ peerId }) => peerId !== this.#overlay.peerId)
      if (receivers.length === 0) continue
      const claims = [...holders.map(({ claim }) => claim), ...(heir === undefined ? [] : [heir])]
      const leases = holders.flatMap((held) => [...held.leases, ...held.lapsed])
      const grants = claims.flatMap(({ bytes: claim, accountKey }) => {
        const own = leases.filter((lease) => Buffer.compare(lease.accountKey, accountKey) === 0)
        const all = own.length === 0 ? [NONE] : own.map(({ bytes }) => bytes)
        return all.map((lease) => ({ key, claim, lease, witnesses: [] }))
      })
      given.push(this.#giveOne(receivers, grants))
      if (given.length >= NAMES_AT_ONCE) await Promise.all(given.splice(0))
    }
    await Promise.all(given)
  }

  async #giveOne(receivers: Contact[], grants: Parameters<Registrars['grant']>[1][]): Promise<void> {
    for (const grant of grants)
      await Promise.all(receivers.map((registrar) => this.#registrars.grant(registrar, grant)))
  }
}
