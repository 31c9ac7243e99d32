/**
 * Puts the parts together: one node, with its place in the overlay, its username and its calls. `createNode`
 * starts one.
 */

import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import type { Call } from './call/call.ts'
import { Contacts } from './contacts/contacts.ts'
import type { Contact } from './contacts/contact.ts'
import { inviteOf } from './contacts/invite.ts'
import type { Trusted, Wanted } from './contacts/trust.ts'
import type { Devices } from './devices/devices.ts'
import { TincanError } from './errors.ts'
import { accountOf, type OpenIdentity } from './identity.ts'
import { steadyClock as clock, systemClock } from './lib/clock.ts'
import { tenths } from './lib/rounding.ts'
import { isLoopbackOnly } from './overlay/addresses.ts'
import { Joining } from './overlay/joining.ts'
import type { Overlay } from './overlay/overlay.ts'
import type { NetworkReport } from './overlay/network-report.ts'
import { PeerCache } from './overlay/peer-cache.ts'
import { withoutPeerId } from './overlay/peer-id.ts'
import { Reachability } from './overlay/reachability.ts'
import { foundHolder } from './found-holder.ts'
import type { FoundHolder, Lookup, NodeEvents, NodeStatus } from './node-interface.ts'
import type { Settings } from './node-settings.ts'
import { NameClaim } from './name-claim.ts'
import { Netcheck } from './netcheck.ts'
import { ownDevices } from './own-devices.ts'
import { ownPings } from './own-pings.ts'
import { PeerMemory } from './peer-memory.ts'
import { Phone, type DialOptions } from './phone.ts'
import type { PingOptions, Pings, Pong } from './ping/pings.ts'
import { Readiness } from './readiness.ts'
import { Relays } from './relays.ts'
import { Homes } from './supernode/homes.ts'
import { NetworkClock } from './supernode/network-clock.ts'
import { PROMOTION } from './supernode/promotion.ts'
import { Registration } from './supernode/registration.ts'
import { Resolver } from './supernode/resolver.ts'
import { Supernode, type NodeRole } from './supernode/supernode.ts'
import { Timekeeping } from './timekeeping.ts'
import type { Claim } from './supernode/records.ts'
import { fullAddress } from './supernode/username.ts'
import type { Judgement, Tallied } from './supernode/agreement.ts'

interface Resolved {
  wanted: Wanted
  judgement: Judgement
  /** Those who may be meant, best first. */
  holders: Tallied[]
}

export class Node extends EventEmitter<NodeEvents> {
  readonly username: string | undefined
  /** The username with the letters of its key. */
  readonly address: string | undefined
  readonly peerId: string
  readonly contacts: Contacts
  readonly devices: Devices
  readonly claim: NameClaim
  readonly #overlay: Overlay
  readonly #identity: OpenIdentity
  readonly #settings: Settings
  readonly #reachability: Reachability
  readonly #homes: Homes
  readonly #supernode: Supernode
  readonly #resolver: Resolver
  readonly #registration: Registration | undefined
  readonly #readiness: Readiness
  readonly #phone: Phone
  readonly #memory: PeerMemory
  readonly #joining: Joining
  readonly #time: NetworkClock
  readonly #netcheck: Netcheck
  readonly #pings: Pings
  readonly #timekeeping: Timekeeping
  readonly #startedMs = clock.now()
  #stopping: Promise<void> | undefined

