import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Envelopes } from '../../src/envelope/envelopes.ts'
import { type Call, createNode, type Node } from '../../src/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { generateSeed, signingKey } from '../../src/overlay/keys.ts'
import { startOverlay } from '../../src/overlay/libp2p.ts'
import { publicKeyOf, withoutPeerId } from '../../src/overlay/peer-id.ts'
import type { RpcError } from '../../src/overlay/rpc.ts'
import { DeviceRequest } from '../../src/supernode/device.pb.js'
import { HostileSupernode } from '../support/hostile-supernode.ts'
import { codeOf, until } from '../support/wait.ts'

/** Three people whose only home is hostile. */
async function captives(network: string) {
  const hostile = new HostileSupernode()
  await hostile.start(network)
  const up = (username: string) =>
    createNode({
      username,
      network,
      home: false,
      profile: 'local',
      supernode: false,
      bootstrap: hostile.addresses,
      listen: ['/ip4/127.0.0.1/tcp/0'],
    })
  const nodes = await Promise.all([up('alice'), up('bob'), up('carol')])
  await until('all are registered', () => nodes.every(({ online }) => online))
  const [alice, bob, carol] = nodes as [Node, Node, Node]
  return {
    hostile,
    alice,
    bob,
    carol,
    async [Symbol.asyncDispose]() {
      await Promise.all(nodes.map((node) => node.stop()))
      await hostile[Symbol.asyncDispose]()
    },
  }
}

const hostile = suite('a hostile home')

hostile('carries a call without learning a word of it', async () => {
  await using net = await captives('evil-read')
  net.bob.once('call', (call) => void call.accept())
  const call = (await net.alice.call('bob')) as Call
  await call.active
  call.hangup()
  await call.ended
  const { seen, key } = net.hostile
  assert.ok(seen.length >= 4, 'invite, ringing, accept, bindings and bye went through it')
  const own = new Envelopes('evil-read', key, systemClock)
  for (const envelope of seen) {
    const text = Buffer.from(envelope).toString('latin1')
    for (const word of ['alice', 'bob', 'v=0', 'candidate', '127.0.0.1']) assert.not(text.includes(word), word)
    assert.is(await own.open(envelope), 'unreadable')
  }
})

hostile('cannot change an invite: the callee refuses it and nothing rings', async () => {
  await using net = await captives('evil-alter')
  let rang = 0
  net.bob.on('call', () => rang++)
  net.hostile.tamper = (envelope, deviceKey) => {
    const altered = Uint8Array.from(envelope)
    altered[altered.length - 5] = (altered[altered.length - 5] ?? 0) ^ 1
    return [{ envelope: altered, deviceKey }]
  }
  assert.is(await codeOf(net.alice.call('bob')), 'OFFLINE')
  assert.is(rang, 0)
  assert.ok((net.bob.status().dropped['unreadable'] ?? 0) > 0, 'and it is counted')
})

hostile('cannot ring twice with one invite, now or later', async () => {
  await using net = await captives('evil-replay')
  let rang = 0
  net.bob.on('call', (call) => {
    rang++
    call.decline()
  })
  net.hostile.tamper = (envelope, deviceKey) => [
    { envelope, deviceKey },
    { envelope, deviceKey },
  ]
  const call = await net.alice.call('bob')
  await call.ended
  const [invite] = net.hostile.seen
  const bobKey = publicKeyOf(net.bob.peerId) as Uint8Array
  // and once more, in the place of a later message
  net.hostile.tamper = () => [{ envelope: invite as Uint8Array, deviceKey: bobKey }]
  await codeOf(net.alice.call('bob').then((again) => (again.hangup(), again.ended)))
  assert.is(rang, 1)
  assert.ok((net.bob.status().dropped['replayed'] ?? 0) >= 2)
})

hostile('cannot pass an invite on to somebody else', async () => {
  await using net = await captives('evil-redirect')
  let rang = 0
  net.carol.on('call', () => rang++)
  const carolKey = publicKeyOf(net.carol.peerId) as Uint8Array
  net.hostile.tamper = (envelope) => [{ envelope, deviceKey: carolKey }]
  assert.is(await codeOf(net.alice.call('bob')), 'OFFLINE')
  assert.is(rang, 0)
  assert.ok((net.carol.status().dropped['unreadable'] ?? 0) > 0)
})

hostile('a stranger cannot push to a device at all', async () => {
  await using net = await captives('evil-stranger')
  const key = signingKey(generateSeed())
  const listen = ['/ip4/127.0.0.1/tcp/0']
  await using stranger = await startOverlay({ key, network: 'evil-stranger', profile: 'local', listen })
  const [address = ''] = net.bob.listen
  const bob = { peerId: net.bob.peerId, addresses: [withoutPeerId(address)] }
  const push = DeviceRequest.encode({ push: { envelope: new Uint8Array(100) } })
  const refused = await stranger.call(bob, 'device', push, { deadlineMs: 5_000 }).catch((error: RpcError) => error.kind)
  assert.is(refused, 'failed')
  assert.is(net.bob.status().dropped['unreadable'], 0, 'it was not even opened')
})

hostile.run()
