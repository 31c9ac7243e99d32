/**
 * A node as the home of others: who is attached, and what it does for them (role `home`): place their leases,
 * resolve names, forward envelopes it cannot read.
 */

import type { Clock } from '../lib/clock.ts'
import { decoded } from '../lib/decoded.ts'
import { hedged } from '../lib/hedge.ts'
import { systemRandom } from '../lib/random.ts'
import type { Contact, Overlay } from '../overlay/overlay.ts'
import { peerIdOf, publicKeyOf, withoutPeerId } from '../overlay/peer-id.ts'
import { PUBLIC_KEY_BYTES } from '../overlay/keys.ts'
import { Acquaintance } from './acquaintance.ts'
import { admits, CLIENTS_SOFT_MAX } from './attachment.ts'
import { DeviceReply, DeviceRequest } from './device.pb.js'
import {
  AttachReply,
  Delivery,
  DeliveryReply,
  HomeRequest,
  ResolveReply,
  type Attach,
  type Place,
  type Resolve,
} from './home.pb.js'
import { encodeHeld } from './lookup-reply.ts'
import { placeReply } from './place-reply.ts'
import { NAME_KEY_BYTES, SALTS } from './placement.ts'
import { ADDRESSES_MAX, HOMES_MAX, same } from './records.ts'
import { WITNESSES_MAX } from './registrar.ts'
import type { Registrars } from './registrars.ts'

const PUSH_DEADLINE_MS = 2_000
const DELIVER_DEADLINE_MS = 2_500
const NEXT_HOME_AFTER_MS = 250 // a home that hangs must not hold up the invite
const SUPERNODES_TOLD = 8
const RETRY_AFTER_MS = 30_000

export class Home {
  readonly #overlay: Overlay
  readonly #registrars: Registrars
  readonly #clock: Clock
  readonly #acquaintance: Acquaintance
  /** A node that is no supernode answers too: it refuses, and names the supernodes it knows. */
  isServing = false
  /** What we tell others of the size of the network. */
  supernodeCount: () => number = () => 0
  /** By peer id; the value is how many clients it has itself, when it is a supernode. */
  readonly #clients = new Map<string, number | undefined>()

