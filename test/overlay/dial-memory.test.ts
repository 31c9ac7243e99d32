import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { virtualClock } from '../../src/lib/clock.ts'
import { DialMemory } from '../../src/overlay/dial-memory.ts'

const memory = suite('dial memory')

const at = (port: number) => `/ip4/203.0.113.1/tcp/${port}`

memory('an address that failed is left alone for a while, and not a moment longer', () => {
  const clock = virtualClock()
  const dials = new DialMemory(clock, 1_000)
  assert.not(dials.failedLately(at(1)))
  dials.failed(at(1))
  assert.ok(dials.failedLately(at(1)))
  assert.not(dials.failedLately(at(2)))
  clock.advance(999)
  assert.ok(dials.failedLately(at(1)))
  clock.advance(1)
  assert.not(dials.failedLately(at(1)))
})

memory('a failure again starts the while again', () => {
  const clock = virtualClock()
  const dials = new DialMemory(clock, 1_000)
  dials.failed(at(1))
  clock.advance(900)
  dials.failed(at(1))
  clock.advance(900)
  assert.ok(dials.failedLately(at(1)))
})

memory('a success clears it', () => {
  const dials = new DialMemory(virtualClock(), 1_000)
  dials.failed(at(1))
  dials.forget(at(1))
  assert.not(dials.failedLately(at(1)))
})

memory('a flood of failures forgets the oldest, not the newest', () => {
  const dials = new DialMemory(virtualClock(), 1_000)
  for (let port = 1; port <= 3_000; port++) dials.failed(at(port))
  assert.not(dials.failedLately(at(1)))
  assert.ok(dials.failedLately(at(3_000)))
  assert.is(Array.from({ length: 3_000 }, (_, i) => dials.failedLately(at(i + 1))).filter(Boolean).length, 2_000)
})

memory.run()
