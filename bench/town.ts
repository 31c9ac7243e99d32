/** A network of 24 real nodes on loopback: 22 bystanders in two processes, alice and bob each in their own. */

import type { Residents } from '../test/support/actors/residents.ts'
import type { Person } from '../test/support/actors/person.ts'
import { hire, type Actor } from '../test/support/actor.ts'
import type { Stage } from './figures.ts'

const NETWORK = 'bench-town'
const BYSTANDERS = 22
const SETTLED_AFTER_MS = 3_000
const SETTLED_MAX_MS = 20_000

export interface Town {
  alice: Actor<Person>
  bob: Actor<Person>
  /** Of everybody but alice. */
  names: string[]
  supernodes: number
  /** How far apart all of them are from now on. */
  setDelay: (oneWayMs: number) => Promise<void>
}

const towns = new WeakMap<object, Promise<Town>>()

/** The one town of a run, built for whoever asks first. */
export function townOf(stage: Stage): Promise<Town> {
  const town = towns.get(stage.run) ?? build(stage)
  towns.set(stage.run, town)
  return town
}

async function build({ note, keep }: Stage): Promise<Town> {
  note('a network of 24 nodes in 4 processes')
  const names = Array.from({ length: BYSTANDERS }, (_, i) => `bystander${i + 1}`)
  const [first, second] = [keep(hire<Residents>('residents')), keep(hire<Residents>('residents'))]
  const half = BYSTANDERS / 2
  const bootstrap = await first.ask('start', NETWORK, half, [], names.slice(0, half))
  await second.ask('start', NETWORK, half, bootstrap, names.slice(half))
  const [alice, bob] = [keep(hire<Person>('person')), keep(hire<Person>('person'))]
  // clients: whatever they want goes through their homes
  await Promise.all([
    alice.ask('start', { username: 'alice', network: NETWORK, bootstrap, supernode: false }),
    bob.ask('start', { username: 'bob', network: NETWORK, bootstrap, supernode: false }),
  ])
  const count = async () => (await first.ask('supernodes')) + (await second.ask('supernodes'))
  const supernodes = await settled(count)
  note(`it is up, ${supernodes} of them supernodes`)
  const setDelay = async (oneWayMs: number) => {
    await Promise.all([first, second].map((actor) => actor.ask('setDelay', oneWayMs)))
    await Promise.all([alice, bob].map((actor) => actor.ask('setDelay', oneWayMs)))
  }
  return { alice, bob, names: [...names, 'bob'], supernodes, setDelay }
}

/** The number once it has not changed for a while. */
async function settled(count: () => Promise<number>): Promise<number> {
  const startedMs = performance.now()
  let [last, changedMs] = [await count(), startedMs]
  for (;;) {
    await new Promise((done) => setTimeout(done, 250))
    const nowMs = performance.now()
    const now = await count()
    if (now !== last) [last, changedMs] = [now, nowMs]
    if (nowMs - changedMs > SETTLED_AFTER_MS || nowMs - startedMs > SETTLED_MAX_MS) return last
  }
}
