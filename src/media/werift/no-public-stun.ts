/** Nobody is told that a call begins: without a STUN server of ours werift asks a public one, whatever its options say. */

import { original, prototypes } from './internals.ts'

export function askNoPublicStun(): void {
  const applyStunTurnServersFromOptions = original(prototypes.connection, 'applyStunTurnServersFromOptions')
  prototypes.connection.applyStunTurnServersFromOptions = function () {
    applyStunTurnServersFromOptions.call(this)
    if (this.options.stunServer === undefined) delete this.stunServer
  }
}
