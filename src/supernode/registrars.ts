/**
 * The registrars nearest to a name's key, as a supernode asks them: over warm links, from its own routing table first,
 * by a walk of the overlay when that finds nothing. One of them may be ourselves.
 */

import type { Clock } from '../lib/clock.ts'
import { decoded } from '../lib/decoded.ts'
import { poll } from '../lib/poll.ts'
import type { Contact, Overlay, ProfileName } from '../overlay/overlay.ts'
import { kadIdOf, kadIdOfKey } from '../overlay/peer-id.ts'
import { isUnanimous, judge, type Tallied } from './agreement.ts'
import type { Held } from './index-table.ts'
import { GrantReply, IndexRequest, type Grant } from './index.pb.js'
import { decodeHeld } from './lookup-reply.ts'
import type { Link } from './links.ts'
import { nextHops } from './mesh.ts'
import { nearestTo, REPLICAS } from './placement.ts'
import { HOPS_MAX, type Registrar } from './registrar.ts'

const GRANT_DEADLINE_MS = 2_000
const LOOKUP_DEADLINE_MS = 1_000
const WALK_DEADLINE_MS = 3_000
/** Two answers that agree are enough; a third registrar is asked when one of them is slow. */
const ASKED_FIRST = 2
const SLOW_MS = 60
/** Passed on to so many: one of them may hang. */
const NEXT_HOPS = 3
/** Up to here the routing table is the whole network, and walking would only find what is known. */
const SMALL_NETWORK = 64

export class Registrars {
  readonly #overlay: Overlay
  readonly #registrar: Registrar
  readonly #isDiverse: boolean
  readonly #clock: Clock
  /** The supernodes that we keep connections to. */
  warmLinks: () => Link[] = () => []

  constructor(overlay: Overlay, registrar: Registrar, profile: ProfileName, clock: Clock) {
    this.#overlay = overlay
    this.#registrar = registrar
    this.#isDiverse = profile === 'internet' // a local network is one block
    this.#clock = clock
  }

  /** Has the nearest registrars hold a claim and a lease; undefined for each that did not answer. Never rejects. */
  async place(grant: Grant): Promise<(GrantReply | undefined)[]> {
    const walked = this.#overlay.supernodes().length > SMALL_NETWORK ? await this.#walk(grant.key) : []
    const registrars = this.#nearest(grant.key, REPLICAS, walked)
    return Promise.all(registrars.map((registrar) => this.grant(registrar, grant)))
  }

  /**
   * Who holds a name: by the first registrars that agree, or by the most of all, asked as well with `isThorough`. When
   * none has anything, by those that a walk finds. Never rejects.
   */
  async find(key: Uint8Array, isThorough: boolean): Promise<Tallied[]> {
    const nearest = this.#nearest(key, REPLICAS)
    const answers = await this.#ask(nearest, key, isThorough)
    if (answers.length > 0) return judge(answers)?.holders ?? []
    const asked = new Set(nearest.map(({ peerId }) => peerId))
    const later = nearestTo(key, [...this.#nearest(key, 2 * REPLICAS), ...(await this.#walk(key))], 2 * REPLICAS)
    const others = later.filter(({ peerId }) => !asked.has(peerId))
    return judge(await this.#ask(others, key, false))?.holders ?? []
  }

  /** Passes a look-up on over warm links, each nearer to the key than we are. Never rejects. */
  async askOn(key: Uint8Array, hops: number): Promise<Held[]> {
    const nearer = nextHops(kadIdOfKey(key), kadIdOf(this.#overlay.peerId), this.warmLinks(), NEXT_HOPS)
    return judge(await this.#ask(nearer, key, false, hops))?.holders ?? []
  }

  /** Asks one registrar; undefined when it did not answer sensibly. Never rejects. */
  async grant(registrar: Contact, grant: Grant): Promise<GrantReply | undefined> {
    if (registrar.peerId === this.#overlay.peerId) return this.#registrar.grant(grant).catch(() => undefined)
    const reply = await this.#call(registrar, { grant }, GRANT_DEADLINE_MS)
    return reply && decoded(() => GrantReply.decode(reply))
  }

  /** The accounts that each registrar names, of those that name any. */
  #ask(registrars: Contact[], key: Uint8Array, isThorough: boolean, hops = 0): Promise<Held[][]> {
    const asks = registrars.map((registrar) => async () => {
      const held = await this.#lookup(registrar, key, hops)
      return held === undefined || held.length === 0 ? undefined : held
    })
    return poll(asks, {
      abreast: isThorough ? asks.length : ASKED_FIRST,
      slowMs: SLOW_MS,
      isEnough: (answers) => !isThorough && answers.length >= ASKED_FIRST && isUnanimous(answers),
      clock: this.#clock,
    })
  }

  async #lookup(registrar: Contact, key: Uint8Array, hops: number): Promise<Held[] | undefined> {
    if (registrar.peerId === this.#overlay.peerId) return this.#registrar.lookup(key)
    const bytes = await this.#call(registrar, { lookup: { key, hops } }, LOOKUP_DEADLINE_MS)
    return bytes && decodeHeld(bytes, this.#overlay.network)
  }

  async #call(to: Contact, request: IndexRequest, deadlineMs: number): Promise<Uint8Array | undefined> {
    try {
      return await this.#overlay.call(to, 'index', IndexRequest.encode(request), { deadlineMs })
    } catch {
      if (!this.#overlay.isConnected(to.peerId)) this.#overlay.forget(to.peerId)
      return undefined
    }
  }

  /** Of those we know, ourselves among them: whoever asks only does when we serve. */
  #nearest(key: Uint8Array, count: number, others: Contact[] = []): Contact[] {
    const wanted = this.#isDiverse ? 4 * count : count
    const known = this.#overlay.nearest(kadIdOfKey(key), wanted)
    const ourselves = { peerId: this.#overlay.peerId, addresses: this.#overlay.addresses() }
    return nearestTo(key, [...known, ...others, ourselves], count, this.#isDiverse)
  }

  async #walk(key: Uint8Array): Promise<Contact[]> {
    return this.#overlay.walk(key, AbortSignal.timeout(WALK_DEADLINE_MS)).catch(() => [])
  }
}

/** What a client may ask of a supernode: what it holds itself, or also what those nearer to the key hold. */
export const lookupRequest = (key: Uint8Array, isAskedOn: boolean): Uint8Array =>
  IndexRequest.encode({ lookup: { key, hops: isAskedOn ? HOPS_MAX : 0 } })
