/**
 * The media session as the rest of tincan sees it: one authenticated, encrypted RTP path between two peers.
 * Descriptions and candidates are opaque text carried by signalling. `werift/` makes the only implementation.
 */

import type { EventEmitter } from 'node:events'

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
  path: MediaPath | undefined
  packetsSent: number
  packetsReceived: number
  /** What the peer's receiver reports say of our packets; undefined before the first report. */
  rttMs: number | undefined
  remoteLossPercent: number | undefined
}

export interface MediaSessionEvents {
  /** A local candidate to send to the peer, as JSON text. */
  candidate: [candidate: string]
  /** ICE and DTLS are up and the peer proved possession of its certificate's key. */
  connected: []
  path: [path: MediaPath]
  /** In the order of arrival, each once; `receivedAtMs` is Unix time. */
  packet: [packet: RtpPacket, receivedAtMs: number]
  /** Set-up failed, or the path is gone for good. Emitted once; the session has stopped itself. */
  failed: [reason: string]
}

export interface MediaSession extends EventEmitter<MediaSessionEvents>, AsyncDisposable {
  /** SDP offer without candidates; they follow as events. In a restart packets keep the old path for up to 15 s. */
  createOffer(options?: { iceRestart?: boolean }): Promise<string>
  /** Takes the peer's offer, returns our answer, and starts checking. */
  createAnswer(offer: string): Promise<string>
  setAnswer(answer: string): Promise<void>
  /** Takes a candidate at any time, also before the description it belongs to; nonsense is dropped and counted. */
  addCandidate(candidate: string): void
  /** 32 bytes of exported keying material (RFC 5705), equal at both honest ends. Throws before `connected`. */
  channelBinding(): Uint8Array
  /**
   * Sends one packet; drops it silently when there is no path. Sequence numbers must rise (modulo 2^16): a peer takes
   * what is 128 or more behind for a replay.
   */
  send(packet: RtpPacket): void
  stats(): SessionStats
  /** Idempotent. */
  stop(): Promise<void>
}

export interface IceServers {
  /** host:port of STUN servers; none by default, and never a public one. */
  stun?: string
  turn?: { host: string; port: number; username: string; credential: string }
}

export interface MediaSessionOptions {
  /** Addresses to gather host candidates on, instead of all interfaces; loopback only when named here. */
  hostAddresses?: string[]
  ice?: IceServers
  /** Use nothing but the relay; without `ice.turn` set-up fails. */
  relayOnly?: boolean
}
