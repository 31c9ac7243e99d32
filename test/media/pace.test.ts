import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { Pace } from '../../src/media/pace.ts'
import { holds } from '../support/property.ts'

const pace = suite('pace')

pace('a frame is due at once, and then every 20 ms', () => {
  const beat = new Pace(1000)
  assert.is(beat.due(1000), 1)
  assert.is(beat.due(1019), 0)
  assert.is(beat.untilNextMs(1019), 1)
  assert.is(beat.due(1020), 1)
})

pace('a timer that is always a little late does not slow the beat', () => {
  const beat = new Pace(0)
  let frames = 0
  for (let nowMs = 0; nowMs < 60_000; nowMs += beat.untilNextMs(nowMs) + 3) frames += beat.due(nowMs)
  assert.ok(Math.abs(frames - 3000) <= 1, String(frames))
})

pace('a stall is made up for by three frames at most, and the rest of it forgotten', () => {
  const beat = new Pace(0)
  assert.is(beat.due(0), 1)
  assert.is(beat.due(55), 2)
  assert.is(beat.due(5000), 3)
  assert.is(beat.due(5001), 0)
  assert.is(beat.due(5020), 1)
})

pace('a clock that is set back does not stop the beat', () => {
  const beat = new Pace(1e6)
  beat.due(1e6)
  assert.is(beat.due(5000), 1)
  assert.is(beat.due(5020), 1)
})

pace('whatever the clock does, a burst is bounded and the next frame never more than 20 ms away', () => {
  holds(
    fc.property(fc.array(fc.integer({ min: -1e7, max: 1e7 })), (times) => {
      const beat = new Pace(0)
      for (const nowMs of times) {
        const due = beat.due(nowMs)
        assert.ok(due >= 0 && due <= 3)
        const untilMs = beat.untilNextMs(nowMs)
        assert.ok(untilMs >= 0 && untilMs <= 20)
      }
    }),
  )
})

pace.run()
