/** An overlay that answers every request with the request. */

import { generateSeed, signingKey } from '../../../src/overlay/keys.ts'
import { startOverlay } from '../../../src/overlay/libp2p.ts'
import type { Contact } from '../../../src/overlay/overlay.ts'
import { withoutPeerId } from '../../../src/overlay/peer-id.ts'
import { act } from '../actor.ts'

export type AnsweringOverlay = typeof deeds

const deeds = {
  async start(network: string): Promise<Contact> {
    const key = signingKey(generateSeed())
    const overlay = await startOverlay({ key, network, profile: 'local', listen: ['/ip4/127.0.0.1/tcp/0'] })
    await overlay.handle('device', (_from, body) => body)
    return { peerId: overlay.peerId, addresses: overlay.addresses().map(withoutPeerId) }
  },
}

act(deeds)
