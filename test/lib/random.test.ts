import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import fc from 'fast-check'

import { jittered, seededRandom, systemRandom } from '../../src/lib/random.ts'
import { holds } from '../support/property.ts'

const randoms = suite('random')

const draw = (seed: number, count: number) => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, random)
}

randoms('a seed gives the same numbers on every machine', () => {
  assert.equal(
    draw(42, 4).map((value) => Math.round(value * 1e9)),
    [601103752, 448290559, 852465793, 669734041],
  )
})

randoms('the same seed repeats and another one does not', () => {
  assert.equal(draw(7, 50), draw(7, 50))
  assert.not.equal(draw(7, 50), draw(8, 50))
})

randoms('numbers are spread evenly over [0, 1)', () => {
  const tenths = new Array<number>(10).fill(0)
  for (const value of draw(1, 10_000)) tenths[Math.floor(value * 10)]!++
  for (const count of tenths) assert.ok(count > 850 && count < 1150, tenths.join(' '))
})

randoms('every number lies in [0, 1), whatever the seed', () => {
  holds(fc.property(fc.integer(), (seed) => draw(seed, 20).every((value) => value >= 0 && value < 1)))
  assert.ok(Array.from({ length: 100 }, systemRandom).every((value) => value >= 0 && value < 1))
})

randoms('jitter stays within its share of the value and uses all of it', () => {
  holds(
    fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 1e6 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (seed, value, share) => {
        const result = jittered(value, share, seededRandom(seed))
        return result >= value * (1 - share) - 1e-6 && result <= value * (1 + share) + 1e-6
      },
    ),
  )
  assert.is(
    jittered(100, 0.3, () => 0),
    70,
  )
  assert.is(
    jittered(100, 0.3, () => 0.5),
    100,
  )
})

randoms.run()
