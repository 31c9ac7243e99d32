/**
 * Keeps our username findable: claim and lease placed through our homes, placed again when the homes change, renewed
 * at a third of the lease's life.
 */

import { strict as assert } from 'node:assert'
import { EventEmitter } from 'node:events'
import { TincanError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import { decoded } from '../lib/decoded.ts'
import { makeLog } from '../lib/log.ts'
import { jittered, systemRandom } from '../lib/random.ts'
import { sealingPublicKey, type SigningKey } from '../overlay/keys.ts'
import type { Overlay, ProfileName } from '../overlay/overlay.ts'
import { ClaimCopy } from './claim-copy.ts'
import { HomeRequest, PlaceReply } from './home.pb.js'
import type { Homes } from './homes.ts'
import { INDEX_LIMITS } from './index-table.ts'
import { nameKeys } from './placement.ts'
import { CAPABILITY_AUDIO, makeCertificate, makeClaim, makeLease, openLease, same, type Lease } from './records.ts'
import type { Resolver } from './resolver.ts'

const log = makeLog('registration')

const PLACE_DEADLINE_MS = 6_000
const RETRY_MS = 1_000
const CLAIM_RENEW_MS = 86_400_000 // a claim signed within 30 days holds its name
const SETTLE_MS = 30 // homes change in bursts
/** While a network forms, the nearest supernodes of a name change under us: place again soon, then at leisure. */
const EARLY_MS = [500, 1_500, 4_000]

export interface RegistrationEvents {
  registered: []
  unregistered: []
  /** Another account holds the name, or ours wants this device no longer. */
  taken: [error: TincanError]
  /** Registrars hold our lease now, and this claim. */
  placed: [claim: Uint8Array]
}

export interface Identity {
  /** Of the account that the name belongs to. */
  accountKey: Uint8Array
  /** Only on the machine that made the account; an added device holds what it signed for it. */
  account?: SigningKey | undefined
  device: SigningKey
  /** In place of the account's key: its word that the device speaks for it, a signed envelope. */
  certificate?: Uint8Array | undefined
  /** And its claim, as it was when the device last saw it. */
  claim?: Uint8Array | undefined
  /** Keeps a newer claim for the next start. */
  keepClaim?(claim: Uint8Array): void
  /** Peer ids of the devices that the account has removed, with its key: they never become fewer. */
  revokedDevices?(): readonly string[]
}

export class Registration extends EventEmitter<RegistrationEvents> {
  readonly name: string
  readonly #overlay: Overlay
  readonly #homes: Homes
  readonly #resolver: Resolver
  readonly #identity: Identity
  readonly #clock: Clock
  readonly #leaseMs: number
  readonly #certificate: Uint8Array
  readonly #sealingKey: Uint8Array
  #lease: Lease
  #claim: { bytes: Uint8Array; issuedMs: number; seq: number } | undefined
  /** On an added device. */
  readonly #copy: ClaimCopy | undefined
  #isCopyStale = false
  #isRegistered = false
  #isPlacing = false
  #isTaken = false
  #placings = 0
  #rotation = 0
  #cancel: (() => void) | undefined
  #isStopped = false

  constructor(
    name: string,
    identity: Identity,
    parts: { overlay: Overlay; homes: Homes; resolver: Resolver; profile: ProfileName; clock: Clock },
  ) {
    super()
    this.name = name
    this.#identity = identity
    this.#overlay = parts.overlay
    this.#homes = parts.homes
    this.#resolver = parts.resolver
    this.#clock = parts.clock
    this.#leaseMs = INDEX_LIMITS[parts.profile].leaseMs
    const nowMs = this.#clock.now()
    const { network } = this.#overlay
    const { account, device, certificate, claim } = identity
    this.#copy = claim && new ClaimCopy(claim, network)
    assert.ok(account !== undefined || (certificate && claim), 'an identity has its account’s key or its word')
    this.#certificate = certificate ?? makeCertificate(account as SigningKey, device, network, nowMs)
    this.#sealingKey = sealingPublicKey(identity.device)
    this.#lease = this.#makeLease(0)
    this.#homes.on('change', () => this.#homesChanged())
  }

  start(): void {
    this.#schedule(0)
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel?.()
  }

  get isRegistered(): boolean {
    return this.#isRegistered
  }

  /** Our lease as it stands: what a message carries so that it can be answered. */
  get lease(): Lease {
    return this.#lease
  }

  /** Our claim as it stands. */
  get claim(): Uint8Array {
    return this.#freshClaim()
  }

  /** Places what has changed without waiting for its turn; `placed` tells when that is done. */
  placeSoon(): void {
    this.#schedule(0)
  }

  /** What we signed is dated wrong, or lapsed while we slept: signs it anew, and places it at once. */
  renew(): void {
    if (this.#lease.expiresMs <= this.#clock.now()) this.#setRegistered(false)
    // while nobody holds one of our leases, none has to be newer than those of a clock that was wrong
    this.#lease = this.#makeLease(this.#placings === 0 ? 0 : this.#lease.seq)
    this.placeSoon()
  }

  #homesChanged(): void {
    this.#lease = this.#makeLease(this.#lease.seq)
    if (this.#homes.list().length === 0) this.#setRegistered(false)
    else this.#schedule(SETTLE_MS)
  }

  /** Signed again now and then: the name is ours for as long as we do. */
  #freshClaim(): Uint8Array {
    const { account } = this.#identity
    if (account === undefined) return (this.#copy as ClaimCopy).bytes
    const nowMs = this.#clock.now()
    const ageMs = nowMs - (this.#claim?.issuedMs ?? 0)
    // below zero when our clock was set back: nobody takes a claim dated ahead
    const revokedDevices = this.#identity.revokedDevices?.() ?? []
    const seq = 1 + revokedDevices.length
    if (this.#claim?.seq !== seq || ageMs >= CLAIM_RENEW_MS || ageMs < 0) {
      const facts = { network: this.#overlay.network, name: this.name, seq, issuedMs: nowMs, revokedDevices }
      this.#claim = { bytes: makeClaim(account, facts), issuedMs: nowMs, seq }
    }
    return this.#claim.bytes
  }

  #makeLease(lastSeq: number): Lease {
    const nowMs = this.#clock.now()
    const bytes = makeLease(this.#identity.device, this.#certificate, {
      network: this.#overlay.network,
      name: this.name,
      homes: this.#homes.list(),
      sealingKey: this.#sealingKey,
      capabilities: CAPABILITY_AUDIO,
      seq: Math.max(lastSeq + 1, nowMs), // survives a restart without being stored
      issuedMs: nowMs,
      expiresMs: nowMs + this.#leaseMs,
    })
    return openLease(bytes, this.#overlay.network) as Lease
  }

  #schedule(delayMs: number): void {
    this.#cancel?.()
    if (!this.#isStopped && !this.#isTaken) this.#cancel = this.#clock.after(delayMs, () => void this.#place()) // cannot reject
  }

  async #place(): Promise<void> {
    const homes = this.#homes.list()
    if (this.#isPlacing || homes.length === 0) return this.#schedule(RETRY_MS)
    this.#isPlacing = true
    try {
      // before the first grant ask as a caller would: another home may know more than the one that places
      const isUnsure = this.#isCopyStale || this.#copy?.isOld(this.#clock.now()) === true
      if ((this.#placings === 0 || isUnsure) && (await this.#isHeldByAnother(isUnsure)))
        return this.#lost(taken(this.name))
      this.#isCopyStale = false
      if (this.#copy?.revokes(this.#overlay.peerId) === true) return this.#lost(revoked(this.name))
      this.#lease = this.#makeLease(this.#lease.seq)
      const claim = this.#freshClaim()
      const home = homes[this.#rotation++ % homes.length] as (typeof homes)[number]
      const body = HomeRequest.encode({
        place: { keys: nameKeys(this.#overlay.network, this.name), claim, lease: this.#lease.bytes, witnesses: [] },
      })
      const bytes = await this.#overlay.call(home, 'home', body, { deadlineMs: PLACE_DEADLINE_MS })
      const reply = decoded(() => PlaceReply.decode(bytes))
      if (reply !== undefined && reply.takenBy.length > 0 && (await this.#isHeldByAnother()))
        return this.#lost(taken(this.name))
      // somebody holds a later claim of ours: see what it says before the next try
      if (this.#copy !== undefined && (reply?.granted ?? 0) === 0) this.#isCopyStale = true
      this.#setRegistered((reply?.granted ?? 0) > 0)
      if (this.#isRegistered) this.emit('placed', claim)
    } catch {
      this.#setRegistered(this.#isRegistered && this.#homes.list().length > 0)
      return this.#schedule(jittered(RETRY_MS, 0.5, systemRandom))
    } finally {
      this.#isPlacing = false
    }
    const earlyMs = EARLY_MS[this.#placings++]
    this.#schedule(jittered(this.#isRegistered ? (earlyMs ?? this.#leaseMs / 3) : RETRY_MS, 0.2, systemRandom))
  }

  /** One home said so: believe it only when resolving says so too. */
  async #isHeldByAnother(isThorough = false): Promise<boolean> {
    const { holders = [] } = (await this.#resolver.resolve(this.name, { isThorough })) ?? {}
    const own = holders.find(({ claim }) => same(claim.accountKey, this.#identity.accountKey))
    if (own !== undefined && this.#copy?.take(own.claim) === true) this.#identity.keepClaim?.(own.claim.bytes)
    return own === undefined && holders.length > 0
  }

  #lost(error: TincanError): void {
    this.#isTaken = true
    this.#setRegistered(false)
    log('not ours', { code: error.code })
    this.emit('taken', error)
  }

  #setRegistered(isRegistered: boolean): void {
    if (isRegistered === this.#isRegistered || this.#isStopped) return
    this.#isRegistered = isRegistered
    log(isRegistered ? 'registered' : 'not registered')
    this.emit(isRegistered ? 'registered' : 'unregistered')
  }
}

const taken = (name: string): TincanError =>
  new TincanError('NAME_TAKEN', `“${name}” is taken. Choose another username.`)

const revoked = (name: string): TincanError =>
  new TincanError(
    'DEVICE_REVOKED',
    `This device has been removed from “${name}”. To use it again, give it a home of its own (--home DIR) and join anew: tincan device join`,
  )
