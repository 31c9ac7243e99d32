/** The first way that leads there wins. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { type Attempt, race } from '../../src/turn/race.ts'

const racing = suite('race')

const never = new AbortController().signal
const after = (ms: number) => new Promise((done) => setTimeout(done, ms))
const succeeds = (name: string, afterMs: number): Attempt<string> => ({ afterMs, begin: async () => name })
const fails = (name: string, afterMs: number): Attempt<string> => ({
  afterMs,
  begin: () => Promise.reject(new Error(name)),
})
const hangs = (afterMs: number, onAbort = () => {}): Attempt<string> => ({
  afterMs,
  begin: (signal) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        onAbort()
        reject(new Error('aborted'))
      })
    }),
})

racing('the first to succeed wins, the others are told', async () => {
  let aborted = 0
  const won = await race([hangs(0, () => aborted++), succeeds('second', 20), hangs(1000)], () => {}, never)
  assert.is(won, 'second')
  assert.is(aborted, 1)
})

racing('when all that were begun have failed the next begins at once', async () => {
  assert.is(await race([fails('a', 0), fails('b', 1e6), succeeds('c', 2e6)], () => {}, never), 'c')
})

racing('when all have failed it says why the first did', async () => {
  const failure = await race([fails('a', 0), fails('b', 10)], () => {}, never).catch((error: Error) => error)
  assert.is((failure as Error).message, 'a')
  assert.instance(await race([], () => {}, never).catch((error: Error) => error), Error)
})

racing('what comes after the end is given back', async () => {
  const late: string[] = []
  const slow: Attempt<string> = { afterMs: 0, begin: () => after(30).then(() => 'slow') }
  assert.is(await race([slow, succeeds('quick', 5)], (each) => late.push(each), never), 'quick')
  await after(60)
  assert.equal(late, ['slow'])
})

racing('ends when it is told to, also before it began', async () => {
  const controller = new AbortController()
  const running = race([hangs(0)], () => {}, controller.signal).catch((error: Error) => error.message)
  controller.abort(new Error('enough'))
  assert.is(await running, 'enough')
  assert.is(
    await race([succeeds('a', 0)], () => {}, controller.signal).catch((error: Error) => error.message),
    'enough',
  )
})

racing.run()
