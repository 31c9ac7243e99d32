/** A call as its user sees it, whoever dialled. `running-call.ts` makes the only implementation. */

import type { EventEmitter } from 'node:events'

import type { TincanError } from '../errors.ts'
import type { MediaPath } from '../media/session.ts'
import type { SinkSpec } from '../media/sinks/sink.ts'
import type { SourceSpec } from '../media/sources/source.ts'
import type { CallState, EndReason } from './machine.ts'

export type { CallState, EndReason } from './machine.ts'

export interface CallMedia {
  /** `tone`, `silence`, `echo`, a path of a WAV or Ogg file, or your own. Default `silence`. */
  source?: SourceSpec | undefined
  /** `null`, a path ending in .wav or .ogg, or your own. Default `null`. */
  sink?: SinkSpec | undefined
}

export interface CallStats {
  /** Undefined until the media is connected. */
  path?: MediaPath
  /** Peer ids of the supernodes whose relays the path leads through. */
  relays: string[]
  codec: 'opus'
  packetsSent: number
  packetsReceived: number
  packetsLost: number
  /** Undefined before the peer's first report. */
  rttMs?: number
  jitterMs: number
  /** The longest time in which nothing was heard, so far. */
  longestGapMs: number
  /** Frames played that were made up, 0–100. */
  concealedPercent: number
  /** Mean opinion score, 1–4.5: an estimate from the numbers above. 1 while nothing has been heard. */
  mos: number
}

export interface CallSummary {
  reason: EndReason
  setup: {
    /** Finding the callee's devices; caller only. */
    resolveMs?: number
    /** From the dial to the first device that rang; caller only. */
    ringMs?: number
    /** From the accept, sent or received, to the first frame of the peer that was played. */
    acceptToAudioMs?: number
  }
  media: CallStats
  /** Username of the caller. */
  from: string
  /** Username of the callee. */
  to: string
  /** How long the call was active. */
  seconds: number
}

export interface CallEvents {
  state: [state: CallState]
  /** Media goes this way from now on. */
  path: [path: MediaPath]
  /** Nothing has been heard for a second, or no path lives; then that the call goes on. */
  interrupted: [isInterrupted: boolean]
  /** Each second while active. */
  quality: [stats: CallStats]
  /** The source has nothing more; silence is sent from here on. */
  sourceEnded: []
  /** The source, the sink or the codec gave up; the call goes on without it. */
  broken: [error: TincanError]
  ended: [summary: CallSummary]
}

export interface CallPeer {
  readonly username: string
  readonly address: string
  /** Hexadecimal. */
  readonly accountKey: string
  /** The username belongs to the account: it is pinned to it, or resolves to it. */
  readonly verified: boolean
  /** The petname, of a contact. */
  readonly contact?: string
  /** Not verified, and the username is pinned to another account: somebody may be posing as a contact. */
  readonly warning?: 'key-changed'
}

export interface Call extends EventEmitter<CallEvents> {
  /** 32 hex digits, the same at both ends; it changes once if two invites cross and the other's survives. */
  readonly id: string
  readonly direction: 'outgoing' | 'incoming'
  readonly peer: CallPeer
  readonly state: CallState
  /**
   * Resolves when the call was accepted and its media is connected. Rejects with DECLINED, BUSY, NO_ANSWER, CANCELLED, OFFLINE,
   * NO_NETWORK, CALL_FAILED, LOST, STOPPED or ABORTED when the call ends before.
   */
  readonly active: Promise<void>
  /** Never rejects; a recording is complete by then. */
  readonly ended: Promise<CallSummary>
  /** Rejects BAD_MEDIA, which leaves the call ringing, and as `active` does when the call has ended. */
  accept(media?: CallMedia): Promise<void>
  /**
   * On all of the user's devices, unless this one alone takes no calls. The same as `hangup` once the call has been
   * accepted.
   */
  decline(options?: { isHereOnly?: boolean }): void
  hangup(): void
  stats(): CallStats
}
