/**
 * Finding and keeping a path between two peers, as the media session sees it: ICE (RFC 8445) on the wire, trickled
 * (RFC 8838), but going on for as long as the call does: new candidates are taken at any time, every path that works is
 * kept warm, and each end sends on the best one that lives. `agent.ts` makes the only implementation.
 */

import type { EventEmitter } from 'node:events'
import type { Address } from '../lib/ip.ts'
import type { RelayServer } from '../turn/relay-server.ts'
import type { Candidate } from './candidate.ts'

export interface IceCredentials {
  /** RFC 8445 §5.3: 4 to 256 of the ICE characters, and 22 to 256. */
  ufrag: string
  password: string
}

/** The controlling end, which made the first offer, says which path is used where both could (RFC 8445 §6.1.1). */
export type IceRole = 'controlling' | 'controlled'

export interface IceServers {
  /** STUN over UDP, of several supernodes: what differs between their answers tells the kind of NAT. */
  stun: Address[]
  /** Best first. The first is used, the second kept as a standby. */
  relays: RelayServer[]
}

export interface IcePath {
  kind: 'direct' | 'relay'
  local: Address
  remote: Address
  /** The supernodes whose relays it leads through, as far as we know: at most ours and the peer's. */
  relays: string[]
  /** The smoothed round trip of its checks. */
  rttMs: number
}

export interface IceEvents {
  /** To be sent to the peer. */
  candidate: [candidate: Candidate]
  /** What we send takes this path from now on; undefined when none lives. */
  path: [path: IcePath | undefined]
  /** From the peer, over any path that it has proved to hold. Neither STUN nor empty. */
  data: [data: Buffer]
}

export interface IceAgentOptions {
  role: IceRole
  /** Addresses to gather on, instead of all that lead out of this machine; loopback only when named here. */
  hostAddresses?: string[]
  servers?: IceServers
  /** No candidate but relayed ones is made, told or used. */
  relayOnly?: boolean
  /** UDP is known not to pass: relays are asked over TCP at once. */
  isUdpBlocked?: boolean
}

export interface IceAgent extends EventEmitter<IceEvents>, AsyncDisposable {
  readonly credentials: IceCredentials
  readonly path: IcePath | undefined
  /** Opens sockets and begins to tell candidates. Never rejects: what cannot be had is left out. */
  gather(): void
  /** The peer's; checks begin. Others than before start anew (an ICE restart of the peer's, RFC 8445 §9). */
  setRemote(credentials: IceCredentials): void
  /** At any time, also before `setRemote`. What leads nowhere is dropped and counted. */
  addCandidate(candidate: Candidate): void
  /** More servers, or others, at any time. */
  setServers(servers: IceServers): void
  /** The machine's addresses may have changed: looks, and checks everything again at once. */
  refresh(): void
  /** Sends on the best path; dropped silently when there is none. */
  send(data: Uint8Array): void
  /** Closes sockets and allocations. Idempotent, bounded, never rejects. */
  stop(): Promise<void>
}
