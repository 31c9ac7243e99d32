import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { CANDIDATES_AT_ONCE, CANDIDATES_PER_SECOND, FULL, spend } from '../../src/call/allowance.ts'
import { holds } from '../support/property.ts'

const allowance = suite('how many candidates may pass')

allowance('so many at once, then one each quarter of a second', () => {
  const first = spend(FULL, 100, 5_000)
  assert.is(first.count, CANDIDATES_AT_ONCE)
  assert.is(spend(first.allowance, 1, 5_249).count, 0)
  assert.is(spend(first.allowance, 1, 5_250).count, 1)
  assert.is(spend(first.allowance, 100, 15_000).count, 40)
})

allowance('a clock that is put back gives nothing away', () => {
  const { allowance: spent } = spend(FULL, 64, 5_000)
  assert.is(spend(spent, 10, 1_000).count, 0)
})

allowance('whatever is asked when, no stretch of time sees more than the burst and the rate', () => {
  const asking = fc.array(fc.record({ afterMs: fc.nat(3_000), wanted: fc.nat(100) }), { maxLength: 50 })
  holds(
    fc.property(asking, (asked) => {
      let [now, passed, left] = [0, 0, FULL]
      for (const { afterMs, wanted } of asked) {
        now += afterMs
        const { count, allowance: next } = spend(left, wanted, now)
        left = next
        passed += count
        assert.ok(count <= wanted)
        assert.ok(passed <= CANDIDATES_AT_ONCE + (now / 1000) * CANDIDATES_PER_SECOND + 1e-6)
      }
    }),
  )
})

allowance.run()
