/**
 * All calls of this node: makes them, finds the one that a signal belongs to, and ends them.
 * Signals come already opened and proved to be from the device that is named.
 */

import { strict as assert } from 'node:assert'
import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'

import { TincanError } from '../errors.ts'
import { admit } from './admission.ts'
import type { Call, CallMedia } from './call.ts'
import { EarlySignals } from './early-signals.ts'
import type { Offered } from './machine.ts'
import { closeInBackground, openMedia } from './media-leg.ts'
import { Outbox } from './outbox.ts'
import type { CallsOptions, Device } from './parts.ts'
import { RunningCall, type RunningCallOptions } from './running-call.ts'
import { CALL_ID_BYTES, type SignalBody, decodeSignal } from './signal.ts'

export type { CallsOptions, Device, MediaPlan, SessionPurpose } from './parts.ts'

const CALLS_MAX = 1
/** Nobody waits longer to learn that somebody calls. */
const VERIFY_LIMIT_MS = 1500
/** Ended calls that still answer a late accept, and ids that were refused. */
const FORMER_MAX = 64

export interface DialOptions extends CallMedia {
  /** Gives up while the call is not active yet. */
  signal?: AbortSignal | undefined
  /** What finding the devices took, for the summary. */
  resolveMs?: number | undefined
  /** Media through relays alone: the other side does not learn our addresses. */
  relayOnly?: boolean | undefined
}

export interface CallsEvents {
  /** Somebody calls; the call is ringing. */
  call: [call: Call]
}

export class Calls extends EventEmitter<CallsEvents> {
  readonly #parts: CallsOptions
  /** Running and, for a while, ended. */
  readonly #calls = new Map<string, RunningCall>()
  readonly #former: string[] = []
  readonly #refused = new Set<string>()
  readonly #early = new EarlySignals()
  /** For replies about calls that are none. */
  readonly #outbox: Outbox
  #dropped = 0
  #isStopped = false

  constructor(parts: CallsOptions) {
    super()
    this.#parts = parts
    this.#outbox = new Outbox(parts)
  }

  /** Signals that could not be read. */
  get dropped(): number {
    return this.#dropped
  }

  /** Calls that have not ended. */
  list(): RunningCall[] {
    return [...this.#calls.values()].filter((call) => call.state !== 'ended')
  }

  /**
   * Calls somebody on all of these devices, which are of one account. Resolves when one has taken the invite.
   * Somebody who is calling us already is simply answered. Rejects BAD_MEDIA, BUSY (we are in a call), OFFLINE,
   * NO_NETWORK, ABORTED, STOPPED.
   */
  async dial(devices: readonly Device[], options: DialOptions = {}): Promise<Call> {
    const [first, ...others] = devices
    assert.ok(first !== undefined, 'somebody to call')
    this.#throwIfUnfit(options.signal)
    const ringing = this.#ringingFrom(first.accountKey)
    if (ringing !== undefined) {
      if (options.relayOnly === true) ringing.hide()
      await ringing.accept(options)
      return ringing
    }
    this.#throwIfBusy()
    const opened = await openMedia(this.#parts, options)
    try {
      this.#throwIfUnfit(options.signal)
      this.#throwIfBusy()
    } catch (error) {
      await closeInBackground(opened.source, opened.sink)
      throw error
    }
    const call = this.#add({
      callId: randomBytes(CALL_ID_BYTES).toString('hex'),
      direction: 'outgoing',
      devices: [first, ...others],
      isVerified: true,
      resolveMs: options.resolveMs,
      isRelayOnly: options.relayOnly,
    })
    const abort = () => call.abort()
    options.signal?.addEventListener('abort', abort, { once: true })
    void call.ended.then(() => options.signal?.removeEventListener('abort', abort))
    call.dial(opened)
    await call.reached
    return call
  }

