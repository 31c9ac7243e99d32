/** Who is asked to carry our signals: whoever it is sees our address. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { encodeSignal } from '../src/call/signal.ts'
import { Envelopes } from '../src/envelope/envelopes.ts'
import { type Clock, steadyClock } from '../src/lib/clock.ts'
import { peerIdOf } from '../src/overlay/peer-id.ts'
import type { Handler } from '../src/overlay/rpc.ts'
import { Phone, type PhoneParts } from '../src/phone.ts'
import { DeviceRequest } from '../src/supernode/device.pb.js'
import { type Lease, openLease } from '../src/supernode/records.ts'
import { until } from './support/wait.ts'
import { HOME, keyOf, leaseOf, NETWORK, NOW_MS, person } from './supernode/people.ts'

const phones = suite('phone')

const [BOB, MALLORY] = [person('bob'), person('mallory')]
/** Named in a lease by its owner: anywhere. */
const LAIR = { peerId: peerIdOf(keyOf('lair').publicKey), addresses: ['/ip4/203.0.113.66/tcp/4001'] }

const lease = (...of: Parameters<typeof leaseOf>): Lease => openLease(leaseOf(...of), NETWORK)!
const time: Clock = { now: () => NOW_MS, after: (ms, act) => steadyClock.after(ms, act) }

/** Rings bob from mallory, whose home is reached by nobody but herself; whom bob's answer is carried by. */
async function answered(isTrusted: boolean, isRelayOnly = false) {
  const asked: string[] = []
  let push: Handler | undefined
  const parts = {
    overlay: {
      peerId: peerIdOf(BOB.device.publicKey),
      network: NETWORK,
      handle: async (_role: string, handler: Handler) => void (push = handler),
      call: async ({ peerId }: { peerId: string }) => {
        asked.push(peerId)
        throw new Error('it cannot be had there')
      },
    },
    homes: { list: () => [HOME], isHome: () => true },
    device: BOB.device,
    registration: { name: 'bob', lease: lease(BOB) },
    contacts: {
      isTrusted: () => isTrusted,
      isPinned: () => isTrusted,
      isBlocked: () => false,
      recognise: () => ({}),
      heard: () => {},
      wantedCaller: () => ({}),
    },
    resolve: () => Promise.reject(new Error('nobody knows')),
    isLoopbackOnly: true,
    isRelayOnly,
    isUdpBlocked: () => false,
    clock: steadyClock,
    time,
  } as unknown as PhoneParts
  const phone = new Phone(parts)
  await phone.start()
  const own = lease(MALLORY, { homes: [LAIR] })
  const signal = encodeSignal({ callId: '00'.repeat(16), body: { type: 'invite', offer: 'v=0' } })
  const envelope = await new Envelopes(NETWORK, MALLORY.device, time).seal(lease(BOB), own, { signal })
  await push!(HOME.peerId, DeviceRequest.encode({ push: { envelope } }))
  await until('it is said to ring, twice', () => asked.filter((each) => each === HOME.peerId).length > 1)
  await phone.stop()
  return asked.includes(LAIR.peerId)
}

phones('who rings is not answered by way of its own homes, which would see where we are', async () => {
  assert.not.ok(await answered(false))
  assert.ok(await answered(true), 'a contact is')
  assert.not.ok(await answered(true, true), 'but for who takes relays alone')
})

phones.run()
