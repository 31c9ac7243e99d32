/** Lets patches see each DTLS socket at the moment werift makes it, before a record arrives. */

import { original, prototypes } from './internals.ts'
import type { DtlsSocket, DtlsTransport } from './internals.ts'

type Listener = (socket: DtlsSocket, transport: DtlsTransport) => void

const listeners: Listener[] = []

export function whenDtlsSocketIsMade(listener: Listener): void {
  if (listeners.length === 0) install()
  listeners.push(listener)
}

/** Clients are told from servers by the one method that only they have. */
export const isClient = (socket: DtlsSocket): boolean => socket.connect !== undefined

function install(): void {
  const start = original(prototypes.dtlsTransport, 'start')
  prototypes.dtlsTransport.start = function () {
    let socket: DtlsSocket | undefined
    Object.defineProperty(this, 'dtls', {
      configurable: true,
      enumerable: true,
      get: () => socket,
      set: (made: DtlsSocket | undefined) => {
        socket = made
        if (made !== undefined) for (const listener of listeners) listener(made, this)
      },
    })
    return start.call(this)
  }
}
