/** Two sessions on loopback with their signalling in between, for tests that need a call's media and nothing else. */

import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Keying, MediaSession, MediaSessionOptions, RtpPacket } from '../../../src/media/session.ts'
import { createWeriftSession } from '../../../src/media/werift/session.ts'
import { openWire } from './wire.ts'
import type { End, Wire, WireOptions } from './wire.ts'

export const LOOPBACK: MediaSessionOptions = { hostAddresses: ['127.0.0.1'] }
export const LOOPBACK_DTLS: MediaSessionOptions = { ...LOOPBACK, keying: 'dtls' }
export const KEYINGS: Keying[] = ['sealed', 'dtls']

export interface Pair {
  a: MediaSession
  b: MediaSession
  connected: Promise<unknown>
  /** a offers, b answers. */
  negotiate: () => Promise<void>
  stop: () => Promise<void>
}

export interface PairOptions {
  a?: MediaSessionOptions
  b?: MediaSessionOptions
  /** What becomes of a candidate on its way to the other end. */
  carry?: (from: End, candidate: string) => string
}

export function makePair({ a: ofA = LOOPBACK, b: ofB = LOOPBACK, carry = (_, text) => text }: PairOptions = {}): Pair {
  const a = createWeriftSession(ofA)
  const b = createWeriftSession(ofB)
  a.on('candidate', (text) => b.addCandidate(carry('a', text)))
  b.on('candidate', (text) => a.addCandidate(carry('b', text)))
  return {
    a,
    b,
    connected: Promise.all([once(a, 'connected'), once(b, 'connected')]),
    async negotiate() {
      await a.setAnswer(await b.createAnswer(await a.createOffer()))
    },
    async stop() {
      await Promise.all([a.stop(), b.stop()])
    },
  }
}

export async function connectPair(options?: PairOptions): Promise<Pair> {
  const pair = makePair(options)
  await pair.negotiate()
  await pair.connected
  return pair
}

export const pairOf = (keying: Keying): PairOptions => ({ a: { ...LOOPBACK, keying }, b: { ...LOOPBACK, keying } })

/** A connected pair with somebody in the middle, and all that came by before. */
export async function connectOverWire(
  options: PairOptions & WireOptions = {},
): Promise<Pair & { wire: Wire; seen: Record<End, Buffer[]> }> {
  const wire = await openWire(options)
  const seen: Record<End, Buffer[]> = { a: [], b: [] }
  wire.inspect = (to, data) => seen[to].push(Buffer.from(data)) > 0
  const pair = await connectPair({ ...options, carry: wire.rewrite })
  return {
    ...pair,
    wire,
    seen,
    async stop() {
      await pair.stop()
      await wire.stop()
    },
  }
}

export const packet = (sequenceNumber: number, text = `frame ${sequenceNumber}`): RtpPacket => ({
  sequenceNumber: sequenceNumber & 0xffff,
  timestamp: (sequenceNumber * 960) >>> 0,
  marker: false,
  payload: Buffer.from(text),
})

export const textOf = ({ payload }: RtpPacket): string => Buffer.from(payload).toString()

/** What comes in, as text, in order. */
export function listen(session: MediaSession): string[] {
  const heard: string[] = []
  session.on('packet', (received) => heard.push(textOf(received)))
  return heard
}

/** Whether `claim` comes true in the time; waits no longer than it must. */
export async function eventually(claim: () => boolean, patienceMs = 20_000): Promise<boolean> {
  const untilMs = performance.now() + patienceMs
  while (!claim()) {
    if (performance.now() > untilMs) return false
    await delay(5)
  }
  return true
}

/** RTP and RTCP share the first byte's range with each other only (RFC 7983 §7, RFC 5761 §4). */
export const isRtp = (data: Buffer): boolean =>
  data[0]! >= 128 && data[0]! <= 191 && !(data[1]! >= 192 && data[1]! <= 223)

export const isDtls = (data: Buffer): boolean => data[0]! >= 20 && data[0]! <= 63
