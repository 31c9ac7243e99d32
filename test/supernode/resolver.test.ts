/** What a caller makes of what homes say, on overlays in memory; with registrars and walks see test/network/liars.test.ts. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { systemClock, type Clock } from '../../src/lib/clock.ts'
import type { Held } from '../../src/supernode/index-table.ts'
import { ResolveReply } from '../../src/supernode/home.pb.js'
import type { Homes } from '../../src/supernode/homes.ts'
import { encodeHolders } from '../../src/supernode/lookup-reply.ts'
import { Resolver } from '../../src/supernode/resolver.ts'
import { MemoryNetwork } from '../support/memory-overlay.ts'
import { until } from '../support/wait.ts'
import { claimOf, leaseOf, NOW_MS, person } from './people.ts'

const resolving = suite('resolving')

const alice = person('alice', 'alice’s phone', 'memory')
const accountKey = alice.account.publicKey

/** How many timers wait. */
class CountingClock implements Clock {
  waiting = 0

  now(): number {
    return NOW_MS
  }

  after(delayMs: number, act: () => void): () => void {
    this.waiting++
    let isOver = false
    const end = () => {
      if (!isOver) this.waiting--
      isOver = true
    }
    const cancel = systemClock.after(delayMs, () => {
      end()
      act()
    })
    return () => {
      end()
      cancel()
    }
  }
}

/** A caller whose homes say these leases of alice, the first at once and the others a little later. */
function callerWith(...told: Uint8Array[][]) {
  const net = new MemoryNetwork()
  const clock = new CountingClock()
  const homes = told.map((leases, i) => {
    const overlay = net.peer(i)
    const holder = { claim: claimOf(alice), leases, lapsed: [], sinceMs: NOW_MS, registrars: 1 }
    void overlay.handle('home', async () => {
      if (i > 0) await new Promise((done) => setTimeout(done, 20))
      return ResolveReply.encode({ lookupReply: encodeHolders([holder]) })
    })
    return { peerId: overlay.peerId, addresses: overlay.addresses() }
  })
  const list = { list: () => homes } as unknown as Homes
  return { clock, resolver: new Resolver(net.peer(9), list, 'local', clock) }
}

const seqsOf = (held: Held | undefined) => held?.leases.map(({ seq }) => seq)

resolving('a home that leaves out the devices of somebody we know does not put them off line', async () => {
  const lease = leaseOf(alice, { seq: 2 })
  const longAgo = leaseOf(alice, { seq: 1, expiresMs: NOW_MS - 400_000 })
  for (const lie of [[], [longAgo]]) {
    const { resolver } = callerWith(lie, [lease], [lease])
    assert.equal(seqsOf((await resolver.resolve('alice', { accountKey }))?.holders[0]), [2])
  }
})

resolving('who asks thoroughly hears the others out, even when the first names whom they expect', async () => {
  const [old, lease] = [leaseOf(alice, { seq: 1 }), leaseOf(alice, { seq: 2 })]
  const { resolver } = callerWith([old], [lease], [lease])
  assert.equal(seqsOf((await resolver.resolve('alice', { accountKey }))?.holders[0]), [1], 'the first is enough')
  assert.equal(seqsOf((await resolver.resolve('alice', { accountKey, isThorough: true }))?.holders[0]), [2])
})

resolving('a look-up that is over leaves no timer behind', async () => {
  const lease = leaseOf(alice)
  const { resolver, clock } = callerWith([lease], [lease], [lease])
  await resolver.resolve('alice')
  assert.is(clock.waiting, 0)
  await resolver.resolve('alice', { accountKey })
  await until('the others have answered', () => clock.waiting === 0)
})

resolving.run()
