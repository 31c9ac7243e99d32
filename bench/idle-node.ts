/** What a node costs that does nothing but stay attached and registered, alone in its process. */

import type { Residents } from '../test/support/actors/residents.ts'
import type { Person } from '../test/support/actors/person.ts'
import { hire } from '../test/support/actor.ts'
import type { Benchmark } from './figures.ts'
import { usageDuring } from './usage.ts'

const NETWORK = 'bench-idle'
const NEIGHBOURS = 6
/** Attached to all of its homes, start-up garbage collected. */
const SETTLED_AFTER_MS = 6_000
const MEASURED_MS = 21_000

export const idleNode: Benchmark = {
  names: ['rssIdleNode', 'cpuIdleNode'],
  async measure({ note }) {
    note(`an idle node, ${MEASURED_MS / 1000} s`)
    await using neighbours = hire<Residents>('residents')
    const bootstrap = await neighbours.ask('start', NETWORK, NEIGHBOURS, [])
    await using node = hire<Person>('person')
    const empty = await node.ask('usage')
    await node.ask('start', { username: 'idler', network: NETWORK, bootstrap, supernode: false })
    await new Promise((done) => setTimeout(done, SETTLED_AFTER_MS))
    const { cpuMs, ms } = await usageDuring(node, MEASURED_MS)
    const { rssBytes } = await node.ask('usage')
    const { homes } = await node.ask('status')
    return {
      rssIdleNode: {
        value: rssBytes / 1e6,
        unit: 'MB',
        how: `a registered client with ${homes.length} homes, alone in its process; of it ${(empty.rssBytes / 1e6).toFixed(0)} MB an empty Node process`,
      },
      cpuIdleNode: {
        value: (100 * cpuMs) / ms,
        unit: '% of a core',
        how: `the same node over ${(ms / 1000).toFixed(0)} s, profile local: heartbeats each 5 s, leases of 30 s`,
      },
    }
  },
}
