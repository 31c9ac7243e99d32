/**
 * The rollover counter of SRTP (RFC 3711 §3.3.1, appendix A): the index nearest to the last one. werift recognises a wrap
 * only within 100 packets of it, so that an outage across the wrap, or a jump, left every later packet undecryptable.
 */

import type { SecureSessions, SrtpState } from './internals.ts'

export function trackRollover({ srtp }: SecureSessions): void {
  srtp.localContext.updateRolloverCount = rollOver
  srtp.remoteContext.updateRolloverCount = rollOver
}

/** Moves `state` to the packet with this sequence number. werift calls it on a copy until the packet proved authentic. */
export function rollOver(sequenceNumber: number, state: SrtpState): void {
  if (state.rolloverHasProcessed === true) {
    const last = state.lastSequenceNumber
    const isAhead = ((sequenceNumber - last) & 0xffff) < 0x8000
    if (isAhead && sequenceNumber < last) state.rolloverCounter++
    else if (!isAhead && sequenceNumber > last && state.rolloverCounter > 0) state.rolloverCounter--
  }
  state.rolloverHasProcessed = true
  state.lastSequenceNumber = sequenceNumber
}