  constructor(overlay: Overlay, registrars: Registrars, clock: Clock) {
    this.#overlay = overlay
    this.#registrars = registrars
    this.#clock = clock
    this.#acquaintance = new Acquaintance(overlay)
    overlay.on('disconnect', (peerId) => this.#clients.delete(peerId))
  }

  get clients(): number {
    return this.#clients.size
  }

  /** Tells every client to find another home. */
  async leave(): Promise<void> {
    const body = DeviceRequest.encode({ leave: {} })
    const clients = [...this.#clients.keys()]
    this.#clients.clear()
    await Promise.allSettled(
      clients.map((peerId) => this.#overlay.call({ peerId, addresses: [] }, 'device', body, { deadlineMs: 500 })),
    )
  }

  async handle(from: string, body: Uint8Array): Promise<Uint8Array | undefined> {
    const request = decoded(() =>
      HomeRequest.decode(body, {
        limits: {
          place: { keys: SALTS, witnesses: WITNESSES_MAX },
          forward: { homeKeys: HOMES_MAX },
          attach: { homes: HOMES_MAX },
        },
      }),
    )
    if (request === undefined) return undefined
    if (request.attach !== undefined) return this.#attach(from, request.attach)
    if (request.deliver !== undefined) {
      const delivery = await this.#deliver(request.deliver.deviceKey, request.deliver.envelope)
      return DeliveryReply.encode({ delivery })
    }
    // the rest is work for our own clients only
    if (!this.#clients.has(from)) return undefined
    if (request.place !== undefined) return this.#place(request.place)
    if (request.resolve !== undefined) return this.#resolve(request.resolve)
    if (request.forward !== undefined) return this.#forward(request.forward)
    return undefined
  }

  #attach(from: string, { clients: itsClients, homes }: Attach): Uint8Array {
    this.#acquaintance.hear(homes)
    const others = this.#overlay.supernodes().filter(({ peerId, addresses }) => peerId !== from && addresses.length > 0)
    const isAccepted = this.isServing && (this.#clients.has(from) || admits(this.#clients.size, others.length > 0))
    if (isAccepted) this.#clients.set(from, itsClients)
    return AttachReply.encode({
      isAccepted,
      retryAfterMs: isAccepted ? 0 : RETRY_AFTER_MS,
      clients: this.isServing ? this.#clients.size : CLIENTS_SOFT_MAX,
      supernodeCount: this.supernodeCount(),
      nowMs: this.#clock.now(),
      addresses: this.#overlay.addresses().map(withoutPeerId).slice(0, ADDRESSES_MAX),
      supernodes: sample(others, SUPERNODES_TOLD).map(({ peerId, addresses }) => {
        const clients = this.#clients.get(peerId)
        const peerKey = publicKeyOf(peerId) as Uint8Array
        return { peerKey, addresses: addresses.slice(0, ADDRESSES_MAX), ...(clients !== undefined && { clients }) }
      }),
    })
  }

  async #place({ keys, ...records }: Place): Promise<Uint8Array | undefined> {
    if (keys.length === 0 || keys.some((key) => key.length !== NAME_KEY_BYTES)) return undefined
    const replies = await Promise.all(keys.map((key) => this.#registrars.place({ key, ...records })))
    return placeReply(replies.flat())
  }

  async #resolve({ key, isThorough }: Resolve): Promise<Uint8Array | undefined> {
    if (key.length !== NAME_KEY_BYTES) return undefined
    return ResolveReply.encode({ lookupReply: encodeHeld(await this.#registrars.find(key, isThorough)) })
  }

  /** Asks the device's homes, the next one as soon as the last is slow, until one says that the device has it. */
  async #forward({
    deviceKey,
    homeKeys,
    envelope,
  }: {
    deviceKey: Uint8Array
    homeKeys: Uint8Array[]
    envelope: Uint8Array
  }): Promise<Uint8Array | undefined> {
    if (homeKeys.some((key) => key.length !== PUBLIC_KEY_BYTES)) return undefined
    const own = publicKeyOf(this.#overlay.peerId) as Uint8Array
    // our own clients first: no hop at all
    const ordered = [...homeKeys].sort((a, b) => Number(same(b, own)) - Number(same(a, own)))
    let isRejected = false
    const attempts = ordered.map((homeKey) => async () => {
      const delivery = await this.#deliverAt(homeKey, deviceKey, envelope)
      if (delivery === Delivery.REJECTED) isRejected = true
      if (delivery !== Delivery.TAKEN) throw new Error('not taken')
    })
    const delivery = await hedged(attempts, NEXT_HOME_AFTER_MS, this.#clock).then(
      () => Delivery.TAKEN,
      () => (isRejected ? Delivery.REJECTED : Delivery.UNREACHABLE),
    )
    return DeliveryReply.encode({ delivery })
  }

  async #deliverAt(homeKey: Uint8Array, deviceKey: Uint8Array, envelope: Uint8Array): Promise<Delivery> {
    const peerId = peerIdOf(homeKey)
    if (peerId === this.#overlay.peerId) return this.#deliver(deviceKey, envelope)
    // no addresses from the client: it could make us dial anywhere
    const body = HomeRequest.encode({ deliver: { deviceKey, envelope } })
    const reply = await this.#overlay.call({ peerId, addresses: [] }, 'home', body, { deadlineMs: DELIVER_DEADLINE_MS })
    return decoded(() => DeliveryReply.decode(reply))?.delivery ?? Delivery.UNREACHABLE
  }

  async #deliver(deviceKey: Uint8Array, envelope: Uint8Array): Promise<Delivery> {
    if (deviceKey.length !== PUBLIC_KEY_BYTES) return Delivery.UNREACHABLE
    const peerId = peerIdOf(deviceKey)
    if (!this.#clients.has(peerId)) return Delivery.UNREACHABLE
    try {
      const body = DeviceRequest.encode({ push: { envelope } })
      const reply = await this.#overlay.call({ peerId, addresses: [] }, 'device', body, {
        deadlineMs: PUSH_DEADLINE_MS,
      })
      return decoded(() => DeviceReply.decode(reply))?.isTaken === true ? Delivery.TAKEN : Delivery.REJECTED
    } catch {
      return Delivery.UNREACHABLE
    }
  }
}

/** `count` of the contacts, another set each time, so that clients learn of many supernodes over several heartbeats. */
function sample(contacts: Contact[], count: number): Contact[] {
  const chosen = [...contacts]
  for (let i = 0; i < Math.min(count, chosen.length); i++) {
    const j = i + Math.floor(systemRandom() * (chosen.length - i))
    ;[chosen[i], chosen[j]] = [chosen[j] as Contact, chosen[i] as Contact]
  }
  return chosen.slice(0, count)
}
