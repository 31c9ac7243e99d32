/**
 * The STUN servers and relays of calls: borrowed from supernodes by RPC for each call, nearest first. What the peer tells
 * of its own supernodes counts once its device is known; those that only the peer knows are asked, and measured, only when
 * a call has to stay on a relay: each costs a dial.
 */

import { createHash } from 'node:crypto'
import type { IceServers } from './ice/ice.ts'
import { isGlobal, isLoopback, isNowhere } from './lib/ip.ts'
import type { Overlay, ProfileName } from './overlay/overlay.ts'
import { roundTrips } from './stun/round-trip.ts'
import { borrow, type Borrowed } from './supernode/borrow.ts'
import type { Homes } from './supernode/homes.ts'
import { chooseRelays, HINTS_MAX, RELAYS_WANTED, type KnownRelay } from './supernode/relay-choice.ts'
import { CALL_TAG_BYTES } from './supernode/relay.ts'
import { decodeHints, encodeHints } from './supernode/relay-hints.ts'

const WARM_DEADLINE_MS = 3_000
const COLD_DEADLINE_MS = 5_000
/** Of the relays that only the peer knows. */
const MEASURED_MAX = 3
/** No names: looking one up would tell whoever serves it who is calling. */
const PLACE = /^\/ip[46]\/([^/]+)\/tcp\/\d+(?:\/(?:tls\/)?ws)?(?:\/p2p\/[^/]+)?$/

export interface RelaysParts {
  overlay: Overlay
  homes: Homes
  profile: ProfileName
  /** False: only STUN is used. */
  isRelaying: boolean
}

export class Relays {
  readonly #parts: RelaysParts

  constructor(parts: RelaysParts) {
    this.#parts = parts
  }

  /** Supernodes that we know the round trip to: homes first. */
  known(): KnownRelay[] {
    const { overlay, homes } = this.#parts
    return homes
      .measured()
      .filter(({ peerId }) => peerId !== overlay.peerId)
      .slice(0, HINTS_MAX)
  }

  /** For one call; `give` is called with better servers as they become known. */
  forCall(callId: string, give: (servers: IceServers) => void): CallRelays {
    const { overlay, isRelaying } = this.#parts
    const withoutRelays = ({ stun }: IceServers): void => give({ stun, relays: [] })
    return new CallRelays(this, overlay, callId, isRelaying ? give : withoutRelays)
  }

  /** Where the nearest supernodes speak STUN and TURN. Never rejects. */
  async nearest(callTag?: Uint8Array): Promise<Borrowed[]> {
    const chosen = chooseRelays(this.known(), [])
    const all = await Promise.all(chosen.map((each) => this.lend(each, callTag, WARM_DEADLINE_MS)))
    return all.filter((each) => each !== undefined)
  }

  /** Where we dial because a peer says so: on the internet nothing within our own network. */
  dialled({ addresses }: { addresses: string[] }): string[] {
    const isOutside = this.#parts.profile === 'internet' ? isGlobal : (host: string): boolean => !isNowhere(host)
    return addresses.filter((address) => isOutside(hostOf(address) ?? ''))
  }

  /** Never rejects. */
  async lend(
    from: KnownRelay | { peerId: string; addresses: string[] },
    callTag: Uint8Array | undefined,
    deadlineMs: number,
  ) {
    const { overlay, profile } = this.#parts
    const borrowed = await borrow(overlay, from, { ...(callTag !== undefined && { callTag }), deadlineMs })
    if (borrowed === undefined) return undefined
    // a supernode must not make us knock within our own network, nor, from another machine, on ours
    const isHere = isLoopback(hostOf(overlay.remoteAddress(from.peerId) ?? '') ?? '')
    const isOutside = profile === 'internet' ? isGlobal : (host: string): boolean => isHere || !isLoopback(host)
    const outside = <T extends { host: string }>(places: T[]): T[] => places.filter(({ host }) => isOutside(host))
    const { relay } = borrowed
    return {
      ...borrowed,
      stun: outside(borrowed.stun),
      otherStun: outside(borrowed.otherStun),
      relay: relay && { ...relay, udp: outside(relay.udp), tcp: outside(relay.tcp) },
    }
  }
}

