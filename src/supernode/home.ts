/**
 * A node as the home of others: who is attached, and what it does for them (role `home`): place their leases,
 * resolve names, forward envelopes it cannot read.
 */

import type { Clock } from '../lib/clock.ts'
import { decoded } from '../lib/decoded.ts'
import { hedged } from '../lib/hedge.ts'
import { systemRandom } from '../lib/random.ts'
import type { Overlay, ProfileName } from '../overlay/overlay.ts'
import { peerIdOf, publicKeyOf, withoutPeerId } from '../overlay/peer-id.ts'
import { PUBLIC_KEY_BYTES } from '../overlay/keys.ts'
import { Acquaintance } from './acquaintance.ts'
import {
  admits,
  alternatives,
  ATTACHMENT,
  CLIENTS_SOFT_MAX,
  drawn,
  hasRoomElsewhere,
  retryAfterMs,
  shedCount,
  type Prospect,
} from './attachment.ts'
import { Clients } from './clients.ts'
import { DeviceReply, DeviceRequest } from './device.pb.js'
import {
  AttachReply,
  Delivery,
  DeliveryReply,
  HomeRequest,
  ResolveReply,
  type Attach,
  type Forward,
  type KnownSupernode,
  type Place,
  type Resolve,
} from './home.pb.js'
import { encodeHolders } from './lookup-reply.ts'
import { placeReply } from './place-reply.ts'
import { NAME_KEY_BYTES, SALTS } from './placement.ts'
import { ADDRESSES_MAX, HOMES_MAX, same } from './records.ts'
import { WITNESSES_MAX } from './registrar.ts'
import type { Registrars } from './registrars.ts'

const PUSH_DEADLINE_MS = 2_000
const DELIVER_DEADLINE_MS = 2_500
const NEXT_HOME_AFTER_MS = 250 // a home that hangs must not hold up the invite
const SUPERNODES_TOLD = 8
/** Whoever is told to go should not come back as long as the others have room. */
const STAY_AWAY_MS = 600_000
/** Telling the clients to go must not hold up whoever stops. */
const LEAVE_DEADLINE_MS = 500

export interface HomeParts {
  overlay: Overlay
  registrars: Registrars
  profile: ProfileName
  /** For delays and intervals. */
  clock: Clock
  /** The network's, which we tell. */
  time: Clock
}

export class Home {
  readonly #overlay: Overlay
  readonly #registrars: Registrars
  readonly #clock: Clock
  readonly #time: Clock
  readonly #acquaintance: Acquaintance
  readonly #clients: Clients
  readonly #shedEveryMs: number
  #shedMs = -Infinity
  /** A node that is no supernode answers too: it refuses, and names the supernodes it knows. */
  isServing = false
  /** What we tell others of the size of the network. */
  supernodeCount: () => number = () => 0
  /** How many clients a supernode has that is no client of ours, if anybody told us. */
  loadOf: (peerId: string) => number | undefined = () => undefined
  /** Throws Refusal when a client has had more envelopes than it should. */
  admitDelivery: (from: string, deviceId: string) => void = () => {}

