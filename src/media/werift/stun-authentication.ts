/**
 * Incoming STUN requests must carry a MESSAGE-INTEGRITY made with our password (RFC 8445 §7.3, RFC 5389 §10.1.2). werift
 * never looks: a stranger got replies eight times his request, and could flip our role or fill our check list.
 * A request under the credentials of an earlier generation is the peer's consent check on the old path (RFC 7675): it is
 * answered here, and never becomes a check of the new generation.
 */

import { Message, classes, methods, parseMessage } from 'werift'
import { drop } from './drops.ts'
import { filterRequests } from './ingress.ts'
import type { Arrival } from './ingress.ts'
import type { Address, IceConnection } from './internals.ts'

/** Room for every interface and NAT mapping of an honest peer; a hostile one cannot grow our check list beyond it. */
const SOURCES_MAX = 64

const authenticSources = new WeakMap<IceConnection, Set<string>>()

const keyOf = ([host, port]: Address): string => `${host} ${port}`

/** Whether a request from this address proved knowledge of our password. */
export const isAuthenticSource = (connection: IceConnection, from: Address): boolean =>
  authenticSources.get(connection)?.has(keyOf(from)) ?? false

export function authenticateStun(): void {
  filterRequests((arrival, request) => {
    const { connection, from, data } = arrival
    const username: unknown = request.getAttributeValue('USERNAME')
    if (request.messageMethod !== methods.BINDING || typeof username !== 'string') return refuse('stun-unauthenticated')
    const [local = '', remote] = username.split(':')
    const password = Object.hasOwn(connection.userHistory, local) ? connection.userHistory[local] : undefined
    if (password === undefined) return refuse('stun-wrong-user')
    const isCurrent = local === connection.localUsername
    if (isCurrent && connection.remoteUsername !== '' && remote !== connection.remoteUsername) {
      return refuse('stun-wrong-user')
    }
    const key = Buffer.from(password, 'utf8')
    if (parseMessage(data, key) === undefined) return refuse('stun-unauthenticated')

    let sources = authenticSources.get(connection)
    if (sources === undefined) authenticSources.set(connection, (sources = new Set()))
    if (sources.size >= SOURCES_MAX && !sources.has(keyOf(from))) return refuse('stun-too-many-sources')
    sources.add(keyOf(from))
    if (isCurrent) return true
    answer(arrival, request, key)
    return false
  })
}

function refuse(reason: 'stun-unauthenticated' | 'stun-wrong-user' | 'stun-too-many-sources'): false {
  drop(reason)
  return false
}

function answer({ protocol, from }: Arrival & { from: Address }, request: Message, key: Buffer): void {
  const response = new Message(methods.BINDING, classes.RESPONSE, request.transactionId)
  response.setAttribute('XOR-MAPPED-ADDRESS', from).addMessageIntegrity(key).addFingerprint()
  protocol.sendStun(response, from).catch(() => {})
}
