/** What each attached client costs a supernode in memory. */

import type { Residents } from '../test/support/actors/residents.ts'
import type { Person } from '../test/support/actors/person.ts'
import { hire } from '../test/support/actor.ts'
import type { Benchmark } from './figures.ts'

const NETWORK = 'bench-connection'
/** Before the first measurement: what is made once is there. */
const CLIENTS_BEFORE = 20
const CLIENTS = 80
const AT_ONCE = 20
const SETTLED_AFTER_MS = 2_000

export const connection: Benchmark = {
  names: ['rssPerConnection'],
  async measure({ note }) {
    note(`${CLIENTS} connections to one supernode`)
    await using supernode = hire<Person>('person', ['--expose-gc'])
    const { listen } = await supernode.ask('start', { network: NETWORK })
    await using clients = hire<Residents>('residents')
    await clients.ask('join', NETWORK, listen)
    const settle = async () => {
      await new Promise((done) => setTimeout(done, SETTLED_AFTER_MS))
      const { connections } = await supernode.ask('status')
      return { connections, rssBytes: (await supernode.ask('cleanMemory')).rssBytes }
    }
    await clients.ask('addClients', CLIENTS_BEFORE, listen)
    const before = await settle()
    for (let added = 0; added < CLIENTS; added += AT_ONCE) await clients.ask('addClients', AT_ONCE, listen)
    const after = await settle()
    const connections = after.connections - before.connections
    const how = `growth of a supernode from ${before.connections} to ${after.connections} connections, each an attached client; garbage collected`
    return { rssPerConnection: { value: (after.rssBytes - before.rssBytes) / 1e3 / connections, unit: 'KB', how } }
  },
}
