/** A relay alone in its process. */

import { makeCredentials } from '../../../src/turn/credentials.ts'
import type { RelayServer } from '../../../src/turn/relay-server.ts'
import { startTurnServer } from '../../../src/turn/server.ts'
import { act } from '../actor.ts'
import { usage } from '../usage.ts'

export type TurnProcess = typeof deeds

const LOOPBACK = '127.0.0.1'
const SECRET = Buffer.alloc(32, 1)
const REALM = 'relay.bench'
/** What is measured is not how little it relays. */
const PLENTY = 1e12

const deeds = {
  /** Resolves to what a client has to know. */
  async start(): Promise<RelayServer> {
    const server = await startTurnServer({
      realm: REALM,
      secret: SECRET,
      listen: [{ host: LOOPBACK, port: 0 }],
      publicHosts: { ipv4: LOOPBACK },
      relayHosts: { ipv4: LOOPBACK },
      isPeerAllowed: () => true,
      isOwnHostAllowed: true,
      limits: { allocationBytesPerSecond: PLENTY, totalBytesPerSecond: PLENTY },
    })
    const expiresMs = Date.now() + 3_600_000
    const credentials = makeCredentials(SECRET, { callTag: 'bench', deviceTag: 'bench', expiresMs })
    return { peerId: '', udp: server.udp, tcp: [], ...credentials, realm: REALM, nonce: server.nonce(), expiresMs }
  },

  usage,
}

act(deeds)
