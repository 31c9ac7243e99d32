/** Which supernodes a call asks for relays, and what becomes of places that lead where they should not. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import type { IceServers } from '../src/ice/ice.ts'
import { generateSeed, signingKey } from '../src/overlay/keys.ts'
import type { Contact, Overlay, ProfileName } from '../src/overlay/overlay.ts'
import { peerIdOf } from '../src/overlay/peer-id.ts'
import { Relays } from '../src/relays.ts'
import { bytesOfHost } from '../src/lib/ip.ts'
import type { Homes } from '../src/supernode/homes.ts'
import { encodeHints } from '../src/supernode/relay-hints.ts'
import { BorrowReply } from '../src/supernode/relay.pb.js'

const relays = suite('relays of calls')

const newPeerId = (): string => peerIdOf(signingKey(generateSeed()).publicKey)

interface World {
  profile: ProfileName
  own?: Contact[]
  /** Where the supernodes say that they are. */
  lends?: string[]
  /** Where they are. */
  remote?: string
}

/** Supernodes that lend without a network, and whom of them we asked. */
function among({ profile, own = [], lends = [], remote }: World) {
  const asked: Contact[] = []
  const udp = lends.map((host) => ({ ip: bytesOfHost(host), port: 3478 }))
  const texts = { username: 'u', credential: 'c', realm: 'r', nonce: 'n', expiresMs: 1 }
  const overlay = {
    peerId: newPeerId(),
    remoteAddress: () => remote,
    call: async (contact: Contact) => {
      asked.push(contact)
      return BorrowReply.encode({ udp, tcp: udp, otherUdp: udp, isRelay: true, ...texts })
    },
  } as unknown as Overlay
  const homes = { measured: () => own.map((contact) => ({ ...contact, rttMs: 10 })) } as unknown as Homes
  return { asked, relays: new Relays({ overlay, homes, profile, isRelaying: true }) }
}

relays('what a peer names is dialled on the open internet alone, and by address', async () => {
  const inside = ['/ip4/192.168.1.1/tcp/80', '/ip4/127.0.0.1/tcp/631', '/ip6/fd00::1/tcp/22', '/dns4/spy.example/tcp/1']
  const outside = '/ip4/8.8.8.8/tcp/4001/ws'
  const [hidden, named] = [newPeerId(), newPeerId()]
  const world = among({ profile: 'internet' })
  const call = world.relays.forCall('call', () => {})
  call.hear(
    encodeHints([
      { peerId: hidden, rttMs: 1, addresses: inside.slice(0, 2) },
      { peerId: newPeerId(), rttMs: 1, addresses: inside.slice(2) },
      { peerId: named, rttMs: 1, addresses: [inside[0]!, outside] },
    ]),
  )
  assert.equal(world.asked, [], 'nothing before the call has to stay on a relay')
  await call.improve()
  call.stop()
  assert.equal(
    world.asked.map(({ peerId, addresses }) => ({ peerId, addresses })),
    [{ peerId: named, addresses: [outside] }],
  )
})

relays(
  'a supernode that is elsewhere cannot send us to our own machine, nor on the internet into our network',
  async () => {
    const lends = ['127.0.0.1', '192.168.1.1', '8.8.8.8']
    const cases: [profile: ProfileName, remote: string, hosts: string[]][] = [
      ['internet', '/ip4/8.8.8.8/tcp/4001', ['8.8.8.8']],
      ['local', '/ip4/192.168.1.9/tcp/4001', ['192.168.1.1', '8.8.8.8']],
      ['local', '/ip4/127.0.0.1/tcp/4001', lends],
    ]
    for (const [profile, remote, hosts] of cases) {
      const own = [{ peerId: newPeerId(), addresses: [remote] }]
      const { promise, resolve } = Promise.withResolvers<IceServers>()
      among({ profile, own, lends, remote }).relays.forCall('call', resolve)
      const { stun, relays: lent } = await promise
      for (const places of [stun, lent[0]!.udp, lent[0]!.tcp])
        assert.equal(
          places.map(({ host }) => host),
          hosts,
        )
    }
  },
)

relays.run()
