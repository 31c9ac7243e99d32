/**
 * One call, running: does what the state machine asks for, and tells it what happened. No decision is made here.
 * The clock, delivery and media come from outside.
 */

import { EventEmitter } from 'node:events'

import { TincanError } from '../errors.ts'
import { makeLog, short } from '../lib/log.ts'
import type { MediaPath } from '../media/session.ts'
import type { Call, CallEvents, CallMedia, CallState, CallStats, CallSummary } from './call.ts'
import { CallTimes } from './call-times.ts'
import { isGoodbye } from './goodbyes.ts'
import { type CallMachine, type Input, type Offered, type Output, type TimerName, newMachine } from './machine.ts'
import { MediaLeg, type OpenedMedia, closeInBackground, openMedia } from './media-leg.ts'
import { Outbox } from './outbox.ts'
import type { CallsOptions, Device } from './parts.ts'
import { CANDIDATE_BYTES_MAX, DESCRIPTION_BYTES_MAX, type SignalBody, isTextWithin } from './signal.ts'
import { step } from './state.ts'
import { errorOf } from './verdict.ts'

const QUALITY_EVERY_MS = 1000

const log = makeLog('call')

export interface RunningCallOptions {
  callId: string
  direction: 'outgoing' | 'incoming'
  /** The first stands for the person: all are of one account. */
  devices: readonly [Device, ...Device[]]
  isVerified: boolean
  resolveMs?: number | undefined
  /** The peer may not learn our addresses, not even after the accept. */
  isRelayOnly?: boolean | undefined
  /** Called before any signal under the new id can arrive. */
  onRenamed(from: string, device: Device): void
  onEnded(): void
}

export class RunningCall extends EventEmitter<CallEvents> implements Call {
  readonly direction: 'outgoing' | 'incoming'
  readonly active: Promise<void>
  readonly ended: Promise<CallSummary>
  /** Resolves when a device has taken the invite; rejects as `active` does when none has. */
  readonly reached: Promise<void>
  readonly #parts: CallsOptions
  readonly #options: RunningCallOptions
  readonly #devices: Map<string, Device>
  readonly #leg: MediaLeg
  readonly #outbox: Outbox
  readonly #timers = new Map<TimerName, () => void>()
  readonly #inputs: Input[] = []
  readonly #activeOutcome = Promise.withResolvers<void>()
  readonly #reachedOutcome = Promise.withResolvers<void>()
  readonly #endedOutcome = Promise.withResolvers<CallSummary>()
  readonly #times: CallTimes
  #machine: CallMachine
  #isVerified: boolean
  #isRelayOnly: boolean
  #isStepping = false
  #isAccepting = false
  #isAborted = false
  /** Codes that invites were refused with. */
  readonly #refusals = new Set<string>()
  #path: MediaPath | undefined
  #stopQuality: () => void = () => {}

