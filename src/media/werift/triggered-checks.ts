/**
 * A check that comes in for a pair whose own check is under way triggers another (RFC 8445 §7.3.1.4). werift lets it pass:
 * when one side starts 0.8 s to 1.6 s after the other, both wait for ever.
 */

import { PAIR_IN_PROGRESS, original, prototypes } from './internals.ts'
import type { IcePair } from './internals.ts'

/** An honest peer repeats a check five times. */
const TRIGGERED_MAX = 5

const triggered = new WeakMap<IcePair, number>()

export function triggerChecks(): void {
  const checkIncoming = original(prototypes.connection, 'checkIncoming')
  prototypes.connection.checkIncoming = function (message, from, protocol) {
    const inProgress = this.checkList.filter((pair) => pair.state === PAIR_IN_PROGRESS)
    checkIncoming.call(this, message, from, protocol)
    if (this.nominated !== undefined) return
    const pair = inProgress.find(
      ({ protocol: own, remoteAddr }) => own === protocol && remoteAddr[0] === from[0] && remoteAddr[1] === from[1],
    )
    if (pair === undefined || pair.state !== PAIR_IN_PROGRESS) return
    const times = triggered.get(pair) ?? 0
    if (times >= TRIGGERED_MAX) return
    triggered.set(pair, times + 1)
    pair.handle = this.checkStart(pair)
  }
}
