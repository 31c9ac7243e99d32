/**
 * Is anybody left at the other end? A machine that moved to another network leaves connections behind that TCP holds
 * for open for a quarter of an hour. Asked only where there is a reason to doubt: pinging all of them all the time
 * costs a supernode a quarter of a core.
 */

import type { Connection } from '@libp2p/interface'
import { makeLog, short } from '../lib/log.ts'

const log = makeLog('liveness')

const ANSWER_MS_MAX = 5_000 // on top of the deadline that was missed
const PING = '/ipfs/ping/1.0.0'

export class Liveness {
  readonly #underWay = new WeakSet<Connection>()

  /** Cuts those connections over which nothing comes back. Resolves when all are checked; never rejects. */
  async check(connections: Connection[]): Promise<void> {
    await Promise.all(connections.filter(({ status }) => status === 'open').map((each) => this.#checkOne(each)))
  }

  async #checkOne(connection: Connection): Promise<void> {
    if (this.#underWay.has(connection)) return
    this.#underWay.add(connection)
    const signal = AbortSignal.timeout(ANSWER_MS_MAX)
    try {
      const stream = await connection.newStream(PING, { signal }) // the peer has agreed to it: it is there
      stream.abort(new Error('that was all'))
    } catch (error) {
      if (!signal.aborted) return // an answer as well: no such protocol, too many streams
      log('silent connection', { peer: short(connection.remotePeer.toString()) })
      connection.abort(error as Error)
    } finally {
      this.#underWay.delete(connection)
    }
  }
}
