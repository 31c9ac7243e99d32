/**
 * Handshake messages reach werift once each, in the order of their numbers (RFC 6347 §4.2.2). By itself it handles a
 * retransmitted ClientKeyExchange again, over a transcript that has grown, and then no record decrypts for ever: at 10 %
 * loss a third of all handshakes died. A message seen before means that our last flight was lost: it is sent again.
 */

import { drop } from './drops.ts'
import { isClient } from './internals.ts'
import type { DtlsSocket, Handshake } from './internals.ts'

const CLIENT_HELLO = 1
const SERVER_HELLO_DONE = 14
const FINISHED = 20

/** The longest flight has five messages. */
const AHEAD_MAX = 8
/** Nobody may make us repeat a flight of 1 kB more often than an honest peer would retransmit. */
const REPEATS_MAX = 16

export function orderHandshakes(socket: DtlsSocket): void {
  const handle = socket.onHandleHandshakes.bind(socket)
  const ahead = new Map<number, Handshake>()
  let next = 0
  let repeats = 0

  socket.onHandleHandshakes = async (messages) => {
    const handled: Promise<void>[] = []
    for (const message of messages) {
      if (message.message_seq < next) {
        if (repeats++ < REPEATS_MAX) handled.push(repeatFlight(socket, message, handle))
      } else if (ahead.size < AHEAD_MAX) ahead.set(message.message_seq, message)
    }
    for (let ready = ahead.get(next); ready !== undefined; ready = ahead.get(next)) {
      ahead.delete(next++)
      // Not awaited one by one: werift's handler of ServerHelloDone waits for Finished.
      handled.push(handle([ready]))
    }
    const results = await Promise.allSettled(handled)
    // A malformed message is dropped like any bad record; a handshake that cannot go on ends with the set-up time.
    for (const { status } of results) if (status === 'rejected') drop('dtls-handshake')
  }
}

/** `message` came again, so the peer lacks our answer to it. */
async function repeatFlight(
  socket: DtlsSocket,
  message: Handshake,
  handle: (messages: Handshake[]) => Promise<void>,
): Promise<void> {
  if (isClient(socket)) {
    if (message.msg_type === SERVER_HELLO_DONE && socket.dtls.flight === 5) await socket.flight5?.exec()
  } else if (message.msg_type === FINISHED) {
    if (socket.dtls.flight === 6) await socket.flight6?.exec()
  } else if (message.msg_type === CLIENT_HELLO && !socket.connected) {
    // With a cookie werift repeats flight 4; without one it must still be in flight 2, whose numbers start again.
    const hasCookie = message.message_seq > 0
    if (hasCookie ? socket.dtls.flight === 4 : socket.dtls.flight === 2) await handle([message])
  }
}
