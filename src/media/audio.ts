/**
 * The sound of one call, started once the media path is up and authenticated: every 20 ms a frame of the source goes
 * out, and a frame of what the peer sent is played into the sink.
 */

import { randomInt } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { TincanError } from '../errors.ts'
import { systemClock } from '../lib/clock.ts'
import type { Clock } from '../lib/clock.ts'
import { makeLog } from '../lib/log.ts'
import { AudioEngine } from './engine.ts'
import type { AudioStats, EngineMessage } from './engine.ts'
import { fixedJitterBuffer } from './jitter-buffer.ts'
import type { JitterBuffer } from './jitter-buffer.ts'
import { VoiceDecoder, VoiceEncoder } from './opus.ts'
import { Pace } from './pace.ts'
import type { RtpPacket } from './session.ts'
import type { AudioSink } from './sinks/sink.ts'
import type { AudioSource } from './sources/source.ts'

export type { AudioStats } from './engine.ts'

export interface AudioEvents {
  /** The first frame that was received has been played. */
  audio: []
  /** The source has nothing more; silence is sent from here on. */
  sourceEnded: []
  /**
   * A part of ours gave up, with BAD_MEDIA and what to do: the source (silence is sent instead), the sink (what is
   * heard is lost from there on), or the codec. The call itself goes on.
   */
  broken: [error: TincanError]
}

export interface AudioStream extends EventEmitter<AudioEvents>, AsyncDisposable {
  /** Takes a packet as it arrives; `receivedAtMs` by the same clock as the stream's. */
  receive(packet: RtpPacket, receivedAtMs: number): void
  /** What the peer reports of our packets, 0–100: the encoder protects them accordingly. */
  expectLoss(percent: number): void
  stats(): AudioStats
  /** Ends sending and playing, stops the source, completes the recording. Idempotent; never rejects. */
  stop(): Promise<void>
}

export interface AudioOptions {
  /** Both become the stream's, which stops them. */
  source: AudioSource
  sink: AudioSink
  send: (packet: RtpPacket) => void
  clock?: Clock
  jitterBuffer?: JitterBuffer
}

/** Enough for jitter of some tens of milliseconds; a delay nobody notices. */
const JITTER_BUFFER_MS = 60
/** Further from our clock than this, an arrival time is by another clock. */
const CLOCK_OFF_MAX_MS = 5000
/** Packets kept while the codec is being made ready: a second's worth. */
const EARLY_MAX = 50

const NO_STATS: AudioStats = {
  packetsSent: 0,
  packetsReceived: 0,
  packetsLost: 0,
  jitterMs: 0,
  concealedPercent: 0,
  fecRecovered: 0,
  delayMs: 0,
  late: 0,
  corrupt: 0,
  burstRatio: 1,
}

const log = makeLog('audio')

/** The first frame goes out as soon as the codec is ready, within a few milliseconds. */
export function startAudio(options: AudioOptions): AudioStream {
  return new Stream(options)
}

class Stream extends EventEmitter<AudioEvents> implements AudioStream {
  readonly #options: AudioOptions
  readonly #clock: Clock
  #engine: AudioEngine | undefined
  #early: { packet: RtpPacket; atMs: number }[] = []
  #cancelTick: () => void = () => {}
  #lastStats = NO_STATS
  #stopping: Promise<void> | undefined
  /** Cannot reject. */
  readonly #starting: Promise<void>

  constructor(options: AudioOptions) {
    super()
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#starting = this.#startInBackground()
  }

  receive(packet: RtpPacket, receivedAtMs: number): void {
    if (this.#stopping !== undefined) return
    const nowMs = this.#clock.now()
    const atMs = Math.abs(receivedAtMs - nowMs) < CLOCK_OFF_MAX_MS ? receivedAtMs : nowMs
    if (this.#engine !== undefined) this.#engine.receive(packet, atMs)
    else if (this.#early.length < EARLY_MAX) this.#early.push({ packet, atMs })
  }

  expectLoss(percent: number): void {
    this.#engine?.expectLoss(percent)
  }

  stats(): AudioStats {
    return this.#engine?.stats() ?? this.#lastStats
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #startInBackground(): Promise<void> {
    const { source, sink, jitterBuffer } = this.#options
    try {
      const [encoder, decoder] = await Promise.all([VoiceEncoder.create(), VoiceDecoder.create()])
      this.#engine = new AudioEngine({
        source,
        sink,
        encoder,
        decoder,
        jitterBuffer: jitterBuffer ?? fixedJitterBuffer({ delayMs: JITTER_BUFFER_MS }),
        sequenceNumber: randomInt(2 ** 15),
        timestamp: randomInt(2 ** 32),
        emit: (message) => this.#handle(message),
      })
    } catch (cause) {
      this.emit('broken', new TincanError('BAD_MEDIA', 'Opus could not be started. Free some memory.', { cause }))
      return
    }
    if (this.#stopping !== undefined) return
    for (const { packet, atMs } of this.#early) this.#engine.receive(packet, atMs)
    this.#early = []
    log('started')
    const engine = this.#engine
    this.#cancelTick = this.#clock.after(0, () => this.#tick(engine, new Pace(this.#clock.now())))
  }

  /** Runs what is due, then sleeps until the next frame is. */
  #tick(engine: AudioEngine, pace: Pace): void {
    const nowMs = this.#clock.now()
    for (let due = pace.due(nowMs); due > 0 && this.#stopping === undefined; due -= 1) engine.tick(nowMs)
    if (this.#stopping !== undefined) return
    this.#cancelTick = this.#clock.after(pace.untilNextMs(this.#clock.now()), () => this.#tick(engine, pace))
  }

  #handle(message: EngineMessage): void {
    switch (message.kind) {
      case 'packet':
        this.#options.send(message.packet)
        return
      case 'audio':
        log('heard')
        this.emit('audio')
        return
      case 'source-ended':
        this.emit('sourceEnded')
        return
      case 'broken':
        this.#break(message.part, message.error)
    }
  }

  async #stop(): Promise<void> {
    this.#cancelTick()
    await this.#starting
    this.#lastStats = this.stats()
    this.#engine?.free()
    this.#engine = undefined
    await this.#options.source.stop().catch((error: unknown) => this.#break('source', error))
    await this.#options.sink.stop().catch((error: unknown) => this.#break('sink', error))
    log('stopped', { sent: this.#lastStats.packetsSent, received: this.#lastStats.packetsReceived })
  }

  #break(part: 'source' | 'sink', cause: unknown): void {
    log('broken', { part })
    const error =
      cause instanceof TincanError
        ? cause
        : new TincanError('BAD_MEDIA', `The ${part} of the call’s sound failed: ${String(cause)}. Use another.`, {
            cause,
          })
    this.emit('broken', error)
  }
}
