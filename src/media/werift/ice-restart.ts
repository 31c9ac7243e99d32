/**
 * ICE restart (RFC 8445 §9): media stays on the old path until the new checks have chosen one. werift forgets the old path
 * at once, and once DTLS is up never starts the new checks, so that a restart ended the media for good.
 */

import { original, prototypes } from './internals.ts'
import type { IceConnection, IcePair } from './internals.ts'

/** Consent to send lasts 30 s (RFC 7675 §5.1), and may have been half used when the restart began. */
const OLD_PATH_MAX_MS = 15_000

const previous = new WeakMap<IceConnection, { pair: IcePair; untilMs: number }>()

/** The path in use before a restart that has not yet chosen another. */
export function previousPair(connection: IceConnection): IcePair | undefined {
  const kept = previous.get(connection)
  return kept !== undefined && performance.now() < kept.untilMs ? kept.pair : undefined
}

export function restartIce(): void {
  const restart = original(prototypes.connection, 'restart')
  prototypes.connection.restart = function () {
    const pair = this.nominated ?? previousPair(this)
    if (pair !== undefined) keepPath(this, pair)
    return restart.call(this)
  }

  const connect = original(prototypes.peerConnection, 'connect')
  prototypes.peerConnection.connect = function () {
    for (const { state, iceTransport } of this.dtlsTransports) {
      if (state !== 'connected' || iceTransport.connection.nominated !== undefined) continue
      if (iceTransport.state === 'checking' || iceTransport.state === 'closed') continue
      // A restart that fails shows as the state of the ICE transport.
      iceTransport.start().catch(() => {})
    }
    return connect.call(this)
  }
}

function keepPath(connection: IceConnection, pair: IcePair): void {
  const isFirst = !previous.has(connection)
  previous.set(connection, { pair, untilMs: performance.now() + OLD_PATH_MAX_MS })
  if (!isFirst) return
  const { send } = connection
  connection.send = async (data) => {
    const old =
      connection.nominated === undefined && connection.state !== 'closed' ? previousPair(connection) : undefined
    await (old === undefined ? send(data) : old.protocol.sendData(data, old.remoteAddr))
  }
}
