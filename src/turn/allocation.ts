/**
 * One allocation as a server keeps it (RFC 8656 §2.2): whose it is, which peers may pass (§9) and which have a channel
 * (§12). No sockets and no clock: it is told the time.
 */

import type { Address } from '../lib/ip.ts'
import { CHANNEL_MAX, CHANNEL_MIN } from './framing.ts'
import { TokenBucket, type TurnLimits } from './limits.ts'

export const PERMISSION_MS = 300_000
/** Of requests with its ticket; a nonce is good for half an hour, in which a client makes a few of them. */
const REQUESTS_KEPT_MAX = 128
/** A channel's peer is permitted for as long as the channel lives: one fact less that can lapse in a call. */
export const CHANNEL_MS = 600_000

export interface Owner {
  username: string
  deviceTag: string
  /** The client's block of addresses when it allocated. */
  block: string
  /** Of its long-term credentials. */
  key: Buffer
}

export interface Channel {
  readonly number: number
  readonly host: string
  readonly port: number
  expiresMs: number
}

export interface AllocationOptions {
  owner: Owner
  relayed: Address
  createdMs: number
  expiresMs: number
  limits: TurnLimits
}

export class Allocation {
  readonly owner: Owner
  readonly relayed: Address
  readonly createdMs: number
  readonly bucket: TokenBucket
  expiresMs: number
  /** RFC 8016; the one before holds until the client is heard from where it went. */
  ticket: string | undefined
  previousTicket: string | undefined
  readonly #limits: TurnLimits
  readonly #requests = new Set<string>()
  readonly #permissions = new Map<string, number>()
  readonly #channels = new Map<number, Channel>()
  /** By the peer's port: nearly always one, and no text is made for each packet. */
  readonly #channelsOfPort = new Map<number, Channel[]>()

  constructor({ owner, relayed, createdMs, expiresMs, limits }: AllocationOptions) {
    this.owner = owner
    this.relayed = relayed
    this.createdMs = createdMs
    this.expiresMs = expiresMs
    this.#limits = limits
    this.bucket = new TokenBucket(limits.allocationBytesPerSecond)
  }

  /** Whether no request had that id lately; from now on one has. */
  isNew(transactionId: Buffer): boolean {
    const id = transactionId.toString('latin1')
    if (this.#requests.has(id)) return false
    if (this.#requests.size >= REQUESTS_KEPT_MAX) this.#requests.delete(this.#requests.keys().next().value as string)
    this.#requests.add(id)
    return true
  }

  isPermitted(host: string, nowMs: number): boolean {
    return (this.#permissions.get(host) ?? 0) > nowMs
  }

  /** All or none; false when they would be too many. */
  permit(hosts: readonly string[], nowMs: number, forMs: number = PERMISSION_MS): boolean {
    const more = new Set(hosts.filter((host) => !this.#permissions.has(host))).size
    if (this.#permissions.size + more > this.#limits.permissionsPerAllocation) this.lapse(nowMs)
    if (this.#permissions.size + more > this.#limits.permissionsPerAllocation) return false
    for (const host of hosts) {
      this.#permissions.set(host, Math.max(this.#permissions.get(host) ?? 0, nowMs + forMs))
    }
    return true
  }

  channel(number: number, nowMs: number): Channel | undefined {
    const channel = this.#channels.get(number)
    return channel !== undefined && channel.expiresMs > nowMs ? channel : undefined
  }

  channelOfPeer(host: string, port: number, nowMs: number): Channel | undefined {
    const channels = this.#channelsOfPort.get(port)
    if (channels === undefined) return undefined
    for (const channel of channels) if (channel.host === host && channel.expiresMs > nowMs) return channel
    return undefined
  }

  /** Binds a channel or prolongs it (§12.2): undefined, or the code to refuse with. */
  bind(number: number, { host, port }: Address, nowMs: number): 400 | 508 | undefined {
    if (number < CHANNEL_MIN || number > CHANNEL_MAX) return 400
    const known = this.channel(number, nowMs)
    if (known !== this.channelOfPeer(host, port, nowMs)) return 400
    if (known === undefined) {
      // one that lapsed would be in its way
      if (this.#channels.has(number) || this.#channels.size >= this.#limits.channelsPerAllocation) this.lapse(nowMs)
      if (this.#channels.size >= this.#limits.channelsPerAllocation) return 508
    }
    if (!this.permit([host], nowMs, CHANNEL_MS)) return 508
    if (known !== undefined) {
      known.expiresMs = nowMs + CHANNEL_MS
      return undefined
    }
    const channel = { number, host, port, expiresMs: nowMs + CHANNEL_MS }
    this.#channels.set(number, channel)
    this.#channelsOfPort.set(port, [...(this.#channelsOfPort.get(port) ?? []), channel])
    return undefined
  }

  /** Forgets what lapsed. */
  lapse(nowMs: number): void {
    for (const [host, expiresMs] of this.#permissions) if (expiresMs <= nowMs) this.#permissions.delete(host)
    for (const [number, { port, expiresMs }] of this.#channels) {
      if (expiresMs > nowMs) continue
      this.#channels.delete(number)
      const others = (this.#channelsOfPort.get(port) ?? []).filter((each) => each.number !== number)
      if (others.length === 0) this.#channelsOfPort.delete(port)
      else this.#channelsOfPort.set(port, others)
    }
  }
}
