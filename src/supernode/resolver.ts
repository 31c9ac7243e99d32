/**
 * Resolving usernames: each of our homes is asked for another of the name's places, and so are a few supernodes that are
 * not our homes, over links that are open. Whoever knows which key to expect takes the first answer that has it online;
 * else the answers must agree. When they do not, or nobody knows the name, the registrars are asked one by one, found by our
 * own walks, and the majority counts.
 */

import { TincanError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import { decoded } from '../lib/decoded.ts'
import { poll } from '../lib/poll.ts'
import { systemRandom } from '../lib/random.ts'
import type { Contact, Overlay, ProfileName } from '../overlay/overlay.ts'
import { kadIdOfKey } from '../overlay/peer-id.ts'
import { isUnanimous, judge, tally, type Judgement } from './agreement.ts'
import { HomeRequest, ResolveReply } from './home.pb.js'
import type { Homes } from './homes.ts'
import { CLOCK_SKEW_MS, type Held } from './index-table.ts'
import { decodeHeld } from './lookup-reply.ts'
import { Misses } from './misses.ts'
import { nameKeys, nearestTo, REPLICAS, SALTS } from './placement.ts'
import { lookupRequest } from './registrars.ts'
import { same } from './records.ts'

const RESOLVE_DEADLINE_MS = 6_000
const LOOKUP_DEADLINE_MS = 1_500
const WALK_DEADLINE_MS = 3_000
/** Supernodes beside our homes that are asked as well: an answer that no home has touched. */
const AUDITORS = 3
/** Registrars beyond the nearest, which stand in for those of them that are dead or refuse. */
const STAND_INS = 3
/** Once half have answered the rest have as long again, and a little: a liar may be quick, and a hung one never comes. */
const GRACE_MS = 40
const GRACE_SHARE = 2

export interface ResolveOptions {
  /** Ask all registrars instead of the first ones. */
  isThorough?: boolean
  /** The account that is expected: the first answer that has a device of it online is enough, unless thorough. */
  accountKey?: Uint8Array | undefined
  signal?: AbortSignal | undefined
}

export class Resolver {
  readonly #overlay: Overlay
  readonly #homes: Homes
  readonly #isDiverse: boolean
  readonly #clock: Clock
  readonly #misses: Misses

  constructor(overlay: Overlay, homes: Homes, profile: ProfileName, clock: Clock) {
    this.#overlay = overlay
    this.#homes = homes
    this.#isDiverse = profile === 'internet'
    this.#clock = clock
    this.#misses = new Misses(profile)
  }

  /** The name is held now: that nobody had it a moment ago says nothing any more. */
  learnHeld(name: string): void {
    this.#misses.delete(name)
  }

  /**
   * Who holds `name`, and how sure that is; undefined when nobody does. Rejects NO_NETWORK when nobody answered, ABORTED.
   */
  async resolve(name: string, options: ResolveOptions = {}): Promise<Judgement | undefined> {
    const { isThorough = false, signal, accountKey } = options
    if (!isThorough && this.#misses.has(name, this.#clock.now())) return undefined
    const homes = this.#homes.list()
    if (homes.length === 0) throw noNetwork()
    const keys = nameKeys(this.#overlay.network, name)
    const heard = new Voices(name)
    const asks = [
      ...homes.map((home, at) => async () => {
        const own = keys.filter((_, salt) => salt % homes.length === at)
        const held = await Promise.all(own.map((key) => this.#askHome(home, key, isThorough, signal)))
        return heard.hear(home.peerId, together(held))
      }),
      ...this.#auditors(homes).map((peer, i) => async () => {
        const request = lookupRequest(keys[i % SALTS] as Uint8Array, true)
        return heard.hear(peer.peerId, await this.#lookup(peer, request, signal))
      }),
    ]
    const has = (held: Held[]) =>
      accountKey !== undefined && held.some(({ claim }) => same(claim.accountKey, accountKey))
    // a liar leaves the devices out: that somebody is offline is not believed of the first to say so
    const isOnline = ({ claim, leases }: Held) =>
      accountKey !== undefined &&
      same(claim.accountKey, accountKey) &&
      leases.some(({ expiresMs }) => expiresMs > this.#clock.now() - CLOCK_SKEW_MS)
    const answers = await this.#gather(asks, (soFar) => !isThorough && soFar.some((held) => held.some(isOnline)))
    const isClear = answers.some(has) || (answers.length > 1 && isUnanimous(answers))
    // who passes on what others say passes on their lies: where there is doubt only what registrars hold themselves counts
    const polled = isClear ? undefined : await this.#poll(name, keys, signal)
    const judgement = judge(polled !== undefined && polled.holders > 1 ? polled.all() : heard.all())
    if (judgement !== undefined) return judgement
    if (signal?.aborted) throw new TincanError('ABORTED', 'Aborted.')
    if (heard.size === 0 && polled?.size === 0) throw noNetwork()
    this.#misses.add(name, this.#clock.now())
    return undefined
  }

  /** Waits for all, but not for long once most have spoken. */
  async #gather(
    asks: (() => Promise<Held[] | undefined>)[],
    isEnough: (answers: Held[][]) => boolean,
  ): Promise<Held[][]> {
    const startedMs = this.#clock.now()
    let isLate = false
    let settled = 0
    let cancel: (() => void) | undefined
    const { promise: late, resolve } = Promise.withResolvers<undefined>()
    let arm = () => {
      cancel ??= this.#clock.after(GRACE_MS + GRACE_SHARE * (this.#clock.now() - startedMs), () => {
        isLate = true
        resolve(undefined)
      })
    }
    const bounded = asks.map((ask) => async () => {
      const answer = await Promise.race([ask(), late])
      if (++settled * 2 >= asks.length && !isLate) arm()
      return answer
    })
    const options = { abreast: asks.length, slowMs: RESOLVE_DEADLINE_MS, isEnough, clock: this.#clock }
    const answers = await poll(bounded, options)
    cancel?.() // or the process stays for its timer
    arm = () => {}
    return answers
  }

  /** Asks the registrars of every place ourselves, each for what it holds. */
  async #poll(name: string, keys: Uint8Array[], signal: AbortSignal | undefined): Promise<Voices> {
    const heard = new Voices(name)
    const places = keys.map(async (key) => {
      const walked = await this.#overlay.walk(key, walkSignal(signal)).catch(() => [])
      const known = this.#overlay.nearest(kadIdOfKey(key), 4 * REPLICAS)
      const registrars = nearestTo(key, [...known, ...walked], REPLICAS + STAND_INS, this.#isDiverse)
      const ourselves = { peerId: this.#overlay.peerId, addresses: [] } // a registrar, perhaps
      const request = lookupRequest(key, false)
      await Promise.all(
        [...registrars, ourselves].map(async (each) =>
          heard.hear(each.peerId, await this.#lookup(each, request, signal)),
        ),
      )
    })
    await Promise.all(places)
    return heard
  }

  /** Supernodes that are not our homes, of those we are connected to. */
  #auditors(homes: Contact[]): Contact[] {
    const isHome = new Set(homes.map(({ peerId }) => peerId))
    const others = this.#overlay
      .supernodes()
      .filter(({ peerId }) => !isHome.has(peerId) && this.#overlay.isConnected(peerId))
    for (let i = 0; i < Math.min(AUDITORS, others.length); i++) {
      const j = i + Math.floor(systemRandom() * (others.length - i))
      ;[others[i], others[j]] = [others[j] as Contact, others[i] as Contact]
    }
    return others.slice(0, AUDITORS)
  }

  async #askHome(
    home: Contact,
    key: Uint8Array,
    isThorough: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Held[] | undefined> {
    const body = HomeRequest.encode({ resolve: { key, isThorough } })
    const bytes = await this.#call(home, 'home', body, { deadlineMs: RESOLVE_DEADLINE_MS, signal })
    const reply = bytes && decoded(() => ResolveReply.decode(bytes))
    return reply && decodeHeld(reply.lookupReply, this.#overlay.network)
  }

  async #lookup(peer: Contact, request: Uint8Array, signal: AbortSignal | undefined): Promise<Held[] | undefined> {
    const bytes = await this.#call(peer, 'index', request, { deadlineMs: LOOKUP_DEADLINE_MS, signal })
    return bytes && decodeHeld(bytes, this.#overlay.network)
  }

  async #call(
    to: Contact,
    role: 'home' | 'index',
    body: Uint8Array,
    options: { deadlineMs: number; signal: AbortSignal | undefined },
  ): Promise<Uint8Array | undefined> {
    return this.#overlay.call(to, role, body, options).catch(() => undefined)
  }
}

/** What each of those asked says of one name: one voice each, whatever it is asked and however often. */
class Voices {
  readonly #name: string
  readonly #heard = new Map<string, Held[]>()

  constructor(name: string) {
    this.#name = name
  }

  /** How many have answered, and how many of them name somebody. */
  get size(): number {
    return this.#heard.size
  }

  get holders(): number {
    return this.all().filter((held) => held.length > 0).length
  }

  /** Returns what was heard of the name; undefined when that is nothing. */
  hear(peerId: string, held: Held[] | undefined): Held[] | undefined {
    if (held === undefined) return undefined
    const ofName = held.filter(({ claim }) => claim.name === this.#name)
    this.#heard.set(peerId, tally([...(this.#heard.get(peerId) ?? []), ...ofName].map((each) => [each])))
    return ofName.length === 0 ? undefined : ofName
  }

  all(): Held[][] {
    return [...this.#heard.values()]
  }
}

/** Undefined when none of the questions was answered. */
const together = (answers: (Held[] | undefined)[]): Held[] | undefined =>
  answers.every((held) => held === undefined) ? undefined : answers.flatMap((held) => held ?? [])

function walkSignal(signal: AbortSignal | undefined): AbortSignal {
  const deadline = AbortSignal.timeout(WALK_DEADLINE_MS)
  return signal === undefined ? deadline : AbortSignal.any([deadline, signal])
}

export const noNetwork = (): TincanError =>
  new TincanError(
    'NO_NETWORK',
    'No supernode answers. Check the network, or name a node that is up with --bootstrap ADDR.',
  )
