/**
 * The media of one call: a session, a source, a sink and, once the call is active, the sound between them. Nothing is sent
 * or played before. Packets may overtake the accept, so the last second of them is kept for the start.
 */

import { type Log, makeLog } from '../lib/log.ts'
import { hundredths, tenths } from '../lib/rounding.ts'
import type { AudioStats, AudioStream } from '../media/audio.ts'
import type { MediaPath, MediaSession, RtpPacket, SessionStats } from '../media/session.ts'
import type { AudioSink } from '../media/sinks/sink.ts'
import type { AudioSource } from '../media/sources/source.ts'
import type { TincanError } from '../errors.ts'
import type { CallMedia, CallStats } from './call.ts'
import type { Description } from './machine.ts'
import type { CallsOptions, Device, MediaPlan, SessionPurpose } from './parts.ts'
import { type SignalBody, areRelaysWithin } from './signal.ts'

/** A second of frames. */
const EARLY_PACKETS_MAX = 50

/** What the leg tells its call; all of it about the session it has now. */
export interface LegEvents {
  described(as: Description, sdp: string): void
  candidate(candidate: string): void
  connected(): void
  failed(): void
  heard(): void
  /** Undefined when none lives. */
  path(path: MediaPath | undefined): void
  /** The first frame of the peer has been played. */
  audio(): void
  sourceEnded(): void
  broken(error: TincanError): void
}

export interface OpenedMedia {
  source: AudioSource
  sink: AudioSink
}

/** Opens both or neither. Rejects BAD_MEDIA. */
export async function openMedia(
  parts: CallsOptions,
  { source = 'silence', sink = 'null' }: CallMedia,
): Promise<OpenedMedia> {
  const opened = await parts.openSource(source)
  try {
    return { source: opened, sink: await parts.openSink(sink) }
  } catch (error) {
    await closeInBackground(opened)
    throw error
  }
}

/** Cannot reject: what was never used has nothing to lose. */
export async function closeInBackground(...opened: { stop(): Promise<void> }[]): Promise<void> {
  await Promise.allSettled(opened.map((each) => each.stop()))
}

const log: Log = makeLog('call')

export class MediaLeg {
  readonly #parts: CallsOptions
  readonly #events: LegEvents
  readonly #plan: () => MediaPlan
  #planned: MediaPlan | undefined
  #session: MediaSession | undefined
  /** Descriptions are made and set one after another. */
  #operations: Promise<void> = Promise.resolve()
  #opened: OpenedMedia | undefined
  #audio: AudioStream | undefined
  #early: { packet: RtpPacket; receivedAtMs: number }[] = []
  #lastSession: SessionStats | undefined
  #closing: Promise<void> = Promise.resolve()

  /** `plan` is asked once, when the call first needs media. */
  constructor(parts: CallsOptions, plan: () => MediaPlan, events: LegEvents) {
    this.#parts = parts
    this.#plan = plan
    this.#events = events
  }

  /** From here on the leg stops them. */
  use(opened: OpenedMedia): void {
    this.#opened = opened
  }

