/** Whoever wants a name that is held asks those who may not know: supernodes beyond its registrars, and new ones. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { testnet } from '../../src/index.ts'
import { generateSeed, signingKey } from '../../src/overlay/keys.ts'
import { startOverlay } from '../../src/overlay/libp2p.ts'
import type { Contact } from '../../src/overlay/overlay.ts'
import { withoutPeerId } from '../../src/overlay/peer-id.ts'
import { GrantOutcome, GrantReply, IndexRequest } from '../../src/supernode/index.pb.js'
import { nameKeys } from '../../src/supernode/placement.ts'
import { makeClaim } from '../../src/supernode/records.ts'
import { until } from '../support/wait.ts'

const squatting = suite('squatting')

const NETWORK = 'squatting'

squatting('a held name is refused by every supernode, also by those that never heard of it', async () => {
  await using net = await testnet(10, { network: NETWORK, names: ['alice'] })
  await until('there are more supernodes than a place has registrars', () => net.supernodes().length >= 8, 60_000)
  await until('the name has settled', async () => (await net.nodes[9]?.lookup('alice'))?.verdict === 'agree')
  const mallory = signingKey(generateSeed())
  await using overlay = await startOverlay({
    key: signingKey(generateSeed()),
    network: NETWORK,
    profile: 'local',
    listen: ['/ip4/127.0.0.1/tcp/0'],
  })
  const claim = makeClaim(mallory, { network: NETWORK, name: 'alice', seq: 1_000, issuedMs: Date.now() })
  const outcomes: GrantOutcome[] = []
  for (const { peerId, listen } of net.supernodes()) {
    const contact: Contact = { peerId, addresses: listen.map(withoutPeerId) }
    for (const key of nameKeys(NETWORK, 'alice')) {
      const grant = { key, claim, lease: new Uint8Array(), witnesses: [] }
      const reply = await overlay.call(contact, 'index', IndexRequest.encode({ grant }), { deadlineMs: 10_000 })
      outcomes.push(GrantReply.decode(reply).outcome)
    }
  }
  assert.ok(outcomes.length >= 24)
  assert.ok(
    outcomes.every((outcome) => outcome === GrantOutcome.TAKEN),
    outcomes.join(' '),
  )
  // and so it stays when one more of them asks around
  const found = await net.nodes[9]?.lookup('alice')
  assert.is(found?.address, net.nodes[0]?.address)
  assert.is(found?.holders.length, 1)
})

squatting.run()
