/**
 * The media session as the rest of tincan sees it: one encrypted RTP path between two peers, over whatever way ICE finds
 * and keeps. Descriptions and candidates are opaque text carried by signalling, and are as authentic as signalling is.
 * `werift/` makes the only implementation.
 */

import type { EventEmitter } from 'node:events'
import type { IceServers } from '../ice/ice.ts'

/** Our own view of an RTP packet (RFC 3550 §5.1): one Opus frame of 20 ms. */
export interface RtpPacket {
  /** 16 bits, wraps. */
  sequenceNumber: number
  /** 32 bits, wraps, in 1/48000 s. */
  timestamp: number
  /** First packet of a talkspurt. */
  marker: boolean
  payload: Uint8Array
}

export type MediaPath = 'direct' | 'relay'

export interface SessionStats {
  /** What is sent takes it; undefined while none lives. After the end: the last one. */
  path: MediaPath | undefined
  /** Peer ids of the supernodes whose relays the path leads through. */
  relays: string[]
  packetsSent: number
  packetsReceived: number
  /** What the peer's receiver reports say of our packets; undefined before the first report. */
  rttMs: number | undefined
  remoteLossPercent: number | undefined
  /** The longest time without a packet of the peer, from the first one on; 0 before. */
  longestGapMs: number
}

export interface MediaSessionEvents {
  /** A local candidate to send to the peer, as JSON text; any number of them, at any time. */
  candidate: [text: string]
  /** There are keys, and a path stands. Once. */
  connected: []
  /** From `connected` on: the kind of path has changed; undefined when none lives. */
  path: [path: MediaPath | undefined]
  /** In the order of arrival, each once; `receivedAtMs` is Unix time. */
  packet: [packet: RtpPacket, receivedAtMs: number]
  /**
   * Set-up cannot succeed any more. Once, and never after `connected`; the session has stopped itself. It has no time limit
   * of its own: a call rings for as long as it rings.
   */
  failed: [reason: string]
}

export interface MediaSession extends EventEmitter<MediaSessionEvents>, AsyncDisposable {
  /** SDP offer without candidates; they follow as events. One description a session. */
  createOffer(): Promise<string>
  /** Takes the peer's offer, returns our answer, and starts checking. */
  createAnswer(offer: string): Promise<string>
  /** The one answer that is taken; others may have been given to the same offer. */
  setAnswer(answer: string): Promise<void>
  /** Takes a candidate at any time, also before the description it belongs to; nonsense is dropped and counted. */
  addCandidate(text: string): void
  /** STUN and TURN servers, more or others, at any time. */
  setServers(servers: IceServers): void
  /** The machine's addresses may have changed: looks, and checks all paths again at once. */
  refresh(): void
  /**
   * Sends one packet; drops it silently when there is no path. Sequence numbers must rise (modulo 2^16): a peer takes
   * what is 128 or more behind for a replay.
   */
  send(packet: RtpPacket): void
  stats(): SessionStats
  /** Idempotent. */
  stop(): Promise<void>
}

/**
 * How both ends come by their keys: `sealed` in descriptions that only the peer can read, for two nodes of ours; `dtls` by
 * a handshake on the path (RFC 5764), for browsers.
 */
export type Keying = 'sealed' | 'dtls'

export interface MediaSessionOptions {
  /** Addresses to gather host candidates on, instead of all interfaces; loopback only when named here. */
  hostAddresses?: string[]
  servers?: IceServers
  /** Use nothing but relays; while none is known, wait for `setServers`. */
  relayOnly?: boolean
  /** UDP is known not to pass: relays are asked over TCP at once. */
  isUdpBlocked?: boolean
  /** Default `sealed`. A description of the other kind is refused with CALL_FAILED. */
  keying?: Keying
}
