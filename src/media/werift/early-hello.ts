/**
 * The handshake starts as soon as there is a path. werift sleeps 100 ms before its ClientHello, because a server that has
 * no path yet loses it; instead the server keeps the last DTLS datagram that came too early.
 */

import { isClient, whenDtlsSocketIsMade } from './dtls-socket.ts'
import { filterData } from './ingress.ts'
import type { IceConnection } from './internals.ts'

const listening = new WeakSet<IceConnection>()
const early = new WeakMap<IceConnection, Buffer>()

export function startHandshakeEarly(): void {
  filterData(({ connection, data }) => {
    if (listening.has(connection) || !isDtls(data)) return true
    early.set(connection, data)
    return false
  })
  whenDtlsSocketIsMade((socket, transport) => {
    const { connection } = transport.iceTransport
    listening.add(connection)
    if (isClient(socket)) {
      const connect = socket.connect!.bind(socket)
      let started: Promise<void> | undefined
      // werift calls this after its sleep; by then the handshake is under way.
      socket.connect = () => (started ??= connect())
      queueMicrotask(() => void socket.connect?.().catch(() => {}))
    }
    const kept = early.get(connection)
    early.delete(connection)
    if (kept !== undefined) queueMicrotask(() => socket.transport.socket.onData(kept))
  })
}

/** RFC 7983 §7. */
const isDtls = (data: Uint8Array): boolean => data[0]! >= 20 && data[0]! <= 63
