/**
 * Our claim to a name: signed with the account's key from what the claim file keeps, signed again every day, and with a
 * higher sequence number whenever what it says changes. Finds the work that it has to show.
 */

import type { Clock } from '../lib/clock.ts'
import type { SigningKey } from '../overlay/keys.ts'
import type { ProfileName } from '../overlay/overlay.ts'
import { keptWitnesses, newClaimState, type ClaimFile, type ClaimState } from './claim-file.ts'
import { findWork, workBits } from './proof-of-work.ts'
import {
  makeClaim,
  openSuccession,
  openWitness,
  recoveryKeyHashOf,
  same,
  type Claim,
  type Succession,
} from './records.ts'
import { isCurrent } from './registrar.ts'

const RENEW_MS = 86_400_000 // a claim signed within 30 days holds its name
const TOLD_EVERY_MS = 250
/** With so many registrars that hold our claim we do not give a name up because others hold another's. */
const WITNESSES_MIN = 2
const KEPT_EVERY_MS = 5_000

/** How far the search for work has come, over all runs; half of all claims need fewer tries than expected. */
export interface WorkProgress {
  tries: number
  expected: number
  /** Since this run began, and how many of the tries are of it. */
  ms: number
  triesNow: number
}

export interface OwnClaimParts {
  network: string
  name: string
  account: SigningKey
  profile: ProfileName
  file: ClaimFile
  clock: Clock
  /** Peer ids of removed devices: they never become fewer. */
  revokedDevices(): readonly string[]
}

interface Signed {
  bytes: Uint8Array
  issuedMs: number
}

export class OwnClaim {
  readonly #parts: OwnClaimParts
  #state: ClaimState
  #signed: Signed | undefined

  constructor(parts: OwnClaimParts) {
    const { network, name, account, file } = parts
    const of = { network, name, accountKey: account.publicKey }
    this.#parts = parts
    this.#state = file.find(of) ?? newClaimState(of)
  }

  get state(): Readonly<ClaimState> {
    return this.#state
  }

