/**
 * The words of the call state machine: what it remembers, what it is told, what it asks for, and its limits.
 * `state.ts` has the steps.
 */

import { type Allowance, FULL } from './allowance.ts'
import type { SignalBody } from './signal.ts'

/** As long as a telephone rings. */
export const ANSWER_LIMIT_MS = 45_000
/** How much longer the callee rings when the caller's cancel never comes. */
export const RINGING_GRACE_MS = 5_000
/** From the accept to a path for the media, on a bad network. */
export const SETUP_LIMIT_MS = 20_000
export const DEVICES_MAX = 16

/** The callee made the answer, whoever dialled. */
export type CallRole = 'caller' | 'callee'

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
  | 'failed' // media could not be set up
  | 'lost'
  | 'stopped'

export type TimerName = 'answer' | 'setup' | 'watch' | 'candidates'

/** What a media description is for. */
export type Description = 'offer' | 'answer'

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
  /** Its newest candidates. */
  candidates: readonly string[]
  /** How many more of them we take. */
  hearing: Allowance
  /** What it tells of its relays. */
  relays?: Uint8Array
}

/** What an invite says of the caller's media. */
export interface Offered {
  offer: string
  relays?: Uint8Array
}

/** The other side's invite, when two have crossed and ours is to survive. */
export interface Rival extends Offered {
  callId: string
  device: string
}

export interface CallMachine {
  phase: 'idle' | CallState
  role: CallRole
  callId: string
  /** By peer id. The callee has one: the caller's. */
  devices: ReadonlyMap<string, DeviceRecord>
  /** The device the call is with, once that is settled. */
  chosen?: string
  /** The caller's offer, kept by the callee for an answer, and for another one. */
  offer?: string
  rival?: Rival
  /** Our description of the session we have has left, so our candidates may follow. */
  isDescribed: boolean
  /** The callee's accept has left. */
  isAccepted: boolean
  /** A media session is open, or being described. */
  hasSession: boolean
  /** What that session goes by: set in it by the caller, made by it at the callee. */
  answer?: string
  /** That session has keys and has had a path. */
  isConnected: boolean
  hasPath: boolean
  /** The media of the call has begun anew once. */
  isRenewed: boolean
  /** An answer to an offer that counts no more. */
  spentAnswer?: string
  /** Our own candidates that may not leave yet, and how many may. */
  waiting: readonly string[]
  telling: Allowance
  heardAtMs: number
  /** Since then nothing was amiss for as long as an interruption takes to be one. */
  heardSinceMs: number
  isInterrupted: boolean
  refreshedAtMs: number
  timers: ReadonlySet<TimerName>
  reason?: EndReason
}

export type Input =
  /** This side calls these devices. */
  | { type: 'dial'; devices: readonly string[] }
  /** A device calls this side. */
  | ({ type: 'invited'; device: string } & Offered)
  /** It is one that may learn our addresses before the user has accepted. */
  | { type: 'trusted' }
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
  /** The session has keys, and a path stands. */
  | { type: 'connected' }
  | { type: 'media-failed' }
  /** A packet of the peer's has come. */
  | { type: 'heard' }
  /** The path for what we send has gone, or is there again. */
  | { type: 'path'; isAlive: boolean }
  | { type: 'timer'; name: TimerName }

export type Output =
  | { type: 'send'; device: string; callId: string; body: SignalBody }
  /** Starts a timer anew. */
  | { type: 'start-timer'; name: TimerName; delayMs: number }
  | { type: 'stop-timer'; name: TimerName }
  /** Opens a media session and makes its description; an answer needs the peer's offer. */
  | { type: 'describe'; as: Description; offer?: string }
  | { type: 'set-answer'; answer: string }
  | { type: 'add-candidate'; candidate: string }
  /** What the device that the media is with tells of its relays; before the session is opened or its answer set. */
  | { type: 'peer-relays'; device: string; relays: Uint8Array }
  /** The session looks for paths anew. */
  | { type: 'refresh-media' }
  | { type: 'close-media' }
  /** The call goes on under another id: the other side's invite survived. */
  | { type: 'renamed'; callId: string }
  | { type: 'state'; state: CallState }
  | { type: 'interrupted'; isInterrupted: boolean }
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
  isAccepted: false,
  hasSession: false,
  isConnected: false,
  hasPath: true,
  isRenewed: false,
  waiting: [],
  telling: FULL,
  heardAtMs: 0,
  heardSinceMs: 0,
  isInterrupted: false,
  refreshedAtMs: Number.NEGATIVE_INFINITY,
  timers: new Set(),
})

export const newRecord = (status: DeviceStatus, relays?: Uint8Array): DeviceRecord => ({
  status,
  candidates: [],
  hearing: FULL,
  ...(relays !== undefined && { relays }),
})

/** Nothing has been settled with this device yet. */
export const isOpen = (status: DeviceStatus): boolean =>
  status === 'invited' || status === 'delivered' || status === 'ringing'
