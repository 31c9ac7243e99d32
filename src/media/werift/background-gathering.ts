/**
 * Descriptions do not wait for candidates (RFC 8838 §3). werift finishes gathering, up to 5 s for a dead STUN server and
 * 6 s for a dead TURN server, before it lets an answerer check anything.
 */

import { original, prototypes } from './internals.ts'

export function gatherInBackground(): void {
  const gatherCandidates = original(prototypes.peerConnection, 'gatherCandidates')
  prototypes.peerConnection.gatherCandidates = function () {
    gatherCandidates.call(this).catch(() => {})
    return Promise.resolve()
  }
}
