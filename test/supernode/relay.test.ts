/** Role `relay` over real nodes: what a supernode lends, to whom, and that it works. */

import { networkInterfaces } from 'node:os'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { generateSeed, signingKey } from '../../src/overlay/keys.ts'
import { startOverlay } from '../../src/overlay/libp2p.ts'
import type { Overlay } from '../../src/overlay/overlay.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { METHOD } from '../../src/stun/message.ts'
import { roundTrips } from '../../src/stun/round-trip.ts'
import { borrow } from '../../src/supernode/borrow.ts'
import { Borrow, BorrowReply } from '../../src/supernode/relay.pb.js'
import { CALL_TAG_BYTES, Relay } from '../../src/supernode/relay.ts'
import { allocate } from '../../src/turn/client.ts'
import type { RelayServer } from '../../src/turn/relay-server.ts'
import { peers, TRANSPORT, udpClient } from '../turn/raw-client.ts'

const relays = suite('lending a relay')

const TAG = new Uint8Array(CALL_TAG_BYTES).fill(7)

async function overlayOf(): Promise<Overlay> {
  const listen = ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws']
  return startOverlay({ key: signingKey(generateSeed()), network: 'relays', profile: 'local', listen })
}

async function served() {
  const [server, client] = await Promise.all([overlayOf(), overlayOf()])
  const relay = new Relay({ overlay: server, profile: 'local', clock: systemClock })
  await relay.serve()
  await server.handle('relay', (from, body) => relay.handle(from, body))
  const to = { peerId: server.peerId, addresses: server.addresses().map((each) => each.replace(/\/p2p\/.*/, '')) }
  return {
    relay,
    server,
    to,
    ask: (callTag?: Uint8Array) => borrow(client, to, { ...(callTag && { callTag }), deadlineMs: 10_000 }),
    async [Symbol.asyncDispose]() {
      await relay.stop()
      await Promise.all([server.stop(), client.stop()])
    },
  }
}

relays('without a call there are addresses, and STUN answers at both ports', async () => {
  await using net = await served()
  const lent = await net.ask()
  assert.is(lent?.relay, undefined)
  assert.is(lent?.stun.length, 1)
  assert.is(lent?.otherStun.length, 1)
  const rtts = await roundTrips([...lent!.stun, ...lent!.otherStun])
  assert.ok(rtts.every((rtt) => rtt !== undefined))
})

relays(
  'for a call there are credentials, and they open an allocation over UDP and over the WebSocket port',
  async () => {
    await using net = await served()
    for (const isUdpBlocked of [false, true]) {
      const lent = await net.ask(TAG)
      assert.ok(lent?.relay !== undefined)
      const allocation = await allocate({ server: lent.relay, family: 'ipv4', isUdpBlocked })
      assert.is(allocation.relayed.host, '127.0.0.1')
      assert.is(allocation.transport === 'udp', !isUdpBlocked)
      assert.is(net.relay.status()?.allocations, 1)
      await allocation.close()
    }
  },
)

relays('a tag of any other length is no request, and one who serves nothing lends nothing', async () => {
  await using net = await served()
  assert.is(await net.ask(TAG.subarray(1)), undefined)
  await net.relay.stop()
  assert.is(await net.ask(TAG), undefined)
  assert.is(net.relay.status(), undefined)
})

relays('it serves again elsewhere after a move', async () => {
  await using net = await served()
  const before = await net.ask()
  await net.relay.serve()
  const after = await net.ask()
  assert.is(after?.stun.length, before?.stun.length)
  assert.ok((await roundTrips(after!.stun)).every((rtt) => rtt !== undefined))
})

relays('on the internet profile a loopback address is nobody’s relay, nor told', async () => {
  const overlay = await overlayOf()
  const relay = new Relay({ overlay, profile: 'internet', clock: systemClock })
  await relay.serve()
  const reply = BorrowReply.decode(relay.handle('12D3Koo', Borrow.encode({ callTag: TAG }))!)
  assert.equal([reply.udp, reply.tcp, reply.isRelay], [[], [], false])
  await relay.stop()
  await overlay.stop()
})

const OUTWARD = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address

relays('a relay of a LAN reaches what listens on the LAN, and nothing that listens on loopback alone', async () => {
  if (OUTWARD === undefined) return console.log('skipped: this machine is on no LAN')
  await using overlay = await startOverlay({
    key: signingKey(generateSeed()),
    network: 'relays',
    profile: 'local',
    listen: [`/ip4/${OUTWARD}/tcp/0`],
  })
  const relay = new Relay({ overlay, profile: 'local', clock: systemClock })
  await relay.serve()
  const { udp, ...rest } = BorrowReply.decode(relay.handle('device', Borrow.encode({ callTag: TAG }))!)
  const as: RelayServer = { ...rest, peerId: overlay.peerId, udp: [{ host: OUTWARD, port: udp[0]!.port }], tcp: [] }
  await using client = await udpClient(as.udp[0]!)
  assert.is(await client.code({ method: METHOD.allocate, attributes: [TRANSPORT], as }), 0)
  const permit = (host: string) =>
    client.code({ method: METHOD.createPermission, attributes: peers({ host, port: 0 }), as })
  assert.is(await permit(OUTWARD), 0)
  assert.is(await permit('127.0.0.1'), 403)
  await relay.stop()
})

relays.run()
