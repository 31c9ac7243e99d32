/**
 * A relayed address is paired with the candidates that the peer sent while it was being allocated (RFC 8838 §10 pairs new
 * local candidates with known remote ones). werift pairs them only the other way round, so that a relay that came second,
 * as it always does, was never tried.
 */

import { original, prototypes } from './internals.ts'

export function pairLateRelays(): void {
  const appendLocalCandidate = original(prototypes.connection, 'appendLocalCandidate')
  prototypes.connection.appendLocalCandidate = function (candidate) {
    appendLocalCandidate.call(this, candidate)
    if (candidate.type !== 'relay') return
    const protocol = this.protocols.find((known) => known.localCandidate === candidate)
    if (protocol === undefined) return
    this.pairLocalProtocol(protocol)
    this.sortCheckList()
  }
}
