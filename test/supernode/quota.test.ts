import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { GrantQuota, Quota } from '../../src/supernode/quota.ts'
import { holds } from '../support/property.ts'

const quota = suite('quota')

const NOW_MS = 1_700_000_000_000

quota('a burst is let through, then so much a second', () => {
  const bucket = new Quota({ perSecond: 10, burst: 5 })
  for (let i = 0; i < 5; i++) assert.is(bucket.admit('alice', NOW_MS), 0)
  assert.is(Math.round(bucket.admit('alice', NOW_MS)), 100)
  assert.ok(bucket.admit('alice', NOW_MS + 99) > 0)
  assert.is(bucket.admit('alice', NOW_MS + 100), 0)
  assert.ok(bucket.admit('alice', NOW_MS + 100) > 0)
})

quota('each key has a bucket of its own', () => {
  const bucket = new Quota({ perSecond: 1, burst: 1 })
  assert.is(bucket.admit('alice', NOW_MS), 0)
  assert.is(bucket.admit('bob', NOW_MS), 0)
  assert.ok(bucket.admit('alice', NOW_MS) > 0)
})

quota('who is refused pays nothing: patience is rewarded at the time that was told', () => {
  const bucket = new Quota({ perSecond: 1, burst: 10 })
  bucket.take('alice', NOW_MS, 10)
  const waitMs = bucket.admit('alice', NOW_MS, 3)
  for (let i = 0; i < 100; i++) bucket.admit('alice', NOW_MS + 1, 3)
  assert.is(bucket.admit('alice', NOW_MS + waitMs, 3), 0)
})

quota('what costs more than a whole bucket is let through when the bucket is full', () => {
  const bucket = new Quota({ perSecond: 1, burst: 10 })
  assert.is(bucket.admit('alice', NOW_MS, 25), 0)
  assert.ok(bucket.admit('alice', NOW_MS + 9_000, 25) > 0)
  assert.is(bucket.admit('alice', NOW_MS + 10_000, 25), 0)
})

quota('however many keys an attacker brings, a bucket in use is not reset', () => {
  const bucket = new Quota({ perSecond: 1, burst: 10 }, 16)
  bucket.take('attacker', NOW_MS, 10)
  for (let i = 0; i < 1_000; i++) bucket.admit(`stranger ${i}`, NOW_MS)
  assert.ok(bucket.admit('attacker', NOW_MS) > 0)
  assert.is(bucket.size, 16)
})

quota('while all buckets are in use newcomers share one; when one is full again, they get their own', () => {
  const bucket = new Quota({ perSecond: 1, burst: 2 }, 4)
  for (let i = 0; i < 4; i++) bucket.take(`early ${i}`, NOW_MS, 2)
  assert.is(bucket.admit('x', NOW_MS), 0)
  assert.is(bucket.admit('y', NOW_MS), 0)
  assert.ok(bucket.admit('z', NOW_MS) > 0, 'a third shares the bucket of the first two')
  const laterMs = NOW_MS + 10_000
  for (const key of ['x', 'y', 'z']) assert.is(bucket.admit(key, laterMs, 2), 0)
})

quota('a clock that is put back locks nobody out for longer than a bucket takes to fill', () => {
  const bucket = new Quota({ perSecond: 1, burst: 10 })
  bucket.take('alice', NOW_MS, 10)
  assert.ok(bucket.admit('alice', NOW_MS - 86_400_000) <= 10_000)
})

quota('whoever asks how often, no key gets more than its burst and its rate, and the table stays in its bound', () => {
  const asks = fc.array(fc.record({ key: fc.nat(40), afterMs: fc.nat(300), cost: fc.integer({ min: 1, max: 4 }) }), {
    maxLength: 400,
  })
  holds(
    fc.property(asks, (all) => {
      const rate = { perSecond: 5, burst: 8 }
      const bucket = new Quota(rate, 16)
      const granted = new Map<number, number>()
      let nowMs = NOW_MS
      for (const { key, afterMs, cost } of all) {
        nowMs += afterMs
        if (bucket.admit(`${key}`, nowMs, cost) === 0) granted.set(key, (granted.get(key) ?? 0) + cost)
        assert.ok(bucket.size <= 16)
      }
      const most = rate.burst + (rate.perSecond * (nowMs - NOW_MS)) / 1000
      // once more, for who paid from the shared bucket before it got one of its own
      for (const sum of granted.values()) assert.ok(sum <= most + rate.burst + 1e-6, `${sum} of ${most}`)
    }),
  )
})

quota('an account that is granted something all day long is not refused, one that hammers is', () => {
  const grants = new GrantQuota('internet')
  for (let i = 0; i < 1_000; i++) assert.is(grants.admit('aa', NOW_MS + i * 1_000), 0)
  let refused = 0
  for (let i = 0; i < 1_000; i++) if (grants.admit('bb', NOW_MS) > 0) refused++
  assert.ok(refused > 700, `${refused}`)
})

quota.run()
