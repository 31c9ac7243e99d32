import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { virtualClock } from '../../src/lib/clock.ts'
import { poll } from '../../src/lib/poll.ts'

const polls = suite('poll')

const after =
  (clock: ReturnType<typeof virtualClock>, ms: number, answer: string | undefined, asked: string[] = []) =>
  async (): Promise<string | undefined> => {
    asked.push(String(answer))
    if (ms === Infinity) return new Promise(() => {})
    await new Promise<void>((done) => clock.after(ms, done))
    return answer
  }
/** Lets promises settle between the steps of the clock. */
async function run(clock: ReturnType<typeof virtualClock>, ms: number): Promise<void> {
  for (let i = 0; i < ms; i++) {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    clock.advance(1)
  }
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
}
const two = (answers: string[]) => answers.length >= 2

polls('stops at enough answers, and asks no more than it must', async () => {
  const clock = virtualClock(0)
  const asked: string[] = []
  const asks = ['a', 'b', 'c'].map((name) => after(clock, 5, name, asked))
  const answers = poll(asks, { abreast: 2, slowMs: 50, isEnough: two, clock })
  await run(clock, 6)
  assert.equal(await answers, ['a', 'b'])
  await run(clock, 200)
  assert.equal(asked, ['a', 'b'])
})

polls('one that has nothing is followed by the next at once', async () => {
  const clock = virtualClock(0)
  const asks = [after(clock, 1, undefined), after(clock, 1, 'b'), after(clock, 1, 'c')]
  const answers = poll(asks, { abreast: 2, slowMs: 1_000, isEnough: two, clock })
  await run(clock, 4)
  assert.equal(await answers, ['b', 'c'])
})

polls('one that hangs is followed by the next when it has been slow', async () => {
  const clock = virtualClock(0)
  const asks = [after(clock, Infinity, 'a'), after(clock, Infinity, 'b'), after(clock, 1, 'c'), after(clock, 1, 'd')]
  let answered: string[] | undefined
  void poll(asks, { abreast: 2, slowMs: 10, isEnough: two, clock }).then((answers) => (answered = answers))
  await run(clock, 15)
  assert.is(answered, undefined)
  await run(clock, 10)
  assert.equal(answered, ['c', 'd'])
})

polls('when all have settled, what there is is the answer', async () => {
  const clock = virtualClock(0)
  const asks = [after(clock, 1, undefined), after(clock, 2, 'b')]
  const answers = poll(asks, { abreast: 1, slowMs: 10, isEnough: two, clock })
  await run(clock, 20)
  assert.equal(await answers, ['b'])
  assert.equal(await poll([], { abreast: 1, slowMs: 10, isEnough: two, clock }), [])
})

polls.run()
