/** What calls need of the world around them, as interfaces: delivery, media, time, and who is who. */

import type { Clock } from '../lib/clock.ts'
import type { AudioOptions, AudioStream } from '../media/audio.ts'
import type { QualityEstimate, QualityFacts } from '../media/quality.ts'
import type { MediaSession } from '../media/session.ts'
import type { AudioSink, SinkSpec } from '../media/sinks/sink.ts'
import type { AudioSource, SourceSpec } from '../media/sources/source.ts'
import type { CallRole } from './machine.ts'

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

/** What a media session is for. */
export interface SessionPurpose {
  callId: string
  /** The caller's session makes the offer. */
  role: CallRole
  /** The peer, where it is settled: a caller's session may be for several, one of which will answer. */
  device: Device | undefined
}

/**
 * The media of one call, planned by whoever knows servers and policies. Made when the call first needs it: for callers who
 * may not learn our addresses, when the user has accepted.
 */
export interface MediaPlan {
  /** One at a time; another only in the place of one that was stopped. Throws when none can be had. */
  openSession(purpose: SessionPurpose): MediaSession
  /** What the peer shall know of our relays, now that an invite or an answer leaves: at most 2 KiB. */
  relays(): Uint8Array | undefined
  /** What the peer told of its own: before the session is opened or its answer set, and again when it has changed. */
  hear(device: Device, relays: Uint8Array): void
  /** The call is over. */
  stop(): void
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
  /** May that device learn our addresses before the user has accepted? Asked once it is verified. Default no. */
  isTrusted?(from: Device): boolean
  /** `isRelayOnly`: the other side is not to learn our addresses. */
  planMedia(of: { callId: string; peer: Device; isRelayOnly: boolean }): MediaPlan
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
