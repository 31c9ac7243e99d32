import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { virtualClock } from '../../src/lib/clock.ts'
import { ownAddresses, Whereabouts } from '../../src/lib/whereabouts.ts'

const places = suite('whereabouts')

places('a change of addresses is told once, also when there is none left, and nothing else is', () => {
  const clock = virtualClock()
  let place = '192.0.2.1/24'
  let moves = 0
  const whereabouts = new Whereabouts(clock, () => place)
  whereabouts.on('move', () => moves++)
  whereabouts.start()
  clock.advance(60_000)
  assert.is(moves, 0)
  for (const [i, next] of ['', '198.51.100.7/24', '192.0.2.1/24'].entries()) {
    place = next
    clock.advance(60_000)
    assert.is(moves, i + 1)
  }
})

places('it is told within a second', () => {
  const clock = virtualClock()
  let place = 'at home'
  let moves = 0
  const whereabouts = new Whereabouts(clock, () => place)
  whereabouts.on('move', () => moves++)
  whereabouts.start()
  clock.advance(10_001)
  place = 'elsewhere'
  clock.advance(1_000)
  assert.is(moves, 1)
})

places('once stopped, by a listener too, it tells nothing more', () => {
  const clock = virtualClock()
  let moves = 0
  const whereabouts = new Whereabouts(clock, () => `${clock.now()}`)
  whereabouts.on('move', () => {
    moves++
    whereabouts.stop()
  })
  whereabouts.start()
  clock.advance(60_000)
  assert.is(moves, 1)
})

places('the addresses of this machine alone do not count', () => {
  assert.not.match(ownAddresses(), /127\.0\.0\.1|::1\/|fe80/)
})

places.run()
