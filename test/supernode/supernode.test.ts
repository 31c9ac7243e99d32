/** Taking up and laying down the roles of a supernode, on an overlay in memory. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { virtualClock } from '../../src/lib/clock.ts'
import type { Role } from '../../src/overlay/overlay.ts'
import type { Reachability } from '../../src/overlay/reachability.ts'
import type { Handler } from '../../src/overlay/rpc.ts'
import { Homes } from '../../src/supernode/homes.ts'
import { Supernode } from '../../src/supernode/supernode.ts'
import { MemoryNetwork, MemoryOverlay } from '../support/memory-overlay.ts'
import { keyOf, NOW_MS } from './people.ts'

const supernodes = suite('supernode')

/** Takes up the role of a registrar only when it is let. */
class SlowOverlay extends MemoryOverlay {
  readonly asked = Promise.withResolvers<void>()
  readonly let = Promise.withResolvers<void>()

  override async handle(role: Role, handler: Handler): Promise<void> {
    if (role === 'index') {
      this.asked.resolve()
      await this.let.promise
    }
    await super.handle(role, handler)
  }
}

supernodes('one that is stopped while it takes up its roles does not take them up after', async () => {
  const net = new MemoryNetwork()
  const { peerId, address } = net.peer(0)
  const overlay = new SlowOverlay(net, peerId, address)
  const clock = virtualClock(NOW_MS)
  const homes = new Homes(overlay, 'local', clock)
  const reachability = { dialBacks: () => 9, recheck: () => {} } as unknown as Reachability
  const parts = { overlay, key: keyOf('registrar'), homes, reachability, isWilling: true, clock, time: clock }
  const supernode = new Supernode({ ...parts, profile: 'local' })
  await supernode.start()
  let isAsked = false
  void overlay.asked.promise.then(() => (isAsked = true))
  while (!isAsked) {
    clock.advance(500)
    await new Promise((done) => setImmediate(done))
  }
  const stopped = supernode.stop()
  for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done))
  clock.advance(5_000)
  await stopped
  overlay.let.resolve()
  for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done))
  assert.not(overlay.isServing)
  assert.is(homes.servingClients, undefined)
})

supernodes.run()