  describe(as: Description, offer: string | undefined, purpose: SessionPurpose): void {
    const session = this.#openSession(purpose)
    if (session === undefined) return
    this.#session = session
    this.#queue(session, async () => {
      const sdp = offer === undefined ? await session.createOffer() : await session.createAnswer(offer)
      if (session === this.#session) this.#events.described(as, sdp)
    })
  }

  setAnswer(answer: string): void {
    const session = this.#session
    if (session !== undefined) this.#queue(session, () => session.setAnswer(answer))
  }

  /** A description brings what we tell of our relays. */
  withRelays(body: SignalBody): SignalBody {
    const isDescription =
      body.type === 'invite' || body.type === 'accept' || (body.type === 'ringing' && body.answer !== undefined)
    const relays = isDescription ? this.#media().relays() : undefined
    if (!isDescription || relays === undefined || relays.length === 0) return body
    if (areRelaysWithin(relays)) return { ...body, relays }
    log('relays-out-of-bounds', { bytes: relays.length })
    return body
  }

  /** What comes is planned anew. */
  forgetPlan(): void {
    this.#planned?.stop()
    this.#planned = undefined
  }

  hearRelays(device: Device, relays: Uint8Array): void {
    this.#media().hear(device, relays)
  }

  /** Looks for paths anew. */
  refresh(): void {
    this.#session?.refresh()
  }

  addCandidate(candidate: string): void {
    this.#session?.addCandidate(candidate)
  }

  /** Send, and play: over whatever session there is. */
  startAudio(): void {
    if (this.#opened === undefined || this.#audio !== undefined) return
    const audio = this.#parts.startAudio({
      ...this.#opened,
      send: (packet) => this.#session?.send(packet),
      clock: this.#parts.clock,
    })
    this.#audio = audio
    audio.on('audio', () => this.#events.audio())
    audio.on('sourceEnded', () => this.#events.sourceEnded())
    audio.on('broken', (error) => this.#events.broken(error))
    for (const { packet, receivedAtMs } of this.#early) audio.receive(packet, receivedAtMs)
    this.#early = []
  }

  /** Lets the encoder protect itself against the loss that the peer reports. */
  adapt(): void {
    const percent = this.#session?.stats().remoteLossPercent
    if (percent !== undefined) this.#audio?.expectLoss(percent)
  }

  stats(): CallStats {
    const audio: AudioStats | undefined = this.#audio?.stats()
    const session = this.#session?.stats() ?? this.#lastSession
    const rttMs = session?.rttMs
    const isHeard = (audio?.packetsReceived ?? 0) > 0
    return {
      ...(session?.path !== undefined && { path: session.path }),
      relays: session?.relays ?? [],
      codec: 'opus',
      packetsSent: audio?.packetsSent ?? 0,
      packetsReceived: audio?.packetsReceived ?? 0,
      packetsLost: audio?.packetsLost ?? 0,
      ...(rttMs !== undefined && { rttMs: tenths(rttMs) }),
      longestGapMs: Math.round(session?.longestGapMs ?? 0),
      jitterMs: tenths(audio?.jitterMs ?? 0),
      concealedPercent: hundredths(audio?.concealedPercent ?? 0),
      mos: audio !== undefined && isHeard ? hundredths(this.#mos(audio, rttMs)) : 1,
    }
  }

  /** Closes the session and keeps the source and the sink: another session may follow. */
  closeSession(): void {
    const session = this.#session
    if (session === undefined) return
    this.#lastSession = session.stats()
    this.#session = undefined
    this.#operations = Promise.resolve()
    this.#early = []
    session.removeAllListeners()
    this.#closing = this.#closeInBackground(session, this.#closing)
  }

  /** Resolves when the recording is complete. Cannot reject. */
  async stopSound(): Promise<void> {
    if (this.#audio !== undefined) await this.#audio.stop()
    else if (this.#opened !== undefined) await closeInBackground(this.#opened.source, this.#opened.sink)
    this.#opened = undefined
    this.forgetPlan()
  }

  /** Resolves when every session has let go of its sockets. Cannot reject. */
  async closed(): Promise<void> {
    await this.#closing
  }

  async #closeInBackground(session: MediaSession, before: Promise<void>): Promise<void> {
    await Promise.allSettled([before, session.stop()])
  }

  #media(): MediaPlan {
    this.#planned ??= this.#plan()
    return this.#planned
  }

  #openSession(purpose: SessionPurpose): MediaSession | undefined {
    let session: MediaSession
    try {
      session = this.#media().openSession(purpose)
    } catch (error) {
      log('session-failed', { reason: String(error) })
      this.#events.failed()
      return undefined
    }
    session.on('candidate', (candidate) => this.#events.candidate(candidate))
    session.on('connected', () => this.#events.connected())
    session.on('path', (path) => this.#events.path(path))
    session.on('failed', (reason) => {
      log('media-failed', { reason })
      this.#events.failed()
    })
    session.on('packet', (packet, receivedAtMs) => this.#onPacket(packet, receivedAtMs))
    return session
  }

  /** What a caller sends before we have accepted is not even kept. */
  #onPacket(packet: RtpPacket, receivedAtMs: number): void {
    if (this.#audio !== undefined) {
      this.#audio.receive(packet, receivedAtMs)
      this.#events.heard()
    } else if (this.#opened !== undefined) {
      this.#early.push({ packet, receivedAtMs })
      if (this.#early.length > EARLY_PACKETS_MAX) this.#early.shift()
    }
  }

  #queue(session: MediaSession, operation: () => Promise<void>): void {
    this.#operations = this.#runInBackground(this.#operations, session, operation)
  }

  async #runInBackground(before: Promise<void>, session: MediaSession, operation: () => Promise<void>): Promise<void> {
    await before
    if (session !== this.#session) return
    try {
      await operation()
    } catch (error) {
      if (session !== this.#session) return
      log('description-failed', { reason: String(error) })
      this.#events.failed()
    }
  }

  #mos(audio: AudioStats, rttMs: number | undefined): number {
    return this.#parts.estimateQuality({
      lossPercent: audio.concealedPercent,
      oneWayDelayMs: this.#parts.mouthToEarMs({ rttMs, delayMs: audio.delayMs }),
      burstRatio: audio.burstRatio,
    }).mos
  }
}