class CallRelays {
  readonly #relays: Relays
  readonly #overlay: Overlay
  readonly #callTag: Uint8Array
  readonly #give: (servers: IceServers) => void
  readonly #borrowed = new Map<string, Borrowed>()
  #own: KnownRelay[]
  #theirs: KnownRelay[] = []
  #hasImproved = false
  #isStopped = false

  constructor(relays: Relays, overlay: Overlay, callId: string, give: (servers: IceServers) => void) {
    this.#relays = relays
    this.#overlay = overlay
    this.#callTag = createHash('sha256').update(`tincan call tag\n${callId}`).digest().subarray(0, CALL_TAG_BYTES)
    this.#give = give
    this.#own = relays.known()
    void this.#borrowInBackground(chooseRelays(this.#own, []), WARM_DEADLINE_MS)
  }

  /** For the peer: how far our supernodes are. */
  hints(): Uint8Array {
    return encodeHints(this.#own)
  }

  /** What the peer said. Whatever cannot be read says nothing. */
  hear(hints: Uint8Array): void {
    this.#theirs = decodeHints(hints).filter(({ peerId }) => peerId !== this.#overlay.peerId)
    // of our own, those that are near to the peer as well
    const own = new Set(this.#own.map(({ peerId }) => peerId))
    const shared = this.#theirs.filter(({ peerId }) => own.has(peerId))
    void this.#borrowInBackground(chooseRelays(this.#own, shared), WARM_DEADLINE_MS)
  }

  /** The call has to stay on a relay: measures the peer's supernodes too, once, and takes the one with the shortest way. */
  async improve(): Promise<void> {
    if (this.#hasImproved || this.#isStopped) return
    this.#hasImproved = true
    const own = new Set(this.#own.map(({ peerId }) => peerId))
    const others = this.#theirs
      .filter(({ peerId }) => !own.has(peerId))
      .map((each) => ({ ...each, addresses: this.#relays.dialled(each) }))
      .filter(({ addresses }) => addresses.length > 0)
      .slice(0, MEASURED_MAX)
    await this.#borrowInBackground(others, COLD_DEADLINE_MS)
    const measured = others.flatMap((each) => {
      const [stun] = this.#borrowed.get(each.peerId)?.stun ?? []
      return stun === undefined ? [] : [{ ...each, stun }]
    })
    const rtts = await roundTrips(measured.map(({ stun }) => stun))
    const found = measured.flatMap((each, at) => (rtts[at] === undefined ? [] : [{ ...each, rttMs: rtts[at] }]))
    if (found.length === 0) return
    this.#own = [...this.#own, ...found]
    this.#tell()
  }

  stop(): void {
    this.#isStopped = true
  }

  /** Cannot reject. */
  async #borrowInBackground(from: { peerId: string; addresses: string[] }[], deadlineMs: number): Promise<void> {
    const missing = from.filter(({ peerId }) => !this.#borrowed.has(peerId))
    await Promise.all(
      missing.map(async (each) => {
        const borrowed = await this.#relays.lend(each, this.#callTag, deadlineMs)
        if (borrowed === undefined || this.#isStopped) return
        this.#borrowed.set(each.peerId, borrowed)
        this.#tell()
      }),
    )
    if (missing.length === 0) this.#tell()
  }

  #tell(): void {
    if (this.#isStopped) return
    const ranked = chooseRelays(
      this.#own.filter(({ peerId }) => this.#borrowed.has(peerId)),
      this.#theirs.filter(({ peerId }) => this.#borrowed.has(peerId)),
    )
    const all = ranked.flatMap(({ peerId }) => this.#borrowed.get(peerId) ?? [])
    this.#give({
      stun: all.slice(0, RELAYS_WANTED).flatMap(({ stun }) => stun),
      relays: all.flatMap(({ relay }) => relay ?? []),
    })
  }
}

const hostOf = (address: string): string | undefined => PLACE.exec(address)?.[1]
