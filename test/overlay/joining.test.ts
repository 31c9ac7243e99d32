import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { systemClock } from '../../src/lib/clock.ts'
import { Joining } from '../../src/overlay/joining.ts'
import type { Overlay } from '../../src/overlay/overlay.ts'
import { PeerCache } from '../../src/overlay/peer-cache.ts'
import { contactOf, keyOf, start, startOne, until } from './loopback.ts'

const joinings = suite('joining')

/** A cache in memory that saw these. */
function cacheOf(addresses: string[]): PeerCache {
  const cache = new PeerCache(undefined)
  cache.saw(addresses)
  return cache
}

const joining = (overlay: Overlay, bootstrap: string[], cached: string[] = []) =>
  new Joining(overlay, bootstrap, cacheOf(cached), 'local', systemClock)

joinings('a node joins through its bootstrap list, or through its cache alone', async () => {
  await using trio = await start(3)
  const [known, one, other] = trio
  for (const way of [joining(one, known.addresses()), joining(other, [], known.addresses())]) {
    await way.start()
    way.stop()
  }
  assert.ok(one.isConnected(known.peerId) && other.isConnected(known.peerId))
})

joinings('the first node of all, with nobody to join, starts alone and does not dial itself', async () => {
  await using alone = await startOne()
  const way = joining(alone, alone.addresses(), alone.addresses())
  await way.start()
  way.stop()
  assert.is(alone.connectionCount(), 0)
})

joinings('a node whose bootstrap is not up yet joins once it is', async () => {
  await using early = await startOne()
  const key = keyOf('late bootstrap')
  const before = await startOne({ key })
  const addresses = before.addresses()
  const { addresses: listen } = contactOf(before)
  await before.stop()
  const way = joining(early, addresses)
  await way.start()
  assert.is(early.connectionCount(), 0)
  await using late = await startOne({ key, listen })
  await until('it has joined', () => early.isConnected(late.peerId))
  way.stop()
})

joinings('a node that lost everybody finds its way back through its cache', async () => {
  await using pair = await start(2)
  const [node, second] = pair
  const first = await startOne()
  const way = joining(node, first.addresses(), second.addresses())
  await way.start()
  assert.ok(node.isConnected(first.peerId))
  await first.stop()
  await until('it is back', () => node.isConnected(second.peerId))
  way.stop()
})

joinings('later parts of the cache are tried when the first are dead', async () => {
  await using pair = await start(2)
  const [node, alive] = pair
  const [address] = alive.addresses() as [string]
  const dead = Array.from({ length: 12 }, (_, i) => address.replace(/tcp\/\d+/, `tcp/${i + 1}`))
  const way = joining(node, [], [...dead, address])
  await way.start()
  await until('it has joined', () => node.isConnected(alive.peerId))
  way.stop()
})

joinings('stopped, it dials no more', async () => {
  await using pair = await start(2)
  const [node, other] = pair
  const way = joining(node, [])
  await way.start()
  way.stop()
  const wayWithPeers = joining(node, other.addresses())
  wayWithPeers.stop()
  assert.is(node.connectionCount(), 0)
})

joinings.run()
