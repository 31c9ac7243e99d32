import { createHash } from 'node:crypto'

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { seededRandom } from '../../src/lib/random.ts'
import { compareDistance } from '../../src/overlay/peer-id.ts'
import { estimateNodes, estimateSupernodes } from '../../src/supernode/network-size.ts'
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
