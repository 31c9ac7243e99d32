/** Finding people by username, over links that are open already. */

import { median, percentile, spread, type Benchmark } from './figures.ts'
import { townOf } from './town.ts'

const WARM_UP_ROUNDS = 3
const ROUNDS = 13

export const resolve: Benchmark = {
  names: ['resolveWarmP50', 'resolveWarmP95'],
  async measure(stage) {
    const { alice, names, supernodes } = await townOf(stage)
    stage.note('warm resolves')
    for (let round = 0; round < WARM_UP_ROUNDS; round++) await alice.ask('resolve', names)
    const took: number[] = []
    for (let round = 0; round < ROUNDS; round++) took.push(...(await alice.ask('resolve', names)))
    const how = `${took.length} look-ups of ${names.length} names, one after another, by a client among 24 nodes (${supernodes} supernodes)`
    return {
      resolveWarmP50: { value: median(took), unit: 'ms', how },
      resolveWarmP95: { value: percentile(took, 0.95), unit: 'ms', how: `the same; ${spread(took)} ms` },
    }
  },
}
