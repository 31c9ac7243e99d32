/** Requests to a relay, and what follows from them (RFC 8489 §6.3, §9.2.4; RFC 8656 §7 to §12; RFC 8016). */

import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:dgram'
import { type Address, familyOf } from '../lib/ip.ts'
import {
  ATTRIBUTE,
  type Attribute,
  CLASS,
  METHOD,
  type ReadMessage,
  attributeOf,
  isAuthentic,
  readText,
  readUint32,
  readXorAddress,
  textValue,
  uint32Value,
  unknownTypes,
  xorAddressValue,
} from '../stun/message.ts'
import type { Owner } from './allocation.ts'
import { type Asked, Answers, unknownAttributes } from './answers.ts'
import { type Allocations, grantedLifetime, RUNNING_MS_MAX } from './allocations.ts'
import type { ClientPath } from './client-path.ts'
import type { Counters } from './counters.ts'
import { isFreshNonce, keyOfUsername, readUsername } from './credentials.ts'
import { blockOf, type Strangers, type TurnLimits } from './limits.ts'
import type { PeerGuard, PublicHosts } from './peer-guard.ts'
import { isSameFamily, RelayedAllocation } from './relay.ts'

const UDP_PROTOCOL = 17
/** RFC 8656 §18.7; no client of ours asks for it. */
const EVEN_PORT = 0x0018
const EVEN_PORT_TRIES = 16
const TICKET_BYTES = 18
const PEERS_MAX = 16

const KNOWN: ReadonlySet<number> = new Set([
  ATTRIBUTE.username,
  ATTRIBUTE.realm,
  ATTRIBUTE.nonce,
  ATTRIBUTE.channelNumber,
  ATTRIBUTE.lifetime,
  ATTRIBUTE.xorPeerAddress,
  ATTRIBUTE.data,
  ATTRIBUTE.requestedAddressFamily,
  ATTRIBUTE.requestedTransport,
  ATTRIBUTE.padding,
  EVEN_PORT,
])

export interface RequestsOptions {
  realm: string
  secret: Uint8Array
  publicHosts: PublicHosts
  limits: TurnLimits
  table: Allocations<RelayedAllocation>
  guard: PeerGuard
  counters: Counters
  strangers: Strangers
  /** A bound socket; rejects when there is none to be had. */
  openRelay: (family: 'ipv4' | 'ipv6') => Promise<Socket>
  /** The allocation is in the table; its peers' datagrams are to be taken. */
  onAllocated: (allocation: RelayedAllocation) => void
  /** The allocation is out of the table; its socket is to be closed. */
  onEnded: (allocation: RelayedAllocation) => void
}

export class Requests {
  readonly #options: RequestsOptions
  readonly #answers: Answers

  constructor(options: RequestsOptions) {
    this.#options = options
    this.#answers = new Answers(options)
  }

  take(request: ReadMessage, path: ClientPath, nowMs: number): void {
    const { strangers, counters } = this.#options
    // whoever has an allocation is no stranger; the others are heard only while there is time for them
    const alike = path.isDatagram ? strangers.datagrams : strangers.streams
    if (path.allocation === undefined && !alike.has(path.remote.host, nowMs)) return counters.drop('rate')
    if (request.method === METHOD.binding) return this.#bind(request, path, nowMs)
    const owner = this.#authenticate(request, path, nowMs)
    if (owner === undefined) return
    const asked = { request, path, owner, nowMs }
    const unknown = unknownTypes(request, KNOWN)
    if (unknown.length > 0) return this.#answers.refuse(asked, 420, [unknownAttributes(unknown)])
    if (path.answered?.transactionId.equals(request.transactionId) === true) return path.send(path.answered.bytes)
    switch (request.method) {
      case METHOD.allocate:
        return this.#allocate(asked)
      case METHOD.refresh:
        return this.#refresh(asked)
      case METHOD.createPermission:
        return this.#permit(asked)
      case METHOD.channelBind:
        return this.#bindChannel(asked)
      default:
        return this.#answers.refuse(asked, 400)
    }
  }

  #bind(request: ReadMessage, path: ClientPath, nowMs: number): void {
    const unknown = unknownTypes(request, KNOWN)
    if (unknown.length > 0) return this.#answers.refuseStranger(request, path, 420, nowMs, [unknownAttributes(unknown)])
    if (path.allocation === undefined && !this.#answers.isHeard(path, nowMs)) return
    const mapped: Attribute = [ATTRIBUTE.xorMappedAddress, xorAddressValue(path.remote, request.transactionId)]
    this.#answers.answerStranger(request, path, CLASS.success, [[mapped]])
  }

