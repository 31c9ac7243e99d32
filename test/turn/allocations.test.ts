/** What a relay keeps, on virtual time: permissions, channels, quotas and rates. */

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { Allocation, CHANNEL_MS, PERMISSION_MS } from '../../src/turn/allocation.ts'
import { Allocations, grantedLifetime } from '../../src/turn/allocations.ts'
import { BlockRates, blockOf, RateMeter, TokenBucket, TURN_LIMITS } from '../../src/turn/limits.ts'
import { holds } from '../support/property.ts'

const allocations = suite('allocations')

const START_MS = 1_800_000_000_000
const PEER = { host: '203.0.113.7', port: 4001 }

function allocation({ limits = TURN_LIMITS, port = 40_000, callTag = 'call' } = {}): Allocation {
  const owner = { username: `1:${callTag}:device`, deviceTag: 'device', block: '192.0.2', key: Buffer.alloc(16) }
  const relayed = { host: '198.51.100.1', port }
  return new Allocation({ owner, relayed, createdMs: START_MS, expiresMs: START_MS + 600_000, limits })
}

allocations('a permission lapses at its expiry, not a moment before, and is renewed', () => {
  const one = allocation()
  assert.not.ok(one.isPermitted(PEER.host, START_MS))
  assert.ok(one.permit([PEER.host], START_MS))
  assert.ok(one.isPermitted(PEER.host, START_MS + PERMISSION_MS - 1))
  assert.not.ok(one.isPermitted(PEER.host, START_MS + PERMISSION_MS))
  one.permit([PEER.host], START_MS + PERMISSION_MS - 1)
  assert.ok(one.isPermitted(PEER.host, START_MS + 2 * PERMISSION_MS - 2))
})

allocations('a channel permits its peer for as long as it lives, and a shorter permission takes nothing away', () => {
  const one = allocation()
  assert.is(one.bind(0x4000, PEER, START_MS), undefined)
  one.permit([PEER.host], START_MS + 1)
  assert.ok(one.isPermitted(PEER.host, START_MS + CHANNEL_MS - 1))
  assert.is(one.channel(0x4000, START_MS + CHANNEL_MS - 1)?.port, PEER.port)
  assert.is(one.channelOfPeer(PEER.host, PEER.port, START_MS + CHANNEL_MS - 1)?.number, 0x4000)
  assert.is(one.channel(0x4000, START_MS + CHANNEL_MS), undefined)
  assert.is(one.channelOfPeer(PEER.host, PEER.port, START_MS + CHANNEL_MS), undefined)
  assert.is(one.bind(0x4001, PEER, START_MS + CHANNEL_MS), undefined, 'another once it lapsed')
  assert.is(one.channel(0x4000, START_MS + CHANNEL_MS), undefined)
  assert.is(one.channelOfPeer(PEER.host, PEER.port, START_MS + CHANNEL_MS)?.number, 0x4001)
})

allocations('two peers on one port of two hosts have channels of their own', () => {
  const one = allocation()
  const other = { host: '203.0.113.8', port: PEER.port }
  one.bind(0x4000, PEER, START_MS)
  one.bind(0x4001, other, START_MS)
  assert.is(one.channelOfPeer(other.host, other.port, START_MS)?.number, 0x4001)
  assert.is(one.channelOfPeer(PEER.host, PEER.port, START_MS)?.number, 0x4000)
})

allocations('permissions and channels are bounded; what lapsed makes room', () => {
  const limits = { ...TURN_LIMITS, permissionsPerAllocation: 3, channelsPerAllocation: 2 }
  const one = allocation({ limits })
  assert.not.ok(one.permit(['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'], START_MS), 'all or none')
  assert.not.ok(one.isPermitted('192.0.2.1', START_MS))
  assert.ok(one.permit(['192.0.2.1', '192.0.2.1', '192.0.2.2', '192.0.2.3'], START_MS))
  assert.not.ok(one.permit(['192.0.2.4'], START_MS))
  assert.ok(one.permit(['192.0.2.4'], START_MS + PERMISSION_MS))

  const two = allocation({ limits })
  for (const port of [1, 2]) assert.is(two.bind(0x4000 + port, { ...PEER, port }, START_MS), undefined)
  assert.is(two.bind(0x4003, { ...PEER, port: 3 }, START_MS), 508)
  assert.is(two.bind(0x4001, { ...PEER, port: 1 }, START_MS), undefined, 'one that is there is prolonged')
  assert.is(two.bind(0x4003, { ...PEER, port: 3 }, START_MS + CHANNEL_MS), undefined)
})

allocations('channels and peers are one to one, whatever is bound in whatever order', () => {
  const binding = fc.record({
    number: fc.integer({ min: 0x3ffe, max: 0x4006 }),
    port: fc.integer({ min: 1, max: 6 }),
    afterMs: fc.nat(400_000),
  })
  holds(
    fc.property(fc.array(binding, { maxLength: 60 }), (bindings) => {
      const one = allocation()
      const model = new Map<number, { port: number; untilMs: number }>()
      let nowMs = START_MS
      for (const { number, port, afterMs } of bindings) {
        nowMs += afterMs
        for (const [each, { untilMs }] of model) if (untilMs <= nowMs) model.delete(each)
        const ofNumber = model.get(number)?.port
        const ofPort = [...model].find(([, bound]) => bound.port === port)?.[0]
        const isFree = number >= 0x4000 && (ofNumber ?? port) === port && (ofPort ?? number) === number
        assert.is(one.bind(number, { ...PEER, port }, nowMs), isFree ? undefined : 400)
        if (isFree) model.set(number, { port, untilMs: nowMs + CHANNEL_MS })
        for (let each = 0x4000; each <= 0x4006; each++) assert.is(one.channel(each, nowMs)?.port, model.get(each)?.port)
      }
    }),
  )
})

