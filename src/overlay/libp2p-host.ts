/** The libp2p host as tincan wants it: transports, limits, discovery and kad-dht, with the reason for each setting. */

import { noise } from '@chainsafe/libp2p-noise'
import { autoNATv2 } from '@libp2p/autonat-v2'
import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import { identify, identifyPush } from '@libp2p/identify'
import type { PrivateKey } from '@libp2p/interface'
import { kadDHT, passthroughMapper, removePrivateAddressesMapper, type KadDHT } from '@libp2p/kad-dht'
import { mdns } from '@libp2p/mdns'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { isLoopbackOnly } from './addresses.ts'
import type { DialMemory } from './dial-memory.ts'
import type { SigningKey } from './keys.ts'
import { listenError } from './listen-error.ts'
import type { ProfileName } from './overlay.ts'
import { withoutPeerId } from './peer-id.ts'
import { routingOnlyStore } from './routing-store.ts'
import type { SharedPort } from './shared-port.ts'

const K_BUCKET = 8 // with α 3 and one path: 10 RPCs a lookup instead of 22, a third of the CPU
const ALPHA = 3
const PREFIX_LENGTH = 10 // the table is a trie of 2^10 × 8 contacts; recall collapses past that many supernodes
const RPC_TIMEOUT = { minTimeout: 1000, maxTimeout: 2000 } // stock: 5 s, and one hung peer stalls a lookup that long
const CONNECTIONS_MAX = 900 // above the 800 clients of a supernode at its hard cap

export type Host = Libp2p<{ dht: KadDHT; identify: unknown; identifyPush: unknown; ping: unknown }>

export interface HostOptions {
  key: SigningKey
  network: string
  profile: ProfileName
  listen: string[]
  dials: DialMemory
  sharedPort: SharedPort
  /** mDNS found a peer; the addresses end in its id. */
  onDiscovered: (peerId: string, addresses: string[]) => void
}

export const kadProtocol = (network: string): string => `/tincan/${network}/kad/1.0.0`

/** A host that runs. Rejects PORT_IN_USE or BAD_ADDRESS. */
export async function createHost({
  key,
  network,
  profile,
  listen,
  dials,
  sharedPort,
  onDiscovered,
}: HostOptions): Promise<Host> {
  const isLocal = profile === 'local'
  const discovery = mdns({ serviceTag: `_tincan-${network}._udp.local` })
  try {
    const host = await createLibp2p({
      privateKey: privateKeyOf(key),
      datastore: routingOnlyStore(),
      addresses: { listen: listen.map((address) => multiaddr(address).toString()) },
      transports: [remembering(dials, tcp()), remembering(dials, sharedPort.wrap(webSockets()))],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionGater: { denyDialMultiaddr: (address) => dials.failedLately(address.toString()) },
      connectionMonitor: { enabled: false }, // pings every connection each 10 s: a quarter of a core at 1000
      connectionManager: {
        maxConnections: CONNECTIONS_MAX,
        dialTimeout: 3_000,
        addressDialTimeout: 1_500,
        reconnectRetries: 0, // attachment decides whom to go back to
        inboundConnectionThreshold: isLocal ? 10_000 : 50,
        maxIncomingPendingConnections: isLocal ? 1_000 : 100,
      },
      peerDiscovery: isLoopbackOnly(listen) ? [] : [telling(onDiscovered, discovery)],
      services: {
        identify: identify(),
        identifyPush: identifyPush({ debounce: 100 }), // tells others of a promotion
        ping: ping(),
        ...(isLocal ? {} : { autonat: autoNATv2() }),
        dht: kadDHT({
          protocol: kadProtocol(network),
          clientMode: true,
          kBucketSize: K_BUCKET,
          alpha: ALPHA,
          disjointPaths: 1,
          prefixLength: PREFIX_LENGTH,
          initialQuerySelfInterval: 50,
          peerInfoMapper: isLocal ? passthroughMapper : removePrivateAddressesMapper,
          networkDialTimeout: RPC_TIMEOUT,
          pingNewContactTimeout: RPC_TIMEOUT,
          pingOldContactTimeout: RPC_TIMEOUT,
          maxInboundStreams: 64,
        }),
      },
    })
    return host as unknown as Host
  } catch (error) {
    throw listenError(error, listen)
  }
}

/**
 * Has a discovery service tell whom it finds. Not by the event peer:discovery: kad-dht fires that as well, for
 * whomever it hears of.
 */
function telling(onDiscovered: HostOptions['onDiscovered'], make: ReturnType<typeof mdns>): ReturnType<typeof mdns> {
  return (components) => {
    const discovery = make(components)
    discovery.addEventListener('peer', ({ detail: { id, multiaddrs } }) => {
      const addresses = multiaddrs.map((address) => `${withoutPeerId(address.toString())}/p2p/${id}`)
      if (addresses.length > 0) onDiscovered(id.toString(), addresses)
    })
    return discovery
  }
}

/**
 * Wraps a transport so that the dial memory learns what failed and what worked: address with peer id, or whoever
 * tells lies about the address of a peer would keep us from dialling it.
 */
function remembering<T extends (components: never) => { dial(address: Multiaddr, options: never): Promise<unknown> }>(
  dials: DialMemory,
  make: T,
): T {
  return ((components: never) => {
    const transport = make(components)
    const dial = transport.dial.bind(transport)
    transport.dial = async (address, options) => {
      try {
        const connection = await dial(address, options)
        dials.forget(address.toString())
        return connection
      } catch (error) {
        const { signal } = options as { signal?: AbortSignal }
        if (!signal?.aborted || (signal.reason as Error | undefined)?.name === 'TimeoutError')
          dials.failed(address.toString())
        throw error
      }
    }
    return transport
  }) as T
}

function privateKeyOf(key: SigningKey): PrivateKey {
  const raw = new Uint8Array(64)
  raw.set(key.seed)
  raw.set(key.publicKey, 32)
  return privateKeyFromRaw(raw)
}
