/** What a name survives: its registrars leave, die and are replaced, one after another. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { testnet, type Node } from '../../src/index.ts'
import { generateSeed, signingKey } from '../../src/overlay/keys.ts'
import { startOverlay } from '../../src/overlay/libp2p.ts'
import type { Contact, Overlay } from '../../src/overlay/overlay.ts'
import { withoutPeerId } from '../../src/overlay/peer-id.ts'
import { decodeHeld } from '../../src/supernode/lookup-reply.ts'
import { nameKeys, nearestTo, REPLICAS } from '../../src/supernode/placement.ts'
import { lookupRequest } from '../../src/supernode/registrars.ts'
import { hire } from '../support/actor.ts'
import type { Residents } from '../support/actors/residents.ts'
import { until } from '../support/wait.ts'

const replication = suite('replication')

const NETWORK = 'replication'

const contactOf = (listen: string[], peerId: string): Contact => ({ peerId, addresses: listen.map(withoutPeerId) })

/** Asks a supernode, as a stranger may, whether it holds the name under a key. */
async function holds(asker: Overlay, supernode: Contact, key: Uint8Array): Promise<boolean> {
  const bytes = await asker.call(supernode, 'index', lookupRequest(key, false), { deadlineMs: 5_000 })
  return (decodeHeld(bytes, NETWORK) ?? []).length > 0
}

replication(
  'when supernodes die, what they held is held by whoever is nearest next, with the owner long gone',
  async () => {
    await using doomed = hire<Residents>('residents')
    const bootstrap = await doomed.ask('start', NETWORK, 4, [])
    const mortal = (await doomed.ask('peers')).map(({ listen, peerId }) => contactOf(listen, peerId))
    await until('the doomed serve', async () => (await doomed.ask('supernodes')) === mortal.length, 60_000)
    await using net = await testnet(9, { network: NETWORK, bootstrap })
    await until('others serve', () => net.supernodes().length >= 4, 60_000)
    const living = () => net.supernodes().map(({ listen, peerId }: Node) => contactOf(listen, peerId))
    await using asker = await startOverlay({
      key: signingKey(generateSeed()),
      network: NETWORK,
      profile: 'local',
      listen: ['/ip4/127.0.0.1/tcp/0'],
    })
    await asker.join([...net.bootstrap, ...bootstrap], AbortSignal.timeout(5_000))
    const isAtNearest = async (supernodes: Contact[], keys: Uint8Array[]) => {
      for (const key of keys)
        for (const nearest of nearestTo(key, supernodes, REPLICAS))
          if (!(await holds(asker, nearest, key).catch(() => false))) return false
      return true
    }
    const isMortal = new Set(mortal.map(({ peerId }) => peerId))
    const mortalAt = (name: string) =>
      nameKeys(NETWORK, name).map(
        (key) => nearestTo(key, [...mortal, ...living()], REPLICAS).filter(({ peerId }) => isMortal.has(peerId)).length,
      )
    // a name whose every place loses registrars
    const name = Array.from({ length: 500 }, (_, i) => `alice-${i}`).find((each) => Math.min(...mortalAt(each)) >= 2)
    const alice = await net.add({ username: name as string, supernode: false })
    const keys = nameKeys(NETWORK, name as string)
    await until('every nearest has it', () => isAtNearest([...mortal, ...living()], keys), 60_000)
    await alice.stop() // from here on nobody renews
    doomed.kill('SIGKILL')
    await until('the living nearest have it', () => isAtNearest(living(), keys), 60_000)
    const look = async () => net.nodes[0]?.lookup(name as string)
    assert.is((await look())?.address, alice.address)
    await until('she was last seen', async () => typeof (await look())?.devices[0]?.lastSeenMs === 'number', 60_000)
  },
)

replication.run()
