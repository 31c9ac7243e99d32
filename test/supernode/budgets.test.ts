import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { blockOf, BUDGETS, Budgets, WORK, type Asker, type Standing, type Work } from '../../src/supernode/budgets.ts'
import { Meter } from '../../src/supernode/meter.ts'
import { holds } from '../support/property.ts'

const budgets = suite('budgets')

const NOW_MS = 1_700_000_000_000
const asker = (peerId: string, standing: Standing = 'stranger', block?: string): Asker => ({ peerId, standing, block })

/** How many of `count` requests are let in at one moment. */
function admitted(of: Budgets, who: (i: number) => Asker, work: Work, count: number, nowMs = NOW_MS): number {
  let sum = 0
  for (let i = 0; i < count; i++) if (of.admit(who(i), work, nowMs) === 0) sum++
  return sum
}

budgets('what is refused says after how long to come again, and then it is let in', () => {
  const of = new Budgets('internet')
  admitted(of, () => asker('x'), 'lookup', 10_000)
  const waitMs = of.admit(asker('x'), 'lookup', NOW_MS)
  assert.ok(waitMs > 0 && Number.isInteger(waitMs))
  assert.is(of.admit(asker('x'), 'lookup', NOW_MS + waitMs), 0)
})

budgets('a supernode may ask for more than a stranger', () => {
  const stranger = admitted(new Budgets('internet'), () => asker('x'), 'lookup', 30_000)
  const supernode = admitted(new Budgets('internet'), () => asker('x', 'supernode'), 'lookup', 30_000)
  assert.is(stranger, 4_000)
  assert.is(supernode, 20_000)
})

budgets('a supernode that hands over two thousand names is not refused', () => {
  assert.is(
    admitted(new Budgets('internet'), () => asker('x', 'supernode', '1.2.3'), 'grant', 2_000),
    2_000,
  )
})

budgets('a registrar that has just begun is given four hundred names by a neighbour that it has not met', () => {
  assert.is(
    admitted(new Budgets('internet'), () => asker('x', 'stranger', '1.2.3'), 'grant', 1_000),
    400,
  )
})

budgets('many peers of one block get no more than the block', () => {
  const of = new Budgets('internet')
  const { burst } = BUDGETS.internet.index.block
  assert.is(
    admitted(of, (i) => asker(`s${i % 1_000}`, 'stranger', '1.2.3'), 'lookup', 100_000),
    burst,
  )
  assert.is(of.admit(asker('other', 'stranger', '1.2.4'), 'lookup', NOW_MS), 0)
})

budgets('a crowd of strangers from everywhere leaves room for supernodes and clients', () => {
  for (const [work, standing] of [
    ['lookup', 'supernode'],
    ['attach', 'client'],
    ['resolve', 'client'],
    ['forward', 'client'],
    ['deliver', 'supernode'],
  ] as const) {
    const of = new Budgets('internet')
    const crowd = (i: number) => asker(`s${i % 4_000}`, 'stranger', `block ${i % 4_000}`)
    const { total, strangersShare } = BUDGETS.internet[WORK[work].role]
    const all = Math.floor((total.burst * strangersShare) / WORK[work].cost)
    assert.is(admitted(of, crowd, work, all + 1_000), all, work)
    assert.is(of.admit(asker('ours', standing, '9.9.9'), work, NOW_MS), 0, work)
  }
})

budgets('a flood of one role leaves the others alone', () => {
  const flooded: Work[] = ['lookup', 'attach', 'deliver', 'probe']
  for (const flood of flooded) {
    const of = new Budgets('internet')
    admitted(of, (i) => asker(`s${i}`, i % 2 === 0 ? 'supernode' : 'stranger'), flood, 200_000)
    assert.ok(of.admit(asker('a', 'supernode'), flood, NOW_MS) > 0, flood)
    for (const other of flooded.filter((each) => each !== flood))
      assert.is(of.admit(asker('b'), other, NOW_MS), 0, `${flood} → ${other}`)
  }
})