allocations('whoever was admitted leaves the counts as they were', () => {
  const table = new Allocations({ ...TURN_LIMITS, allocationsPerUsername: 1 })
  const one = allocation()
  assert.is(table.admit(one.owner, START_MS), undefined)
  assert.is(table.admit(one.owner, START_MS), 486, 'one that is being made counts')
  table.add(one)
  table.remove(one)
  table.remove(one)
  assert.is(table.admit(one.owner, START_MS), undefined)
  table.left(one.owner)
  assert.is(table.admit(one.owner, START_MS), undefined)
})

allocations('is found by its relayed address and its ticket for as long as it is there', () => {
  const table = new Allocations(TURN_LIMITS)
  const one = allocation()
  table.admit(one.owner, START_MS)
  table.add(one)
  for (const ticket of ['a', 'b', 'c']) table.renewTicket(one, ticket)
  assert.equal(
    ['a', 'b', 'c'].map((ticket) => table.ofTicket(ticket) === one),
    [false, true, true],
  )
  table.forgetPreviousTicket(one)
  assert.equal(
    ['a', 'b', 'c'].map((ticket) => table.ofTicket(ticket) === one),
    [false, false, true],
  )
  assert.is(table.ofRelay(one.relayed), one)
  assert.is(table.ofRelay({ host: '198.51.100.2', port: one.relayed.port }), undefined)
  assert.equal(table.lapsed(START_MS + 599_999), [])
  assert.equal(table.lapsed(START_MS + 600_000), [one])
  table.remove(one)
  assert.is(table.ofRelay(one.relayed), undefined)
  assert.is(table.ofTicket('c'), undefined)
})

allocations('each may use its share, with a burst of two seconds, and all together theirs', () => {
  const limits = { ...TURN_LIMITS, allocationBytesPerSecond: 1000, totalBytesPerSecond: 1500 }
  const table = new Allocations(limits)
  const [one, two] = [allocation({ limits }), allocation({ limits, port: 40_001 })]
  const spent = (each: Allocation, nowMs: number): number => {
    let bytes = 0
    while (table.spend(each, 100, nowMs)) bytes += 100
    return bytes
  }
  assert.is(spent(one, START_MS), 2000)
  assert.is(spent(two, START_MS), 1000, 'what was left of all')
  assert.is(spent(one, START_MS + 1000), 1000)
  assert.is(spent(two, START_MS + 1000), 500)
})

allocations('nobody is let in while those who are there use up the bandwidth', () => {
  const limits = { ...TURN_LIMITS, totalBytesPerSecond: 100_000 }
  const table = new Allocations(limits)
  const one = allocation({ limits })
  assert.is(table.admit(one.owner, START_MS), undefined)
  for (let i = 0; i < 90; i++) assert.ok(table.spend(one, 1000, START_MS + i) || i >= 64)
  const busy = allocation({ limits: { ...limits, allocationBytesPerSecond: 1e9 }, callTag: 'busy' })
  while (table.bytesPerSecond(START_MS + 90) < 90_000) table.spend(busy, 1000, START_MS + 90)
  assert.is(table.admit(busy.owner, START_MS + 500), 508)
  assert.is(table.admit(busy.owner, START_MS + 2500), undefined, 'it is quiet again')
})

allocations('a lifetime is kept within its bounds', () => {
  assert.equal(
    [undefined, 0, 599, 600, 3000, 3601, 2 ** 32 - 1].map(grantedLifetime),
    [600, 600, 600, 600, 3000, 3600, 3600],
  )
})

allocations('a bucket gives no more than its rate and its burst, whenever it is asked', () => {
  const taking = fc.record({ afterMs: fc.nat(3000), count: fc.integer({ min: 1, max: 50 }) })
  holds(
    fc.property(fc.array(taking), (takings) => {
      const bucket = new TokenBucket(10, 20)
      let [nowMs, taken] = [START_MS, 0]
      for (const { afterMs, count } of takings) {
        nowMs += afterMs
        if (bucket.take(count, nowMs)) taken += count
        assert.ok(taken <= 20 + (10 * (nowMs - START_MS)) / 1000 + 1e-6)
      }
    }),
  )
})

allocations('blocks of addresses are remembered in bounded number', () => {
  const rates = new BlockRates(1, 1e9)
  for (let i = 0; i < 20_000; i++) rates.take(`10.${i >> 8}.${i & 255}.1`, START_MS)
  assert.ok(rates.size <= 4096)
  assert.is(blockOf('192.0.2.7'), blockOf('192.0.2.250'))
  assert.is.not(blockOf('192.0.2.7'), blockOf('192.0.3.7'))
  assert.is(blockOf('2001:db8:1::1'), blockOf('2001:db8:1:ffff::2'))
  assert.is.not(blockOf('2001:db8:1::1'), blockOf('2001:db8:2::1'))
})

allocations('a meter tells the last second, and forgets what is older', () => {
  const meter = new RateMeter()
  meter.add(500, START_MS)
  meter.add(500, START_MS + 999)
  assert.is(meter.perSecond(START_MS + 1500), 1000)
  assert.is(meter.perSecond(START_MS + 2000), 0)
  meter.add(7, START_MS + 9000)
  assert.is(meter.perSecond(START_MS + 9000), 7)
})

allocations.run()