  get needsWork(): boolean {
    return (this.#state.proofOfWork?.bits ?? 0) < this.#bits
  }

  get #bits(): number {
    return workBits(this.#parts.profile, this.#parts.name)
  }

  /** Registrars hold our claim, or did until lately: whoever else does is a rival, not the holder. */
  get isWitnessed(): boolean {
    const nowMs = this.#parts.clock.now()
    const witnesses = this.#state.witnesses.map((bytes) => openWitness(bytes, this.#parts.network))
    return witnesses.filter((each) => each !== undefined && isCurrent(each, nowMs)).length >= WITNESSES_MIN
  }

  /** The signed envelope. */
  bytes(): Uint8Array {
    const nowMs = this.#parts.clock.now()
    this.#removeDevices()
    const ageMs = nowMs - (this.#signed?.issuedMs ?? 0)
    // below zero when our clock was set back: nobody takes a claim dated ahead
    if (this.#signed === undefined || ageMs >= RENEW_MS || ageMs < 0)
      this.#signed = { bytes: makeClaim(this.#parts.account, { ...this.#state, issuedMs: nowMs }), issuedMs: nowMs }
    return this.#signed.bytes
  }

  signAgain(): void {
    this.#signed = undefined
  }

  /** Says something else from now on, kept on disk first. Throws the system's error, and then nothing has changed. */
  amend(change: Partial<Pick<ClaimState, 'recoveryKeyHash' | 'contestedMs'>>): void {
    this.#put({ ...this.#state, ...change, seq: this.#state.seq + 1 })
  }

  /** Objects to every recovery that was signed until now, and to this one. */
  contest(heir: Claim | undefined): void {
    const recovery = heir && this.#recoveryBy(heir)
    this.amend({ contestedMs: Math.max(this.#parts.clock.now(), recovery?.issuedMs ?? 0) })
  }

  /** Takes over what registrars hold of ours, when that is later than what we kept: our file may be an old copy, or gone. */
  adopt(held: Claim): void {
    const state = this.#state
    if (!same(held.accountKey, state.accountKey)) return
    if (held.seq < state.seq || (held.seq === state.seq && state.isGranted)) return
    const adopted: ClaimState = {
      ...state,
      seq: held.seq,
      isGranted: true,
      recoveryKeyHash: held.recoveryKeyHash ?? state.recoveryKeyHash,
      proofOfWork: this.needsWork ? held.proofOfWork : state.proofOfWork,
      contestedMs: Math.max(held.contestedMs, state.contestedMs),
      successions: state.successions.length > 0 ? state.successions : held.successions.map(({ bytes }) => bytes),
      revokedDevices: [...new Set([...held.revokedDevices, ...state.revokedDevices])],
    }
    const isMore =
      (adopted.recoveryKeyHash !== undefined && held.recoveryKeyHash === undefined) ||
      adopted.contestedMs > held.contestedMs ||
      adopted.successions.length > held.successions.length ||
      adopted.revokedDevices.length > held.revokedDevices.size
    this.#tryPut(isMore ? { ...adopted, seq: held.seq + 1 } : adopted)
  }

  /** Registrars hold it; these are their words for since when. */
  granted(witnesses: Uint8Array[]): void {
    const { witnesses: had } = this.#state
    const kept = keptWitnesses(this.#state, [...witnesses, ...had])
    const isKnown = kept.length === had.length && kept.every((each) => this.#isLikeOneOf(had, each))
    if (this.#state.isGranted && isKnown) return
    this.#tryPut({ ...this.#state, isGranted: true, witnesses: kept }, this.#signed)
  }

  /** Whether the same registrar said the same not long ago: no reason to write it down again. */
  #isLikeOneOf(had: Uint8Array[], bytes: Uint8Array): boolean {
    const { network } = this.#state
    const witness = openWitness(bytes, network)
    return had.some((each) => {
      const known = openWitness(each, network)
      if (witness === undefined || known === undefined || known.peerId !== witness.peerId) return false
      return known.sinceMs === witness.sinceMs && witness.issuedMs - known.issuedMs < RENEW_MS
    })
  }

  /** Whether the name came, or comes, to us from this account; how, when the claim says so. */
  successionFrom(accountKey: Uint8Array): Succession | undefined {
    return this.#state.successions
      .map((bytes) => openSuccession(bytes, this.#state.network))
      .find((each) => each !== undefined && same(each.fromAccountKey, accountKey))
  }

  /** Whether somebody has our recovery key and takes the name over with it. */
  isHeir(claim: Claim): boolean {
    return this.#recoveryBy(claim) !== undefined
  }

  /** Goes on where it was broken off. Rejects TincanError ABORTED. */
  async findWork(signal: AbortSignal, hear: (progress: WorkProgress) => void): Promise<void> {
    const { network, name, account, clock } = this.#parts
    const bits = this.#bits
    const { nextNonce, tries: triesBefore } = this.#state.search ?? { nextNonce: 0n, tries: 0 }
    const startedMs = clock.now()
    let [toldMs, keptMs] = [-Infinity, startedMs]
    let search = { nextNonce, tries: triesBefore }
    const keep = () => this.#tryPut({ ...this.#state, search })
    const goal = { network, name, accountKey: account.publicKey, bits }
    const onProgress = (triesNow: number, next: bigint) => {
      const nowMs = clock.now()
      search = { nextNonce: next, tries: triesBefore + triesNow }
      if (nowMs - keptMs >= KEPT_EVERY_MS) {
        keptMs = nowMs
        keep()
      }
      if (nowMs - toldMs < TOLD_EVERY_MS) return
      toldMs = nowMs
      hear({ tries: search.tries, expected: 2 ** bits, ms: nowMs - startedMs, triesNow })
    }
    signal.addEventListener('abort', keep, { once: true })
    try {
      const proofOfWork = await findWork(goal, { from: nextNonce, signal, onProgress })
      this.#tryPut({ ...this.#state, proofOfWork, search: undefined })
    } finally {
      signal.removeEventListener('abort', keep)
    }
  }

  #removeDevices(): void {
    const { revokedDevices } = this.#state
    const all = new Set([...revokedDevices, ...this.#parts.revokedDevices()])
    if (all.size > revokedDevices.length)
      this.#tryPut({ ...this.#state, revokedDevices: [...all], seq: this.#state.seq + 1 })
  }

  #recoveryBy({ successions }: Claim): Succession | undefined {
    const { accountKey, recoveryKeyHash } = this.#state
    const from = successions.findIndex(({ fromAccountKey }) => same(fromAccountKey, accountKey))
    if (from < 0 || recoveryKeyHash === undefined) return undefined
    return successions.slice(from).find(({ signer }) => same(recoveryKeyHashOf(signer), recoveryKeyHash))
  }

  #put(state: ClaimState): void {
    this.#parts.file.put(state)
    this.#state = state
    this.#signed = undefined
  }

  /** A full disk must not take the node down: what is lost then can be had again. */
  #tryPut(state: ClaimState, signed?: Signed): void {
    try {
      this.#put(state)
    } catch {
      this.#state = state
    }
    this.#signed = signed
  }
}
