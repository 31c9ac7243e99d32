/**
 * The registrars nearest to a name's key, as a supernode asks them: over warm links, from its own routing table first,
 * by a walk of the overlay when that finds nothing. One of them may be ourselves.
 */

import type { Clock } from '../lib/clock.ts'
import { decoded } from '../lib/decoded.ts'
import { poll } from '../lib/poll.ts'
import type { Contact, Overlay, ProfileName } from '../overlay/overlay.ts'
import { kadIdOf, kadIdOfKey } from '../overlay/peer-id.ts'
import { isUnanimous, judge, tally } from './agreement.ts'
import type { Held } from './index-table.ts'
import { GrantOutcome, GrantReply, IndexRequest, type Grant, type Holder } from './index.pb.js'
import { areSame, decodeHolders, holderOf, openHolders } from './lookup-reply.ts'
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

  /**
   * Has the nearest registrars hold a claim and a lease; undefined for each that did not answer. Where most of them do,
   * the next nearest stand in for those that do not, so that a few who are dead or lie leave no gap. Never rejects.
   */
  async place(grant: Grant): Promise<(GrantReply | undefined)[]> {
    const walked = this.#overlay.supernodes().length > SMALL_NETWORK ? await this.#walk(grant.key) : []
    const registrars = this.#nearest(grant.key, 2 * REPLICAS, walked)
    const give = (some: Contact[]) => Promise.all(some.map((registrar) => this.grant(registrar, grant)))
    const replies = await give(registrars.slice(0, REPLICAS))
    const held = replies.filter(isHeld).length
    const standIns = 2 * held > replies.length ? registrars.slice(REPLICAS, 2 * REPLICAS - held) : []
    return [...replies, ...(await give(standIns))]
  }

  /**
   * The accounts that most of a registrar's neighbours hold the name for: what one that has never heard of it has to know
   * before it believes whoever comes first. Never rejects.
   */
  async neighboursHold(key: Uint8Array): Promise<Held[]> {
    const neighbours = this.#nearest(key, REPLICAS + 1).filter(({ peerId }) => peerId !== this.#overlay.peerId)
    const asked = neighbours.slice(0, REPLICAS)
    const asks = asked.map((neighbour) => async () => {
      const holders = await this.#lookup(neighbour, key, 0)
      return holders && openHolders(holders, this.#overlay.network)
    })
    const isMost = (count: number) => 2 * count > asked.length
    const answers = await poll<Held[]>(asks, {
      abreast: asks.length,
      slowMs: LOOKUP_DEADLINE_MS,
      isEnough: (soFar) =>
        isMost(soFar.filter(({ length }) => length === 0).length) || tally(soFar).some(({ votes }) => isMost(votes)),
      clock: this.#clock,
    })
    return tally(answers).filter(({ votes }) => 2 * votes > answers.length)
  }

  /**
   * Who holds a name: by the first registrars that agree, or by the most of all, asked as well with `isThorough`. When
   * none has anything, by those that a walk finds. Not verified: whoever asked does that. Never rejects.
   */
  async find(key: Uint8Array, isThorough: boolean): Promise<Holder[]> {
    const nearest = this.#nearest(key, REPLICAS)
    const found = this.#together(await this.#ask(nearest, key, isThorough))
    if (found.length > 0) return found
    const asked = new Set(nearest.map(({ peerId }) => peerId))
    const later = nearestTo(key, [...this.#nearest(key, 2 * REPLICAS), ...(await this.#walk(key))], 2 * REPLICAS)
    const others = later.filter(({ peerId }) => !asked.has(peerId))
    return this.#together(await this.#ask(others, key, false))
  }

  /** Passes a look-up on over warm links, each nearer to the key than we are. Never rejects. */
  async askOn(key: Uint8Array, hops: number): Promise<Holder[]> {
    const nearer = nextHops(kadIdOfKey(key), kadIdOf(this.#overlay.peerId), this.warmLinks(), NEXT_HOPS)
    return this.#together(await this.#ask(nearer, key, false, hops))
  }

  /** Asks one registrar; undefined when it did not answer sensibly. Never rejects. */
  async grant(registrar: Contact, grant: Grant): Promise<GrantReply | undefined> {
    if (registrar.peerId === this.#overlay.peerId) return this.#registrar.grant(grant).catch(() => undefined)
    const reply = await this.#call(registrar, { grant }, GRANT_DEADLINE_MS)
    return reply && decoded(() => GrantReply.decode(reply))
  }

  /** What each registrar holds, of those that hold anything. */
  #ask(registrars: Contact[], key: Uint8Array, isThorough: boolean, hops = 0): Promise<Holder[][]> {
    const asks = registrars.map((registrar) => async () => {
      const holders = await this.#lookup(registrar, key, hops)
      return holders === undefined || holders.length === 0 ? undefined : holders
    })
    return poll(asks, {
      abreast: isThorough ? asks.length : ASKED_FIRST,
      slowMs: SLOW_MS,
      isEnough: (answers) => !isThorough && answers.length >= ASKED_FIRST && this.#areUnanimous(answers),
      clock: this.#clock,
    })
  }

  /** Verifying costs more than all else: the very same records need none to be known to agree. */
  #areUnanimous(answers: Holder[][]): boolean {
    const isOneHolder = answers.every((holders) => holders.length === 1)
    return (isOneHolder && areSame(answers)) || isUnanimous(this.#opened(answers))
  }

  #together(answers: Holder[][]): Holder[] {
    const [first] = answers
    if (first !== undefined && areSame(answers)) return first.map((each) => ({ ...each, registrars: answers.length }))
    return judge(this.#opened(answers))?.holders.map(holderOf) ?? []
  }

  #opened(answers: Holder[][]): Held[][] {
    return answers.map((holders) => openHolders(holders, this.#overlay.network))
  }

  async #lookup(registrar: Contact, key: Uint8Array, hops: number): Promise<Holder[] | undefined> {
    if (registrar.peerId === this.#overlay.peerId) return this.#registrar.lookup(key)
    const bytes = await this.#call(registrar, { lookup: { key, hops } }, LOOKUP_DEADLINE_MS)
    return bytes && decodeHolders(bytes)
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
    const addresses = this.#isDiverse ? this.#overlay.addresses() : []
    const ourselves = { peerId: this.#overlay.peerId, addresses }
    return nearestTo(key, [...known, ...others, ourselves], count, this.#isDiverse)
  }

  async #walk(key: Uint8Array): Promise<Contact[]> {
    return this.#overlay.walk(key, AbortSignal.timeout(WALK_DEADLINE_MS)).catch(() => [])
  }
}

const isHeld = (reply: GrantReply | undefined): boolean =>
  reply?.outcome === GrantOutcome.GRANTED || reply?.outcome === GrantOutcome.CONTESTED

/** What a client may ask of a supernode: what it holds itself, or also what those nearer to the key hold. */
export const lookupRequest = (key: Uint8Array, isAskedOn: boolean): Uint8Array =>
  IndexRequest.encode({ lookup: { key, hops: isAskedOn ? HOPS_MAX : 0 } })
