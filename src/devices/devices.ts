/**
 * The devices of our account, as a node's user deals with them. On the machine that has the account's key: giving out
 * codes, certifying whoever proves to know one, renaming, removing. On a new one: joining. Policy is in link-offer.ts,
 * link-join.ts and device-list.ts; this has the clock and the post.
 */

import { randomBytes } from 'node:crypto'
import { TincanError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import { makeLog, short } from '../lib/log.ts'
import type { Held } from '../supernode/index-table.ts'
import { openClaim, type Lease } from '../supernode/records.ts'
import type { Identity, Registration } from '../supernode/registration.ts'
import { fullAddress } from '../supernode/username.ts'
import { badDevice, type DeviceList, findDevice, lettersOf, noRoom } from './device-list.ts'
import { join, type Joined, type JoinOptions, type LinkListener } from './joining.ts'
import { parseLabel } from './label.ts'
import { readCode, SECRET_BYTES } from './link-code.ts'
import { decodeLink, type Granted } from './link-join.ts'
import { CODE_LIFE_MS, LinkOffer, refusal, type Reply } from './link-offer.ts'

const log = makeLog('devices')

/** Strangers are told that there is no code for them, but not as often as they like. */
const REFUSALS_MAX = 20
const REFUSALS_EVERY_MS = 60_000
/** To wait for the registrars to have the claim that removes a device. */
const PLACED_MS_MAX = 8_000

export interface DeviceInfo {
  /** Undefined on an added device for others than itself: only the machine with the account's key knows. */
  label: string | undefined
  peerId: string
  /** Five of its key, to tell two devices apart. */
  letters: string
  isOwn: boolean
  addedMs: number | undefined
  isOnline: boolean
  /** When it last renewed its lease, as far as the registrars remember. */
  lastSeenMs: number | undefined
  revokedMs: number | undefined
}

export interface DeviceCode {
  /** Like `alice-k7q2-mf3t-5xwp-2ncd`. A secret: whoever has it joins the account. */
  code: string
  expiresMs: number
  /** Resolves once a device has joined. Rejects BAD_CODE when the code is of no use any more, ABORTED when cancelled. */
  joined: Promise<{ label: string; peerId: string; letters: string }>
  cancel: () => void
}

export interface DevicesParts {
  identity: Identity
  /** Of an added device: what it is called. */
  ownLabel: string | undefined
  /** Of an added device, even if it does not use it now: whose it is. */
  memberOf: string | undefined
  /** With the account's key only. */
  list: DeviceList | undefined
  registration: Registration | undefined
  network: string
  peerId: string
  /** Seals a word about linking and has it delivered; our lease tells how to answer. Rejects OFFLINE or NO_NETWORK. */
  send(to: Lease, ownLease: Lease, link: Uint8Array, signal?: AbortSignal): Promise<void>
  /** All that anybody holds for a name. Rejects NO_NETWORK, ABORTED. */
  find(username: string, signal: AbortSignal | undefined): Promise<Held[]>
  /** A lease of this device for an account that we make up: there must be a way to answer somebody who has none yet. */
  strangersLease(username: string): Lease
  /** Keeps what joining has brought for the next start; undefined where there is an account already. Throws BAD_KEY. */
  keep?: ((granted: Granted, label: string) => void) | undefined
  clock: Clock
}

interface OpenOffer {
  offer: LinkOffer
  end(error: TincanError): void
  joined(device: { peerId: string; label: string }): void
}

export class Devices {
  readonly #parts: DevicesParts
  #open: OpenOffer | undefined
  #refusals = { count: 0, sinceMs: -Infinity }
  /** While we join. */
  #listener: LinkListener | undefined

  constructor(parts: DevicesParts) {
    this.#parts = parts
  }

  /** A word about linking, from the device that this is the lease of. Never throws. */
  receive(from: Lease, link: Uint8Array): void {
    if (this.#listener !== undefined) return this.#listener(link, from)
    const request = decodeLink(link)?.request
    if (request === undefined) return
    const { registration, clock } = this.#parts
    const offer = this.#open?.offer
    if (registration === undefined) return
    const claim = offer && registration.claim
    if (offer === undefined || claim === undefined) return this.#refuse(from, refusal('NO_CODE'))
    const reply = offer.take(request, from.devicePeerId, { claim, nowMs: clock.now() })
    if (reply.joined === undefined) this.#refuse(from, reply)
    else void this.#admitInBackground(from, reply, reply.joined)
    if (offer.isSpent) {
      const problem = 'The code was tried wrongly five times and holds no longer. Make another: tincan device add'
      this.#end(new TincanError('BAD_CODE', problem))
    }
  }

  /** Gives out a code for one new device; one given out before holds no longer. Throws NO_USERNAME or BAD_DEVICE. */
  add(): DeviceCode {
    const { list, clock, network, peerId } = this.#parts
    const { account, registration } = this.#mine()
    if (list?.hasRoom === false) throw noRoom()
    this.#end(new TincanError('BAD_CODE', 'Another code was made, and this one holds no longer.'))
    const code = { username: registration.name, secret: new Uint8Array(randomBytes(SECRET_BYTES)) }
    const offer = new LinkOffer({ code, network, account, devicePeerId: peerId }, clock.now())
    const { promise, resolve, reject } = Promise.withResolvers<Awaited<DeviceCode['joined']>>()
    promise.catch(() => {}) // nobody has to look
    const cancelExpiry = clock.after(CODE_LIFE_MS, () =>
      open.end(new TincanError('BAD_CODE', 'Nobody used the code in ten minutes. Make another: tincan device add')),
    )
    const close = () => {
      cancelExpiry()
      if (this.#open === open) this.#open = undefined
    }
    const open: OpenOffer = {
      offer,
      end(error) {
        close()
        reject(error)
      },
      joined(device) {
        close()
        resolve({ ...device, letters: lettersOf(device.peerId) })
      },
    }
    this.#open = open
    const cancel = () => open.end(new TincanError('ABORTED', 'The code was cancelled.'))
    return { code: offer.code, expiresMs: offer.expiresMs, joined: promise, cancel }
  }

  /** All devices of the account, removed ones last. Without a network, what is known on this machine. */
  async list({ signal }: { signal?: AbortSignal | undefined } = {}): Promise<DeviceInfo[]> {
    const { registration, list, peerId: own, ownLabel, identity } = this.#parts
    if (registration === undefined) throw noUsername()
    const held = (await this.#find(registration.name, signal)).find(
      ({ claim }) => Buffer.compare(claim.accountKey, identity.accountKey) === 0,
    )
    const leases = [...(held?.leases ?? []), ...(held?.lapsed ?? [])]
    const online = new Set(held?.leases.filter(({ homes }) => homes.length > 0).map(({ devicePeerId }) => devicePeerId))
    const entries = new Map((list?.list() ?? []).map((entry) => [entry.peerId, entry]))
    const ids = new Set([own, ...entries.keys(), ...leases.map(({ devicePeerId }) => devicePeerId)])
    const info = (peerId: string): DeviceInfo => {
      const entry = entries.get(peerId)
      return {
        label: peerId === own ? (entry?.label ?? ownLabel) : entry?.label,
        peerId,
        letters: lettersOf(peerId),
        isOwn: peerId === own,
        addedMs: entry?.addedMs,
        isOnline:
          entry?.revokedMs === undefined && (online.has(peerId) || (peerId === own && registration.isRegistered)),
        lastSeenMs: leases.find(({ devicePeerId }) => devicePeerId === peerId)?.issuedMs,
        revokedMs: entry?.revokedMs,
      }
    }
    const devices = [...ids].map(info)
    return [
      ...devices.filter((each) => each.revokedMs === undefined),
      ...devices.filter((each) => each.revokedMs !== undefined),
    ]
  }

  /**
   * Removes a device, named by its label, its five letters or its peer id, from the account for ever. `isPlaced`: the
   * registrars know; else they learn as soon as they can be reached. Rejects BAD_DEVICE, NO_USERNAME.
   */
  async revoke(text: string): Promise<DeviceInfo & { isPlaced: boolean }> {
    const { registration, list } = this.#mine()
    const device = findDevice(await this.list(), text)
    const { peerId, label = device.letters } = device
    if (device.isOwn)
      throw badDevice('This machine has the account’s key and cannot be removed. Run this on it to remove others.')
    const addedMs = device.addedMs ?? this.#parts.clock.now()
    const { revokedMs } = list.revoke({ ...device, peerId, label, addedMs }, this.#parts.clock.now())
    log('revoked', { device: short(peerId) })
    const isPlaced = await this.#placed(registration)
    return { ...device, isOnline: false, label, addedMs, revokedMs, isPlaced }
  }

  /** Rejects BAD_DEVICE, NO_USERNAME. */
  async rename(text: string, label: string): Promise<DeviceInfo> {
    const { list } = this.#mine()
    parseLabel(label)
    const device = findDevice(await this.list(), text)
    const { peerId, addedMs = this.#parts.clock.now(), revokedMs } = device
    list.rename({ peerId, label, addedMs, ...(revokedMs !== undefined && { revokedMs }) }, label)
    return { ...device, label, addedMs }
  }

  /**
   * Makes this device one of the account that gave out the code; it speaks for it from its next start on. Rejects
   * BAD_CODE, BAD_DEVICE, NO_SUCH_USER, OFFLINE, NO_NETWORK or ABORTED.
   */
  async join(code: string, options: JoinOptions): Promise<Joined> {
    parseLabel(options.label)
    const { keep, memberOf } = this.#parts
    if (keep === undefined || this.#listener !== undefined) throw hasAccount()
    // before anybody certifies it: what it is a device of already it may join anew, under a new key of the account
    if (memberOf !== undefined && memberOf !== readCode(code).username) throw hasAccount()
    const hear = (listener: LinkListener) => (this.#listener = listener)
    try {
      const granted = await join(code, options, { ...this.#parts, hear })
      keep(granted, options.label)
      return { username: granted.username, address: fullAddress(granted.username, granted.accountKey) }
    } finally {
      this.#listener = undefined
    }
  }

  stop(): void {
    this.#end(new TincanError('STOPPED', 'This node was stopped.'))
  }

  #end(error: TincanError): void {
    this.#open?.end(error)
  }

  async #find(username: string, signal: AbortSignal | undefined): Promise<Held[]> {
    try {
      return await this.#parts.find(username, signal)
    } catch (error) {
      if (signal?.aborted) throw error
      return []
    }
  }

  #mine() {
    const { identity, registration, list } = this.#parts
    if (registration === undefined) throw noUsername()
    if (identity.account === undefined || list === undefined)
      throw badDevice(
        `This device was added to “${registration.name}” itself. Do this on the machine that has the account.`,
      )
    return { account: identity.account, registration, list }
  }

  /** Cannot reject. The device is in the list before it has its certificate: no certified device is unknown. */
  async #admitInBackground(to: Lease, reply: Reply, device: { peerId: string; label: string }): Promise<void> {
    const { list, clock } = this.#parts
    const open = this.#open
    try {
      const entry = list?.add(device.peerId, device.label, clock.now())
      await this.#reply(to, reply)
      log('joined', { device: short(device.peerId) })
      open?.joined({ ...device, label: entry?.label ?? device.label })
    } catch (error) {
      log('not joined', { device: short(device.peerId), code: (error as { code?: string }).code ?? 'none' })
      // it will ask again when the answer was lost; a list that cannot be written is for the user to know
      if (error instanceof TincanError && error.code === 'BAD_DEVICE') open?.end(error)
    }
  }

  #refuse(to: Lease, reply: Reply): void {
    const nowMs = this.#parts.clock.now()
    if (nowMs - this.#refusals.sinceMs >= REFUSALS_EVERY_MS) this.#refusals = { count: 0, sinceMs: nowMs }
    if (this.#refusals.count++ < REFUSALS_MAX) this.#reply(to, reply).catch(() => {}) // it gives up by itself
  }

  async #reply(to: Lease, { link }: Reply): Promise<void> {
    const own = this.#parts.registration?.lease
    if (own !== undefined) await this.#parts.send(to, own, link)
  }

  /** Waits until registrars hold our claim as it stands; false when that takes long. */
  async #placed(registration: Registration): Promise<boolean> {
    const { network, clock } = this.#parts
    const wanted = openClaim(registration.claim, network)?.seq ?? 0
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const hear = (claim: Uint8Array) => {
      if ((openClaim(claim, network)?.seq ?? 0) >= wanted) resolve(true)
    }
    registration.on('placed', hear)
    const cancel = clock.after(PLACED_MS_MAX, () => resolve(false))
    registration.placeSoon()
    const isPlaced = await promise
    registration.off('placed', hear)
    cancel()
    return isPlaced
  }
}

const noUsername = (): TincanError =>
  new TincanError('NO_USERNAME', 'You have no username yet. Claim one with: tincan up NAME')

const hasAccount = (): TincanError =>
  badDevice('This home has another account already. Join with a home of its own: tincan device join --home DIR')
