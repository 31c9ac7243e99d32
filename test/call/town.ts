/**
 * People with calls of their own and nothing between them but a function that carries signals: a transport that is
 * honest, in order and in this process, with a log and a place to tamper. Media is real, over loopback.
 */

import { randomBytes } from 'node:crypto'

import type { Call } from '../../src/call/call.ts'
import { Calls, type CallsOptions, type Device, type SessionPurpose } from '../../src/call/calls.ts'
import { type Signal, decodeSignal } from '../../src/call/signal.ts'
import { TincanError } from '../../src/errors.ts'
import { type Clock, systemClock } from '../../src/lib/clock.ts'
import { startAudio } from '../../src/media/audio.ts'
import { estimateQuality, mouthToEarMs } from '../../src/media/quality.ts'
import type { MediaSession } from '../../src/media/session.ts'
import { openSink } from '../../src/media/sinks/open.ts'
import type { AudioSink } from '../../src/media/sinks/sink.ts'
import { openSource } from '../../src/media/sources/open.ts'
import { createWeriftSession } from '../../src/media/werift/session.ts'

export interface Person {
  calls: Calls
  device: Device
  /** Calls that came in, announced. */
  incoming: Call[]
  /** What the plan of its calls' media was asked and told: `open callee for alice`, `hear 01 of alice`, `stop`. */
  media: string[]
}

export interface Carried extends Signal {
  from: string
  to: string
}

export interface TownOptions {
  clock?: Clock
  /** Changes a signal on its way; undefined loses it. */
  tamper?: (bytes: Uint8Array, carried: Carried) => Uint8Array | undefined
  /** A signal is carried when this is over. */
  delay?: (carried: Carried) => Promise<void> | undefined
  verify?: (from: Device) => Promise<boolean>
  callsMax?: number
  /** Default: a real one, over loopback. */
  openSession?: (purpose: SessionPurpose) => MediaSession
  /** Names of contacts, of everybody. */
  trusted?: string[]
  /** What this one tells of its relays. */
  relays?: (name: string) => Uint8Array | undefined
}

export class Town implements AsyncDisposable {
  /** Every signal that was sent, in order, as `alice > bob: invite`. */
  readonly traffic: Carried[] = []
  readonly #options: TownOptions
  readonly #people = new Map<string, Person>()

  constructor(options: TownOptions = {}) {
    this.#options = options
  }

  /** `bob` or, with more devices of one account, `bob/phone`. */
  join(name: string, { isOnline = true } = {}): Person {
    const username = name.split('/')[0] ?? name
    const device: Device = {
      peerId: name,
      accountKey: Buffer.from(username.padEnd(32, '-')).toString('hex'),
      username,
      address: `${username}.aaaaa`,
    }
    const { clock = systemClock, verify = async () => true, callsMax, trusted = [] } = this.#options
    const media: string[] = []
    const parts: CallsOptions = {
      clock,
      username: () => username,
      send: (to, signal) => this.#carry(device, to, signal),
      verify,
      isTrusted: (from) => trusted.includes(from.username),
      planMedia: ({ isRelayOnly }) => ({
        openSession: (purpose) => {
          const over = isRelayOnly ? ' over relays' : ''
          media.push(`open ${purpose.role} for ${purpose.device?.peerId ?? 'whoever answers'}${over}`)
          return this.#options.openSession?.(purpose) ?? createWeriftSession({ hostAddresses: ['127.0.0.1'] })
        },
        relays: () => this.#options.relays?.(name),
        hear: (from, relays) => void media.push(`hear ${Buffer.from(relays).toString('hex')} of ${from.peerId}`),
        stop: () => void media.push('stop'),
      }),
      openSource,
      openSink,
      startAudio,
      estimateQuality,
      mouthToEarMs,
      ...(callsMax !== undefined && { callsMax }),
    }
    const calls = new Calls(parts)
    const person: Person = { calls, device, incoming: [], media }
    calls.on('call', (call) => person.incoming.push(call))
    if (isOnline) this.#people.set(name, person)
    return person
  }

  /** Lines like `alice > bob: invite`, candidates apart. */
  lines(): string[] {
    return this.traffic
      .filter(({ body }) => body.type !== 'candidates')
      .map(({ from, to, body }) => `${from} > ${to}: ${'reason' in body ? `${body.type} ${body.reason}` : body.type}`)
  }

  /** The kinds of signals that this one has sent, in order. */
  said(name: string): string[] {
    return this.traffic
      .filter(({ from }) => from === name)
      .map(({ body }) => (body.type === 'ringing' && body.answer !== undefined ? 'ringing with answer' : body.type))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#people.values()].map(({ calls }) => calls.stop()))
  }

  async #carry(from: Device, to: Device, bytes: Uint8Array): Promise<void> {
    const signal = decodeSignal(bytes)
    if (signal === undefined) throw new Error('a call sent what cannot be read')
    const carried = { ...signal, from: from.peerId, to: to.peerId }
    this.traffic.push(carried)
    await (this.#options.delay?.(carried) ?? Promise.resolve())
    const person = this.#people.get(to.peerId)
    if (person === undefined) throw new TincanError('OFFLINE', `“${to.username}” is not online.`)
    const arrived = this.#options.tamper === undefined ? bytes : this.#options.tamper(bytes, carried)
    if (arrived !== undefined) person.calls.receive(from, arrived)
  }
}

/** Keeps how many frames were written, and how many of them had been received and were not silent. */
export class CountingSink implements AudioSink {
  written = 0
  loud = 0

  write({ samples, packet }: { samples: Int16Array; packet: Uint8Array | undefined }): void {
    this.written += 1
    if (packet !== undefined && samples.some((sample) => Math.abs(sample) > 1000)) this.loud += 1
  }

  stop(): Promise<void> {
    return Promise.resolve()
  }
}

/** Looks every few milliseconds, and gives up after 20 s with what was waited for. */
export async function until<T>(what: string, look: () => T | undefined | false): Promise<T> {
  const patience = Date.now() + 20_000
  for (;;) {
    const seen = look()
    if (seen !== undefined && seen !== false) return seen
    if (Date.now() > patience) throw new Error(`waited in vain for ${what}`)
    const { promise, resolve } = Promise.withResolvers<void>()
    setTimeout(resolve, 5)
    await promise
  }
}

export const firstCall = (person: Person): Promise<Call> => until('an incoming call', () => person.incoming[0])

export const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error instanceof TincanError ? error.code : String(error)),
  )

export const randomId = (): string => randomBytes(16).toString('hex')
