/** Keeps the connections open that `mesh.ts` chooses, while this node is a supernode: what is missing is dialled, a few at a time. */

import type { Clock } from '../lib/clock.ts'
import { jittered, systemRandom } from '../lib/random.ts'
import type { Contact, Overlay, ProfileName } from '../overlay/overlay.ts'
import { kadIdOf } from '../overlay/peer-id.ts'
import { chooseLinks, type LinkPeer } from './mesh.ts'

const EVERY_MS: Record<ProfileName, number> = { local: 2_000, internet: 20_000 }
const DIALS_AT_ONCE = 3
const DIAL_DEADLINE_MS = 4_000

export interface Link extends Contact {
  kadId: Uint8Array
}

export class Links {
  readonly #overlay: Overlay
  readonly #everyMs: number
  readonly #clock: Clock
  #cancel: (() => void) | undefined
  /** By peer id, since when each is connected; undefined while it is not. */
  #wanted = new Map<string, number | undefined>()

  constructor(overlay: Overlay, profile: ProfileName, clock: Clock) {
    this.#overlay = overlay
    this.#everyMs = EVERY_MS[profile]
    this.#clock = clock
    overlay.on('disconnect', (peerId) => {
      if (this.#wanted.has(peerId)) this.#wanted.set(peerId, undefined)
    })
  }

  start(): void {
    this.stop()
    this.#schedule()
  }

  stop(): void {
    this.#cancel?.()
    this.#wanted.clear()
  }

  /** The links that are warm now. */
  warm(): Link[] {
    const known = this.#overlay.supernodes()
    return known
      .filter(({ peerId }) => this.#wanted.get(peerId) !== undefined)
      .map((contact) => ({ ...contact, kadId: kadIdOf(contact.peerId) }))
  }

  get size(): number {
    return [...this.#wanted.values()].filter((sinceMs) => sinceMs !== undefined).length
  }

  #schedule(): void {
    const act = () => void this.#tend().then(() => this.#cancel !== undefined && this.#schedule()) // cannot reject
    const delayMs = jittered(this.#everyMs, 0.5, systemRandom)
    const cancel = this.#clock.after(delayMs, act)
    this.#cancel = () => {
      cancel()
      this.#cancel = undefined
    }
  }

  async #tend(): Promise<void> {
    const nowMs = this.#clock.now()
    const known = this.#overlay.supernodes()
    const addressesOf = new Map(known.map(({ peerId, addresses }) => [peerId, addresses]))
    const peers: LinkPeer[] = known.map(({ peerId }) => {
      const sinceMs = this.#wanted.get(peerId)
      return { peerId, kadId: kadIdOf(peerId), heldMs: sinceMs === undefined ? undefined : nowMs - sinceMs }
    })
    const held = new Set([...this.#wanted].flatMap(([peerId, sinceMs]) => (sinceMs === undefined ? [] : [peerId])))
    const chosen = chooseLinks(kadIdOf(this.#overlay.peerId), peers, held).map(({ peerId }) => peerId)
    this.#wanted = new Map(chosen.map((peerId) => [peerId, this.#sinceMs(peerId, nowMs)]))
    const missing = chosen.filter((peerId) => this.#wanted.get(peerId) === undefined).slice(0, DIALS_AT_ONCE)
    await Promise.all(missing.map((peerId) => this.#dial(peerId, addressesOf.get(peerId) ?? [])))
  }

  #sinceMs(peerId: string, nowMs: number): number | undefined {
    return this.#overlay.isConnected(peerId) ? (this.#wanted.get(peerId) ?? nowMs) : undefined
  }

  async #dial(peerId: string, addresses: string[]): Promise<void> {
    const targets = addresses.map((address) => `${address}/p2p/${peerId}`)
    await this.#overlay.join(targets, AbortSignal.timeout(DIAL_DEADLINE_MS))
    if (this.#overlay.isConnected(peerId)) {
      if (this.#wanted.has(peerId)) this.#wanted.set(peerId, this.#clock.now())
    } else this.#overlay.forget(peerId) // the routing table would keep the dead for ever
  }
}
