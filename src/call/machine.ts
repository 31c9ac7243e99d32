/**
 * The words of the call state machine: what it remembers, what it is told, what it asks for, and its limits.
 * `state.ts` has the steps.
 */

import type { CallRole } from './binding.ts'
import type { SignalBody } from './signal.ts'

/** As long as a telephone rings. */
export const ANSWER_LIMIT_MS = 45_000
/** How much longer the callee rings when the caller's cancel never comes. */
export const RINGING_GRACE_MS = 5_000
/** From accept to verified media: ICE, DTLS and one trip of the binding, on a bad network. */
export const SETUP_LIMIT_MS = 20_000
export const LOST_AFTER_MS = 10_000
/** Silence before a new path is tried; the callee waits longer, so that the two seldom restart at once. */
export const RESTART_AFTER_MS: Record<CallRole, number> = { caller: 3_000, callee: 5_000 }
/** A peer that asks for a new path more often is not served. */
export const RESTART_EVERY_MS = 1_000
export const WATCH_EVERY_MS = 1_000
/** More than any host has; a second description may bring as many again. */
export const CANDIDATES_MAX = 64
export const DEVICES_MAX = 16

export type CallState = 'inviting' | 'ringing' | 'connecting' | 'active' | 'ended'

export type EndReason =
  | 'hangup' // by this side
  | 'remote-hangup'
  | 'declined'
  | 'busy'
  | 'no-answer'
  | 'cancelled' // by the caller before an answer
  | 'answered-elsewhere' // on another of the callee's devices
  | 'offline'
  | 'failed' // media could not be set up, or was not authentic
  | 'lost'
  | 'stopped'

export type TimerName = 'answer' | 'setup' | 'watch'

/** What a media description is for: the call's first offer and answer, or those of a restart. */
export type Description = 'offer' | 'answer' | 'restart' | 'restart-answer'

/** What has become of the invite at one device; the last five are its verdict. */
export type DeviceStatus =
  | 'invited'
  | 'delivered'
  | 'ringing'
  | 'chosen'
  | 'declined'
  | 'busy'
  | 'remote-hangup'
  | 'failed'
  | 'offline'

export interface DeviceRecord {
  status: DeviceStatus
  /** Its candidates and tag, kept until the device is chosen. */
  candidates: readonly string[]
  tag?: Uint8Array
}

/** The other side's invite, when two have crossed and ours is to survive. */
export interface Rival {
  callId: string
  device: string
  offer: string
}

export interface CallMachine {
  phase: 'idle' | CallState
  role: CallRole
  callId: string
  /** By peer id. The callee has one: the caller's. */
  devices: ReadonlyMap<string, DeviceRecord>
  /** The device the call is with, once that is settled. */
  chosen?: string
  /** The caller's offer, kept by the callee until the user accepts. */
  offer?: string
  rival?: Rival
  /** Our invite or accept has left, so our candidates may follow. */
  isDescribed: boolean
  /** Our own candidates that may not leave yet. */
  waiting: readonly string[]
  candidatesTaken: number
  expectedTag?: Uint8Array
  peerTag?: Uint8Array
  heardAtMs: number
  /** When we last offered a new path, and when we last served the peer's offer of one. */
  restartedAtMs: number
  restartTakenAtMs: number
  isRestarting: boolean
  timers: ReadonlySet<TimerName>
  reason?: EndReason
}

export type Input =
  /** This side calls these devices. */
  | { type: 'dial'; devices: readonly string[] }
  /** A device calls this side. */
  | { type: 'invited'; device: string; offer: string }
  /** The user we are calling is calling us. */
  | ({ type: 'glare' } & Rival)
  | { type: 'accept' }
  | { type: 'hangup' }
  /** This device takes no calls; the user's others may. */
  | { type: 'decline-here' }
  | { type: 'stop' }
  | { type: 'signal'; device: string; body: SignalBody }
  /** What became of the invite. */
  | { type: 'delivered'; device: string }
  | { type: 'undeliverable'; device: string }
  | { type: 'described'; as: Description; sdp: string }
  | { type: 'local-candidate'; candidate: string }
  /** The session is up: our tag, and the one that an honest peer must send. */
  | { type: 'connected'; tag: Uint8Array; expectedTag: Uint8Array }
  | { type: 'media-failed' }
  /** Packets have come since the last such input. */
  | { type: 'heard' }
  | { type: 'timer'; name: TimerName }

export type Output =
  | { type: 'send'; device: string; callId: string; body: SignalBody }
  /** Starts a timer anew. */
  | { type: 'start-timer'; name: TimerName; delayMs: number }
  | { type: 'stop-timer'; name: TimerName }
  /** Makes a description, opening the media session first if there is none; answers need the peer's offer. */
  | { type: 'describe'; as: Description; offer?: string }
  | { type: 'set-answer'; answer: string }
  | { type: 'add-candidate'; candidate: string }
  | { type: 'close-media' }
  /** The call goes on under another id: the other side's invite survived. */
  | { type: 'renamed'; callId: string }
  | { type: 'state'; state: CallState }
  | { type: 'ended'; reason: EndReason }

export interface Step {
  machine: CallMachine
  outputs: Output[]
}

export const newMachine = (callId: string, role: CallRole): CallMachine => ({
  phase: 'idle',
  role,
  callId,
  devices: new Map(),
  isDescribed: false,
  waiting: [],
  candidatesTaken: 0,
  heardAtMs: 0,
  restartedAtMs: Number.NEGATIVE_INFINITY,
  restartTakenAtMs: Number.NEGATIVE_INFINITY,
  isRestarting: false,
  timers: new Set(),
})

/** Nothing has been settled with this device yet. */
export const isOpen = (status: DeviceStatus): boolean =>
  status === 'invited' || status === 'delivered' || status === 'ringing'
