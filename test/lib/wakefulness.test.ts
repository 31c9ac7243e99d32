import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { virtualClock } from '../../src/lib/clock.ts'
import { Wakefulness } from '../../src/lib/wakefulness.ts'

/** A machine whose two clocks are moved apart, and whose timers may be held up. */
function machine() {
  const timers = virtualClock()
  let [systemAheadMs, heldUpMs] = [0, 0]
  const steady = { now: () => timers.now() + heldUpMs, after: (ms: number, act: () => void) => timers.after(ms, act) }
  const system = {
    now: () => steady.now() + systemAheadMs,
    after: (ms: number, act: () => void) => timers.after(ms, act),
  }
  const wakefulness = new Wakefulness(system, steady)
  const events: string[] = []
  wakefulness.on('wake', (sleptMs) => events.push(`wake ${Math.round(sleptMs / 1000)}`))
  wakefulness.on('setBack', (byMs) => events.push(`set back ${Math.round(byMs / 1000)}`))
  wakefulness.start()
  return {
    wakefulness,
    events,
    run: (ms: number) => timers.advance(ms),
    setClock: (byMs: number) => (systemAheadMs += byMs),
    holdUp: (ms: number) => (heldUpMs += ms),
  }
}

const wakefulness = suite('wakefulness')

wakefulness('a process that runs, if with delays of seconds, reports nothing', () => {
  const { events, run, holdUp, setClock } = machine()
  for (let i = 0; i < 100; i++) {
    run(1_500)
    holdUp(4_000)
    setClock(i % 2 === 0 ? 3_000 : -3_000)
  }
  assert.equal(events, [])
})

const DAY_S = 86_400
const gaps: [name: string, act: (of: ReturnType<typeof machine>) => void, told: string][] = [
  ['a process stopped for a minute', ({ holdUp }) => holdUp(60_000), 'wake 60'],
  ['a machine that slept for a day, its steady clock with it', ({ setClock }) => setClock(DAY_S * 1000), 'wake 86400'],
  ['a machine that slept for a day while its steady clock ran', ({ holdUp }) => holdUp(DAY_S * 1000), 'wake 86400'],
  ['a clock put back by a day', ({ setClock }) => setClock(-DAY_S * 1000), 'set back 86400'],
  [
    'a process stopped for a minute, whose clock was put back by a day',
    ({ holdUp, setClock }) => {
      holdUp(60_000)
      setClock(-DAY_S * 1000)
    },
    'wake 60',
  ],
]
for (const [name, act, told] of gaps) {
  wakefulness(`${name} is told once`, () => {
    const of = machine()
    of.run(5_000)
    act(of)
    of.run(30_000)
    assert.equal(of.events, [told])
  })
}

wakefulness('once stopped, by a listener too, it tells nothing more', () => {
  const { wakefulness: it, events, run, holdUp } = machine()
  it.on('wake', () => it.stop())
  holdUp(60_000)
  run(10_000)
  holdUp(60_000)
  run(10_000)
  assert.equal(events, ['wake 60'])
})

wakefulness.run()
