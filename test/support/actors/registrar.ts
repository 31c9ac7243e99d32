/** A registrar alone in its process: a table of names and nothing else of a node. */

import { systemClock } from '../../../src/lib/clock.ts'
import { generateSeed, signingKey } from '../../../src/overlay/keys.ts'
import { startOverlay } from '../../../src/overlay/libp2p.ts'
import type { Contact } from '../../../src/overlay/overlay.ts'
import { withoutPeerId } from '../../../src/overlay/peer-id.ts'
import { INDEX_LIMITS, IndexTable } from '../../../src/supernode/index-table.ts'
import { Registrar } from '../../../src/supernode/registrar.ts'
import { act } from '../actor.ts'
import { cleanMemory, usage } from '../usage.ts'

export type RegistrarProcess = typeof deeds

const deeds = {
  /** With the leases of the internet, so that none lapses while it is measured. */
  async start(network: string): Promise<Contact> {
    const key = signingKey(generateSeed())
    const overlay = await startOverlay({ key, network, profile: 'local', listen: ['/ip4/127.0.0.1/tcp/0'] })
    const table = new IndexTable(network, INDEX_LIMITS.internet)
    const registrar = new Registrar({ overlay, table, key, profile: 'local', clock: systemClock, time: systemClock })
    await overlay.handle(
      'index',
      registrar.handler(async () => []),
    )
    return { peerId: overlay.peerId, addresses: overlay.addresses().map(withoutPeerId) }
  },

  usage,
  cleanMemory,
}

act(deeds)
