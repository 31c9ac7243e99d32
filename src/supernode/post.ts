/**
 * Getting an envelope to a device: through one of our homes to one of its homes, which pushes it down the connection
 * the device keeps open. Straight to its homes when ours are of no help. And taking what our homes push to us.
 */

import { TincanError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import { decoded } from '../lib/decoded.ts'
import { hedged } from '../lib/hedge.ts'
import type { Contact, Overlay } from '../overlay/overlay.ts'
import { publicKeyOf } from '../overlay/peer-id.ts'
import { RpcError } from '../overlay/rpc.ts'
import { DeviceReply, DeviceRequest } from './device.pb.js'
import { Delivery, DeliveryReply, HomeRequest } from './home.pb.js'
import { TOLD_MAX, type Homes } from './homes.ts'
import type { Lease } from './records.ts'

const FORWARD_DEADLINE_MS = 5_000
const NEXT_WAY_AFTER_MS = 600

export interface SendOptions {
  /** By our own homes alone: whoever the lease is of may not learn our address. */
  isHidden: boolean
  signal?: AbortSignal | undefined
}

export class Post {
  readonly #overlay: Overlay
  readonly #homes: Homes
  readonly #clock: Clock

  constructor(overlay: Overlay, homes: Homes, clock: Clock) {
    this.#overlay = overlay
    this.#homes = homes
    this.#clock = clock
  }

  /** Takes pushes; `take` says whether the envelope could be opened. */
  async start(take: (envelope: Uint8Array) => Promise<boolean>): Promise<void> {
    await this.#overlay.handle('device', async (from, body) => {
      // opening an envelope is work: strangers may knock at our homes, not here
      if (!this.#homes.isHome(from)) return undefined
      const request = decoded(() => DeviceRequest.decode(body, { limits: { leave: { supernodes: TOLD_MAX } } }))
      if (request?.leave !== undefined) this.#homes.left(from, request.leave)
      if (request?.push !== undefined) return DeviceReply.encode({ isTaken: await take(request.push.envelope) })
      return request && DeviceReply.encode({ isTaken: false })
    })
  }

  /** Resolves once the device has it. Rejects OFFLINE when it cannot be had there, or ABORTED. */
  async send(to: Lease, envelope: Uint8Array, { isHidden, signal }: SendOptions): Promise<void> {
    const deviceKey = publicKeyOf(to.devicePeerId) as Uint8Array // a verified lease has a valid id
    const homeKeys = to.homes.map(({ peerId }) => publicKeyOf(peerId) as Uint8Array)
    const theirs = new Set(to.homes.map(({ peerId }) => peerId))
    const ours = this.#homes.list()
    // a home that we share needs no hop
    const through = [
      ...ours.filter(({ peerId }) => theirs.has(peerId)),
      ...ours.filter(({ peerId }) => !theirs.has(peerId)),
    ]
    const forward = HomeRequest.encode({ forward: { deviceKey, homeKeys, envelope } })
    const deliver = HomeRequest.encode({ deliver: { deviceKey, envelope } })
    let isRejected = false
    const way = (via: Contact, request: Uint8Array) => async () => {
      const delivery = await this.#ask(via, request, signal)
      if (delivery === Delivery.REJECTED) isRejected = true
      if (delivery !== Delivery.TAKEN) throw new RpcError('failed', delivery)
    }
    // its owner says where they are: they see who comes
    const direct = isHidden ? [] : to.homes.map((home) => way(home, deliver))
    const ways = [...through.map((home) => way(home, forward)), ...direct]
    try {
      await hedged(ways, NEXT_WAY_AFTER_MS, this.#clock)
    } catch (error) {
      if (signal?.aborted) throw new TincanError('ABORTED', 'Aborted.')
      const why = isRejected
        ? 'their device cannot open our message. Is this machine’s clock right?'
        : 'no device of theirs answers.'
      throw new TincanError('OFFLINE', `“${to.name}” cannot be reached: ${why}`, { cause: error })
    }
  }

  async #ask(via: Contact, request: Uint8Array, signal: AbortSignal | undefined): Promise<Delivery> {
    const bytes = await this.#overlay.call(via, 'home', request, { deadlineMs: FORWARD_DEADLINE_MS, signal })
    return decoded(() => DeliveryReply.decode(bytes))?.delivery ?? Delivery.UNREACHABLE
  }
}
