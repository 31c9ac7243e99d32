/** How long `up --answer auto` lets a call ring. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { readDelay } from '../../src/cli/answering.ts'

const answering = suite('answering')

answering('a delay is so many seconds, or each time another one of a range', () => {
  assert.is(readDelay('0')(), 0)
  assert.is(readDelay('2.5')(), 2_500)
  const draw = readDelay('1-3')
  const drawn = Array.from({ length: 100 }, draw)
  assert.ok(drawn.every((ms) => ms >= 1_000 && ms <= 3_000))
  assert.ok(new Set(drawn).size > 1)
})

answering('a delay that is none is refused, and says how to give one', () => {
  for (const text of ['', 'soon', '-1', '1-', '1-2-3', '1e3']) {
    assert.throws(() => readDelay(text), /0-3/, text)
  }
})

answering.run()
