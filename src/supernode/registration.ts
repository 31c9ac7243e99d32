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
import { ClaimFile, type ClaimState } from './claim-file.ts'
import { HomeRequest, PlaceReply } from './home.pb.js'
import type { Homes } from './homes.ts'
import { INDEX_LIMITS } from './index-table.ts'
import { OwnClaim, type WorkProgress } from './own-claim.ts'
import { isPassedOn, joinAnew, objected, passed, revoked, taken } from './name-lost.ts'
import { nameKeys } from './placement.ts'
import { bounded, errands, isHeld, placed, witnessesFor, WITNESSES_SHOWN, type Errand, type Placed } from './placing.ts'
import {
  CAPABILITY_AUDIO,
  makeCertificate,
  makeLease,
  openClaim,
  openLease,
  same,
  type Claim,
  type Lease,
} from './records.ts'
import type { Resolver } from './resolver.ts'
import { fullAddress } from './username.ts'

const log = makeLog('registration')

const PLACE_DEADLINE_MS = 6_000
const LEAVE_DEADLINE_MS = 500
const RETRY_MS = 1_000
const SETTLE_MS = 30 // homes change in bursts
/** While a network forms, the nearest supernodes of a name change under us: place again soon, then at leisure. */
const EARLY_MS = [500, 1_500, 4_000]
/** With nobody to ask whether the name is free, its work begins all the same. */
const ALONE_MS = 5_000

export interface RegistrationEvents {
  registered: []
  unregistered: []
  /** Another account holds the name, or ours wants this device no longer. */
  taken: [error: TincanError]
  /** Registrars hold our lease now, and this claim. */
  placed: [claim: Uint8Array]
  /** The work that the name asks for is being looked for; several times a second. */
  work: [progress: WorkProgress]
  worked: []
  /** Our recovery of the name takes effect then, unless its old key objects. */
  pending: [wait: { untilMs: number }]
  /** Another account holds the name beside us; its full address. */
  conflict: [other: { address: string }]
  /** Somebody with our recovery key takes the name over then, unless we object. */
  recovery: [heir: { address: string; untilMs: number }]
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

export interface RegistrationParts {
  overlay: Pick<Overlay, 'network' | 'peerId' | 'call'>
  homes: Pick<Homes, 'list' | 'on'>
  resolver: Pick<Resolver, 'resolve'>
  profile: ProfileName
  clock: Clock
  /** Default: one in memory. */
  claims?: ClaimFile | undefined
}

export class Registration extends EventEmitter<RegistrationEvents> {
  readonly name: string
  readonly #parts: RegistrationParts
  readonly #identity: Identity
  readonly #clock: Clock
  readonly #leaseMs: number
  readonly #certificate: Uint8Array
  readonly #sealingKey: Uint8Array
  #lease: Lease
  /** With the account's key. */
  readonly #own: OwnClaim | undefined
  /** On an added device. */
  readonly #copy: ClaimCopy | undefined
  readonly #working = new AbortController()
  #isWorking = false
  #isStale = false
  #isRegistered = false
  #isPlacing = false
  #isTaken = false
  #placings = 0
  #failures = 0
  #rotation = 0
  #startedMs = 0
  #heir: Claim | undefined
  /** What was said once and is not said again. */
  readonly #said = { conflict: '', recovery: '', pendingMs: 0 }
  #cancel: (() => void) | undefined
  #isStopped = false

