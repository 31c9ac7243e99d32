/**
 * How our sockets look from outside (server-reflexive candidates, RFC 8445 §5.1.1.2): every socket asks every server,
 * keeps its mapping fresh, and asks again when the way is in doubt. Answers that differ for one socket tell a NAT with
 * another mapping for each destination.
 */

import { type Address, addressKey, familyOf, isLoopback, isPrivate, isSameAddress } from '../lib/ip.ts'
import { bindingRequest, mappedOf } from '../stun/binding.ts'
import { METHOD, type ReadMessage, TRANSACTION_ID_BYTES } from '../stun/message.ts'
import type { Base } from './pair.ts'

const SERVERS_MAX = 4
const RETRY_MS = 100
const RETRY_MS_MAX = 1_600
const TRIES_MAX = 7
/** Below the shortest lifetimes of mappings in use; also when no answer came at all. */
const FRESHEN_MS = 15_000
/** Between looks while the path is in doubt. */
const DOUBT_MS = 1_000
/** How many ports of one NAT are told for one socket. */
const TOLD_PER_BASE_MAX = 4

interface Query {
  readonly base: Base
  readonly server: Address
  transactionId: Buffer
  tries: number
  nextMs: number
  answeredMs: number
  mapped: Address | undefined
}

export interface Mapped {
  base: Base
  address: Address
  /** How often the base's mappings have changed: only those of one generation may be compared. */
  generation: number
}

export interface MappingsOutlet {
  send: (base: Base, to: Address, bytes: Buffer) => void
  /** One that was not known. */
  mapped: (mapped: Mapped) => void
}

export class Mappings {
  readonly #outlet: MappingsOutlet
  readonly #randomBytes: (count: number) => Buffer
  readonly #bases = new Map<number, { base: Base; generation: number; told: Address[] }>()
  #servers: Address[] = []
  #queries: Query[] = []

  constructor(outlet: MappingsOutlet, randomBytes: (count: number) => Buffer) {
    this.#outlet = outlet
    this.#randomBytes = randomBytes
  }

  setServers(servers: readonly Address[], nowMs: number): void {
    const chosen = servers.slice(0, 2 * SERVERS_MAX)
    this.#servers = chosen
    this.#queries = this.#queries.filter(({ server }) => chosen.some((each) => isSameAddress(each, server)))
    for (const { base } of this.#bases.values()) this.#ask(base, nowMs)
  }

  addBase(base: Base, nowMs: number): void {
    this.#bases.set(base.id, { base, generation: 0, told: [] })
    this.#ask(base, nowMs)
  }

  removeBase(id: number): void {
    this.#bases.delete(id)
    this.#queries = this.#queries.filter(({ base }) => base.id !== id)
  }

  /** The way is in doubt: whether the mappings are what they were. */
  doubt(nowMs: number): void {
    for (const query of this.#queries) {
      if (nowMs - query.answeredMs < DOUBT_MS || query.nextMs - nowMs < DOUBT_MS) continue
      query.nextMs = nowMs
      query.tries = 0
    }
  }

  /** All at once, from the start. */
  refresh(nowMs: number): void {
    for (const query of this.#queries) Object.assign(query, { nextMs: nowMs, tries: 0 })
  }

  /** The different addresses that servers saw of this socket lately, in the order in which they were met. */
  of(base: Base): Address[] {
    return this.#bases.get(base.id)?.told ?? []
  }

  /** True when servers see different ports of one socket. */
  isHard(base: Base): boolean {
    const told = this.of(base)
    return told.some(({ host, port }) => told.some((other) => other.host === host && other.port !== port))
  }

  /** Whether it was an answer of one of the servers. */
  take(nowMs: number, baseId: number, from: Address, message: ReadMessage): boolean {
    const query = this.#queries.find(
      ({ base, server, transactionId }) =>
        base.id === baseId && transactionId.equals(message.transactionId) && isSameAddress(server, from),
    )
    if (query === undefined || message.method !== METHOD.binding) return false
    const mapped = mappedOf(message)
    if (mapped === undefined) return true
    const previous = query.mapped
    Object.assign(query, { mapped, answeredMs: nowMs, tries: 0, nextMs: nowMs + FRESHEN_MS })
    const known = this.#bases.get(baseId)
    if (known === undefined) return true
    if (previous !== undefined && !isSameAddress(previous, mapped)) {
      // the NAT has forgotten us: nothing that was told of this socket holds any more
      known.generation++
      known.told = []
      for (const other of this.#queries) {
        if (other.base.id !== baseId || other === query) continue
        Object.assign(other, { mapped: undefined, nextMs: nowMs, tries: 0 })
      }
    }
    this.#tell(known, mapped)
    return true
  }

  /** Asks what is due. Returns when it wants to be called again. */
  poll(nowMs: number): number {
    let nextMs = Infinity
    for (const query of this.#queries) {
      if (query.nextMs <= nowMs) this.#send(query, nowMs)
      nextMs = Math.min(nextMs, query.nextMs)
    }
    return nextMs
  }

  #tell(known: { base: Base; generation: number; told: Address[] }, address: Address): void {
    const { base, generation, told } = known
    if (told.length >= TOLD_PER_BASE_MAX || told.some((each) => isSameAddress(each, address))) return
    told.push(address)
    if (!isSameAddress(address, base.address)) this.#outlet.mapped({ base, address, generation })
  }

  #ask(base: Base, nowMs: number): void {
    const { host } = base.address
    const usable = this.#servers.filter(
      (server) =>
        familyOf(server.host) === familyOf(host) &&
        isLoopback(server.host) === isLoopback(host) &&
        !this.#queries.some((query) => query.base.id === base.id && addressKey(query.server) === addressKey(server)),
    )
    for (const server of usable.slice(0, SERVERS_MAX)) {
      const transactionId = this.#randomBytes(TRANSACTION_ID_BYTES)
      this.#queries.push({
        base,
        server: { ...server },
        transactionId,
        tries: 0,
        nextMs: nowMs,
        answeredMs: Number.NEGATIVE_INFINITY,
        mapped: undefined,
      })
    }
  }

  #send(query: Query, nowMs: number): void {
    if (query.tries === 0) query.transactionId = this.#randomBytes(TRANSACTION_ID_BYTES)
    const { base, server, transactionId } = query
    query.tries++
    if (query.tries > TRIES_MAX) Object.assign(query, { tries: 0, nextMs: nowMs + FRESHEN_MS })
    else query.nextMs = nowMs + Math.min(RETRY_MS * 2 ** (query.tries - 1), RETRY_MS_MAX)
    this.#outlet.send(base, server, bindingRequest(transactionId))
  }
}

/** Whether a server of ours might see us where the peer cannot: then what it saw is worth telling. */
export const isWorthTelling = ({ base, address }: Mapped): boolean =>
  !isPrivate(address.host) || isPrivate(base.address.host) || isLoopback(base.address.host)
