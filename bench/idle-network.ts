/** What a network of 100 nodes costs in which nobody does anything but stay attached, registered and promoted. */

import { hire, type Actor } from '../test/support/actor.ts'
import type { Residents } from '../test/support/actors/residents.ts'
import { until } from '../test/support/wait.ts'
import type { Benchmark } from './figures.ts'
import { usageWhile } from './usage.ts'

const NETWORK = 'bench-idle-network'
const PROCESSES = 5
const NODES_EACH = 20
const NODES = PROCESSES * NODES_EACH
/** As many as a busy machine can start within their deadlines. */
const STARTED_AT_ONCE = 5
/** Leases, heartbeats and promotions have found their rhythm, and what the start needed is gone. */
const SETTLED_AFTER_MS = 12_000
const BOOTSTRAP = 3
const ONLINE_SHARE = 0.9
const MEASURED_MS = 20_000

export const idleNetwork: Benchmark = {
  names: ['cpuPerIdleNode', 'rssPerIdleNode', 'rpcsPerIdleNode'],
  async measure({ note }) {
    note(`a network of ${NODES} nodes in ${PROCESSES} processes`)
    await using held = new AsyncDisposableStack()
    const actors: Actor<Residents>[] = []
    const empty: number[] = []
    let bootstrap: string[] = []
    const house = async (i: number) => {
      const actor = held.use(hire<Residents>('residents'))
      actors.push(actor)
      await actor.ask('join', NETWORK, bootstrap)
      empty.push((await actor.ask('usage')).rssBytes)
      const waiting = Array.from({ length: NODES_EACH }, (_, at) => `idler-${i}-${at}`)
      while (waiting.length > 0) {
        const batch = waiting.splice(0, bootstrap.length === 0 ? 1 : STARTED_AT_ONCE) // all join through the first
        const options = batch.map((username) => ({ username, bootstrap }))
        const peers = await actor.ask('add', options)
        bootstrap = [...bootstrap, ...peers.flatMap(({ listen }) => listen)].slice(0, BOOTSTRAP)
      }
    }
    // one after the other: on a busy machine a crowd of newcomers makes each other late
    for (let i = 0; i < PROCESSES; i++) await house(i)
    const statuses = async () => (await Promise.all(actors.map((actor) => actor.ask('statuses')))).flat()
    // not all of them, always: on a busy machine somebody is late with a lease
    const online = async () => (await statuses()).filter((status) => status.online).length
    await until('nearly everybody is findable', async () => (await online()) >= ONLINE_SHARE * NODES, 60_000)
    await new Promise((done) => setTimeout(done, SETTLED_AFTER_MS))
    note(`it is up: ${MEASURED_MS / 1000} s of idling`)
    const asked = async () => sum(await Promise.all(actors.map((actor) => actor.ask('asked'))))
    const askedBefore = await asked()
    const idle = () => new Promise<void>((done) => setTimeout(done, MEASURED_MS))
    const used = await Promise.all(actors.map((actor) => usageWhile(actor, idle)))
    const calls = (await asked()) - askedBefore
    const usages = await Promise.all(actors.map((actor) => actor.ask('usage')))
    const rssBytes = sum(usages.map((usage) => usage.rssBytes))
    const ms = Math.max(...used.map(({ ms: of }) => of))
    const cpuMs = sum(used.map(({ cpuMs: of }) => of))
    const findable = await online()
    const supernodes = (await statuses()).filter(({ role }) => role === 'supernode').length
    const network = `${NODES} nodes, ${supernodes} of them supernodes, ${findable} findable, ${NODES_EACH} to a process`
    return {
      cpuPerIdleNode: {
        value: (100 * cpuMs) / ms / NODES,
        unit: '% of a core',
        how: `${network}, over ${(ms / 1000).toFixed(0)} s; profile local: heartbeats each 5 s, leases of 30 s`,
      },
      rssPerIdleNode: {
        value: (rssBytes - sum(empty)) / 1e6 / NODES,
        unit: 'MB',
        how: `growth of the processes by each node; ${(sum(empty) / 1e6 / PROCESSES).toFixed(0)} MB each with the code loaded and no node`,
      },
      rpcsPerIdleNode: {
        value: (1000 * calls) / ms / NODES,
        unit: '/s',
        how: 'remote calls each node makes of others, of every role; kad-dht’s own messages are not counted',
      },
    }
  },
}

const sum = (numbers: number[]): number => numbers.reduce((total, each) => total + each, 0)
