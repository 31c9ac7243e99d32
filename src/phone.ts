/**
 * Calls over the overlay: finds the devices of a person, seals signals to them, opens what they send back, and gives
 * the call its media.
 */

import { EventEmitter } from 'node:events'
import type { Call } from './call/call.ts'
import { Calls, type DialOptions as CallsDialOptions } from './call/calls.ts'
import { DEVICES_MAX } from './call/machine.ts'
import type { Device } from './call/parts.ts'
import { Revocations } from './devices/revocations.ts'
import { type Body, Envelopes } from './envelope/envelopes.ts'
import { TincanError } from './errors.ts'
import type { Contacts } from './contacts/contacts.ts'
import { refusalToCall, type Trusted, type Wanted } from './contacts/trust.ts'
import type { Clock } from './lib/clock.ts'
import { tenths } from './lib/rounding.ts'
import { startAudio } from './media/audio.ts'
import { estimateQuality, mouthToEarMs } from './media/quality.ts'
import { openSink } from './media/sinks/open.ts'
import type { SinkSpec } from './media/sinks/sink.ts'
import { openSource } from './media/sources/open.ts'
import type { SourceSpec } from './media/sources/source.ts'
import { planMedia } from './media-plan.ts'
import type { SigningKey } from './overlay/keys.ts'
import type { Overlay } from './overlay/overlay.ts'
import type { Relays } from './relays.ts'
import type { Homes } from './supernode/homes.ts'
import { Post } from './supernode/post.ts'
import type { Lease } from './supernode/records.ts'
import { same } from './supernode/records.ts'
import type { Held } from './supernode/index-table.ts'
import type { Registration } from './supernode/registration.ts'
import { fullAddress } from './supernode/username.ts'

const LEASES_MAX = 256
/** How long somebody we know waits to ring while we ask whether the device was removed. */
const REVOKED_MS_MAX = 1_000

export interface DialOptions {
  /** `tone`, `silence`, `echo`, a path of a WAV or Ogg file, or your own. Default `silence`. */
  source?: SourceSpec | undefined
  /** `null`, a path ending in .wav or .ogg, or your own. Default `null`. */
  sink?: SinkSpec | undefined
  /** Gives up while the call is not active yet. */
  signal?: AbortSignal | undefined
  /** Media through relays alone: the other side does not learn our addresses. */
  relayOnly?: boolean | undefined
}

export interface PhoneParts {
  overlay: Overlay
  homes: Homes
  device: SigningKey
  registration: Registration | undefined
  contacts: Contacts
  resolve(wanted: Wanted, isThorough: boolean, signal: AbortSignal | undefined): Promise<Trusted<Held>>
  relays: Relays
  isLoopbackOnly: boolean
  /** In every call, whoever dials. */
  isRelayOnly: boolean
  isUdpBlocked(): boolean
  clock: Clock
  /** The network's: what messages are dated by. */
  time: Clock
}

export interface PhoneEvents {
  call: [call: Call]
  /** A word about linking a device, from the device that this is the lease of. */
  link: [from: Lease, link: Uint8Array]
  /** A word of a ping. */
  ping: [from: Device, ping: Uint8Array]
}

export class Phone extends EventEmitter<PhoneEvents> {
  readonly #parts: PhoneParts
  readonly #envelopes: Envelopes
  readonly #post: Post
  readonly #calls: Calls
  /** The newest lease seen of each device we talk to: it moves to other homes in mid-call. */
  readonly #leases = new Map<string, Lease>()
  /** Devices that we looked for, and whether they may learn our address. */
  readonly #sought = new Map<string, boolean>()
  readonly #revocations = new Revocations()