  constructor({ overlay, registrars, profile, clock, time }: HomeParts) {
    this.#overlay = overlay
    this.#registrars = registrars
    this.#clock = clock
    this.#time = time
    this.#acquaintance = new Acquaintance(overlay)
    this.#clients = new Clients(ATTACHMENT[profile].heartbeatMs)
    this.#shedEveryMs = ATTACHMENT[profile].heartbeatMs
    overlay.on('disconnect', (peerId) => this.#clients.delete(peerId))
  }

  get clients(): number {
    return this.#clients.size
  }

  isClient(peerId: string): boolean {
    return this.#clients.has(peerId)
  }

  /** Tells every client to find another home, and where. Never rejects, and takes no longer than one that hangs. */
  async leave(): Promise<void> {
    await this.#tellToLeave(this.#clients.all(), 0)
  }

  /** Asks some to go when there are more than the soft cap and others have room. */
  #shed(): void {
    if (this.#clock.now() - this.#shedMs < this.#shedEveryMs) return
    this.#shedMs = this.#clock.now()
    const count = shedCount(this.#clients.size, this.#others())
    if (count > 0) void this.#tellToLeave(drawn(this.#clients.ordinary(), count, systemRandom), STAY_AWAY_MS)
  }

  async #tellToLeave(clients: string[], awayMs: number): Promise<void> {
    const others = this.#others()
    const tell = async (peerId: string) => {
      this.#clients.delete(peerId)
      // not the same few for all of them
      const supernodes = alternatives(others, CLIENTS_SOFT_MAX, SUPERNODES_TOLD, systemRandom).map(told)
      const body = DeviceRequest.encode({ leave: { supernodes, retryAfterMs: awayMs } })
      await this.#overlay.call({ peerId, addresses: [] }, 'device', body, { deadlineMs: LEAVE_DEADLINE_MS })
    }
    await Promise.allSettled(clients.map(tell))
  }

  /** The other supernodes, with the loads that we know. */
  #others(except?: string): Prospect[] {
    const others = this.#overlay.supernodes().filter((each) => each.peerId !== except && each.addresses.length > 0)
    return others.map((each) => ({ ...each, clients: this.#clients.loadOf(each.peerId) ?? this.loadOf(each.peerId) }))
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
      const delivery = await this.#deliver(from, request.deliver.deviceKey, request.deliver.envelope)
      return DeliveryReply.encode({ delivery })
    }
    // the rest is work for our own clients only
    if (!this.#clients.has(from)) return undefined
    if (request.detach !== undefined) {
      this.#clients.delete(from)
      return new Uint8Array()
    }
    if (request.place !== undefined) return this.#place(request.place)
    if (request.resolve !== undefined) return this.#resolve(request.resolve)
    if (request.forward !== undefined) return this.#forward(from, request.forward)
    return undefined
  }

  #attach(from: string, { clients: itsClients, homes }: Attach): Uint8Array {
    this.#acquaintance.hear(homes)
    const clients = this.#clients.size
    const others = this.#others(from)
    const isAccepted = this.isServing && (this.#clients.has(from) || admits(clients, hasRoomElsewhere(others)))
    if (isAccepted) this.#clients.hear(from, itsClients, this.#clock.now())
    if (this.isServing && clients > CLIENTS_SOFT_MAX) this.#shed()
    // an accepted one learns of many supernodes over several heartbeats, one sent away of those that have room
    const named = isAccepted
      ? drawn(others, SUPERNODES_TOLD, systemRandom)
      : alternatives(others, this.isServing ? clients : Infinity, SUPERNODES_TOLD, systemRandom)
    return AttachReply.encode({
      isAccepted,
      retryAfterMs: isAccepted ? 0 : retryAfterMs(clients, systemRandom),
      clients: this.isServing ? this.#clients.size : CLIENTS_SOFT_MAX,
      supernodeCount: this.supernodeCount(),
      nowMs: this.#time.now(),
      addresses: this.#overlay.addresses().map(withoutPeerId).slice(0, ADDRESSES_MAX),
      supernodes: named.map(told),
    })
  }

  async #place({ keys, ...records }: Place): Promise<Uint8Array | undefined> {
    if (keys.length === 0 || keys.some((key) => key.length !== NAME_KEY_BYTES)) return undefined
    const replies = await Promise.all(keys.map((key) => this.#registrars.place({ key, ...records })))
    return placeReply(replies.flat())
  }

  async #resolve({ key, isThorough }: Resolve): Promise<Uint8Array | undefined> {
    if (key.length !== NAME_KEY_BYTES) return undefined
    return ResolveReply.encode({ lookupReply: encodeHolders(await this.#registrars.find(key, isThorough)) })
  }

  /** Asks the device's homes, the next one as soon as the last is slow, until one says that the device has it. */
  async #forward(from: string, { deviceKey, homeKeys, envelope }: Forward): Promise<Uint8Array | undefined> {
    if (homeKeys.some((key) => key.length !== PUBLIC_KEY_BYTES)) return undefined
    const own = publicKeyOf(this.#overlay.peerId) as Uint8Array
    // our own clients first: no hop at all
    const ordered = [...homeKeys].sort((a, b) => Number(same(b, own)) - Number(same(a, own)))
    let isRejected = false
    const attempts = ordered.map((homeKey) => async () => {
      const delivery = await this.#deliverAt(from, homeKey, deviceKey, envelope)
      if (delivery === Delivery.REJECTED) isRejected = true
      if (delivery !== Delivery.TAKEN) throw new Error('not taken')
    })
    const delivery = await hedged(attempts, NEXT_HOME_AFTER_MS, this.#clock).then(
      () => Delivery.TAKEN,
      () => (isRejected ? Delivery.REJECTED : Delivery.UNREACHABLE),
    )
    return DeliveryReply.encode({ delivery })
  }

  async #deliverAt(from: string, homeKey: Uint8Array, deviceKey: Uint8Array, envelope: Uint8Array): Promise<Delivery> {
    const peerId = peerIdOf(homeKey)
    if (peerId === this.#overlay.peerId) return this.#deliver(from, deviceKey, envelope)
    // no addresses from the client: it could make us dial anywhere
    const body = HomeRequest.encode({ deliver: { deviceKey, envelope } })
    const reply = await this.#overlay.call({ peerId, addresses: [] }, 'home', body, { deadlineMs: DELIVER_DEADLINE_MS })
    return decoded(() => DeliveryReply.decode(reply))?.delivery ?? Delivery.UNREACHABLE
  }

  async #deliver(from: string, deviceKey: Uint8Array, envelope: Uint8Array): Promise<Delivery> {
    if (deviceKey.length !== PUBLIC_KEY_BYTES) return Delivery.UNREACHABLE
    const peerId = peerIdOf(deviceKey)
    if (!this.#clients.has(peerId)) return Delivery.UNREACHABLE
    this.admitDelivery(from, peerId)
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

function told({ peerId, addresses, clients }: Prospect): KnownSupernode {
  const peerKey = publicKeyOf(peerId) as Uint8Array
  return { peerKey, addresses: addresses.slice(0, ADDRESSES_MAX), ...(clients !== undefined && { clients }) }
}