  constructor(name: string, identity: Identity, parts: RegistrationParts) {
    super()
    this.name = name
    this.#identity = identity
    this.#parts = parts
    this.#clock = parts.clock
    this.#leaseMs = INDEX_LIMITS[parts.profile].leaseMs
    const nowMs = this.#clock.now()
    const { profile, clock, claims: file = new ClaimFile(undefined) } = parts
    const { network } = parts.overlay
    const { account, device, certificate, claim } = identity
    this.#copy = claim && new ClaimCopy(claim, network)
    assert.ok(account !== undefined || (certificate && claim), 'an identity has its account’s key or its word')
    const revokedDevices = () => identity.revokedDevices?.() ?? []
    this.#own = account && new OwnClaim({ network, name, account, profile, file, clock, revokedDevices })
    this.#certificate = certificate ?? makeCertificate(account as SigningKey, device, network, nowMs)
    this.#sealingKey = sealingPublicKey(identity.device)
    this.#lease = this.#makeLease(0)
    parts.homes.on('change', () => this.#homesChanged())
  }

  start(): void {
    this.#startedMs = this.#clock.now()
    this.#schedule(0)
  }

  stop(): void {
    this.#isStopped = true
    this.#working.abort()
    this.#cancel?.()
  }

  /** Stops, and lets the lease lapse: nobody is to ring a device that is gone. Within half a second; never rejects. */
  async leave(): Promise<void> {
    const homes = this.#isRegistered ? this.#parts.homes.list() : []
    this.stop()
    this.#lease = this.#makeLease(this.#lease.seq, 0)
    const keys = nameKeys(this.#parts.overlay.network, this.name)
    const each = homes.length === 0 ? [] : errands(keys, homes, this.#rotation)
    await Promise.all(each.map((errand) => this.#run(errand, this.claim, LEAVE_DEADLINE_MS)))
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
    return this.#own?.bytes() ?? (this.#copy as ClaimCopy).bytes
  }

  /** What our claim is made from; undefined on an added device. */
  get state(): Readonly<ClaimState> | undefined {
    return this.#own?.state
  }

  get needsWork(): boolean {
    return this.#own?.needsWork === true
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

  /** Commits to a recovery key for good. Throws BAD_KEY when there is one already, or this device has no account key. */
  addRecovery(recoveryKeyHash: Uint8Array): void {
    const own = this.#mustOwn()
    if (own.state.recoveryKeyHash !== undefined)
      throw new TincanError('BAD_KEY', `“${this.name}” has a recovery key already. It cannot be made or shown again.`)
    own.amend({ recoveryKeyHash })
    this.#schedule(0)
  }

  /** Objects to every recovery of the name signed until now. */
  contest(): void {
    this.#mustOwn().contest(this.#heir)
    this.#heir = undefined
    this.#said.recovery = ''
    this.#schedule(0)
  }

  #mustOwn(): OwnClaim {
    if (this.#own !== undefined) return this.#own
    throw new TincanError('BAD_KEY', 'This device has no account key. Do this on the device that claimed the name.')
  }

  #homesChanged(): void {
    this.#lease = this.#makeLease(this.#lease.seq)
    if (this.#parts.homes.list().length === 0) this.#setRegistered(false)
    else this.#schedule(SETTLE_MS)
  }

  #makeLease(lastSeq: number, leaseMs = this.#leaseMs): Lease {
    const nowMs = this.#clock.now()
    const { network } = this.#parts.overlay
    const bytes = makeLease(this.#identity.device, this.#certificate, {
      network,
      name: this.name,
      homes: this.#parts.homes.list(),
      sealingKey: this.#sealingKey,
      capabilities: CAPABILITY_AUDIO,
      seq: Math.max(lastSeq + 1, nowMs), // survives a restart without being stored
      issuedMs: nowMs,
      expiresMs: nowMs + leaseMs,
    })
    return openLease(bytes, network) as Lease
  }

  #schedule(delayMs: number): void {
    this.#cancel?.()
    if (!this.#isStopped && !this.#isTaken) this.#cancel = this.#clock.after(delayMs, () => void this.#place()) // cannot reject
  }

  async #place(): Promise<void> {
    const homes = this.#parts.homes.list()
    if (homes.length === 0 && this.#clock.now() - this.#startedMs >= ALONE_MS) this.#beginWork()
    if (this.#isPlacing || homes.length === 0) return this.#schedule(RETRY_MS)
    this.#isPlacing = true
    try {
      // before the first grant ask as a caller would: another home may know more than the one that places
      const isUnsure = this.#isStale || this.#copy?.isOld(this.#clock.now()) === true
      if ((this.#placings === 0 || isUnsure) && (await this.#isLost(isUnsure))) return
      this.#isStale = false
      if (this.#copy?.revokes(this.#parts.overlay.peerId) === true) return this.#lost(revoked(this.name))
      if (this.needsWork) return this.#beginWork()
      this.#lease = this.#makeLease(this.#lease.seq)
      const { claim } = this
      const keys = nameKeys(this.#parts.overlay.network, this.name)
      const each = errands(keys, homes, this.#rotation++)
      const replies = await Promise.all(each.map((errand) => this.#run(errand, claim)))
      if (replies.every((reply) => reply === undefined)) throw new Error('no home answered')
      const all = placed(replies, this.#lease)
      if (all.takenBy !== undefined && (this.#isObjected(all.takenBy, all) || (await this.#isLost()))) return
      this.#hear(all, claim)
      this.#placings++
      this.#schedule(this.#nextMs(all))
    } catch {
      this.#setRegistered(this.#isRegistered && this.#parts.homes.list().length > 0)
      this.#schedule(jittered(RETRY_MS, 0.5, systemRandom))
    } finally {
      this.#isPlacing = false
    }
  }

  async #run(
    { home, keys }: Errand,
    claim: Uint8Array,
    deadlineMs = PLACE_DEADLINE_MS,
  ): Promise<PlaceReply | undefined> {
    const witnesses = witnessesFor(keys, this.#own?.state.witnesses ?? [], this.#parts.overlay.network)
    const body = HomeRequest.encode({ place: { keys, claim, lease: this.#lease.bytes, witnesses } })
    try {
      const bytes = await this.#parts.overlay.call(home, 'home', body, { deadlineMs })
      const reply = decoded(() => PlaceReply.decode(bytes, { limits: { witnesses: WITNESSES_SHOWN } }))
      return reply && bounded(reply, keys.length)
    } catch {
      return undefined
    }
  }

  #hear(all: Placed, claim: Uint8Array): void {
    const { granted, pending, stale, heir, contestedBy, pendingUntilMs } = all
    if (granted > 0) this.#own?.granted(all.witnesses)
    // somebody holds a later claim of ours: see what it says before the next try
    this.#isStale = granted === 0 && (stale > 0 || this.#copy !== undefined)
    this.#setRegistered(isHeld(all))
    if (this.#isRegistered) this.emit('placed', claim)
    if (pending > granted && Math.abs(pendingUntilMs - this.#said.pendingMs) > RETRY_MS) {
      this.#said.pendingMs = pendingUntilMs
      this.emit('pending', { untilMs: pendingUntilMs })
    }
    if (contestedBy !== undefined) this.#tellConflict(contestedBy)
    if (heir === undefined || this.#own?.isHeir(heir) !== true) return
    this.#heir = heir
    const address = fullAddress(this.name, heir.accountKey)
    if (address === this.#said.recovery) return
    this.#said.recovery = address
    this.emit('recovery', { address, untilMs: pendingUntilMs })
  }

  /** Soon while the network forms or something is missing, else in good time; and when a recovery is due. */
  #nextMs({ isIncomplete, granted, pending, pendingUntilMs }: Placed): number {
    const leisureMs = this.#leaseMs / 3
    this.#failures = isIncomplete ? this.#failures + 1 : 0
    const againMs = isIncomplete ? Math.min(RETRY_MS * 2 ** (this.#failures - 1), leisureMs) : leisureMs
    const earlyMs = this.#isRegistered ? EARLY_MS[this.#placings - 1] : undefined
    const jitteredMs = jittered(Math.min(earlyMs ?? Infinity, againMs), 0.2, systemRandom)
    const waitMs = pendingUntilMs - this.#clock.now()
    // it may have come due while the answer was on its way
    return pending > granted && waitMs > -RETRY_MS && waitMs < jitteredMs
      ? Math.max(0, waitMs) + RETRY_MS / 2
      : jitteredMs
  }

  #beginWork(): void {
    const own = this.#own
    if (own === undefined || this.#isWorking || !own.needsWork) return
    this.#isWorking = true
    log('work', { tries: own.state.search?.tries })
    const hear = (progress: WorkProgress) => this.emit('work', progress)
    own.findWork(this.#working.signal, hear).then(
      () => {
        this.emit('worked')
        this.#schedule(0)
      },
      () => {
        this.#isWorking = false
        this.#schedule(RETRY_MS) // unless we were stopped, or the name is lost
      },
    )
  }

  /** One home said so: believe it only when resolving says so too. */
  async #isLost(isThorough = false): Promise<boolean> {
    const { holders = [] } = (await this.#parts.resolver.resolve(this.name, { isThorough })) ?? {}
    const own = holders.find(({ claim }) => same(claim.accountKey, this.#identity.accountKey))
    if (own !== undefined) {
      if (this.#copy?.take(own.claim) === true) this.#identity.keepClaim?.(own.claim.bytes)
      this.#own?.adopt(own.claim)
      return false
    }
    const [holder] = holders
    if (holder === undefined || this.#own?.successionFrom(holder.claim.accountKey) !== undefined) return false
    // anybody can write into a claim that it has the name from us
    const heir = isPassedOn(openClaim(this.claim, this.#parts.overlay.network) as Claim, holder.claim)
    if (!heir && (this.#own?.isWitnessed ?? true)) {
      this.#tellConflict(holder.claim)
      return false
    }
    if (heir) this.#lost(this.#copy === undefined ? passed(holder.claim) : joinAnew(holder.claim))
    else this.#lost(taken(this.name))
    return true
  }

  #tellConflict(rival: Claim): void {
    const address = fullAddress(this.name, rival.accountKey)
    if (address === this.#said.conflict) return
    this.#said.conflict = address
    this.emit('conflict', { address })
  }

  /** Whether the account that we recover the name from has signed its objection, in time: nobody holds us. */
  #isObjected(old: Claim, { granted, pending }: Placed): boolean {
    const succession = this.#own?.successionFrom(old.accountKey)
    if (granted + pending > 0 || succession === undefined || succession.issuedMs > old.contestedMs) return false
    if (same(succession.signer, old.accountKey)) return false
    this.#lost(objected(this.name))
    return true
  }

  #lost(error: TincanError): void {
    this.#isTaken = true
    this.#working.abort()
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
