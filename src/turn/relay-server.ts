/** A supernode's STUN and TURN as a client knows it: where it listens, and what it lets us in with. */

import type { Address } from '../lib/ip.ts'

/** How TURN is carried to the server: RFC 8656 §2.1 over UDP and TCP; TLS, and WebSocket in the clear and over TLS. */
export type TurnTransport = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss'

export interface RelayServer {
  /** The supernode's peer id. */
  peerId: string
  /** Where it speaks STUN and TURN over UDP: at most one address of each family. */
  udp: Address[]
  /** Where it speaks TURN over TCP; the first bytes tell it what comes: TURN, TLS or a WebSocket. */
  tcp: Address[]
  /** For this call only, until `expiresMs` (Unix time). */
  username: string
  credential: string
  realm: string
  /** Good for a first request, which so is authenticated at once. */
  nonce: string
  expiresMs: number
}
