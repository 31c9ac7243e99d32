/** What the two ends of a ping say to each other: ping.proto, read strictly. */

import { decoded } from '../lib/decoded.ts'
import { type Candidate, readCandidate, writeCandidate } from '../ice/candidate.ts'
import type { IceCredentials } from '../ice/ice.ts'
import { PingSignal } from './ping.pb.js'

export const PING_ID_BYTES = 16
const CANDIDATES_MAX = 16
const UFRAG = /^[\w+/]{4,256}$/
const PASSWORD = /^[\w+/]{22,256}$/

export type PingBody =
  | { ask: IceCredentials }
  | { answer: IceCredentials }
  | { more: Candidate[] }
  | { end: Record<string, never> }

export function writePing(id: string, body: PingBody): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(id, 'hex'))
  if ('more' in body) return PingSignal.encode({ id: bytes, more: { candidates: body.more.map(writeCandidate) } })
  return PingSignal.encode({ id: bytes, ...body })
}

/** Undefined when it is malformed. Candidates that lead nowhere are left out. */
export function readPing(bytes: Uint8Array): { id: string; body: PingBody } | undefined {
  const signal = decoded(() => PingSignal.decode(bytes, { limits: { more: { candidates: CANDIDATES_MAX } } }))
  if (signal === undefined || signal.id.length !== PING_ID_BYTES) return undefined
  const id = Buffer.from(signal.id).toString('hex')
  const { ask, answer, more, end } = signal
  if (ask !== undefined) return isFit(ask) ? { id, body: { ask } } : undefined
  if (answer !== undefined) return isFit(answer) ? { id, body: { answer } } : undefined
  if (more !== undefined) {
    return { id, body: { more: more.candidates.flatMap((text) => readCandidate(text) ?? []) } }
  }
  return end && { id, body: { end: {} } }
}

const isFit = ({ ufrag, password }: IceCredentials): boolean => UFRAG.test(ufrag) && PASSWORD.test(password)
