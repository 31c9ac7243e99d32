/**
 * Retransmission of DTLS flights (RFC 6347 §4.2.4). werift waits 500 ms before the first repeat, which is a second of
 * silence for one lost packet, and its timers outlive a session that stopped by up to half a minute. Here the first repeat
 * comes after 100 ms, doubling, and the timers hold nothing open.
 */

import { setTimeout as delay } from 'node:timers/promises'
import { DtlsClient } from 'werift'
import { TincanError } from '../../errors.ts'
import type { DtlsContext, DtlsFlight, DtlsSocket } from './internals.ts'

const FIRST_REPEAT_MS = 100
const REPEAT_MAX_MS = 2000
/** With the delays above about 17 s, less than a session gives its set-up. */
const SENDS_MAX = 12

const stopped = new WeakSet<DtlsContext>()

export function shortenFlights(): void {
  const flights = flightPrototype()
  flights.transmit = async function (datagrams) {
    for (let sent = 0; sent < SENDS_MAX; sent++) {
      if (stopped.has(this.dtls)) return
      this.send(datagrams).catch(() => {})
      if (this.nextFlight === undefined) return
      await delay(Math.min(FIRST_REPEAT_MS * 2 ** sent, REPEAT_MAX_MS), undefined, { ref: false })
      if (this.dtls.flight >= this.nextFlight) return
    }
    throw new Error('dtls: the peer does not answer')
  }
}

/** Nothing more is sent for this socket. */
export function stopFlights(socket: DtlsSocket): void {
  stopped.add(socket.dtls)
}

/** werift does not export its flights: a client makes one when it is shown a ServerHello, be it an empty one. */
function flightPrototype(): DtlsFlight {
  const transport = { type: 'none', address: {}, onData: () => {}, send: async () => {}, close: async () => {} }
  const options = { transport, srtpProfiles: [] } as unknown as ConstructorParameters<typeof DtlsClient>[0]
  const client = new DtlsClient(options) as unknown as DtlsSocket
  const hello = { msg_type: 2, message_seq: 0, fragment: Buffer.alloc(0), serialize: () => Buffer.alloc(0) }
  client.onHandleHandshakes([hello]).catch(() => {})
  const flights: object | null = client.flight5 ? Object.getPrototypeOf(Object.getPrototypeOf(client.flight5)) : null
  if (flights === null || !Object.hasOwn(flights, 'transmit')) {
    throw new TincanError('CALL_FAILED', "werift's Flight.transmit is gone. Calls are refused: run npm ci.")
  }
  return flights as DtlsFlight
}
