/** What goes into a node and what it tells: options, look-ups, status, events. */

import type { Call } from './call/call.ts'
import type { TincanError } from './errors.ts'
import type { ProfileName } from './overlay/overlay.ts'
import type { NodeRole, SupernodeStatus } from './supernode/supernode.ts'

export interface NodeOptions {
  /**
   * To be found by; without one the node can look others up, but neither call nor be called. The home of a device that
   * was added to an account has one of its own; false leaves it unused.
   */
  username?: string | false | undefined
  /** Directory of keys and state; `false` keeps everything in memory. Default: TINCAN_HOME, or the XDG data directory. */
  home?: string | false | undefined
  /** Networks never mix. Default `main`. */
  network?: string | undefined
  /** `local` is one machine or one LAN: private addresses count, promotion takes seconds. Default `internet`. */
  profile?: ProfileName | undefined
  /** Multiaddrs, each with /p2p/<id>, of nodes to join through. */
  bootstrap?: string[] | undefined
  /** Multiaddrs to listen on. Default: loopback for `local`, every interface for `internet`. */
  listen?: string[] | undefined
  /** False: never become a supernode. */
  supernode?: boolean | undefined
  /** What it sends is paid for: never become a supernode while this is so. */
  metered?: boolean | undefined
  /** Asks the router to open our ports (PCP, NAT-PMP, UPnP). Default: on the internet, unless `supernode` is false. */
  portMapping?: boolean | undefined
  /** Media takes relays only, so that nobody we talk to learns our addresses. */
  relayOnly?: boolean | undefined
  /** False: media never takes a relay, so that a call fails where no direct path can be had. */
  relay?: boolean | undefined
  /** As a supernode: what relayed calls may take together, in bytes a second each way. Default 625,000 (5 Mb/s). */
  relayBytesPerSecondMax?: number | undefined
  signal?: AbortSignal | undefined
}

/** One account that holds a name. */
export interface FoundHolder {
  /** With the five letters of its key, like alice.k7q2m. */
  address: string
  /** Ed25519, hexadecimal. */
  accountKey: string
  /** Since when the registrars know its claim (Unix epoch): the older claim is the likelier. */
  sinceMs: number
  /** Those that are not online come with when they were seen last. */
  devices: { peerId: string; homes: string[]; online: boolean; lastSeenMs?: number }[]
}

/** Whom a name leads to: the first of `holders`, who is the only one unless the verdict is `conflict`. */
export interface Lookup extends FoundHolder {
  username: string
  /** `weak`: only one of those asked knows the name. `conflict`: several accounts hold it, and no call goes by guess. */
  verdict: 'agree' | 'weak' | 'conflict'
  holders: FoundHolder[]
  ms: number
}

export interface NodeStatus extends SupernodeStatus {
  peerId: string
  username: string | undefined
  address: string | undefined
  online: boolean
  homes: string[]
  connections: number
  listen: string[]
  /** How far this machine's clock is ahead of the network's; 0 when they agree. */
  clockOffsetMs: number
  upSeconds: number
  calls: { id: string; direction: string; peer: string; state: string }[]
  /** Messages dropped, by reason. */
  dropped: Record<string, number>
}

export interface NodeEvents {
  role: [change: { role: NodeRole; reason: string }]
  /** The username can be found now, or no longer. */
  online: []
  offline: []
  /** Somebody calls; the call is ringing. */
  call: [call: Call]
  /** Found out after the start: another account holds the username. */
  refused: [error: TincanError]
  /** This machine's clock is ahead of the network's, or behind it when negative; 0: no longer. */
  clock: [offsetMs: number]
  /** Something is wrong with this machine that its owner should know. */
  warning: [message: string]
}
