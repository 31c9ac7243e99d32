/**
 * The one gate through which every datagram of a session comes in, on UDP ports and through TURN alike. Patches put filters
 * here; a packet or STUN request goes on to werift only when all of them say yes.
 */

import type { Message } from 'werift'
import { original, prototypes } from './internals.ts'
import type { Address, IceConnection, IceProtocol } from './internals.ts'

export interface Arrival {
  connection: IceConnection
  protocol: IceProtocol
  /** Undefined only when werift learnt no source address. */
  from: Address | undefined
  data: Buffer
}

export type DataFilter = (arrival: Arrival) => boolean
export type RequestFilter = (arrival: Arrival & { from: Address }, request: Message) => boolean

const dataFilters: DataFilter[] = []
const requestFilters: RequestFilter[] = []
const sources = new WeakMap<IceProtocol, Address>()
let isInstalled = false

/** Filters are asked in the order in which they were added. */
export function filterData(filter: DataFilter): void {
  install()
  dataFilters.push(filter)
}

export function filterRequests(filter: RequestFilter): void {
  install()
  requestFilters.push(filter)
}

function install(): void {
  if (isInstalled) return
  isInstalled = true

  const datagramReceived = original(prototypes.stunProtocol, 'datagramReceived')
  prototypes.stunProtocol.datagramReceived = function (data, from) {
    sources.set(this, from)
    datagramReceived.call(this, data, from)
  }

  const ensureProtocol = original(prototypes.connection, 'ensureProtocol')
  prototypes.connection.ensureProtocol = function (protocol) {
    ensureProtocol.call(this, protocol)
    const relayed = protocol.handleStunMessage
    if (relayed !== undefined) {
      protocol.handleStunMessage = (data, from) => {
        sources.set(protocol, from)
        relayed(data, from)
      }
    }
    const takeRequest = protocol.onRequestReceived.execute
    protocol.onRequestReceived.execute = (request, from, data) => {
      const arrival = { connection: this, protocol, from, data }
      if (requestFilters.every((filter) => filter(arrival, request))) takeRequest(request, from, data)
    }
    const takeData = protocol.onDataReceived.execute
    protocol.onDataReceived.execute = (data) => {
      const arrival = { connection: this, protocol, from: sources.get(protocol), data }
      if (dataFilters.every((filter) => filter(arrival))) takeData(data)
    }
  }
}