  /** Use `createNode`. */
  constructor(overlay: Overlay, identity: OpenIdentity, settings: Settings) {
    super()
    const { profile } = settings
    const { username } = identity
    this.username = username
    this.address = username === undefined ? undefined : fullAddress(username, identity.accountKey)
    this.peerId = overlay.peerId
    this.#overlay = overlay
    this.#identity = identity
    this.#settings = settings
    const isWilling = settings.supernode ?? true
    const time = new NetworkClock(overlay.peerId)
    this.#time = time
    this.#reachability = new Reachability(overlay, profile, PROMOTION[profile].dialBacksMin)
    this.#homes = new Homes(overlay, profile, clock)
    this.#supernode = new Supernode({
      overlay,
      key: identity.device,
      homes: this.#homes,
      reachability: this.#reachability,
      profile,
      isWilling,
      isMetered: settings.metered,
      relayBytesPerSecondMax: settings.relayBytesPerSecondMax,
      indexDirectory: settings.home && join(settings.home, 'index'),
      clock,
      time,
    })
    this.#resolver = new Resolver(overlay, this.#homes, profile, clock)
    this.#registration =
      username === undefined
        ? undefined
        : new Registration(username, identity, {
            overlay,
            homes: this.#homes,
            resolver: this.#resolver,
            profile,
            clock: time,
            claims: settings.claims,
          })
    this.#readiness = new Readiness({
      overlay,
      homes: this.#homes,
      registration: this.#registration,
      profile,
      clock,
    })
    this.claim = new NameClaim({
      registration: this.#registration,
      address: this.address,
      clock,
      isAlone: () => overlay.connectionCount() === 0,
    })
    const cache = new PeerCache(settings.home && join(settings.home, 'peers.json'))
    this.#memory = new PeerMemory({ cache, overlay, homes: this.#homes, clock })
    this.contacts = new Contacts({
      store: settings.store,
      accountKey: accountOf(identity),
      network: overlay.network,
      cache,
      find: async (wanted, of) => this.#trusted(await this.#resolve(wanted, { isThorough: true, signal: of })).held,
      nowMs: () => time.now(),
    })
    const relays = new Relays({ overlay, homes: this.#homes, profile, isRelaying: settings.relay ?? true })
    const media = {
      relays,
      isLoopbackOnly: isLoopbackOnly(settings.listen),
      isRelayOnly: settings.relayOnly ?? false,
      isUdpBlocked: () => this.#netcheck.isUdpBlocked() ?? false,
    }
    this.#phone = new Phone({
      overlay,
      homes: this.#homes,
      device: identity.device,
      registration: this.#registration,
      contacts: this.contacts,
      resolve: async (wanted, isThorough, signal) => this.#trusted(await this.#resolve(wanted, { isThorough, signal })),
      ...media,
      clock: systemClock,
      time,
    })
    this.devices = ownDevices({
      overlay,
      identity,
      homes: this.#homes,
      resolver: this.#resolver,
      registration: this.#registration,
      phone: this.#phone,
      attached: (signal) => this.#readiness.attached(signal),
      clock: time,
    })
    this.#pings = ownPings({ ...media, phone: this.#phone, contacts: this.contacts, clock })
    this.#joining = new Joining(overlay, settings.bootstrap, cache, profile, clock)
    this.#netcheck = new Netcheck({
      overlay,
      homes: this.#homes,
      reachability: this.#reachability,
      stunServers: () => relays.nearest(),
      isMappingPorts: settings.portMapping ?? (profile === 'internet' && isWilling),
      clock,
    })
    this.#timekeeping = new Timekeeping({
      time,
      overlay,
      homes: this.#homes,
      joining: this.#joining,
      supernode: this.#supernode,
      registration: this.#registration,
      remember: () => this.#memory.keepNow(),
      resumed: () => {
        this.#phone.refresh()
        this.#netcheck.recheck()
      },
    })
  }

  /** Multiaddrs others can join through. */
  get listen(): string[] {
    return this.#overlay.addresses()
  }

  get role(): NodeRole {
    return this.#supernode.role
  }

  /** Whether others can find us by our username. */
  get online(): boolean {
    return this.#registration?.isRegistered ?? false
  }

  async start(signal: AbortSignal | undefined): Promise<void> {
    this.#supernode.on('role', (change) => this.emit('role', change))
    this.#supernode.on('warning', (message) => this.emit('warning', message))
    this.#supernode.on('udpPorts', (ports) => this.#netcheck.mapUdp(ports))
    this.#time.on('off', (offsetMs) => this.emit('clock', offsetMs))
    this.#timekeeping.start()
    this.#phone.on('call', (call) => this.emit('call', call))
    this.#registration?.on('registered', () => {
      if (this.username !== undefined) this.#resolver.learnHeld(this.username)
      this.emit('online')
    })
    this.#registration?.on('unregistered', () => this.emit('offline'))
    this.#registration?.on('taken', (error) => this.emit('refused', error))
    await this.#phone.start()
    await this.#reachability.start({
      isAsking: this.#settings.supernode ?? true,
      guard: (handler) => this.#supernode.guardProbe(handler),
    })
    this.#netcheck.start()
    this.#homes.start()
    await this.#supernode.start()
    this.#registration?.start()
    await this.#joining.start()
    this.#memory.start()
    await this.#readiness.ready(signal)
  }

  /**
   * Calls somebody by petname, username or full address; resolves once a device of theirs has the invite. Rejects
   * NO_SUCH_USER, KEY_CHANGED, NAME_CONFLICT, BAD_CONTACT (blocked), OFFLINE, NO_NETWORK, NO_USERNAME, BAD_USERNAME,
   * BAD_ADDRESS, BAD_MEDIA or ABORTED.
   */
  async call(name: string, options: DialOptions = {}): Promise<Call> {
    this.#assertUp()
    return this.#phone.dial(this.contacts.wanted(name), options)
  }

  /** Finds somebody. Rejects NO_SUCH_USER, NO_NETWORK, BAD_USERNAME, BAD_ADDRESS or ABORTED. */
  async lookup(name: string, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<Lookup> {
    this.#assertUp()
    const startedMs = performance.now()
    const resolved = await this.#resolve(this.contacts.wanted(name), { isThorough: false, signal })
    const { wanted, judgement, holders } = resolved
    const isOpen = judgement.verdict === 'conflict' && wanted.pinned.length === 0
    const meant = (isOpen ? holders[0] : undefined) ?? this.#trusted(resolved).held
    const found = [meant, ...holders.filter((each) => each !== meant)].map(foundHolder)
    return {
      username: wanted.username,
      ...(found[0] as FoundHolder),
      verdict: judgement.verdict,
      holders: found,
      ms: tenths(performance.now() - startedMs),
    }
  }

  /** Finds out what kind of network this is, in two to five seconds. Rejects ABORTED. */
  async netcheck({ signal }: { signal?: AbortSignal | undefined } = {}): Promise<NetworkReport> {
    this.#assertUp()
    return this.#netcheck.report(signal)
  }

  /**
   * Sees how media gets to somebody without ringing: one probe a second, until it is left. Rejects like `call`, and
   * NO_ANSWER when it is not one of their contacts who asks.
   */
  async *ping(name: string, options: PingOptions = {}): AsyncGenerator<Pong, void, undefined> {
    this.#assertUp()
    yield* this.#pings.ping(await this.#phone.devices(this.contacts.wanted(name), options.signal), options)
  }

  /** The claims of all who hold a name, as many registrars as can be asked. Rejects NO_SUCH_USER, NO_NETWORK, ABORTED. */
  async claimsOf(username: string, signal?: AbortSignal): Promise<Claim[]> {
    const wanted = { username, suffix: undefined, pinned: [] }
    return (await this.#resolve(wanted, { isThorough: true, signal })).judgement.named.map(({ claim }) => claim)
  }

  /** A link by which somebody adds us and joins without a look-up. Throws NO_USERNAME, NO_NETWORK. */
  invite(): string {
    const own = { peerId: this.peerId, addresses: this.listen.map(withoutPeerId) }
    const homes = this.#homes.list().map((home) => (home.peerId === this.peerId ? own : home))
    return inviteOf(this.#identity, { network: this.#overlay.network, username: this.username, homes })
  }

  /** Adds whoever made the link, and joins through their homes. Throws BAD_INVITE, KEY_CHANGED, BAD_CONTACT. */
  acceptInvite(link: string, options: { as?: string | undefined; replace?: boolean | undefined } = {}): Contact {
    this.#assertUp()
    const contact = this.contacts.accept(link, options)
    this.#joining.nudge()
    return contact
  }

  status(): NodeStatus {
    return {
      ...this.#supernode.status(),
      peerId: this.peerId,
      username: this.username,
      address: this.address,
      online: this.online,
      homes: this.#homes.list().map(({ peerId }) => peerId),
      connections: this.#overlay.connectionCount(),
      listen: this.listen,
      clockOffsetMs: this.#time.aheadMs,
      upSeconds: Math.round((clock.now() - this.#startedMs) / 1000),
      calls: this.#phone.list().map(({ id, direction, peer, state }) => ({ id, direction, peer: peer.address, state })),
      dropped: { ...this.#overlay.counters, ...this.#phone.dropped },
    }
  }

  /** Ends calls, hands over what a supernode holds, leaves. Idempotent, bounded, never rejects. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #stop(): Promise<void> {
    this.devices.stop()
    this.#pings.stop()
    await this.#phone.stop()
    this.#joining.stop()
    this.#timekeeping.stop()
    await this.#registration?.leave()
    await this.#netcheck.stop()
    this.#reachability.stop()
    this.#memory.stop()
    await this.#supernode.stop()
    this.#homes.stop()
    await this.#overlay.stop()
    this.#identity.release()
  }

  /** Rejects NO_SUCH_USER, NO_NETWORK, BAD_USERNAME, BAD_ADDRESS, ABORTED. */
  async #resolve(
    wanted: Wanted,
    options: { isThorough: boolean; signal?: AbortSignal | undefined },
  ): Promise<Resolved> {
    await this.#readiness.attached(options.signal)
    const [pinned] = wanted.pinned
    const judgement = await this.#resolver.resolve(wanted.username, {
      ...options,
      accountKey: pinned && new Uint8Array(Buffer.from(pinned.accountKey, 'hex')),
    })
    if (judgement === undefined)
      throw new TincanError('NO_SUCH_USER', `Nobody is called “${wanted.username}”. Check the spelling.`)
    const isOneMeant = wanted.suffix !== undefined || pinned !== undefined
    const holders = isOneMeant ? judgement.named : judgement.holders
    return { wanted, judgement, holders }
  }

  /** Whom to call, if anybody: rejects NO_SUCH_USER, NAME_CONFLICT or KEY_CHANGED. */
  #trusted({ wanted, judgement, holders }: Resolved): Trusted<Tallied> {
    return this.contacts.judge(wanted, judgement.verdict, holders)
  }

  #assertUp(): void {
    if (this.#stopping !== undefined) throw new TincanError('STOPPED', 'This node was stopped. Start another.')
  }
}