  constructor(parts: CallsOptions, options: RunningCallOptions) {
    super()
    this.#parts = parts
    this.#options = options
    this.direction = options.direction
    this.#devices = new Map(options.devices.map((device) => [device.peerId, device]))
    this.#isVerified = options.isVerified
    this.#isRelayOnly = options.isRelayOnly ?? false
    this.#times = new CallTimes(parts.clock, options.resolveMs)
    this.#outbox = new Outbox(parts)
    this.#machine = newMachine(options.callId, options.direction === 'outgoing' ? 'caller' : 'callee')
    this.active = this.#activeOutcome.promise
    this.reached = this.#reachedOutcome.promise
    this.ended = this.#endedOutcome.promise
    // Nobody has to look at either.
    this.active.catch(() => {})
    this.reached.catch(() => {})
    const plan = () => parts.planMedia({ callId: this.id, peer: options.devices[0], isRelayOnly: this.#isRelayOnly })
    this.#leg = new MediaLeg(parts, plan, {
      // An answer grows with the offer it is to, and that is a stranger's.
      described: (as, sdp) =>
        this.#take(
          isTextWithin(sdp, DESCRIPTION_BYTES_MAX) ? { type: 'described', as, sdp } : { type: 'media-failed' },
        ),
      candidate: (candidate) => {
        if (isTextWithin(candidate, CANDIDATE_BYTES_MAX)) this.#take({ type: 'local-candidate', candidate })
      },
      connected: () => this.#take({ type: 'connected' }),
      failed: () => this.#take({ type: 'media-failed' }),
      heard: () => this.#take({ type: 'heard' }),
      path: (path) => this.#onPath(path),
      audio: () => this.#times.played(),
      sourceEnded: () => this.#announce(() => this.emit('sourceEnded')),
      broken: (error) => this.#announce(() => this.emit('broken', error)),
    })
  }

  get id(): string {
    return this.#machine.callId
  }

  get state(): CallState {
    return this.#machine.phase === 'idle' ? 'inviting' : this.#machine.phase
  }

  get peer(): Call['peer'] {
    const device = this.#options.devices[0]
    const { username, address, accountKey } = device
    const { contact, warning } = this.#parts.recognise?.(device) ?? {}
    return {
      username,
      address,
      accountKey,
      verified: this.#isVerified,
      ...(contact !== undefined && { contact }),
      ...(warning !== undefined && !this.#isVerified && { warning }),
    }
  }

  get accountKey(): string {
    return this.#options.devices[0].accountKey
  }

  /** An invite of the callee's may still take this call's place. */
  get isUnanswered(): boolean {
    return this.#machine.role === 'caller' && this.#machine.chosen === undefined && this.state !== 'ended'
  }

  async accept(media: CallMedia = {}): Promise<void> {
    if (this.#machine.reason !== undefined) throw this.#error()
    if (this.state !== 'ringing' || this.#machine.role !== 'callee' || this.#isAccepting) return
    this.#isAccepting = true
    try {
      const opened = await openMedia(this.#parts, media)
      if (this.#machine.reason !== undefined) {
        await closeInBackground(opened.source, opened.sink)
        throw this.#error()
      }
      this.#leg.use(opened)
      this.#take({ type: 'accept' })
    } finally {
      this.#isAccepting = false
    }
  }

  decline({ isHereOnly = false }: { isHereOnly?: boolean } = {}): void {
    this.#take({ type: isHereOnly ? 'decline-here' : 'hangup' })
  }

  hangup(): void {
    this.#take({ type: 'hangup' })
  }

  stats(): CallStats {
    return this.#leg.stats()
  }

  // For the registry

  dial(opened: OpenedMedia): void {
    this.#leg.use(opened)
    this.#take({ type: 'dial', devices: [...this.#devices.keys()] })
  }

  /** Ends the call if it is not active yet. */
  abort(): void {
    if (this.state === 'active' || this.state === 'ended') return
    this.#isAborted = true
    this.#take({ type: 'hangup' })
  }

  ring(device: Device, offered: Offered): void {
    this.#take({ ...offered, type: 'invited', device: device.peerId })
  }

  meet(device: Device, callId: string, offered: Offered): void {
    this.#devices.set(device.peerId, device)
    this.#take({ ...offered, type: 'glare', callId, device: device.peerId })
  }

  receive(device: Device, body: SignalBody): void {
    // The newest word on how to reach it.
    if (this.#devices.has(device.peerId)) this.#devices.set(device.peerId, device)
    this.#take({ type: 'signal', device: device.peerId, body })
  }

  introduce(isVerified: boolean): void {
    this.#isVerified = isVerified
    if (isVerified && this.#parts.isTrusted?.(this.#options.devices[0]) === true) this.#take({ type: 'trusted' })
  }

  /** Before we accept: media takes relays alone. What was set up while it rang goes. */
  hide(): void {
    this.#isRelayOnly = true
    this.#take({ type: 'media-failed' })
    this.#leg.forgetPlan()
  }

  /** The network has changed. */
  refresh(): void {
    this.#leg.refresh()
  }

  /** Ends the call and resolves when the goodbye is out and nothing is held any more. Cannot reject. */
  async stop(): Promise<void> {
    this.#take({ type: 'stop' })
    await this.ended
    await Promise.all([this.#outbox.settled(), this.#leg.closed()])
  }

  // The machine

  /** Inputs that come while outputs are being carried out wait for their turn. */
  #take(input: Input): void {
    this.#inputs.push(input)
    if (this.#isStepping) return
    this.#isStepping = true
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
        const { machine, outputs } = step(this.#machine, next, this.#parts.clock.now())
        this.#machine = machine
        for (const output of outputs) this.#perform(output)
        this.#noteReached()
      }
    } finally {
      this.#isStepping = false
    }
  }

  #perform(output: Output): void {
    switch (output.type) {
      case 'send':
        return this.#send(output.device, output.callId, output.body)
      case 'start-timer':
        this.#timers.get(output.name)?.()
        this.#timers.set(
          output.name,
          this.#parts.clock.after(output.delayMs, () => this.#take({ type: 'timer', name: output.name })),
        )
        return
      case 'stop-timer':
        this.#timers.get(output.name)?.()
        this.#timers.delete(output.name)
        return
      case 'describe':
        return this.#leg.describe(output.as, output.offer, {
          callId: this.id,
          role: this.#machine.role,
          device: this.#devices.get(this.#machine.chosen ?? ''),
        })
      case 'set-answer':
        return this.#leg.setAnswer(output.answer)
      case 'peer-relays': {
        const device = this.#devices.get(output.device)
        if (device !== undefined) this.#leg.hearRelays(device, output.relays)
        return
      }
      case 'refresh-media':
        return this.#leg.refresh()
      case 'add-candidate':
        return this.#leg.addCandidate(output.candidate)
      case 'close-media':
        return this.#leg.closeSession()
      case 'renamed': {
        const device = this.#devices.get(this.#machine.chosen ?? '')
        if (device !== undefined) this.#options.onRenamed(output.callId, device)
        return
      }
      case 'state':
        return this.#onState(output.state)
      case 'interrupted': {
        const { isInterrupted } = output
        return this.#announce(() => this.emit('interrupted', isInterrupted))
      }
      case 'ended':
        void this.#endInBackground()
    }
  }

  #send(peerId: string, callId: string, body: SignalBody): void {
    const to = this.#devices.get(peerId)
    if (to === undefined) return
    if (body.type === 'accept') this.#times.accepted()
    if (body.type === 'invite' && this.#machine.chosen === undefined) void this.#inviteInBackground(to, callId, body)
    else if (isGoodbye(body)) void this.#outbox.sayGoodbyeInBackground(to, callId, body)
    else void this.#outbox.sendInBackground(to, callId, this.#leg.withRelays(body))
  }

  /** Cannot reject. */
  async #inviteInBackground(to: Device, callId: string, body: SignalBody): Promise<void> {
    try {
      await this.#outbox.sendOnce(to, callId, this.#leg.withRelays(body))
      if (this.id === callId) this.#take({ type: 'delivered', device: to.peerId })
    } catch (error) {
      this.#refusals.add(error instanceof TincanError ? error.code : 'OFFLINE')
      if (this.id === callId) this.#take({ type: 'undeliverable', device: to.peerId })
    }
  }

  #onState(state: CallState): void {
    log('state', { call: short(this.id), state })
    if (state === 'ringing' && this.direction === 'outgoing') this.#times.rang()
    if (state === 'connecting' && this.#machine.role === 'caller') this.#times.accepted()
    if (state === 'active') {
      this.#times.active()
      this.#leg.startAudio()
      this.#activeOutcome.resolve()
      this.#watchQuality()
    }
    this.#announce(() => this.emit('state', state))
    if (state === 'active') this.#tellPath(this.#leg.stats().path)
  }

  #onPath(path: MediaPath | undefined): void {
    this.#take({ type: 'path', isAlive: path !== undefined })
    if (this.state === 'active') this.#tellPath(path)
  }

  #tellPath(path: MediaPath | undefined): void {
    if (path === undefined || path === this.#path) return
    this.#path = path
    this.#announce(() => this.emit('path', path))
  }

  /** A device that answers in any way has taken the invite, whatever its delivery reported. */
  #noteReached(): void {
    const { devices, phase, reason } = this.#machine
    if (phase === 'idle') return
    const isReached = [...devices.values()].some(({ status }) => status !== 'invited' && status !== 'offline')
    if (isReached && !this.#isAborted) this.#reachedOutcome.resolve()
    else if (reason !== undefined) this.#reachedOutcome.reject(this.#error())
  }

  #watchQuality(): void {
    this.#stopQuality = this.#parts.clock.after(QUALITY_EVERY_MS, () => {
      this.#leg.adapt()
      this.#watchQuality()
      const stats = this.stats()
      this.#announce(() => this.emit('quality', stats))
    })
  }

  /** Cannot reject. */
  async #endInBackground(): Promise<void> {
    const { seconds } = this.#times
    this.#stopQuality()
    this.#outbox.close()
    this.#activeOutcome.reject(this.#error())
    this.#options.onEnded()
    await this.#leg.stopSound()
    const own = this.#parts.username()
    const { username } = this.peer
    const summary: CallSummary = {
      reason: this.#machine.reason ?? 'failed',
      setup: this.#times.setup,
      media: this.stats(),
      from: this.direction === 'outgoing' ? own : username,
      to: this.direction === 'outgoing' ? username : own,
      seconds,
    }
    this.#endedOutcome.resolve(summary)
    this.#announce(() => this.emit('ended', summary))
  }

  /** A listener of the user's that throws, throws on its own: no step is left half done. */
  #announce(tell: () => void): void {
    queueMicrotask(tell)
  }

  #error(): TincanError {
    return errorOf(this.#machine.reason ?? 'failed', {
      peer: this.peer.username,
      isAborted: this.#isAborted,
      isNetworkDown: this.#refusals.size === 1 && this.#refusals.has('NO_NETWORK'),
    })
  }
}
