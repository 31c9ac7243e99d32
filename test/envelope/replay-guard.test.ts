import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { MESSAGE_AGE_MS, MESSAGE_AHEAD_MS, ReplayGuard } from '../../src/envelope/replay-guard.ts'
import { holds } from '../support/property.ts'

const guards = suite('replay guard')

const NOW_MS = 1_700_000_000_000

guards('a message is taken once', () => {
  const guard = new ReplayGuard()
  assert.ok(guard.admit('alice', '1', NOW_MS, NOW_MS))
  assert.not(guard.admit('alice', '1', NOW_MS, NOW_MS))
  assert.not(guard.admit('alice', '1', NOW_MS + 1, NOW_MS + 1))
})

guards('the same id of another sender is another message', () => {
  const guard = new ReplayGuard()
  assert.ok(guard.admit('alice', '1', NOW_MS, NOW_MS))
  assert.ok(guard.admit('bob', '1', NOW_MS, NOW_MS))
})

guards('messages may come in any order', () => {
  const guard = new ReplayGuard()
  for (const sentMs of [3, 1, 2, 0]) assert.ok(guard.admit('alice', `${sentMs}`, NOW_MS - sentMs, NOW_MS))
})

guards('a message that is too old or too new is refused, one at the limit is taken', () => {
  const table: [offMs: number, isTaken: boolean][] = [
    [-MESSAGE_AGE_MS - 1, false],
    [-MESSAGE_AGE_MS, true],
    [MESSAGE_AHEAD_MS, true],
    [MESSAGE_AHEAD_MS + 1, false],
    [Infinity, false],
  ]
  for (const [offMs, isTaken] of table)
    assert.is(new ReplayGuard().admit('alice', '1', NOW_MS + offMs, NOW_MS), isTaken, `${offMs}`)
})

guards('a refused message leaves no trace', () => {
  const guard = new ReplayGuard()
  assert.not(guard.admit('alice', '1', NOW_MS - MESSAGE_AGE_MS - 1, NOW_MS))
  assert.ok(guard.admit('alice', '1', NOW_MS, NOW_MS))
})

/** Admits so many messages of one sender, one each millisecond, and returns how many were taken. */
function flood(guard: ReplayGuard, sender: string, count: number, fromMs: number): number {
  let taken = 0
  for (let i = 0; i < count; i++) if (guard.admit(sender, `${i}`, fromMs + i, fromMs + i)) taken++
  return taken
}

guards('a sender that fills its share is still taken, and nothing of it twice', () => {
  const guard = new ReplayGuard()
  assert.is(flood(guard, 'alice', 10_000, NOW_MS), 10_000)
  for (let i = 0; i < 10_000; i++) assert.not(guard.admit('alice', `${i}`, NOW_MS + i, NOW_MS + 10_000), `${i}`)
  assert.ok(guard.admit('alice', 'fresh', NOW_MS + 10_000, NOW_MS + 10_000))
})

guards('a sender is remembered whole up to 256 messages; beyond that what it sent first is refused by age', () => {
  const guard = new ReplayGuard()
  flood(guard, 'alice', 256, NOW_MS)
  assert.ok(guard.admit('alice', 'before them all', NOW_MS - 1, NOW_MS + 256))
  assert.not(guard.admit('alice', 'before them all too', NOW_MS - 1, NOW_MS + 256))
})

guards('a message dated ahead is taken once, and again neither when its time comes nor after', () => {
  const guard = new ReplayGuard()
  const sentMs = NOW_MS + MESSAGE_AHEAD_MS
  assert.not(guard.admit('alice', '1', sentMs, NOW_MS - 1))
  for (const [nowMs, isTaken] of [
    [NOW_MS, true],
    [sentMs, false],
    [sentMs + MESSAGE_AGE_MS, false],
    [sentMs + MESSAGE_AGE_MS + 1, false],
  ] as const)
    assert.is(guard.admit('alice', '1', sentMs, nowMs), isTaken)
})

guards('senders who date ahead and make it forget bar newcomers no longer than a message may be ahead', () => {
  const guard = new ReplayGuard()
  assert.ok(guard.admit('alice', '1', NOW_MS, NOW_MS))
  for (let i = 0; i < 1_500; i++) guard.admit(`mallory ${i}`, '1', NOW_MS + MESSAGE_AHEAD_MS, NOW_MS)
  assert.not(guard.admit('alice', '1', NOW_MS, NOW_MS), 'forgotten, not free')
  const freeMs = NOW_MS + MESSAGE_AHEAD_MS + 1
  for (const sender of ['alice', 'bob']) assert.ok(guard.admit(sender, '2', freeMs, freeMs), sender)
})

