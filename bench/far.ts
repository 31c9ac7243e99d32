/**
 * Finding and reaching people while everybody is some way apart, and what HyperDHT takes for the like: 24 nodes each,
 * in four processes, behind the same delay line.
 */

import { hire } from '../test/support/actor.ts'
import type { HyperNodes } from '../test/support/actors/hyperdht.ts'
import { median, percentile, spread, type Benchmark, type Figures, type Stage } from './figures.ts'
import { townOf } from './town.ts'

const DELAYS_MS = [0, 10, 25, 50]
/** What two homes on one continent are apart. */
const TYPICAL_MS = 25
const ROUNDS = 3
const CALLS = 8
/** The first calls after a change of delay open links. */
const CALLS_BEFORE = 2
const HYPER_NODES = 11
const HYPER_PEOPLE = 12

const names = DELAYS_MS.flatMap((ms) => [`resolveP50At${ms}ms`, `resolveP95At${ms}ms`, `hyperdhtGetP50At${ms}ms`])

export const far: Benchmark = {
  names: [...names, 'dialToRingingAt25ms', 'hyperdhtFirstAt25ms', 'hyperdhtConnectAt25ms', 'resolveToHyperdhtAt25ms'],
  async measure(stage) {
    const ours = await measureOurs(stage)
    const theirs = await measureHyperdht(stage)
    const [own, other] = [ours[`resolveP50At${TYPICAL_MS}ms`], theirs[`hyperdhtGetP50At${TYPICAL_MS}ms`]]
    if (own === undefined || other === undefined) throw new RangeError('nothing was measured')
    const how = 'our median resolve to HyperDHT’s median mutable get, both 25 ms apart, in this run'
    return { ...ours, ...theirs, resolveToHyperdhtAt25ms: { value: own.value / other.value, unit: '×', how } }
  },
}

async function measureOurs(stage: Stage): Promise<Figures> {
  const { alice, bob, names: people, setDelay, supernodes } = await townOf(stage)
  const figures: Figures = {}
  for (const delayMs of DELAYS_MS) {
    stage.note(`resolves ${delayMs} ms apart`)
    await setDelay(delayMs)
    await alice.ask('resolve', people)
    const took: number[] = []
    for (let round = 0; round < ROUNDS; round++) took.push(...(await alice.ask('resolve', people)))
    const how = `${took.length} look-ups of ${people.length} names by a client of 24 nodes (${supernodes} supernodes), everybody ${delayMs} ms from everybody, one way; ${spread(took)} ms`
    figures[`resolveP50At${delayMs}ms`] = { value: median(took), unit: 'ms', how }
    figures[`resolveP95At${delayMs}ms`] = { value: percentile(took, 0.95), unit: 'ms', how: 'the same' }
    if (delayMs !== TYPICAL_MS) continue
    const ringing: number[] = []
    for (let i = -CALLS_BEFORE; i < CALLS; i++) {
      const rangAfterMs = await alice.ask('dial', 'bob')
      await alice.ask('hangUp')
      await alice.ask('ended')
      await bob.ask('ignore')
      if (i >= 0) ringing.push(rangAfterMs)
    }
    figures['dialToRingingAt25ms'] = {
      value: median(ringing),
      unit: 'ms',
      how: `${CALLS} calls by name, the resolve included, to “ringing” at the caller; ${spread(ringing)} ms`,
    }
  }
  await setDelay(0)
  return figures
}

async function measureHyperdht({ note }: Stage): Promise<Figures> {
  note('HyperDHT, 24 nodes in 4 processes')
  await using first = hire<HyperNodes>('hyperdht')
  await using second = hire<HyperNodes>('hyperdht')
  await using asker = hire<HyperNodes>('hyperdht')
  await using callee = hire<HyperNodes>('hyperdht')
  const bootstrap = await first.ask('start', HYPER_NODES, [])
  await second.ask('start', HYPER_NODES, bootstrap)
  await Promise.all([asker, callee].map((actor) => actor.ask('start', 1, bootstrap)))
  const people = Array.from({ length: HYPER_PEOPLE }, (_, i) => i)
  await first.ask('put', people)
  await callee.ask('listen', people)
  const figures: Figures = {}
  for (const delayMs of DELAYS_MS) {
    await Promise.all([first, second, asker, callee].map((actor) => actor.ask('setDelay', delayMs)))
    const times = async (measured: () => Promise<number[]>) => {
      const took: number[] = []
      for (let round = 0; round < ROUNDS; round++) took.push(...(await measured()))
      return { value: median(took), spread: `${took.length} of them, ${spread(took)} ms` }
    }
    await asker.ask('get', people, true)
    const got = await times(() => asker.ask('get', people, true))
    figures[`hyperdhtGetP50At${delayMs}ms`] = {
      value: got.value,
      unit: 'ms',
      how: `HyperDHT: mutableGet as it is by default, the latest of all that are near; ${got.spread}`,
    }
    if (delayMs !== TYPICAL_MS) continue
    const anyOne = await times(() => asker.ask('get', people, false))
    const connected = await times(() => asker.ask('connect', people))
    figures['hyperdhtFirstAt25ms'] = {
      value: anyOne.value,
      unit: 'ms',
      how: `HyperDHT: the first signed record that comes, new or old, from whomever; ${anyOne.spread}`,
    }
    figures['hyperdhtConnectAt25ms'] = {
      value: connected.value,
      unit: 'ms',
      how: `HyperDHT: a connection to a key, until it is open; ${connected.spread}`,
    }
  }
  return figures
}
