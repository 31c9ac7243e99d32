import { createHash } from 'node:crypto'

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { seededRandom } from '../../src/lib/random.ts'
import { compareDistance } from '../../src/overlay/peer-id.ts'
import {
  combinedSupernodes,
  densityOf,
  DensitySamples,
  estimateNodes,
  estimateSupernodes,
} from '../../src/supernode/network-size.ts'
import { holds } from '../support/property.ts'

const sizes = suite('network size')

const kadId = (name: string) => new Uint8Array(createHash('sha256').update(name).digest())
/** The supernodes that a node has met: a share of all, and those nearest to it, which it looks up itself. */
function met(own: Uint8Array, others: Uint8Array[], share: number): Uint8Array[] {
  const nearest = [...others].sort((a, b) => compareDistance(own, a, b)).slice(0, NEAREST)
  return [...new Set([...nearest, ...others.slice(0, Math.round(share * others.length))])]
}

const NEAREST = 16

for (const count of [0, 1, 10, 30, 64]) {
  sizes(`${count} supernodes in a table that holds them all are counted exactly`, () => {
    const others = Array.from({ length: count }, (_, i) => kadId(`supernode ${i}`))
    assert.is(estimateSupernodes(kadId('own'), others), count)
  })
}

for (const [count, share] of [
  [100, 0.6],
  [300, 0.3],
  [1_000, 0.1],
  [1_000, 0.5],
  [3_000, 0.1],
  [10_000, 0.05],
  [10_000, 0.5],
] as const) {
  sizes(`${count} supernodes, ${share * 100} % of them met, are estimated to ±50 % by the median node`, () => {
    const everybody = Array.from({ length: count }, (_, i) => kadId(`${count} ${i}`))
    const random = seededRandom(count)
    const estimates = Array.from({ length: 9 }, () => {
      const own = everybody[Math.floor(random() * count)] as Uint8Array
      return estimateSupernodes(
        own,
        met(
          own,
          everybody.filter((id) => id !== own),
          share,
        ),
      )
    }).sort((a, b) => a - b)
    const median = estimates[4] as number
    assert.ok(median > 0.5 * count && median < 1.5 * count, estimates.join(' '))
    // and nobody is far off
    assert.ok(
      estimates.every((each) => each > 0.3 * count && each < 3 * count),
      estimates.join(' '),
    )
  })
}

/** The 8 nearest to points all over, as walks find them. */
const walksOver = (everybody: Uint8Array[], count: number, seed: string) =>
  Array.from({ length: count }, (_, i) => {
    const target = kadId(`${seed} walk ${i}`)
    const nearest = everybody.toSorted((a, b) => compareDistance(target, a, b)).slice(0, 8)
    return densityOf(target, nearest) as { count: number; share: number }
  })

/** A table that holds 8 in each 1024th of the key space, the neighbours among them. */
function capped(own: Uint8Array, others: Uint8Array[], share: number): Uint8Array[] {
  const held = new Map<number, number>()
  return met(own, others, share).filter((id) => {
    const prefix = (id[0] as number) * 4 + ((id[1] as number) >> 6)
    held.set(prefix, (held.get(prefix) ?? 0) + 1)
    return (held.get(prefix) as number) <= 8
  })
}

for (const [count, share, nodes] of [
  [100, 1, 15],
  [300, 0.3, 15],
  [1_000, 0.1, 15],
  [1_000, 1, 15],
  [3_000, 0.1, 9],
  [10_000, 0.05, 5],
  [10_000, 1, 5],
  [100_000, 0.1, 3],
] as const) {
  sizes(`${count} supernodes, ${share * 100} % of them met, are estimated to ±25 % with the help of walks`, () => {
    const everybody = Array.from({ length: count }, (_, i) => kadId(`walked ${count} ${i}`))
    const estimates = Array.from({ length: nodes }, (_, node) => {
      const own = everybody[node * 7] as Uint8Array
      const others = everybody.filter((id) => id !== own)
      return estimateSupernodes(own, capped(own, others, share), walksOver(others, 8, `${node}`))
    }).sort((a, b) => a - b)
    const median = estimates[estimates.length >> 1] as number
    assert.ok(Math.abs(median - count) < 0.25 * count, estimates.join(' '))
    for (const each of estimates) assert.ok(each > 0.5 * count && each < 1.6 * count, estimates.join(' '))
  })
}

sizes('walks do not disturb the count of a small network that is known, but tell when much of it is not', () => {
  const everybody = Array.from({ length: 120 }, (_, i) => kadId(`small ${i}`))
  const own = kadId('own')
  for (let i = 0; i < 20; i++) {
    const known = everybody.slice(0, 50)
    assert.is(estimateSupernodes(own, known, walksOver(known, 8, `${i}`)), 50)
  }
  const unmet = estimateSupernodes(own, everybody.slice(0, 50), walksOver(everybody, 16, 'x'))
  assert.ok(unmet > 85 && unmet < 160, `${unmet}`)
})

sizes('the latest sixteen walks count', () => {
  const samples = new DensitySamples()
  for (let i = 1; i <= 20; i++) samples.add({ count: 8, share: i / 1_000 })
  samples.add(undefined)
  assert.equal(
    samples.list().map(({ share }) => Math.round(share * 1_000)),
    [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
  )
  assert.is(densityOf(kadId('x'), [kadId('y')]), undefined)
})

sizes('what homes tell is a count where counting works, and one estimate more where it does not', () => {
  const table: [seen: number, told: number, combined: number][] = [
    [5, 9, 9],
    [9, 0, 9],
    [60, 400, 400],
    [100, 400, 200],
    [400, 400, 400],
  ]
  for (const [seen, told, combined] of table) assert.is(combinedSupernodes(seen, told), combined)
})

sizes('the estimate is never below the supernodes that are known by name', () => {
  const id = fc.uint8Array({ minLength: 32, maxLength: 32 })
  holds(
    fc.property(id, fc.array(id, { maxLength: 100 }), (own, others) => {
      const estimate = estimateSupernodes(own, others)
      assert.ok(estimate >= others.length && Number.isFinite(estimate))
    }),
  )
})

const table: [what: string, args: Parameters<typeof estimateNodes>, nodes: number][] = [
  ['each node is a client of three supernodes', [10, [30, 30, 30], 3, 5], 100],
  ['homes with different loads are averaged', [10, [0, 60], 3, 5], 100],
  ['nobody told of its clients: those that are known', [10, [], 3, 50], 50],
  ['there are never fewer nodes than supernodes', [10, [0, 0], 3, 0], 10],
  ['nor fewer than we are connected to', [2, [3], 3, 40], 40],
  ['an empty network has nobody', [0, [], 3, 0], 0],
]
for (const [what, args, nodes] of table) sizes(`nodes: ${what}`, () => assert.is(estimateNodes(...args), nodes))

sizes.run()
