/**
 * Where we send from, where the peer is, and what is known of the way between: a base, a remote candidate, and a pair
 * of both (RFC 8445 §6.1.2). Values only; `paths.ts` changes them.
 */

import { type Address, isLoopback, isPrivate } from '../lib/ip.ts'
import type { CandidateType } from './candidate.ts'

/** What checks and media leave from: a socket of ours, or a relay's. */
export interface Base {
  readonly id: number
  readonly kind: 'socket' | 'relay'
  /** Bound, or relayed. */
  readonly address: Address
  /** The supernode's peer id, of a relay. */
  readonly relay?: string | undefined
}

export interface Remote {
  readonly address: Address
  type: CandidateType
  priority: number
  foundation: string
  /** By signalling, and not only seen on the wire. */
  isTold: boolean
}

export interface Pair {
  readonly base: Base
  readonly remote: Remote
  /** When checking began, or began anew. */
  startMs: number
  /** Our last check. */
  sentMs: number
  /** Checks since the start. */
  attempts: number
  /** To be checked as soon as may be. */
  isUrgent: boolean
  /** The peer has proved that it is there, so its data is taken. */
  isProven: boolean
  /** A check of ours was answered, and none of late says that it would not be again. */
  isValid: boolean
  answers: number
  answeredMs: number
  /** Anything of the peer. */
  heardMs: number
  dataMs: number
  /** Checks since the last answer, and when the first of them left. */
  unanswered: number
  unansweredMs: number
  /** Smoothed. */
  rttMs: number
  /** How often it died while it was selected; it is preferred again only from then on. */
  deaths: number
  trustedMs: number
}

const NEVER = Number.NEGATIVE_INFINITY

export const makePair = (base: Base, remote: Remote, nowMs: number): Pair => ({
  base,
  remote,
  startMs: nowMs,
  sentMs: NEVER,
  attempts: 0,
  isUrgent: false,
  isProven: false,
  isValid: false,
  answers: 0,
  answeredMs: NEVER,
  heardMs: NEVER,
  dataMs: NEVER,
  unanswered: 0,
  unansweredMs: NEVER,
  rttMs: 0,
  deaths: 0,
  trustedMs: NEVER,
})

export const isRelayed = ({ base, remote }: Pair): boolean => base.kind === 'relay' || remote.type === 'relay'

/** Both ends in one private network, or on one machine. */
export const isLocal = ({ base, remote }: Pair): boolean =>
  base.kind === 'socket' &&
  remote.type !== 'relay' &&
  (isPrivate(remote.address.host) || isLoopback(remote.address.host))

/** Checks again from the start, at once. */
export function rearm(pair: Pair, nowMs: number): void {
  pair.startMs = nowMs
  pair.attempts = 0
  pair.isUrgent = true
}

const TYPE_PREFERENCE = { host: 126, prflx: 110, srflx: 100, relay: 2 } as const

/** RFC 8445 §5.1.2.1; `preference` up to 65535. */
export const priorityOf = (type: CandidateType, preference: number): number =>
  TYPE_PREFERENCE[type] * 2 ** 24 + preference * 2 ** 8 + 255

/** What a check says a peer-reflexive candidate would be worth. A relay's says so: nobody else could tell. */
export const checkPriority = ({ kind }: Base): number => priorityOf(kind === 'relay' ? 'relay' : 'prflx', 65_535)

export const typeOfPriority = (priority: number): CandidateType => (priority < 64 * 2 ** 24 ? 'relay' : 'prflx')