  constructor(parts: PhoneParts) {
    super()
    this.#parts = parts
    this.#envelopes = new Envelopes(parts.overlay.network, parts.device, parts.time, (from) =>
      this.#revocations.has(from),
    )
    this.#post = new Post(parts.overlay, parts.homes, parts.clock)
    this.#calls = new Calls({
      clock: parts.clock,
      username: () => parts.registration?.name ?? '',
      send: (to, signal, options) => this.#deliver(to, { signal }, options.signal),
      planMedia: ({ callId, isRelayOnly }) => planMedia(parts, callId, isRelayOnly || parts.isRelayOnly),
      isTrusted: (device) => parts.contacts.isTrusted(device),
      openSource,
      openSink,
      startAudio,
      estimateQuality,
      mouthToEarMs,
      verify: (from) => this.#verify(from),
      recognise: (device) => parts.contacts.recognise(device),
    })
    this.#calls.on('call', (call) => {
      parts.contacts.heard(call.peer)
      this.#pinWhenActive(call)
      this.emit('call', call)
    })
  }

  /** Envelopes that were not taken, by reason. */
  get dropped(): Record<string, number> {
    return this.#envelopes.counters
  }

  list(): Call[] {
    return this.#calls.list()
  }

  async start(): Promise<void> {
    await this.#post.start((envelope) => this.#take(envelope))
  }

  /** The machine may be in another place: calls look for their path anew. */
  refresh(): void {
    this.#calls.refresh()
  }

  async stop(): Promise<void> {
    await this.#calls.stop()
  }

  async dial(wanted: Wanted, options: DialOptions): Promise<Call> {
    const own = this.#registered()
    const startedMs = performance.now()
    const devices = async (isThorough: boolean): Promise<Device[]> =>
      this.#seek(await this.#devices(wanted, own, isThorough, options.signal), options.relayOnly !== true)
    const first = await devices(false)
    const call = await this.#reach(first, () => devices(true), {
      ...options,
      resolveMs: tenths(performance.now() - startedMs),
    })
    this.#pinWhenActive(call)
    return call
  }

  /** The devices of somebody that can be reached. Rejects like `dial`. */
  async devices(wanted: Wanted, signal: AbortSignal | undefined): Promise<Device[]> {
    return this.#seek(await this.#devices(wanted, this.#registered(), true, signal), true)
  }

  /** Throws NO_USERNAME. */
  #registered(): Registration {
    const own = this.#parts.registration
    if (own !== undefined) return own
    throw new TincanError('NO_USERNAME', 'You have no username yet. Claim one with: tincan up NAME')
  }

  #seek(devices: Device[], maySee: boolean): Device[] {
    for (const { peerId } of devices) {
      this.#sought.delete(peerId)
      if (this.#sought.size >= LEASES_MAX) this.#sought.delete(this.#sought.keys().next().value as string)
      this.#sought.set(peerId, maySee)
    }
    return devices
  }

  async #devices(
    wanted: Wanted,
    own: Registration,
    isThorough: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Device[]> {
    const { held, contact } = await this.#resolve(wanted, isThorough, signal)
    const refusal = refusalToCall(contact)
    if (refusal !== undefined) throw refusal
    const leases = held.leases.filter(({ devicePeerId }) => devicePeerId !== this.#parts.overlay.peerId)
    if (same(held.claim.accountKey, own.lease.accountKey) && leases.length === 0)
      throw new TincanError('BAD_USERNAME', `“${wanted.username}” is you, and no other device of yours is online.`)
    if (leases.length === 0) throw new TincanError('OFFLINE', `“${contact?.name ?? wanted.username}” is not online.`)
    return leases.slice(0, DEVICES_MAX).map((lease) => this.#device(lease))
  }

  async #reach(first: Device[], again: () => Promise<Device[]>, options: CallsDialOptions): Promise<Call> {
    try {
      return await this.#calls.dial(first, options)
    } catch (error) {
      if (!(error instanceof TincanError && error.code === 'OFFLINE')) throw error
      // the first answer may have been an old one: ask everybody, try the homes of the newest
      return this.#calls.dial(await again(), options)
    }
  }

  #device(lease: Lease): Device {
    this.#remember(lease)
    return {
      peerId: lease.devicePeerId,
      accountKey: Buffer.from(lease.accountKey).toString('hex'),
      username: lease.name,
      address: fullAddress(lease.name, lease.accountKey),
    }
  }

  #remember(lease: Lease): void {
    const known = this.#leases.get(lease.devicePeerId)
    if (known !== undefined && known.seq > lease.seq) return
    this.#leases.delete(lease.devicePeerId)
    if (this.#leases.size >= LEASES_MAX) this.#leases.delete(this.#leases.keys().next().value as string)
    this.#leases.set(lease.devicePeerId, lease)
  }

  async #deliver(to: Device, body: Body, abort: AbortSignal | undefined): Promise<void> {
    const own = this.#parts.registration?.lease
    const lease = this.#leases.get(to.peerId)
    if (own === undefined || lease === undefined)
      throw new TincanError('OFFLINE', `“${to.username}” cannot be reached any more.`)
    const isHidden = !this.#maySee(to)
    await this.#post.send(lease, await this.#envelopes.seal(lease, own, body), { isHidden, signal: abort })
  }

  /** Whether that person may learn our address: whom we called or know, and whose call we accepted. */
  #maySee(device: Device): boolean {
    if (this.#parts.isRelayOnly) return false
    const isSought = this.#sought.get(device.peerId)
    if (isSought !== undefined) return isSought
    const isAccepted = ({ peer, state }: Call): boolean =>
      peer.accountKey === device.accountKey && (state === 'connecting' || state === 'active')
    return this.#parts.contacts.isTrusted(device) || this.#calls.list().some(isAccepted)
  }

  /** Delivers a word of a ping. Rejects OFFLINE, NO_NETWORK, ABORTED. */
  async sendPing(to: Device, ping: Uint8Array): Promise<void> {
    await this.#deliver(to, { ping }, undefined)
  }

  /** Delivers a word about linking. Rejects OFFLINE, NO_NETWORK, ABORTED. */
  async sendLink(to: Lease, ownLease: Lease, link: Uint8Array, abort?: AbortSignal): Promise<void> {
    const isHidden = this.#parts.isRelayOnly
    await this.#post.send(to, await this.#envelopes.seal(to, ownLease, { link }), { isHidden, signal: abort })
  }

  /** True when we have it, now or from before: homes are tried side by side and the same envelope may come twice. */
  async #take(envelope: Uint8Array): Promise<boolean> {
    const opened = await this.#envelopes.open(envelope)
    if (typeof opened === 'string') return opened === 'replayed'
    if ('link' in opened.body) {
      this.emit('link', opened.from, opened.body.link)
      return true
    }
    const from = this.#device(opened.from)
    if ('ping' in opened.body) {
      this.emit('ping', from, opened.body.ping)
      return true
    }
    // who is blocked learns nothing of it; a call that was going on can still be ended
    const isHeard = !this.#parts.contacts.isBlocked(from.accountKey) || this.#isTalkingTo(from.accountKey)
    if (isHeard) this.#calls.receive(from, opened.body.signal)
    return true
  }

  #isTalkingTo(accountKey: string): boolean {
    return this.#calls.list().some((call) => call.peer.accountKey === accountKey)
  }

  /**
   * Does the name that a caller goes by belong to its key? What is pinned needs no asking, but whether the account still
   * wants that device is worth a moment. Rejects DEVICE_REVOKED, and as `resolve` does.
   */
  async #verify(from: Device): Promise<boolean> {
    const { contacts } = this.#parts
    const isPinned = contacts.isPinned(from)
    const belongs = this.#resolve(contacts.wantedCaller(from.username), false, undefined).then(
      ({ held }) => isPinned || Buffer.from(held.claim.accountKey).toString('hex') === from.accountKey,
    )
    const isVerified = await (isPinned
      ? this.#orIn(
          REVOKED_MS_MAX,
          belongs.catch(() => true),
        )
      : belongs)
    const lease = this.#leases.get(from.peerId)
    if (lease !== undefined && this.#revocations.has(lease))
      throw new TincanError('DEVICE_REVOKED', `“${from.username}” has removed the device that calls.`)
    return isVerified
  }

  /** What comes of it, or true when that takes longer. */
  async #orIn(ms: number, outcome: Promise<boolean>): Promise<boolean> {
    const { promise: late, resolve } = Promise.withResolvers<boolean>()
    const cancel = this.#parts.clock.after(ms, () => resolve(true))
    const first = await Promise.race([outcome, late])
    cancel()
    return first
  }

  async #resolve(wanted: Wanted, isThorough: boolean, signal: AbortSignal | undefined): Promise<Trusted<Held>> {
    const trusted = await this.#parts.resolve(wanted, isThorough, signal)
    this.#revocations.saw(trusted.held.claim)
    return trusted
  }

  #pinWhenActive(call: Call): void {
    // never active: nobody was met
    call.active.then(
      () => this.#parts.contacts.met(call.peer),
      () => {},
    )
  }
}
