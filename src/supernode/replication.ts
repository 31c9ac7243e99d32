/**
 * Keeps each name at the registrars nearest to it while supernodes come and go: newcomers are given the names that they
 * are now nearest to, and what one that is gone held is given to whoever is nearest next. Records prove themselves, so
 * anybody may pass them on.
 */

import { randomBytes } from 'node:crypto'
import type { Clock } from '../lib/clock.ts'
import type { Contact, Overlay, ProfileName } from '../overlay/overlay.ts'
import type { IndexTable } from './index-table.ts'
import { NAME_KEY_BYTES, nearestTo, REPLICAS } from './placement.ts'
import { lookupRequest, type Registrars } from './registrars.ts'

const NAMES_AT_ONCE = 32
const NONE = new Uint8Array()
const SPREAD_AFTER_MS = 300 // newcomers come in bursts
/** Whoever is cut off may be back in a moment, and then all the copying was for nothing. */
const LOST_AFTER_MS: Record<ProfileName, number> = { local: 1_000, internet: 10_000 }
const PROOF_OF_LIFE_MS = 2_000
const SEEN_MAX = 10_000

export interface ReplicationParts {
  overlay: Overlay
  registrars: Registrars
  table: IndexTable
  profile: ProfileName
  /** For delays. */
  clock: Clock
  /** The network's: for what expires. */
  time: Clock
}

export class Replication {
  readonly #overlay: Overlay
  readonly #parts: ReplicationParts
  readonly #isDiverse: boolean
  /** Every supernode that came into sight: one that dies may be out of the routing table before we hear of it. */
  readonly #seen = new Set<string>()
  readonly #newcomers = new Set<string>()
  readonly #missing = new Map<string, Contact>()
  #cancelSpread: (() => void) | undefined
  #cancelReplace: (() => void) | undefined
  #isServing = false

  constructor(parts: ReplicationParts) {
    this.#parts = parts
    this.#overlay = parts.overlay
    this.#isDiverse = parts.profile === 'internet'
    this.#overlay.on('supernode', (peerId) => this.#heardOf(peerId))
    this.#overlay.on('disconnect', (peerId) => this.#missed(peerId))
  }

  /** Only a supernode holds names. */
  serve(isServing: boolean): void {
    this.#isServing = isServing
    if (isServing) return
    this.#cancelSpread?.()
    this.#cancelReplace?.()
    this.#cancelSpread = this.#cancelReplace = undefined
    this.#newcomers.clear()
    this.#missing.clear()
  }

  #heardOf(newcomer: string): void {
    if (this.#seen.size >= SEEN_MAX) this.#seen.delete(this.#seen.values().next().value as string)
    this.#seen.add(newcomer)
    if (!this.#isServing) return
    this.#newcomers.add(newcomer)
    this.#cancelSpread ??= this.#parts.clock.after(SPREAD_AFTER_MS, () => {
      this.#cancelSpread = undefined
      const newcomers = new Set(this.#newcomers)
      this.#newcomers.clear()
      void this.spreadTo(newcomers) // cannot reject
    })
  }

  #missed(peerId: string): void {
    if (!this.#isServing || !this.#seen.has(peerId)) return
    this.#missing.set(peerId, this.#overlay.contact(peerId))
    this.#cancelReplace ??= this.#parts.clock.after(LOST_AFTER_MS[this.#parts.profile], () => {
      this.#cancelReplace = undefined
      const missing = [...this.#missing.values()]
      this.#missing.clear()
      void this.#replaceDead(missing) // cannot reject
    })
  }

  async #replaceDead(missing: Contact[]): Promise<void> {
    const dead = await Promise.all(missing.map(async (contact) => ((await this.#lives(contact)) ? [] : [contact])))
    const lost = dead.flat()
    for (const { peerId } of lost) {
      this.#overlay.forget(peerId)
      this.#seen.delete(peerId)
    }
    if (lost.length > 0) await this.replace(lost)
  }

  async #lives(contact: Contact): Promise<boolean> {
    const question = lookupRequest(new Uint8Array(randomBytes(NAME_KEY_BYTES)), false)
    return this.#overlay.call(contact, 'index', question, { deadlineMs: PROOF_OF_LIFE_MS }).then(
      () => true,
      () => false,
    )
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
    const isLost = new Set(lost.map(({ peerId }) => peerId))
    const living = this.#overlay.supernodes().filter(({ peerId }) => !isLost.has(peerId))
    const now = [...living, this.#ourselves()]
    const before = [...now, ...lost]
    await this.#give((key) => {
      const had = new Set(nearestTo(key, before, REPLICAS, this.#isDiverse).map(({ peerId }) => peerId))
      if (!lost.some(({ peerId }) => had.has(peerId))) return []
      // each that holds it gives: whether the nearest of us does, nobody knows
      return nearestTo(key, now, REPLICAS, this.#isDiverse).filter(({ peerId }) => !had.has(peerId))
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
    for (const { key, holders, heir } of this.#parts.table.entries(this.#parts.time.now())) {
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
      await Promise.all(receivers.map((registrar) => this.#parts.registrars.grant(registrar, grant)))
  }
}
