/** The allocation at a TURN server ends with the session: REFRESH with lifetime 0 (RFC 8656 §7.1). werift leaves it for 600 s. */

import { Message, classes, methods } from 'werift'
import { original, prototypes } from './internals.ts'

/** A server that does not answer shall not delay the end of a call. */
const ANSWER_MAX_MS = 300

export function releaseAllocations(): void {
  const close = original(prototypes.turnClient, 'close')
  prototypes.turnClient.close = async function () {
    if (this.relayedAddress !== undefined && !this.transport.closed) {
      const request = new Message(methods.REFRESH, classes.REQUEST)
      request.setAttribute('LIFETIME', 0)
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, ANSWER_MAX_MS)
      this.requestWithRetry(request, this.server).then(
        () => resolve(),
        () => resolve(),
      )
      await promise
      clearTimeout(timer)
      for (const transaction of Object.values(this.transactions)) transaction.cancel()
    }
    await close.call(this)
  }
}
