/** A node's claim to its username, as its owner sees it: work, recovery key, and who else wants the name. */

import { EventEmitter } from 'node:events'
import { TincanError } from './errors.ts'
import type { Clock } from './lib/clock.ts'
import type { WorkProgress } from './supernode/own-claim.ts'
import { recoveryKeyOf } from './supernode/recovery-phrase.ts'
import { recoveryKeyHashOf } from './supernode/records.ts'
import type { Registration } from './supernode/registration.ts'

/** How long a change may take to be placed before it is left to go on in the background. */
const PLACED_MS_MAX = 15_000
const BARE_HASH_BYTES = 32

/** Tries to find the claim's work, those of earlier runs too; how many there will be is chance. */
export interface ClaimWork {
  tries: number
  expected: number
  /** That so many tries find it: 0 to 1. */
  chance: number
  /** At the speed of this run; as long however many tries there were. Undefined at first. */
  remainingMs: number | undefined
}

export interface NameClaimEvents {
  work: [work: ClaimWork]
  worked: []
  /** The name is being recovered to this account; it will be ours then unless the old key objects. */
  pending: [wait: { untilMs: number }]
  /** Another account holds the name too. */
  conflict: [other: { address: string }]
  /** Somebody with our recovery key takes the name over then, unless `contest` is called. */
  recovery: [heir: { address: string; untilMs: number }]
}

export interface ClaimStatus {
  username: string
  address: string
  seq: number
  /** Registrars hold it, or held it before. */
  isGranted: boolean
  isOnline: boolean
  hasRecovery: boolean
  needsWork: boolean
  pendingUntilMs?: number
}

export interface ClaimChange {
  /** SHA-256 of a recovery key, to commit to for good. */
  recoveryKeyHash?: Uint8Array | undefined
  /** Object to every recovery signed until now. */
  isContest?: boolean | undefined
  signal?: AbortSignal | undefined
}

/** What a claim commits to so that whoever has these words may recover the name. Throws BAD_PHRASE. */
export const recoveryHashOf = (phrase: string): Uint8Array => recoveryKeyHashOf(recoveryKeyOf(phrase).publicKey)

export interface NameClaimParts {
  registration: Registration | undefined
  address: string | undefined
  clock: Clock
  /** Nobody is there to place the claim with. */
  isAlone(): boolean
}

export class NameClaim extends EventEmitter<NameClaimEvents> {
  readonly #parts: NameClaimParts
  #pendingUntilMs = 0

  constructor(parts: NameClaimParts) {
    super()
    this.setMaxListeners(0)
    this.#parts = parts
    const { registration } = parts
    registration?.on('work', (progress) => this.emit('work', claimWork(progress)))
    registration?.on('worked', () => this.emit('worked'))
    registration?.on('conflict', (other) => this.emit('conflict', other))
    registration?.on('recovery', (heir) => this.emit('recovery', heir))
    registration?.on('registered', () => (this.#pendingUntilMs = 0))
    registration?.on('pending', (wait) => {
      this.#pendingUntilMs = wait.untilMs
      this.emit('pending', wait)
    })
  }

  /** Undefined without a username, and on a device that has not the account's key. */
  status(): ClaimStatus | undefined {
    const { registration, address } = this.#parts
    const state = registration?.state
    if (registration === undefined || address === undefined || state === undefined) return undefined
    return {
      username: registration.name,
      address,
      seq: state.seq,
      isGranted: state.isGranted,
      isOnline: registration.isRegistered,
      hasRecovery: state.recoveryKeyHash !== undefined,
      needsWork: registration.needsWork,
      ...(this.#pendingUntilMs > 0 && { pendingUntilMs: this.#pendingUntilMs }),
    }
  }

  /**
   * Finds the work that is missing, makes the change, and waits a while for registrars to take it; where there are none
   * that goes on by itself. Rejects NO_USERNAME, NAME_TAKEN, BAD_KEY, ABORTED.
   */
  async settle({ recoveryKeyHash, isContest, signal }: ClaimChange = {}): Promise<ClaimStatus> {
    const { registration } = this.#parts
    if (registration === undefined)
      throw new TincanError('NO_USERNAME', 'This node has no username. Choose one: tincan claim NAME')
    if (recoveryKeyHash !== undefined && recoveryKeyHash.length !== BARE_HASH_BYTES)
      throw new TincanError('BAD_KEY', 'A recovery key’s hash has 32 bytes.')
    if (registration.needsWork) await this.#until(['worked'], signal)
    if (recoveryKeyHash !== undefined) registration.addRecovery(recoveryKeyHash)
    if (isContest === true) registration.contest()
    const isChanged = recoveryKeyHash !== undefined || isContest === true
    if (this.#parts.isAlone()) return this.#mustStatus()
    if (isChanged || !(registration.isRegistered || this.#pendingUntilMs > 0))
      await this.#until(['placed', 'pending'], signal, PLACED_MS_MAX)
    return this.#mustStatus()
  }

  #mustStatus(): ClaimStatus {
    const status = this.status()
    if (status === undefined)
      throw new TincanError('BAD_KEY', 'This device has no account key. Do this on the device that claimed the name.')
    return status
  }

  /** Waits for one of the registration's events. Rejects NAME_TAKEN, ABORTED. */
  async #until(events: ('worked' | 'placed' | 'pending')[], signal: AbortSignal | undefined, maxMs?: number) {
    const registration = this.#parts.registration as Registration
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const done = () => resolve()
    const onAbort = () => reject(new TincanError('ABORTED', 'Aborted.'))
    if (signal?.aborted) onAbort()
    const cancel = maxMs === undefined ? undefined : this.#parts.clock.after(maxMs, done)
    signal?.addEventListener('abort', onAbort, { once: true })
    registration.once('taken', reject)
    for (const event of events) registration.once(event, done)
    try {
      await promise
    } finally {
      cancel?.()
      signal?.removeEventListener('abort', onAbort)
      registration.off('taken', reject)
      for (const event of events) registration.off(event, done)
    }
  }
}

function claimWork({ tries, expected, ms, triesNow }: WorkProgress): ClaimWork {
  const chance = -Math.expm1(-tries / expected)
  return { tries, expected, chance, remainingMs: triesNow < 10 ? undefined : Math.round((ms / triesNow) * expected) }
}