  /** RFC 8489 §9.2.4, in its order; answers itself when it does not hold. */
  #authenticate(request: ReadMessage, path: ClientPath, nowMs: number): Owner | undefined {
    const { secret, realm, table } = this.#options
    const refuse = (code: number): undefined => this.#answers.refuseStranger(request, path, code, nowMs)
    if (request.integrityAt === undefined) return refuse(401)
    const username = readText(attributeOf(request, ATTRIBUTE.username))
    const nonce = readText(attributeOf(request, ATTRIBUTE.nonce))
    const told = readText(attributeOf(request, ATTRIBUTE.realm))
    if (username === undefined || nonce === undefined || told === undefined) return refuse(400)
    if (!isFreshNonce(secret, nonce, nowMs, ['', path.remote.host])) return refuse(438)
    const ticket = readText(attributeOf(request, ATTRIBUTE.mobilityTicket))
    // a ticket prolongs what it is for, and lends its credentials' life to nothing else
    const isMoving = request.method === METHOD.refresh && ticket !== undefined
    const running = path.allocation ?? (isMoving ? table.ofTicket(ticket) : undefined)
    const read = readUsername(username)
    if (told !== realm || read === undefined) return refuse(401)
    const isOwner = running?.owner.username === username
    const key = isOwner ? running.owner.key : keyOfUsername(secret, username, realm)
    if (!isAuthentic(request, key)) return refuse(401)
    const untilMs = isOwner ? running.createdMs + RUNNING_MS_MAX : read.expiresMs
    if (nowMs >= untilMs) return refuse(401)
    const owner = isOwner
      ? running.owner
      : { username, deviceTag: read.deviceTag, block: blockOf(path.remote.host), key }
    if (running !== undefined && !isOwner) {
      this.#answers.refuse({ request, path, owner, nowMs }, 441)
      return undefined
    }
    return owner
  }

  /** RFC 8656 §7.2. */
  #allocate(asked: Asked): void {
    const { request, path, owner, nowMs } = asked
    const { table, publicHosts, secret } = this.#options
    if (path.isAllocating) return // the answer is on its way
    if (path.allocation !== undefined) return this.#answers.refuse(asked, 437)
    // whoever forges its source does not read the nonce that goes there, and takes up a part of the room at most
    const nonce = readText(attributeOf(request, ATTRIBUTE.nonce)) ?? ''
    const isProven = !path.isDatagram || isFreshNonce(secret, nonce, nowMs, [path.remote.host])
    if (!isProven && table.isCrowded(owner)) return this.#answers.refuseStranger(request, path, 438, nowMs)
    const transport = attributeOf(request, ATTRIBUTE.requestedTransport)
    if (transport?.length !== 4) return this.#answers.refuse(asked, 400)
    if (transport[0] !== UDP_PROTOCOL) return this.#answers.refuse(asked, 442)
    const family = requestedFamily(request) ?? 'ipv4'
    if (family === 'none' || publicHosts[family] === undefined) return this.#answers.refuse(asked, 440)
    // the next port as well is more than we have
    if (((attributeOf(request, EVEN_PORT)?.[0] ?? 0) & 0x80) !== 0) return this.#answers.refuse(asked, 508)
    const refusal = table.admit(owner, nowMs)
    if (refusal !== undefined) return this.#answers.refuse(asked, refusal)
    path.isAllocating = true
    path.hold()
    void this.#open(asked, family, publicHosts[family]) // cannot reject
  }

  async #open(asked: Asked, family: 'ipv4' | 'ipv6', host: string): Promise<void> {
    const { request, path, owner, nowMs } = asked
    const { table, limits, onAllocated } = this.#options
    let socket: Socket
    try {
      socket = await this.#openRelay(family, attributeOf(request, EVEN_PORT) !== undefined)
    } catch {
      table.left(owner)
      path.isAllocating = false
      this.#answers.refuse(asked, 508)
      if (path.isDatagram) path.release()
      return
    }
    path.isAllocating = false
    if (path.isClosed) {
      table.left(owner)
      socket.close()
      if (path.isDatagram) path.release()
      return
    }
    const lifetimeS = grantedLifetime(readUint32(attributeOf(request, ATTRIBUTE.lifetime)))
    const relayed = { host, port: socket.address().port }
    const expiresMs = nowMs + lifetimeS * 1000
    const allocation = new RelayedAllocation({ owner, relayed, createdMs: nowMs, expiresMs, limits }, socket, path)
    table.add(allocation)
    path.allocation = allocation
    onAllocated(allocation)
    const attributes: Attribute[] = [
      [ATTRIBUTE.xorRelayedAddress, xorAddressValue(relayed, request.transactionId)],
      [ATTRIBUTE.lifetime, uint32Value(lifetimeS)],
      [ATTRIBUTE.xorMappedAddress, xorAddressValue(path.remote, request.transactionId)],
    ]
    if (attributeOf(request, ATTRIBUTE.mobilityTicket)?.length === 0) attributes.push(this.#newTicket(allocation))
    this.#answers.answerOnce(asked, attributes)
  }

  async #openRelay(family: 'ipv4' | 'ipv6', isEven: boolean): Promise<Socket> {
    for (let tries = 0; tries < EVEN_PORT_TRIES; tries++) {
      const socket = await this.#options.openRelay(family)
      if (!isEven || socket.address().port % 2 === 0) return socket
      socket.close()
    }
    throw new Error('there is no even port')
  }

  /** §8.2, and RFC 8016 §3.2: with its ticket, from wherever the client is now. */
  #refresh(asked: Asked): void {
    const { request, path, nowMs } = asked
    const { table, onEnded } = this.#options
    const askedS = readUint32(attributeOf(request, ATTRIBUTE.lifetime))
    // whoever found a better way gives back what it has not got yet
    if (path.isAllocating && askedS === 0) path.isClosed = true
    const ticket = readText(attributeOf(request, ATTRIBUTE.mobilityTicket))
    const allocation = path.allocation ?? (ticket ? table.ofTicket(ticket) : undefined)
    if (allocation === undefined) return this.#answers.refuse(asked, 437)
    // a recorded request that comes from elsewhere moves nothing
    const isNew = allocation.isNew(request.transactionId)
    if (!isNew && allocation.path !== path) return this.#options.counters.drop('replay')
    const family = requestedFamily(request)
    if (family !== undefined && family !== familyOf(allocation.relayed.host)) return this.#answers.refuse(asked, 443)
    if (askedS === 0) {
      this.#answers.succeed(asked, [[ATTRIBUTE.lifetime, uint32Value(0)]])
      table.remove(allocation)
      onEnded(allocation)
      return
    }
    const lifetimeS = grantedLifetime(askedS)
    allocation.expiresMs = Math.min(nowMs + lifetimeS * 1000, allocation.createdMs + RUNNING_MS_MAX)
    const attributes: Attribute[] = [[ATTRIBUTE.lifetime, uint32Value(lifetimeS)]]
    if (allocation.path === path) {
      table.forgetPreviousTicket(allocation)
      return this.#answers.succeed(asked, attributes)
    }
    this.#move(allocation, path)
    attributes.push(
      [ATTRIBUTE.xorMappedAddress, xorAddressValue(path.remote, request.transactionId)],
      this.#newTicket(allocation),
    )
    this.#answers.answerOnce(asked, attributes)
  }

  #move(allocation: RelayedAllocation, path: ClientPath): void {
    const old = allocation.path
    old.allocation = undefined
    old.answered = undefined
    old.release()
    allocation.path = path
    path.allocation = allocation
    path.hold()
  }

  /** §10.2. */
  #permit(asked: Asked): void {
    const { request, path, nowMs } = asked
    const { allocation } = path
    if (allocation === undefined) return this.#answers.refuse(asked, 437)
    const values = request.attributes.filter(([type]) => type === ATTRIBUTE.xorPeerAddress)
    const peers = values.map(([, value]) => readXorAddress(value, request.transactionId))
    if (peers.length === 0 || peers.length > PEERS_MAX || !peers.every((peer) => peer !== undefined))
      return this.#answers.refuse(asked, 400)
    const refusal = this.#peerRefusal(allocation, peers)
    if (refusal !== undefined) return this.#answers.refuse(asked, refusal)
    const hosts = peers.map(({ host }) => host)
    if (!allocation.permit(hosts, nowMs)) return this.#answers.refuse(asked, 508)
    this.#answers.succeed(asked, [])
  }

  /** §12.2. */
  #bindChannel(asked: Asked): void {
    const { request, path, nowMs } = asked
    const { allocation } = path
    if (allocation === undefined) return this.#answers.refuse(asked, 437)
    const number = attributeOf(request, ATTRIBUTE.channelNumber)
    const peer = readXorAddress(attributeOf(request, ATTRIBUTE.xorPeerAddress), request.transactionId)
    if (number?.length !== 4 || peer === undefined) return this.#answers.refuse(asked, 400)
    const refusal = this.#peerRefusal(allocation, [peer]) ?? (this.#options.guard.isAllowed(peer) ? undefined : 403)
    if (refusal !== undefined) return this.#answers.refuse(asked, refusal)
    const fault = allocation.bind((number[0]! << 8) | number[1]!, peer, nowMs)
    if (fault !== undefined) return this.#answers.refuse(asked, fault)
    this.#answers.succeed(asked, [])
  }

  #peerRefusal(allocation: RelayedAllocation, peers: Address[]): 403 | 443 | undefined {
    if (!peers.every((peer) => isSameFamily(peer, allocation.relayed))) return 443
    return peers.every(({ host }) => this.#options.guard.isHostAllowed(host)) ? undefined : 403
  }

  #newTicket(allocation: RelayedAllocation): Attribute {
    const ticket = randomBytes(TICKET_BYTES).toString('base64url')
    this.#options.table.renewTicket(allocation, ticket)
    return [ATTRIBUTE.mobilityTicket, textValue(ticket)]
  }
}

/** §18.6; undefined when it is not asked for. */
function requestedFamily(request: ReadMessage): 'ipv4' | 'ipv6' | 'none' | undefined {
  const value = attributeOf(request, ATTRIBUTE.requestedAddressFamily)
  if (value === undefined) return undefined
  if (value.length !== 4) return 'none'
  return value[0] === 1 ? 'ipv4' : value[0] === 2 ? 'ipv6' : 'none'
}
