/**
 * The peers of a client's allocation: who has a permission, who a channel, and what must be asked for or renewed when
 * (RFC 8656 §9, §12). It is told the time and sends nothing.
 */

import type { Address } from '../lib/ip.ts'
import { CHANNEL_MIN } from './framing.ts'

/** A minute before they lapse. */
const RENEW_MS = 240_000
/** Packets of media before a channel is worth its round trip. */
const PACKETS_BEFORE_CHANNEL = 3
const CHANNELS_MAX = 60
const HOSTS_MAX = 60
/** A peer that was sent nothing for so long keeps its channel no longer than it lasts. */
const UNUSED_MS = 300_000
const PEERS_MAX = 256

export interface Peer {
  readonly address: Address
  /** Its own from when it is first asked for: data on it may come before the answer does. */
  channel: number | undefined
  state: 'none' | 'asked' | 'bound' | 'lapsed' | 'refused'
  packets: number
  boundMs: number
  sentMs: number
}

interface Permission {
  /** Undefined while it was not granted yet. */
  grantedMs: number | undefined
  isAsked: boolean
}

export class ClientPeers {
  readonly #permissions = new Map<string, Permission>()
  readonly #ofPort = new Map<number, Peer[]>()
  readonly #ofChannel = new Map<number, Peer>()
  #count = 0

  /** Wants a permission for it; false when there is or will be one, or no room. */
  want(host: string): boolean {
    if (this.#permissions.has(host) || this.#permissions.size >= HOSTS_MAX) return false
    this.#permissions.set(host, { grantedMs: undefined, isAsked: false })
    return true
  }

  /** The hosts to ask a permission for now. They count as asked. */
  hostsDue(nowMs: number): string[] {
    const due: string[] = []
    for (const [host, permission] of this.#permissions) {
      const { grantedMs, isAsked } = permission
      if (isAsked || (grantedMs !== undefined && nowMs - grantedMs < RENEW_MS)) continue
      permission.isAsked = true
      due.push(host)
    }
    return due
  }

  granted(hosts: readonly string[], nowMs: number): void {
    for (const host of hosts)
      if (this.#permissions.has(host)) this.#permissions.set(host, { grantedMs: nowMs, isAsked: false })
  }

  /** They may be asked for again. */
  unanswered(hosts: readonly string[]): void {
    for (const host of hosts) {
      const permission = this.#permissions.get(host)
      if (permission !== undefined) permission.isAsked = false
    }
  }

  peer(host: string, port: number): Peer | undefined {
    const peers = this.#ofPort.get(port)
    if (peers !== undefined) for (const peer of peers) if (peer.address.host === host) return peer
    return undefined
  }

  /** The peer, known from now on; undefined when there are too many. */
  meet({ host, port }: Address): Peer | undefined {
    const known = this.peer(host, port)
    if (known !== undefined) return known
    if (this.#count >= PEERS_MAX) return undefined
    this.#count++
    const peer = {
      address: { host, port },
      channel: undefined,
      state: 'none' as const,
      packets: 0,
      boundMs: 0,
      sentMs: 0,
    }
    this.#ofPort.set(port, [...(this.#ofPort.get(port) ?? []), peer])
    return peer
  }

  ofChannel(channel: number): Peer | undefined {
    return this.#ofChannel.get(channel)
  }

  /** Counts a packet of media; true when a channel is to be bound now, the one that `peer.channel` names. */
  isChannelDue(peer: Peer): boolean {
    peer.packets++
    if (peer.state === 'none' && peer.packets >= PACKETS_BEFORE_CHANNEL && this.#ofChannel.size < CHANNELS_MAX) {
      peer.channel = CHANNEL_MIN + this.#ofChannel.size
      this.#ofChannel.set(peer.channel, peer)
    } else if (peer.state !== 'lapsed') return false
    peer.state = 'asked'
    return true
  }

  /** Those whose channels are to be renewed; they count as renewed. One that nobody uses is left to lapse. */
  channelsDue(nowMs: number): Peer[] {
    const due: Peer[] = []
    for (const peer of this.#ofChannel.values()) {
      if (peer.state !== 'bound' || nowMs - peer.boundMs < RENEW_MS) continue
      if (nowMs - peer.sentMs > UNUSED_MS) peer.state = 'lapsed'
      else {
        peer.boundMs = nowMs
        due.push(peer)
      }
    }
    return due
  }
}