  /** A signal from this device; whatever cannot be read or belongs to no call is dropped. */
  receive(from: Device, bytes: Uint8Array): void {
    if (this.#isStopped) return
    const signal = decodeSignal(bytes)
    if (signal === undefined) {
      this.#dropped += 1
      return
    }
    const { callId, body } = signal
    const call = this.#calls.get(callId)
    if (call !== undefined) call.receive(from, body)
    else if (this.#refused.has(callId)) return
    else if (body.type === 'invite') this.#onInvite(from, callId, body)
    else if (body.type === 'accept') this.#reply(from, callId, { type: 'bye', reason: 'failed' })
    else this.#early.keep(callId, from.peerId, body, this.#parts.clock.now())
  }

  /** The network has changed: every call looks for paths anew, at once. */
  refresh(): void {
    for (const call of this.list()) call.refresh()
  }

  /** Ends all calls; resolves when every goodbye is out and nothing is held any more. Cannot reject. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.all([...this.#calls.values()].map((call) => call.stop()))
    this.#outbox.close()
    await this.#outbox.settled()
  }

  #onInvite(from: Device, callId: string, offered: Offered): void {
    const running = this.list().map((call) => ({
      callId: call.id,
      accountKey: call.accountKey,
      isUnanswered: call.isUnanswered,
    }))
    const admission = admit(from.accountKey, running, this.#parts.callsMax ?? CALLS_MAX)
    switch (admission.type) {
      case 'busy':
        this.#refused.add(callId)
        this.#forgetOldestRefusal()
        return this.#reply(from, callId, { type: 'busy' })
      case 'meet':
        this.#calls.get(admission.callId)?.meet(from, callId, offered)
        return
      case 'ring': {
        const call = this.#add({ callId, direction: 'incoming', devices: [from], isVerified: false })
        call.ring(from, offered)
        this.#replayEarly(call, callId, from)
        void this.#announceInBackground(call, from)
      }
    }
  }

  #add(options: Omit<RunningCallOptions, 'onRenamed' | 'onEnded'>): RunningCall {
    const call: RunningCall = new RunningCall(this.#parts, {
      ...options,
      onRenamed: (callId, device) => {
        this.#calls.delete(options.callId)
        this.#calls.set(callId, call)
        this.#replayEarly(call, callId, device)
      },
      onEnded: () => this.#forgetInTime(call.id),
    })
    this.#calls.set(options.callId, call)
    return call
  }

  #replayEarly(call: RunningCall, callId: string, from: Device): void {
    for (const body of this.#early.take(callId, from.peerId, this.#parts.clock.now())) call.receive(from, body)
  }

  /** Cannot reject. A call that is over by the time its caller is known is not announced. */
  async #announceInBackground(call: RunningCall, from: Device): Promise<void> {
    const { promise: limit, resolve } = Promise.withResolvers<boolean | 'removed'>()
    const cancel = this.#parts.clock.after(VERIFY_LIMIT_MS, () => resolve(false))
    const isVerified = await Promise.race([this.#verify(from), limit])
    cancel()
    if (isVerified === 'removed') return call.decline()
    call.introduce(isVerified)
    if (call.state !== 'ended') queueMicrotask(() => this.emit('call', call))
  }

  async #verify(from: Device): Promise<boolean | 'removed'> {
    try {
      return await this.#parts.verify(from)
    } catch (error) {
      return error instanceof TincanError && error.code === 'DEVICE_REVOKED' ? 'removed' : false
    }
  }

  #forgetInTime(callId: string): void {
    this.#former.push(callId)
    const oldest = this.#former.length > FORMER_MAX ? this.#former.shift() : undefined
    if (oldest !== undefined) this.#calls.delete(oldest)
  }

  #ringingFrom(accountKey: string): RunningCall | undefined {
    return this.list().find(
      (call) => call.direction === 'incoming' && call.state === 'ringing' && call.accountKey === accountKey,
    )
  }

  #forgetOldestRefusal(): void {
    const [oldest] = this.#refused
    if (this.#refused.size > FORMER_MAX && oldest !== undefined) this.#refused.delete(oldest)
  }

  #reply(to: Device, callId: string, body: SignalBody): void {
    void this.#outbox.sayGoodbyeInBackground(to, callId, body)
  }

  #throwIfUnfit(signal: AbortSignal | undefined): void {
    if (this.#isStopped) throw new TincanError('STOPPED', 'This node was stopped.')
    if (signal?.aborted) throw new TincanError('ABORTED', 'The call was aborted.')
  }

  #throwIfBusy(): void {
    if (this.list().length < (this.#parts.callsMax ?? CALLS_MAX)) return
    throw new TincanError('BUSY', 'You are in a call already. Hang up first.')
  }
}