budgets('a local network serves more than ten thousand look-ups a second from one peer, through a home or not', () => {
  const of = new Budgets('local')
  let refused = 0
  for (let ms = 0; ms < 20_000; ms++) {
    for (let i = 0; i < 15; i++) {
      if (of.admit(asker('x', 'stranger', '127.0.0'), 'lookup', NOW_MS + ms) > 0) refused++
      if (of.admit(asker('x', 'client', '127.0.0'), 'resolve', NOW_MS + ms) > 0) refused++
    }
  }
  assert.is(refused, 0)
  assert.ok(admitted(of, () => asker('x'), 'lookup', 2_000_000) < 2_000_000, 'but there is a limit')
})

budgets('a heartbeat, some look-ups and a call now and then are never refused', () => {
  for (const profile of ['internet', 'local'] as const) {
    const of = new Budgets(profile)
    const client = asker('c', 'client', '1.2.3')
    for (let second = 0; second < 600; second++) {
      const nowMs = NOW_MS + second * 1_000
      const asked: [Work, number][] = [['resolve', 1]]
      if (second % 5 === 0) asked.push(['attach', 1])
      if (second % 60 === 0) asked.push(['place', 1], ['forward', 30])
      for (const [work, count] of asked)
        for (let i = 0; i < count; i++) assert.is(of.admit(client, work, nowMs), 0, `${profile}: ${work} at ${second}`)
    }
  }
})

budgets('one who floods a device is refused before the device is, so that others still reach it', () => {
  const of = new Budgets('internet')
  let pushed = 0
  for (let i = 0; i < 1_000; i++) if (of.admitDelivery('flooder', 'bob', NOW_MS) === 0) pushed++
  assert.is(pushed, 150)
  for (let i = 0; i < 30; i++) assert.is(of.admitDelivery('friend', 'bob', NOW_MS), 0)
  assert.is(of.admitDelivery('flooder', 'carol', NOW_MS), 0, 'each device counts for itself')
})

budgets('nor do many who flood it together have a home push for ever', () => {
  const of = new Budgets('internet')
  let pushed = 0
  for (let i = 0; i < 5_000; i++) if (of.admitDelivery(`flooder ${i}`, 'bob', NOW_MS) === 0) pushed++
  assert.is(pushed, 500)
})

budgets('the block of an address is its /24, or its /48 of IPv6', () => {
  const table: [address: string, block: string | undefined][] = [
    ['/ip4/203.0.113.7/tcp/4001', '203.0.113'],
    ['/ip4/203.0.113.7', '203.0.113'],
    ['/ip4/127.0.0.1/tcp/1/ws', '127.0.0'],
    ['/ip6/2001:db8:1:2::1/tcp/4001', '2001:db8:1'],
    ['/ip6/2001:0DB8:0001::1/tcp/4001', '2001:db8:1'],
    ['/ip6/2001:db8::1/tcp/4001', '2001:db8:0'],
    ['/ip6/::1/tcp/4001', '0:0:0'],
    ['/ip6/::ffff:203.0.113.7/tcp/4001', '203.0.113'],
    ['/dns4/example.com/tcp/4001', undefined],
    ['', undefined],
    ['/ip4/203.0.113', undefined],
  ]
  for (const [address, block] of table) assert.is(blockOf(address), block, address)
})

budgets('whatever an address looks like, finding its block throws nothing', () => {
  holds(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.ipV6().map((ip) => `/ip6/${ip}/tcp/1`),
      ),
      (address) => {
        const block = blockOf(address)
        assert.ok(block === undefined || block.length < 40)
      },
    ),
  )
})

budgets('a meter tells the rate of the last seconds, and forgets it', () => {
  const meter = new Meter()
  assert.is(meter.perSecond(NOW_MS), 0)
  for (let i = 0; i < 100; i++) meter.count(NOW_MS + i * 100)
  assert.is(meter.perSecond(NOW_MS + 10_000), 10)
  assert.is(meter.perSecond(NOW_MS + 60_000), 0)
})

budgets.run()
