/**
 * Media and DTLS are taken only from addresses that proved, by STUN, to know this session's credentials (RFC 8445 §12.1
 * sends only on such pairs). werift takes data from anybody who finds the port.
 */

import { drop } from './drops.ts'
import { previousPair } from './ice-restart.ts'
import { filterData } from './ingress.ts'
import { PAIR_SUCCEEDED } from './internals.ts'
import type { Address, IceConnection, IcePair } from './internals.ts'
import { isAuthenticSource } from './stun-authentication.ts'

export function filterSources(): void {
  filterData(({ connection, from }) => {
    if (from !== undefined && isKnown(connection, from)) return true
    drop('foreign-source')
    return false
  })
}

function isKnown(connection: IceConnection, from: Address): boolean {
  if (leadsTo(connection.nominated, from) || isAuthenticSource(connection, from)) return true
  if (leadsTo(previousPair(connection), from)) return true
  return connection.checkList.some((pair) => pair.state === PAIR_SUCCEEDED && leadsTo(pair, from))
}

const leadsTo = (pair: IcePair | undefined, [host, port]: Address): boolean =>
  pair !== undefined && pair.remoteAddr[0] === host && pair.remoteAddr[1] === port
