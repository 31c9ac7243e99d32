/**
 * The overlay as the rest of tincan sees it: peers by id, calls to them by role, and the way to the supernodes
 * nearest to a key. `libp2p.ts` makes the real one.
 */

import type { EventEmitter } from 'node:events'
import type { Handler, RpcCounters } from './rpc.ts'
import type { TurnHandler } from './shared-port.ts'

export type ProfileName = 'local' | 'internet'

/** A peer and where it was last known to listen (multiaddrs, without the peer id). */
export interface Contact {
  peerId: string
  addresses: string[]
}

/** A listening port, and where a router lets others in to it. */
export interface MappedTcpPort {
  internalHost: string
  internalPort: number
  externalHost: string
  externalPort: number
}

/** What a stream is for; part of its protocol id, `/tincan/<network>/<role>/1.0.0`. */
export type Role = 'index' | 'home' | 'device' | 'probe' | 'relay'

export interface CallOptions {
  deadlineMs: number
  signal?: AbortSignal | undefined
}

export interface OverlayEvents {
  connect: [peerId: string]
  disconnect: [peerId: string]
  /** A supernode came into our routing table. */
  supernode: [peerId: string]
  /** Our own listen addresses changed. */
  addresses: []
}

export interface Overlay extends EventEmitter<OverlayEvents>, AsyncDisposable {
  readonly peerId: string
  readonly network: string
  readonly counters: RpcCounters
  /** Multiaddrs we can be dialled at, each ending in /p2p/<our id>. */
  addresses(): string[]
  handle(role: Role, handler: Handler): Promise<void>
  unhandle(role: Role): Promise<void>
  /** Asks a peer over the one warm stream of that role, dialling if need be. Rejects RpcError or TincanError ABORTED. */
  call(to: Contact, role: Role, body: Uint8Array, options: CallOptions): Promise<Uint8Array>
  isConnected(peerId: string): boolean
  /** The address a connected peer talks to us from. */
  remoteAddress(peerId: string): string | undefined
  connectionCount(): number
  /** The peers we are connected to, supernodes or not. */
  peers(): string[]
  /** Where a connected peer listens as far as can be told: its port, at the address it talks to us from, comes first. */
  contact(peerId: string): Contact
  /** The supernodes in our routing table. */
  supernodes(): Contact[]
  /** The `count` supernodes of our routing table nearest to the Kademlia id. No traffic. */
  nearest(kadId: Uint8Array, count: number): Contact[]
  /** Walks the overlay to the supernodes nearest to `key`, best first. Rejects TincanError ABORTED only. */
  walk(key: Uint8Array, signal: AbortSignal): Promise<Contact[]>
  /** Forgets a supernode that does not answer, until it shows up again. */
  forget(peerId: string): void
  /** Serve the routing table to others (supernodes), or only use it. */
  setServing(isServing: boolean): Promise<void>
  /** Hands over whoever wants TURN on the port of our WebSockets; undefined: they are turned away. */
  serveTurn(handler: TurnHandler | undefined): void
  /** Opens a second connection to a peer to see whether it can be reached there. Never rejects. */
  canDial(address: string, peerId: string, signal: AbortSignal): Promise<boolean>
  /** Ways in that a router has opened, instead of those before: ours, for peers to be told once one has come in there. */
  setMappedPorts(ports: MappedTcpPort[]): void
  /** A peer has just reached us at this address of ours. */
  confirmAddress(address: string): void
  /** Dials addresses of peers to join through; resolves to how many answered. */
  join(addresses: string[], signal: AbortSignal): Promise<number>
  /** Cuts the connections over which nothing comes back: we slept, or are in another place. Never rejects. */
  checkConnections(): Promise<void>
  stop(): Promise<void>
}
