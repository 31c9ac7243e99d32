/** What one registrar can do: look-ups and registrations a second of one core, and the memory of what it holds. */

import { strict as assert } from 'node:assert'

import { generateSeed, signingKey } from '../src/overlay/keys.ts'
import { startOverlay } from '../src/overlay/libp2p.ts'
import { GrantOutcome, GrantReply } from '../src/supernode/index.pb.js'
import { lookupRequest } from '../src/supernode/registrars.ts'
import { hire } from '../test/support/actor.ts'
import type { RegistrarProcess } from '../test/support/actors/registrar.ts'
import type { Benchmark } from './figures.ts'
import { grantOf, registered } from './names.ts'
import { each } from './throughput.ts'
import { usageWhile } from './usage.ts'

const NETWORK = 'bench-registrar'
/** Not counted: code is compiled, and caches of fixed size fill. */
const NAMES_BEFORE = 4_500
const NAMES = 6_000
const RENEWED = 4_000
const LOOKUPS_BEFORE = 5_000
const LOOKUPS = 40_000
/** Half of what one peer may have unanswered. */
const AT_ONCE = 128
const DEADLINE_MS = 10_000

export const registrar: Benchmark = {
  names: ['lookupsPerCore', 'registrationsPerCore', 'renewalsPerCore', 'bytesPerLease'],
  async measure({ note }) {
    note(`a registrar of ${NAMES_BEFORE + NAMES} names`)
    await using process = hire<RegistrarProcess>('registrar', ['--expose-gc'])
    const to = await process.ask('start', NETWORK)
    const key = signingKey(generateSeed())
    const listen = ['/ip4/127.0.0.1/tcp/0']
    await using overlay = await startOverlay({ key, network: NETWORK, profile: 'local', listen })
    const ask = (body: Uint8Array) => overlay.call(to, 'index', body, { deadlineMs: DEADLINE_MS })
    const grantAll = (bodies: Uint8Array[]) =>
      each(bodies, AT_ONCE, async (body) => {
        assert.equal(GrantReply.decode(await ask(body)).outcome, GrantOutcome.GRANTED)
      })
    const perCore = async (count: number, act: () => Promise<void>) => {
      const used = await usageWhile(process, act)
      return { value: (1000 * count) / used.cpuMs, busy: used.cpuMs / used.ms }
    }

    // everything is signed before it is measured
    const all = Array.from({ length: NAMES_BEFORE + NAMES }, (_, i) => registered(NETWORK, `person-${i}`))
    const bodies = all.map(grantOf)
    await grantAll(bodies.slice(0, NAMES_BEFORE))
    const before = await process.ask('cleanMemory')
    const granted = await perCore(NAMES, () => grantAll(bodies.slice(NAMES_BEFORE)))
    const after = await process.ask('cleanMemory')

    note('renewals and look-ups')
    const again = all.slice(-RENEWED).map(grantOf)
    const renewed = await perCore(RENEWED, () => grantAll(again))

    const requests = all.map((each) => lookupRequest(each.key, true))
    const lookUp = (count: number) => {
      // one name after the other, far apart: no cache holds them all
      const chosen = Array.from({ length: count }, (_, i) => requests[(i * 7919) % requests.length] as Uint8Array)
      return each(chosen, AT_ONCE, async (body) => assert.ok((await ask(body)).length > 500))
    }
    await lookUp(LOOKUPS_BEFORE)
    const lookedUp = await perCore(LOOKUPS, () => lookUp(LOOKUPS))

    const conditions = (busy: number) =>
      `${AT_ONCE} at a time from another process, by its CPU time (${(100 * busy).toFixed(0)} % of a core)`
    return {
      lookupsPerCore: {
        value: lookedUp.value,
        unit: '/s',
        how: `look-ups a registrar answers a second of a core, over ${all.length} names; ${conditions(lookedUp.busy)}`,
      },
      registrationsPerCore: {
        value: granted.value,
        unit: '/s',
        how: `new names: claim, lease and certificate verified, a witness signed; ${conditions(granted.busy)}`,
      },
      renewalsPerCore: {
        value: renewed.value,
        unit: '/s',
        how: `new leases for claims it holds: lease and certificate verified, a witness signed; ${conditions(renewed.busy)}`,
      },
      bytesPerLease: {
        value: (after.heldBytes - before.heldBytes) / NAMES,
        unit: 'bytes',
        how: `heap and what is outside of it, from ${NAMES_BEFORE} to ${NAMES_BEFORE + NAMES} names of a lease each, 3 homes with 2 addresses; RSS ${((after.rssBytes - before.rssBytes) / NAMES).toFixed(0)}`,
      },
    }
  },
}
