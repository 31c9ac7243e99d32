import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { agreedOffset, NetworkTime, OFFSET_MS_MIN, type Standing } from '../../src/supernode/network-time.ts'
import { holds } from '../support/property.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const TRUE_MS = 1_800_000_000_000

const CLIENT: Standing = { isServing: false, others: 8 }

/** A machine whose clock is off by `offMs`, and that can be set, put to sleep, and left running. */
function machine(offMs = 0, peerId = 'self') {
  let [runMs, sleptMs] = [0, 0]
  const reading = () => ({ systemMs: TRUE_MS + runMs + sleptMs + offMs, steadyMs: 5_000 + runMs })
  const time = new NetworkTime(peerId, reading())
  const trueMs = () => TRUE_MS + runMs + sleptMs
  return {
    time,
    trueMs,
    now: () => time.now(reading()),
    /** How far what it takes for the time is ahead of the true one. */
    error: () => time.now(reading()) - trueMs(),
    hear: (home: string, aheadMs = 0, { standing = CLIENT, rttMs = 0 } = {}) =>
      time.heard(home, { theirMs: trueMs() + aheadMs - Math.floor(rttMs / 2), rttMs }, reading(), standing),
    run: (ms: number) => (runMs += ms),
    sleep: (ms: number) => (sleptMs += ms),
    set: (byMs: number) => (offMs += byMs),
  }
}

const times = suite('network time')

times('a node that nobody told the time goes by its own clock', () => {
  assert.is(machine(DAY).error(), DAY)
  assert.is(machine(DAY).time.aheadMs, 0)
})

for (const off of [DAY, -DAY, 31 * DAY]) {
  times(`a clock that is off by ${off / DAY} days counts no more once two homes agree`, () => {
    const node = machine(off)
    node.hear('a')
    assert.is(node.error(), off, 'one home among others is not enough')
    node.hear('b')
    assert.is(node.error(), 0)
    assert.is(node.time.aheadMs, off)
    node.run(3_600_000)
    assert.is(node.error(), 0)
  })
}

times('a clock that is off by less than somebody would mind is left alone', () => {
  const node = machine(OFFSET_MS_MIN - 1)
  for (const home of ['a', 'b', 'c']) node.hear(home)
  assert.is(node.time.aheadMs, 0)
})

times('an offset at the edge does not come and go', () => {
  const node = machine()
  for (let i = 0; i < 20; i++) {
    for (const home of ['a', 'b', 'c']) node.hear(home, OFFSET_MS_MIN + (i % 2 === 0 ? 400 : -400))
    assert.is(node.time.aheadMs, -OFFSET_MS_MIN - 400)
  }
  for (const home of ['a', 'b', 'c']) node.hear(home, 10_000)
  assert.is(node.time.aheadMs, 0)
})

times('half the round trip is taken off', () => {
  const node = machine(DAY)
  for (const home of ['a', 'b']) node.hear(home, 0, { rttMs: 4_000 })
  assert.is(node.error(), 0)
})

times('a client follows the only supernode there is, a supernode does not follow its only client', () => {
  const [client, serving] = [machine(DAY), machine(DAY)]
  client.hear('a', 0, { standing: { isServing: false, others: 1 } })
  assert.is(client.error(), 0)
  serving.run(3_600_000)
  serving.hear('a', 0, { standing: { isServing: true, others: 1 } })
  assert.is(serving.error(), DAY)
})

times('a node that is its own home does not take its own word', () => {
  const node = machine(DAY, 'a')
  node.hear('a', 0, { standing: { isServing: false, others: 0 } })
  assert.is(node.error(), DAY)
})

times('what is no time moves nothing', () => {
  const node = machine()
  for (const theirMs of [0, -1, Number.NaN, Infinity, 2 ** 60])
    for (const home of ['a', 'b', 'c'])
      node.time.heard(home, { theirMs, rttMs: 1 }, { systemMs: 1, steadyMs: 1 }, CLIENT)
  assert.is(node.time.aheadMs, 0)
})

times('homes that go leave the time they told behind', () => {
  const node = machine(DAY)
  for (const home of ['a', 'b']) node.hear(home)
  node.time.keepOnly(() => false)
  assert.is(node.error(), 0)
  node.hear('liar', 5 * DAY)
  assert.is(node.error(), 0)
})

times('after sleep, when the steady clock stood still, the homes say that the machine’s clock is right', () => {
  const node = machine()
  for (const home of ['a', 'b', 'c']) node.hear(home)
  node.sleep(DAY)
  assert.is(node.error(), -DAY, 'nothing lapses by a jump that nobody confirmed')
  node.hear('a')
  assert.is(node.error(), 0)
})

times('after its clock was set wrong, time goes on as it did, and the homes confirm it', () => {
  const node = machine()
  for (const home of ['a', 'b', 'c']) node.hear(home)
  node.set(DAY)
  assert.is(node.error(), 0)
  node.hear('a')
  node.run(3_600_000)
  assert.is(node.error(), 0)
  for (const home of ['a', 'b', 'c']) node.hear(home)
  assert.is(node.error(), 0)
  assert.is(node.time.aheadMs, DAY)
})

