import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { type Clock, steadyClock, systemClock, virtualClock } from '../../src/lib/clock.ts'

const waited = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))

/** The same promises from all makers; `pass` lets so much time go by. */
const makers: [name: string, make: () => { clock: Clock; pass: (ms: number) => Promise<void> }][] = [
  ['the system clock', () => ({ clock: systemClock, pass: waited })],
  ['the steady clock', () => ({ clock: steadyClock, pass: waited })],
  [
    'a virtual clock',
    () => {
      const clock = virtualClock(1_000)
      return { clock, pass: (ms) => Promise.resolve(clock.advance(ms)) }
    },
  ],
]

const clocks = suite('clocks')

for (const [name, make] of makers) {
  clocks(`${name} moves forward as time passes`, async () => {
    const { clock, pass } = make()
    const before = clock.now()
    await pass(20)
    assert.ok(clock.now() > before)
  })

  clocks(`${name} runs an act once its delay is over, and not before`, async () => {
    const { clock, pass } = make()
    const startedMs = clock.now()
    let ranMs: number | undefined
    let times = 0
    clock.after(20, () => {
      ranMs = clock.now()
      times++
    })
    assert.is(times, 0)
    while (ranMs === undefined) await pass(10)
    await pass(30)
    assert.is(times, 1)
    assert.ok(ranMs - startedMs >= 19, `${ranMs - startedMs}`) // timers may fire within their millisecond
  })

  clocks(`${name} never runs an act within the call that asks for it`, async () => {
    const { clock, pass } = make()
    let isRun = false
    clock.after(0, () => (isRun = true))
    assert.not(isRun)
    while (!isRun) await pass(1)
  })

  clocks(`${name} runs what falls due in order of time`, async () => {
    const { clock, pass } = make()
    const order: number[] = []
    for (const delayMs of [60, 0, 30]) clock.after(delayMs, () => order.push(delayMs))
    while (order.length < 3) await pass(10)
    assert.equal(order, [0, 30, 60])
  })

  clocks(`${name} does not run what was cancelled, and cancelling late or twice is harmless`, async () => {
    const { clock, pass } = make()
    const ran: string[] = []
    const cancel = clock.after(5, () => ran.push('cancelled'))
    const cancelLate = clock.after(5, () => ran.push('late'))
    clock.after(10, () => ran.push('last'))
    cancel()
    cancel()
    while (!ran.includes('last')) await pass(5)
    cancelLate()
    assert.equal(ran, ['late', 'last'])
  })

  clocks(`${name} lets an act ask for another`, async () => {
    const { clock, pass } = make()
    const ran: string[] = []
    clock.after(1, () => clock.after(1, () => ran.push('inner')))
    while (ran.length === 0) await pass(1)
    assert.equal(ran, ['inner'])
  })
}

clocks('the steady clock does not move when the system clock is set', () => {
  const { now } = Date
  const before = steadyClock.now()
  try {
    Date.now = () => now() - 86_400_000
    assert.ok(steadyClock.now() - before < 60_000 && steadyClock.now() >= before)
  } finally {
    Date.now = now
  }
})

clocks('a virtual clock stands still until told to move, and stops exactly where told', () => {
  const clock = virtualClock(500)
  const ranMs: number[] = []
  clock.after(10, () => ranMs.push(clock.now()))
  clock.after(11, () => ranMs.push(clock.now()))
  assert.is(clock.now(), 500)
  clock.advance(10)
  assert.equal(ranMs, [510])
  assert.is(clock.now(), 510)
  clock.advance(5)
  assert.equal(ranMs, [510, 511])
  assert.is(clock.now(), 515)
})

clocks('a virtual clock runs acts of the same moment in the order they were asked for', () => {
  const clock = virtualClock()
  const order: string[] = []
  clock.after(10, () => order.push('a'))
  clock.advance(5)
  clock.after(5, () => order.push('b'))
  clock.after(5, () => order.push('c'))
  clock.advance(5)
  assert.equal(order, ['a', 'b', 'c'])
})

clocks.run()
