/** An address that cannot be bound, or an error on a UDP socket, loses one candidate; in werift it ends the process. */

import { original, prototypes } from './internals.ts'

export function surviveSocketErrors(): void {
  const init = original(prototypes.udpSocket, 'init')
  prototypes.udpSocket.init = async function () {
    const { promise, reject } = Promise.withResolvers<never>()
    this.socket.on('error', reject)
    try {
      await Promise.race([init.call(this), promise])
    } catch (error) {
      await this.close()
      throw error
    }
  }
}
