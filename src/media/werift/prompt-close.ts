/**
 * Nothing outlives a closed session. werift forgets what its gathering still has under way: sockets opened a moment later
 * stay open for ever, a STUN question holds its timer for seconds, a TURN question goes on to try TCP; and when gathering
 * ends after the close, the connection is no longer closed and its checks run on.
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { original, prototypes } from './internals.ts'
import type { IceConnection, IceProtocol, TurnClient } from './internals.ts'

const gathering = new AsyncLocalStorage<IceConnection>()
const allocating = new WeakMap<IceConnection, Set<TurnClient>>()

/** Takes the place of the list of sockets once a session is closed: what is added is closed. */
class ClosedList extends Array<IceProtocol> {
  override push(...late: IceProtocol[]): number {
    for (const protocol of late) protocol.close().catch(() => {})
    return 0
  }
}

export function closePromptly(): void {
  const gatherCandidates = original(prototypes.connection, 'gatherCandidates')
  const close = original(prototypes.connection, 'close')
  prototypes.connection.gatherCandidates = function () {
    return gathering.run(this, () => gatherCandidates.call(this))
  }
  prototypes.connection.close = async function () {
    for (const client of allocating.get(this) ?? []) {
      // Cancelled, not failed: a failure would make werift try the same server over TCP.
      for (const transaction of Object.values(client.transactions)) transaction.cancel()
      client.transport.close().catch(() => {})
    }
    allocating.delete(this)
    await close.call(this)
    this.protocols = new ClosedList()
  }

  const setState = original(prototypes.connection, 'setState')
  prototypes.connection.setState = function (state) {
    if (this.state !== 'closed') setState.call(this, state)
  }

  const connectionMade = original(prototypes.turnClient, 'connectionMade')
  prototypes.turnClient.connectionMade = async function () {
    const connection = gathering.getStore()
    if (connection === undefined) return connectionMade.call(this)
    if (connection.state === 'closed') {
      await this.transport.close()
      // Neither a relay nor a failure: either would go on from here.
      return new Promise<never>(() => {})
    }
    let clients = allocating.get(connection)
    if (clients === undefined) allocating.set(connection, (clients = new Set()))
    clients.add(this)
    try {
      await connectionMade.call(this)
    } finally {
      clients.delete(this)
    }
  }

  const closeStun = original(prototypes.stunProtocol, 'close')
  prototypes.stunProtocol.close = function () {
    for (const transaction of Object.values(this.transactions ?? {})) transaction.fail(new Error('closed'))
    return closeStun.call(this)
  }
}
