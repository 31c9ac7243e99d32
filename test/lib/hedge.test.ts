import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { virtualClock } from '../../src/lib/clock.ts'
import { hedged } from '../../src/lib/hedge.ts'

const hedges = suite('hedged requests')

/** Attempts that settle when the test says so. */
function attempts(count: number) {
  const started: number[] = []
  const ends = Array.from({ length: count }, () => Promise.withResolvers<string>())
  const acts = ends.map(({ promise }, i) => () => {
    started.push(i)
    return promise
  })
  return { started, ends, acts }
}

const turns = () => new Promise((done) => setImmediate(done))

hedges('the first answer is taken and nothing else is started', async () => {
  const clock = virtualClock()
  const { started, ends, acts } = attempts(3)
  const result = hedged(acts, 100, clock)
  assert.equal(started, [0])
  ends[0]?.resolve('first')
  assert.is(await result, 'first')
  clock.advance(1_000)
  assert.equal(started, [0])
})

hedges('the next choice starts as soon as the last has failed', async () => {
  const { started, ends, acts } = attempts(2)
  const result = hedged(acts, 100, virtualClock())
  ends[0]?.reject(new Error('no'))
  await turns()
  assert.equal(started, [0, 1])
  ends[1]?.resolve('second')
  assert.is(await result, 'second')
})

hedges('the next choice starts when the last is slow, and not a moment before', async () => {
  const clock = virtualClock()
  const { started, ends, acts } = attempts(3)
  const result = hedged(acts, 100, clock)
  clock.advance(99)
  assert.equal(started, [0])
  clock.advance(1)
  assert.equal(started, [0, 1])
  clock.advance(100)
  assert.equal(started, [0, 1, 2])
  ends[1]?.resolve('second')
  assert.is(await result, 'second')
})

hedges('a slow choice may still win over those started after it', async () => {
  const clock = virtualClock()
  const { ends, acts } = attempts(2)
  const result = hedged(acts, 100, clock)
  clock.advance(100)
  ends[0]?.resolve('slow')
  assert.is(await result, 'slow')
})

hedges('a failure while another choice is under way starts nothing early', async () => {
  const clock = virtualClock()
  const { started, ends, acts } = attempts(3)
  const result = hedged(acts, 100, clock)
  clock.advance(100)
  ends[0]?.reject(new Error('no'))
  await turns()
  assert.equal(started, [0, 1])
  ends[1]?.reject(new Error('no'))
  await turns()
  assert.equal(started, [0, 1, 2])
  ends[2]?.resolve('third')
  assert.is(await result, 'third')
})

hedges('when every choice fails, the last failure is the answer and no timer is left', async () => {
  const clock = virtualClock()
  const { started, ends, acts } = attempts(2)
  const result = hedged(acts, 100, clock)
  ends[0]?.reject(new Error('one'))
  await turns()
  ends[1]?.reject(new Error('two'))
  await result.then(
    () => assert.unreachable(),
    (error: Error) => assert.is(error.message, 'two'),
  )
  clock.advance(1_000)
  assert.equal(started, [0, 1])
})

hedges('the order of failures does not matter', async () => {
  const clock = virtualClock()
  const { ends, acts } = attempts(2)
  const result = hedged(acts, 100, clock)
  clock.advance(100)
  ends[1]?.reject(new Error('two'))
  await turns()
  ends[0]?.reject(new Error('one'))
  await result.then(
    () => assert.unreachable(),
    (error: Error) => assert.is(error.message, 'one'),
  )
})

hedges('with nothing to try it rejects', async () => {
  await hedged([], 100, virtualClock()).then(
    () => assert.unreachable(),
    (error) => assert.instance(error, RangeError),
  )
})

hedges.run()
