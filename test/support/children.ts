/** Nodes in one process that can be killed or frozen: what test/support/town.ts does for a whole network, for a few. */

import { hire } from './actor.ts'
import type { Peer, Residents } from './actors/residents.ts'

export interface ChildNodes extends AsyncDisposable {
  peers: Peer[]
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void
}

/** What others join them through. */
export const addressesOf = ({ peers }: ChildNodes): string[] => peers.flatMap(({ listen }) => listen.slice(0, 1))

export async function childNodes(network: string, count: number, bootstrap: string[]): Promise<ChildNodes> {
  const actor = hire<Residents>('residents')
  try {
    await actor.ask('start', network, count, bootstrap)
    return {
      peers: await actor.ask('peers'),
      kill: (signal) => actor.kill(signal),
      [Symbol.asyncDispose]: () => actor[Symbol.asyncDispose](),
    }
  } catch (error) {
    await actor[Symbol.asyncDispose]()
    throw error
  }
}
