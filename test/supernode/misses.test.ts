import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { Misses } from '../../src/supernode/misses.ts'

const misses = suite('misses')

misses('a name that nobody held is remembered for a moment, and then no longer', () => {
  const seen = new Misses('local')
  assert.not(seen.has('bob', 0))
  seen.add('bob', 0)
  assert.ok(seen.has('bob', 299))
  assert.not(seen.has('alice', 299))
  assert.not(seen.has('bob', 300))
})

misses('the memory is bounded: the oldest goes', () => {
  const seen = new Misses('internet')
  for (let i = 0; i < 257; i++) seen.add(`name-${i}`, 0)
  assert.not(seen.has('name-0', 1))
  assert.ok(seen.has('name-1', 1))
  assert.ok(seen.has('name-256', 1))
})

misses('a name that is held now is asked for again at once', () => {
  const table = new Misses('internet')
  table.add('alice', 0)
  table.delete('alice')
  assert.not(table.has('alice', 1))
})

misses.run()