guards('a flood by one sender does not touch another', () => {
  const guard = new ReplayGuard()
  flood(guard, 'mallory', 10_000, NOW_MS)
  assert.ok(guard.admit('alice', '1', NOW_MS, NOW_MS + 10_000))
  assert.not(guard.admit('alice', '1', NOW_MS, NOW_MS + 10_000))
})

guards('when whole senders are forgotten, nothing of theirs is taken again', () => {
  const guard = new ReplayGuard()
  const count = 5_000
  for (let i = 0; i < count; i++) assert.ok(guard.admit(`sender ${i}`, '1', NOW_MS + i, NOW_MS + i))
  for (let i = 0; i < count; i++) assert.not(guard.admit(`sender ${i}`, '1', NOW_MS + i, NOW_MS + count), `${i}`)
  assert.ok(guard.admit('newcomer', '1', NOW_MS + count, NOW_MS + count))
})

guards('a sender heard of again is not the next to be forgotten', () => {
  const guard = new ReplayGuard()
  guard.admit('alice', 'first', NOW_MS, NOW_MS)
  for (let i = 1; i <= 10_000; i++) {
    guard.admit(`sender ${i}`, '1', NOW_MS + i, NOW_MS + i)
    if (i % 500 === 0) guard.admit('alice', `${i}`, NOW_MS + i, NOW_MS + i)
  }
  // had she been forgotten, an older message of hers would be refused by age
  assert.ok(guard.admit('alice', 'slow', NOW_MS + 1, NOW_MS + 10_001))
})

guards('what it remembers is bounded, whoever sends how much', () => {
  const guard = new ReplayGuard()
  const before = memoryAfterCollection()
  for (let sender = 0; sender < 20_000; sender++) guard.admit(`sender ${sender}`, 'id', NOW_MS, NOW_MS - sender)
  for (let i = 0; i < 100_000; i++) guard.admit('mallory', `${i}`, NOW_MS + i, NOW_MS + i)
  assert.ok(memoryAfterCollection() - before < 20_000_000)
})

const event = fc.record({
  sender: fc.constantFrom('alice', 'bob', 'carol'),
  id: fc.nat(6).map(String),
  offMs: fc.constantFrom(
    0,
    -1,
    1_000,
    -1_000,
    MESSAGE_AHEAD_MS,
    -MESSAGE_AGE_MS,
    MESSAGE_AHEAD_MS + 1,
    MESSAGE_AGE_MS,
    -MESSAGE_AGE_MS - 1,
  ),
  passMs: fc.constantFrom(0, 1, 1_000, MESSAGE_AHEAD_MS, MESSAGE_AGE_MS, MESSAGE_AGE_MS + MESSAGE_AHEAD_MS + 1),
})

guards('whatever comes when, no message is taken twice, and before anything is forgotten each is taken once', () => {
  holds(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const guard = new ReplayGuard()
      const taken = new Set<string>()
      const sentOf = new Map<string, number>()
      let nowMs = NOW_MS
      for (const { sender, id, offMs, passMs } of events) {
        nowMs += passMs
        const name = `${sender} ${id}`
        // a message is signed: its time never changes
        const sentMs = sentOf.get(name) ?? nowMs + offMs
        sentOf.set(name, sentMs)
        const ageMs = nowMs - sentMs
        const isFresh = ageMs <= MESSAGE_AGE_MS && ageMs >= -MESSAGE_AHEAD_MS && !taken.has(name)
        assert.is(guard.admit(sender, id, sentMs, nowMs), isFresh)
        if (isFresh) taken.add(name)
      }
    }),
  )
})

guards('even while it forgets, nothing is taken twice', () => {
  holds(
    fc.property(fc.array(fc.nat(5_000), { minLength: 10, maxLength: 50 }), (again) => {
      const guard = new ReplayGuard()
      flood(guard, 'alice', 4_000, NOW_MS)
      for (const i of again) {
        const isNew = i >= 4_000
        const isTaken = guard.admit('alice', `${i}`, NOW_MS + i, NOW_MS + 5_000)
        if (!isNew) assert.not(isTaken, `${i}`)
        assert.not(guard.admit('alice', `${i}`, NOW_MS + i, NOW_MS + 5_000))
      }
    }),
  )
})

function memoryAfterCollection(): number {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  return process.memoryUsage().heapUsed
}

guards.run()
