/** What calls need of the world around them, as interfaces: delivery, media, time, and who is who. */

import type { Clock } from '../lib/clock.ts'
import type { AudioOptions, AudioStream } from '../media/audio.ts'
import type { QualityEstimate, QualityFacts } from '../media/quality.ts'
import type { MediaSession } from '../media/session.ts'
import type { AudioSink, SinkSpec } from '../media/sinks/sink.ts'
import type { AudioSource, SourceSpec } from '../media/sources/source.ts'

/** One device of somebody, as whoever delivers signals knows it. */
export interface Device {
  /** The device key; a call tells devices apart by it. */
  peerId: string
  /** Hex. */
  accountKey: string
  username: string
  /** Full: `alice.k7q2m`. */
  address: string
  /** The deliverer's own, carried back to `send`. */
  opaque?: unknown
}

export interface Recognition {
  /** What we call them. */
  contact?: string
  /** The username is one that we know with another account. */
  warning?: 'key-changed'
}

export interface CallsOptions {
  clock: Clock
  /** Our own, for summaries. */
  username(): string
  /** Sealed delivery: resolves when the device has taken the signal; rejects OFFLINE or NO_NETWORK. */
  send(to: Device, signal: Uint8Array, options: { signal: AbortSignal }): Promise<void>
  /**
   * Does the name that a caller goes by resolve to its account? Not waited for beyond 1.5 s; a rejection is a no, and
   * DEVICE_REVOKED a call that is not announced at all.
   */
  verify(from: Device): Promise<boolean>
  /** Who that is to us, by what we know already. */
  recognise?(device: Device): Recognition
  openSession(): MediaSession
  /** Rejects BAD_MEDIA. */
  openSource(spec: SourceSpec): Promise<AudioSource>
  /** Rejects BAD_MEDIA. */
  openSink(spec: SinkSpec): Promise<AudioSink>
  startAudio(options: AudioOptions): AudioStream
  estimateQuality(facts: QualityFacts): QualityEstimate
  mouthToEarMs(facts: { rttMs: number | undefined; delayMs: number }): number
  /** Calls at a time; an invite beyond them gets busy. Default 1. */
  callsMax?: number
}
