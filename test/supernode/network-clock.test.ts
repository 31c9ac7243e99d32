import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { virtualClock } from '../../src/lib/clock.ts'
import { NetworkClock } from '../../src/supernode/network-clock.ts'

const DAY = 86_400_000
const TRUE_MS = 1_800_000_000_000

/** A machine whose clock is off, and what its network clock tells. */
function machine(offMs: number) {
  const steady = virtualClock()
  const system = {
    now: () => TRUE_MS + steady.now() + offMs,
    after: (ms: number, act: () => void) => steady.after(ms, act),
  }
  const clock = new NetworkClock('self', system, steady)
  const told: string[] = []
  clock.on('step', (byMs) => told.push(`step ${byMs / DAY}`))
  clock.on('off', (aheadMs) => told.push(`off ${aheadMs / DAY}`))
  const hear = (aheadMs = 0) => {
    for (const home of ['a', 'b', 'c'])
      clock.heard(home, { theirMs: TRUE_MS + steady.now() + aheadMs, rttMs: 0 }, { isServing: false, others: 3 })
  }
  return { clock, told, hear, run: (ms: number) => steady.advance(ms), set: (byMs: number) => (offMs += byMs) }
}

const clocks = suite('the network clock')

clocks('tells once that the machine’s clock is off, that its time moved, and when the clock was set right', () => {
  const { clock, told, hear, run, set } = machine(DAY)
  for (let i = 0; i < 3; i++) {
    hear()
    run(5_000)
  }
  assert.equal(told, ['step -1', 'off 1'])
  assert.is(clock.now(), TRUE_MS + 15_000)
  set(-DAY)
  clock.now()
  hear()
  assert.equal(told.slice(2), ['off 0'], 'the time did not move: only the clock did')
})

clocks('says nothing where the clock is right, and delays by the steady clock', () => {
  const { clock, told, hear, run, set } = machine(0)
  hear()
  let isDue = false
  clock.after(10_000, () => (isDue = true))
  set(-DAY)
  run(9_999)
  assert.not(isDue)
  run(1)
  assert.ok(isDue)
  set(DAY)
  hear()
  assert.equal(told, [])
})

clocks.run()