times('after its wrong clock was set right it goes by it again', () => {
  const node = machine(DAY)
  for (const home of ['a', 'b', 'c']) node.hear(home)
  node.set(-DAY)
  assert.is(node.error(), 0)
  node.hear('a')
  assert.is(node.error(), 0)
  assert.is(node.time.aheadMs, 0)
})

times('a liar that is heard first after sleep decides nothing', () => {
  const node = machine()
  for (const home of ['a', 'b', 'c']) node.hear(home)
  node.sleep(DAY)
  node.hear('b', -5 * DAY)
  assert.is(node.error(), -DAY)
  node.hear('a')
  assert.is(node.error(), 0)
})

times('where nobody answers after a jump, the clock is believed in the end', () => {
  const node = machine()
  assert.is(node.error(), 0)
  node.sleep(DAY)
  assert.is(node.error(), -DAY)
  node.run(60_000)
  assert.is(node.error(), 0)
})

times('one liar among three homes moves no node whose clock is right, whatever it says and when', () => {
  holds(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('a', 'b', 'liar'), fc.integer({ min: -400 * DAY, max: 400 * DAY })), {
        maxLength: 40,
      }),
      (answers) => {
        const node = machine()
        // attached: all three have answered before the liar begins to lie
        for (const home of ['a', 'b', 'liar']) node.hear(home)
        for (const [home, lieMs] of answers) {
          node.run(5_000)
          node.hear(home, home === 'liar' ? lieMs : 0)
          assert.is(node.error(), 0)
        }
      },
    ),
  )
})

times('nor keeps it a node whose clock is wrong from the right time', () => {
  const off = fc.integer({ min: 10 * MINUTE, max: 400 * DAY }).map((ms) => ms)
  holds(
    fc.property(
      off,
      fc.boolean(),
      fc.integer({ min: -400 * DAY, max: 400 * DAY }),
      fc.integer(),
      (by, isLate, lie, at) => {
        const offMs = isLate ? -by : by
        fc.pre(Math.abs(lie - offMs) > 5 * MINUTE) // a liar that knows our error could agree with it
        const node = machine(offMs)
        const homes = ['a', 'b']
        homes.splice(Math.abs(at) % 3, 0, 'liar')
        for (const home of homes) node.hear(home, home === 'liar' ? lie : 0)
        assert.ok(Math.abs(node.error()) <= 3 * MINUTE, `${node.error()}`)
      },
    ),
  )
})

times('young supernodes agree with each other, however wrong their clocks are and whoever speaks first', () => {
  const clock = fc.oneof(fc.constantFrom(0, DAY, -DAY), fc.integer({ min: -400 * DAY, max: 400 * DAY }))
  holds(
    fc.property(fc.array(clock, { minLength: 2, maxLength: 7 }), fc.infiniteStream(fc.nat()), (clocks, random) => {
      const nodes = clocks.map((offMs, i) => machine(offMs, `n${i}`))
      const standing = { isServing: true, others: nodes.length - 1 }
      for (let round = 0; round < 20; round++) {
        const order = nodes.flatMap((to) => nodes.filter((from) => from !== to).map((from) => ({ to, from })))
        while (order.length > 0) {
          const [next] = order.splice((random.next().value as number) % order.length, 1)
          const { to, from } = next as (typeof order)[number]
          to.hear(`n${nodes.indexOf(from)}`, from.error(), { standing })
        }
        for (const node of nodes) node.run(5_000)
      }
      const errors = nodes.map((node) => node.error())
      assert.ok(Math.max(...errors) - Math.min(...errors) <= 5 * MINUTE, `${clocks.join(' ')} → ${errors.join(' ')}`)
    }),
  )
})

times('a young supernode waits until all are heard before it takes the time from those that differ', () => {
  const node = machine()
  const standing = { isServing: true, others: 2 }
  node.hear('liar', 400 * DAY, { standing })
  assert.is(node.error(), 0)
  node.hear('a', 0, { standing })
  assert.is(node.error(), 0)
})

times('of the votes the largest group wins, and a draw is none', () => {
  const cases: [votes: number[], agreed: number | undefined][] = [
    [[0], undefined],
    [[0, 0], 0],
    [[0, DAY], undefined],
    [[0, DAY, DAY], DAY],
    [[0, 10, DAY], 0],
    [[0, 0, DAY, DAY], undefined],
    [[0, DAY, DAY + MINUTE, DAY + 2 * MINUTE, 5 * DAY], DAY + MINUTE],
    [[0, 2 * MINUTE, 4 * MINUTE], 2 * MINUTE],
    [[-2 * MINUTE, 0, 2 * MINUTE], 0],
  ]
  for (const [votes, agreed] of cases) assert.is(agreedOffset(votes), agreed, votes.join(' '))
})

times.run()
