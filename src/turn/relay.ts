/**
 * Data on its way through a relay, in both directions (RFC 8656 §11, §12.6, §12.7). ChannelData is neither read as STUN
 * nor copied more than once; what may not pass is dropped and counted.
 */

import type { Socket } from 'node:dgram'
import { type Address, familyOf } from '../lib/ip.ts'
import {
  ATTRIBUTE,
  CLASS,
  METHOD,
  type ReadMessage,
  attributeOf,
  newTransactionId,
  readXorAddress,
  unknownTypes,
  writeMessage,
  xorAddressValue,
} from '../stun/message.ts'
import { Allocation, type AllocationOptions } from './allocation.ts'
import type { Allocations } from './allocations.ts'
import type { ClientPath } from './client-path.ts'
import type { Counters } from './counters.ts'
import { FRAME_BYTES_MAX, channelData, channelOf, channelPayload } from './framing.ts'
import type { PeerGuard } from './peer-guard.ts'

/** What a Data indication adds to the data, at most, and a margin. */
const DATA_BYTES_MAX = FRAME_BYTES_MAX - 64
const SEND_ATTRIBUTES: ReadonlySet<number> = new Set([ATTRIBUTE.xorPeerAddress, ATTRIBUTE.data, ATTRIBUTE.padding])

export class RelayedAllocation extends Allocation {
  readonly socket: Socket
  /** Where its client is now. */
  path: ClientPath

  constructor(options: AllocationOptions, socket: Socket, path: ClientPath) {
    super(options)
    this.socket = socket
    this.path = path
  }
}

export interface RelayOptions {
  table: Allocations<RelayedAllocation>
  guard: PeerGuard
  counters: Counters
}

export class Relay {
  readonly #table: Allocations<RelayedAllocation>
  readonly #guard: PeerGuard
  readonly #counters: Counters

  constructor({ table, guard, counters }: RelayOptions) {
    this.#table = table
    this.#guard = guard
    this.#counters = counters
  }

  /** ChannelData of a client. */
  takeChannelData(allocation: RelayedAllocation | undefined, frame: Buffer, nowMs: number): void {
    if (allocation === undefined) return this.#counters.drop('no-allocation')
    const data = channelPayload(frame)
    if (data === undefined) return this.#counters.drop('malformed')
    const channel = allocation.channel(channelOf(frame), nowMs)
    if (channel === undefined) return this.#counters.drop('no-channel')
    if (allocation.previousTicket !== undefined) this.#table.forgetPreviousTicket(allocation)
    this.#toPeer(allocation, data, channel, nowMs)
  }

  /** A Send indication of a client. */
  takeSend(allocation: RelayedAllocation | undefined, message: ReadMessage, nowMs: number): void {
    if (allocation === undefined) return this.#counters.drop('no-allocation')
    const peer = readXorAddress(attributeOf(message, ATTRIBUTE.xorPeerAddress), message.transactionId)
    const data = attributeOf(message, ATTRIBUTE.data)
    if (peer === undefined || data === undefined || unknownTypes(message, SEND_ATTRIBUTES).length > 0)
      return this.#counters.drop('malformed')
    if (!allocation.isPermitted(peer.host, nowMs)) return this.#counters.drop('no-permission')
    if (!this.#guard.isAllowed(peer)) return this.#counters.drop('forbidden')
    if (allocation.previousTicket !== undefined) this.#table.forgetPreviousTicket(allocation)
    this.#toPeer(allocation, data as Buffer, peer, nowMs)
  }

  /** A datagram of a peer, for the client. */
  takeFromPeer(allocation: RelayedAllocation, data: Buffer, host: string, port: number, nowMs: number): void {
    const channel = allocation.channelOfPeer(host, port, nowMs)
    if (channel === undefined && !allocation.isPermitted(host, nowMs)) return this.#counters.drop('no-permission')
    if (data.length > DATA_BYTES_MAX) return this.#counters.drop('malformed')
    if (!this.#table.spend(allocation, data.length, nowMs)) return this.#counters.drop('bandwidth')
    this.#toClient(allocation, data, host, port, channel?.number)
  }

  #toPeer(allocation: RelayedAllocation, data: Buffer, peer: Address, nowMs: number): void {
    if (!this.#table.spend(allocation, data.length, nowMs)) return this.#counters.drop('bandwidth')
    if (this.#guard.isOwnHost(peer.host)) return this.#toOwnHost(allocation, data, peer, nowMs)
    this.#counters.relay(data.length)
    allocation.socket.send(data, peer.port, peer.host)
  }

  /** Both ends of a call may have a relay here: no packet leaves the machine, whatever its router does with such. */
  #toOwnHost(allocation: RelayedAllocation, data: Buffer, peer: Address, nowMs: number): void {
    const other = this.#table.ofRelay(peer)
    if (other !== undefined) {
      this.#counters.relay(data.length)
      return this.takeFromPeer(other, data, allocation.relayed.host, allocation.relayed.port, nowMs)
    }
    if (!this.#guard.isAllowed(peer)) return this.#counters.drop('forbidden') // the relay that was there is gone
    this.#counters.relay(data.length)
    allocation.socket.send(data, peer.port, peer.host)
  }

  #toClient({ path }: RelayedAllocation, data: Buffer, host: string, port: number, channel: number | undefined): void {
    const frame =
      channel === undefined ? dataIndication(data, { host, port }) : channelData(channel, data, path.isPadded)
    if (path.sendData(frame)) this.#counters.relay(data.length)
    else this.#counters.drop('congestion')
  }
}

function dataIndication(data: Buffer, peer: Address): Buffer {
  const transactionId = newTransactionId()
  const attributes = [
    [ATTRIBUTE.xorPeerAddress, xorAddressValue(peer, transactionId)],
    [ATTRIBUTE.data, data],
  ] as const
  return writeMessage(
    { method: METHOD.data, class: CLASS.indication, transactionId, attributes },
    { hasFingerprint: false },
  )
}

/** A relay's socket and its peers are of one family (RFC 8656 §11.2, 443). */
export const isSameFamily = (a: Address, b: Address): boolean => familyOf(a.host) === familyOf(b.host)
