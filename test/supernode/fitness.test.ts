import { EventEmitter } from 'node:events'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { virtualClock } from '../../src/lib/clock.ts'
import type { Overlay } from '../../src/overlay/overlay.ts'
import { FitnessMeter, Places } from '../../src/supernode/fitness.ts'

const fitness = suite('fitness')

const LAN = '/ip4/192.168.1.7/tcp/4001'
const OTHER_LAN = '/ip4/10.0.7.7/tcp/4001'
const LOOPBACK = '/ip4/127.0.0.1/tcp/4001'
const HOUR_MS = 3_600_000

const table: [what: string, before: string[], after: string[], haveMoved: boolean][] = [
  ['the same addresses', [LAN], [LAN], false],
  ['the same host at another port', [LAN], ['/ip4/192.168.1.7/tcp/9'], false],
  ['another host in the same block', [LAN], ['/ip4/192.168.1.9/tcp/4001'], false],
  ['one more network', [LAN], [LAN, '/ip4/203.0.113.7/tcp/4001'], false],
  ['another network', [LAN], [OTHER_LAN], true],
  ['one network less', [LAN, OTHER_LAN], [LAN], true],
  ['no loopback any more', [LAN, LOOPBACK], [LAN], false],
  ['no link-local address any more', [LAN, '/ip6/fe80::1/tcp/1'], [LAN], false],
  ['a new temporary address', ['/ip6/2001:db8:1:2::a/tcp/1'], ['/ip6/2001:db8:1:2::b/tcp/1'], false],
  ['another prefix', ['/ip6/2001:db8:1:2::a/tcp/1'], ['/ip6/2001:db8:9:2::a/tcp/1'], true],
  ['no network at all', [LAN], [], true],
]
for (const [what, before, after, haveMoved] of table) {
  fitness(`${what}: ${haveMoved ? 'we have moved' : 'we are where we were'}`, () => {
    const places = new Places()
    assert.not(places.haveMoved(before, 0))
    assert.is(places.haveMoved(after, HOUR_MS), haveMoved)
    assert.not(places.haveMoved(after, 2 * HOUR_MS), 'told once')
  })
}

fitness('a network that we were in for a moment only may go', () => {
  const places = new Places()
  places.haveMoved([LAN, OTHER_LAN], 0)
  assert.not(places.haveMoved([LAN], 59_000))
})

fitness('sleep and moves start the time up afresh; roles and service are timed', () => {
  const clock = virtualClock(1_000)
  let addresses = [LAN]
  const overlay = Object.assign(new EventEmitter(), { addresses: () => addresses }) as unknown as Overlay
  const meter = new FitnessMeter({ overlay, isMetered: true, clock })
  overlay.emit('addresses')
  clock.advance(HOUR_MS)
  assert.is(meter.measure().upMs, HOUR_MS)
  assert.ok(meter.measure().isMetered && !meter.measure().isUnsettled)

  meter.serve(true)
  clock.advance(HOUR_MS)
  assert.is(meter.measure().roleMs, HOUR_MS)
  assert.is(meter.measure().servedMs, HOUR_MS)

  addresses = [OTHER_LAN]
  meter.on('move', () => meter.unsettle())
  overlay.emit('addresses')
  clock.advance(1_000)
  assert.ok(meter.measure().isUnsettled)
  assert.is(meter.measure().upMs, 1_000)

  meter.serve(false)
  clock.advance(HOUR_MS)
  assert.is(meter.measure().servedMs, HOUR_MS + 1_000)
  meter.unsettle()
  assert.is(meter.measure().upMs, 0)
})

fitness.run()
