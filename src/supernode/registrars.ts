/**
 * The registrars nearest to a name's key, as a supernode asks them: over warm links, from its own routing table
 * first, by a walk of the overlay when that finds nothing. One of them may be ourselves.
 */

import type { Clock } from '../lib/clock.ts'
import { decoded } from '../lib/decoded.ts'
import type { Contact, Overlay } from '../overlay/overlay.ts'
import { kadIdOfKey } from '../overlay/peer-id.ts'
import type { IndexTable } from './index-table.ts'
import { GrantOutcome, GrantReply, IndexRequest, LookupReply } from './index.pb.js'
import { nearestTo, REPLICAS } from './placement.ts'
import { openClaim, openLease, same, type Claim, type Lease } from './records.ts'

/** A registrar's answer, opened and verified. */
export interface Held {
  claim: Claim
  leases: Lease[]
}

const GRANT_DEADLINE_MS = 2_000
const LOOKUP_DEADLINE_MS = 1_000
const WALK_DEADLINE_MS = 3_000
const LEASES_MAX = 8
const ASKED_FIRST = 3 // in parallel: one of three answers at once even when two hang
/** Up to here the routing table is the whole network, and walking would only find what is known. */
const SMALL_NETWORK = 64

export class Registrars {
  readonly #overlay: Overlay
  readonly #table: IndexTable
  readonly #clock: Clock

  constructor(overlay: Overlay, table: IndexTable, clock: Clock) {
    this.#overlay = overlay
    this.#table = table
    this.#clock = clock
  }

  /** Has the nearest registrars hold a claim and a lease. Never rejects. */
  async place(
    key: Uint8Array,
    claim: Uint8Array,
    lease: Uint8Array,
  ): Promise<{ granted: number; failed: number; takenBy?: Uint8Array }> {
    const walked = this.#overlay.supernodes().length > SMALL_NETWORK ? await this.#walk(key) : []
    const registrars = nearestTo(key, [...this.#known(key), ...walked], REPLICAS)
    const replies = await Promise.all(registrars.map((registrar) => this.grant(registrar, key, claim, lease)))
    const takenBy = replies.find((reply) => reply?.outcome === GrantOutcome.TAKEN)?.claim
    const granted = replies.filter((reply) => reply?.outcome === GrantOutcome.GRANTED).length
    return { granted, failed: replies.length - granted, ...(takenBy && { takenBy }) }
  }

  /** What the registrars hold: the first valid answer, or with `isThorough` the newest of all. Never rejects. */
  async find(key: Uint8Array, isThorough: boolean): Promise<Held | undefined> {
    const known = nearestTo(key, this.#known(key), REPLICAS + ASKED_FIRST)
    const first = known.slice(0, isThorough ? REPLICAS : ASKED_FIRST)
    const found = isThorough ? await this.#merged(first, key) : await this.#firstOf(first, key)
    if (found !== undefined) return found
    const asked = new Set(first.map(({ peerId }) => peerId))
    const later = nearestTo(key, [...known, ...(await this.#walk(key))], 2 * REPLICAS).filter(
      ({ peerId }) => !asked.has(peerId),
    )
    return this.#firstOf(later, key)
  }

  /** Asks one registrar; undefined when it did not answer sensibly. Never rejects. */
  async grant(
    registrar: Contact,
    key: Uint8Array,
    claim: Uint8Array,
    lease: Uint8Array,
  ): Promise<GrantReply | undefined> {
    if (registrar.peerId === this.#overlay.peerId) {
      const { outcome, holder } = this.#table.grant(key, claim, lease, this.#clock.now())
      return { outcome: GrantOutcome[outcome], claim: holder ?? new Uint8Array() }
    }
    const reply = await this.#ask(registrar, { grant: { key, claim, lease } }, GRANT_DEADLINE_MS)
    return reply && decoded(() => GrantReply.decode(reply))
  }

  async #lookup(registrar: Contact, key: Uint8Array): Promise<Held | undefined> {
    if (registrar.peerId === this.#overlay.peerId) return this.#table.lookup(key, this.#clock.now())
    const bytes = await this.#ask(registrar, { lookup: { key } }, LOOKUP_DEADLINE_MS)
    const reply = bytes && decoded(() => LookupReply.decode(bytes, { limits: { leases: LEASES_MAX } }))
    return reply && openHeld(reply, this.#overlay.network)
  }

  async #firstOf(registrars: Contact[], key: Uint8Array): Promise<Held | undefined> {
    const answers = registrars.map(async (registrar) => {
      const held = await this.#lookup(registrar, key)
      if (held === undefined) throw new Error('nothing held')
      return held
    })
    return Promise.any(answers).catch(() => undefined)
  }

  async #merged(registrars: Contact[], key: Uint8Array): Promise<Held | undefined> {
    const answers = await Promise.all(registrars.map((registrar) => this.#lookup(registrar, key)))
    return answers.reduce((a, b) => (a === undefined || b === undefined ? (a ?? b) : merge(a, b)), undefined)
  }

  async #ask(to: Contact, request: IndexRequest, deadlineMs: number): Promise<Uint8Array | undefined> {
    try {
      return await this.#overlay.call(to, 'index', IndexRequest.encode(request), { deadlineMs })
    } catch {
      if (!this.#overlay.isConnected(to.peerId)) this.#overlay.forget(to.peerId)
      return undefined
    }
  }

  /** Ourselves among them: whoever asks only does when we serve. */
  #known(key: Uint8Array): Contact[] {
    return [
      ...this.#overlay.nearest(kadIdOfKey(key), REPLICAS + ASKED_FIRST),
      { peerId: this.#overlay.peerId, addresses: [] },
    ]
  }

  async #walk(key: Uint8Array): Promise<Contact[]> {
    return this.#overlay.walk(key, AbortSignal.timeout(WALK_DEADLINE_MS)).catch(() => [])
  }
}

/** Opens what a registrar or a home sent; undefined unless all of it is genuine and belongs together. */
export function openHeld(reply: { claim: Uint8Array; leases: Uint8Array[] }, network: string): Held | undefined {
  const claim = openClaim(reply.claim, network)
  if (claim === undefined) return undefined
  const leases = reply.leases
    .map((bytes) => openLease(bytes, network))
    .filter((lease) => lease !== undefined && lease.name === claim.name && same(lease.accountKey, claim.accountKey))
  return { claim, leases: leases as Lease[] }
}

/** The newest of each device; answers for another account than the first are not mixed in. */
export function merge(a: Held, b: Held): Held {
  if (!same(a.claim.accountKey, b.claim.accountKey)) return a
  const newest = new Map(a.leases.map((lease) => [lease.devicePeerId, lease]))
  for (const lease of b.leases)
    if (lease.seq > (newest.get(lease.devicePeerId)?.seq ?? -1)) newest.set(lease.devicePeerId, lease)
  const isOlder = a.claim.seq < b.claim.seq || (a.claim.seq === b.claim.seq && a.claim.issuedMs < b.claim.issuedMs)
  return { claim: isOlder ? b.claim : a.claim, leases: [...newest.values()] }
}
