/** What a supernode can resolve for its clients: each resolve asks registrars that are other processes. */

import { strict as assert } from 'node:assert'

import { generateSeed, signingKey } from '../src/overlay/keys.ts'
import { startOverlay } from '../src/overlay/libp2p.ts'
import type { Contact, Overlay } from '../src/overlay/overlay.ts'
import { withoutPeerId } from '../src/overlay/peer-id.ts'
import { HomeRequest } from '../src/supernode/home.pb.js'
import { nearestTo, REPLICAS } from '../src/supernode/placement.ts'
import { hire } from '../test/support/actor.ts'
import type { Person } from '../test/support/actors/person.ts'
import type { Residents } from '../test/support/actors/residents.ts'
import { until } from '../test/support/wait.ts'
import type { Benchmark } from './figures.ts'
import { grantOf, registered, type Registered } from './names.ts'
import { each } from './throughput.ts'
import { usageWhile } from './usage.ts'

const NETWORK = 'bench-home'
/** With the home as many supernodes as a small network wants. */
const REGISTRARS = 7
/** Those of them that the home does not hold itself are more than any cache of verified records holds. */
const NAMES = 4_000
/** Of a few people that everybody calls. */
const POPULAR = 200
const RESOLVES_BEFORE = 3_000
const RESOLVES = 9_000
/** Half of what one peer may have unanswered. */
const AT_ONCE = 128
const DEADLINE_MS = 10_000

export const home: Benchmark = {
  names: ['resolvesPerCore', 'popularResolvesPerCore'],
  async measure({ note }) {
    note(`a home and ${REGISTRARS} registrars`)
    await using residents = hire<Residents>('residents')
    const bootstrap = await residents.ask('start', NETWORK, REGISTRARS, [])
    await using process = hire<Person>('person')
    const { listen } = await process.ask('start', { network: NETWORK, bootstrap })
    await until('it serves, and knows the others', async () => {
      const { role, supernodes } = await process.ask('status')
      return role === 'supernode' && supernodes > REGISTRARS
    })
    const { peerId } = await process.ask('status')
    const to = { peerId, addresses: listen.map(withoutPeerId) }
    const others = (await residents.ask('peers')).map((peer) => ({
      peerId: peer.peerId,
      addresses: peer.listen.map(withoutPeerId),
    }))

    const key = signingKey(generateSeed())
    const options = { key, network: NETWORK, profile: 'local' as const, listen: ['/ip4/127.0.0.1/tcp/0'] }
    await using overlay = await startOverlay(options)
    const names = await granted(overlay, to, others)
    const ask = (request: HomeRequest) =>
      overlay.call(to, 'home', HomeRequest.encode(request), { deadlineMs: DEADLINE_MS })
    await ask({ attach: { homes: [] } })
    const measured = async (of: Registered[]) => {
      const wanted = (count: number) => Array.from({ length: count }, (_, i) => of[(i * 7) % of.length] as Registered)
      const resolve = ({ key: nameKey }: Registered) =>
        ask({ resolve: { key: nameKey, isThorough: false } }).then((reply) => assert.ok(reply.length > 500))
      await each(wanted(RESOLVES_BEFORE), AT_ONCE, resolve)
      const used = await usageWhile(process, () => each(wanted(RESOLVES), AT_ONCE, resolve))
      return { value: (1000 * RESOLVES) / used.cpuMs, busy: `${((100 * used.cpuMs) / used.ms).toFixed(0)} % of a core` }
    }
    note(`${2 * RESOLVES} resolves`)
    const all = await measured(names)
    const popular = await measured(names.slice(0, POPULAR))
    return {
      resolvesPerCore: {
        value: all.value,
        unit: '/s',
        how: `resolves a home does a second of a core, of ${names.length} names that other processes hold, ${AT_ONCE} at a time; by its CPU time (${all.busy})`,
      },
      popularResolvesPerCore: {
        value: popular.value,
        unit: '/s',
        how: `the same of ${POPULAR} names, which it has seen before (${popular.busy})`,
      },
    }
  },
}

/** Names that the home itself does not hold. */
async function granted(overlay: Overlay, own: Contact, others: Contact[]): Promise<Registered[]> {
  const names = Array.from({ length: NAMES }, (_, i) => registered(NETWORK, `person-${i}`))
  const registrarsOf = (name: Registered) => nearestTo(name.key, [own, ...others], REPLICAS)
  const elsewhere = names.filter((name) => registrarsOf(name).every(({ peerId }) => peerId !== own.peerId))
  await each(elsewhere, AT_ONCE / REPLICAS, async (name) => {
    const body = grantOf(name)
    const call = (to: Contact) => overlay.call(to, 'index', body, { deadlineMs: DEADLINE_MS })
    await Promise.all(registrarsOf(name).map(call))
  })
  return elsewhere
}
