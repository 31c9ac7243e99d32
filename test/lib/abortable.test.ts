import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { abortable } from '../../src/lib/abortable.ts'

const waiting = suite('abortable')

const never = () => new Promise<string>(() => {})
const reasonOf = (promise: Promise<unknown>) =>
  promise.then(
    () => assert.unreachable(),
    (error: unknown) => error,
  )

waiting('it settles as the promise does', async () => {
  const { signal } = new AbortController()
  assert.is(await abortable(Promise.resolve('yes'), signal), 'yes')
  const error = new Error('no')
  assert.is(await reasonOf(abortable(Promise.reject(error), signal)), error)
})

waiting('it rejects with the reason of a signal that fires first, before or after the wait began', async () => {
  const abort = new AbortController()
  const wait = reasonOf(abortable(never(), abort.signal))
  const reason = new Error('enough')
  abort.abort(reason)
  assert.is(await wait, reason)
  assert.is(await reasonOf(abortable(never(), abort.signal)), reason)
})

waiting('a promise that fails after the signal fired is nobody’s unhandled failure', async () => {
  const abort = new AbortController()
  const late = Promise.withResolvers<string>()
  const wait = reasonOf(abortable(late.promise, abort.signal))
  abort.abort(new Error('enough'))
  await wait
  late.reject(new Error('late'))
  await new Promise((done) => setImmediate(done))
})

waiting.run()
