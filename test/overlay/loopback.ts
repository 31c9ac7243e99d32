/** Real overlays on 127.0.0.1, and a libp2p node without any of our code, to knock at them as a stranger would. */

import { createHash } from 'node:crypto'

import { noise } from '@chainsafe/libp2p-noise'
import { identify } from '@libp2p/identify'
import type { Stream } from '@libp2p/interface'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'

import { type SigningKey, signingKey } from '../../src/overlay/keys.ts'
import { startOverlay } from '../../src/overlay/libp2p.ts'
import type { Contact, Overlay } from '../../src/overlay/overlay.ts'
import { withoutPeerId } from '../../src/overlay/peer-id.ts'

export const LISTEN = ['/ip4/127.0.0.1/tcp/0']

/** The key of this name: the same in every run. */
export const keyOf = (name: string): SigningKey =>
  signingKey(new Uint8Array(createHash('sha256').update(name).digest()))

interface Options {
  network?: string
  listen?: string[]
  key?: SigningKey
}

let count = 0

export const startOne = ({ network = 'test', listen = LISTEN, key = keyOf(`overlay ${count++}`) }: Options = {}) =>
  startOverlay({ key, network, profile: 'local', listen })

/** So many, stopped together when the block ends. */
export async function start<N extends number>(size: N, options: Options = {}): Promise<Several<N>> {
  const overlays = await Promise.all(Array.from({ length: size }, () => startOne(options)))
  const several: unknown = Object.assign(overlays, {
    async [Symbol.asyncDispose]() {
      await Promise.all(overlays.map((overlay) => overlay.stop()))
    },
  })
  return several as Several<N>
}

type Tuple<N extends number, T extends Overlay[] = []> = T['length'] extends N ? T : Tuple<N, [...T, Overlay]>
type Several<N extends number> = Tuple<N> & AsyncDisposable

export const contactOf = (overlay: Overlay): Contact => ({
  peerId: overlay.peerId,
  addresses: overlay.addresses().map(withoutPeerId),
})

/** Waits for what must come about, generously; a failure names it. */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + 30_000
  while (!(await isTrue())) {
    if (performance.now() > untilMs) throw new Error(`not within 30 s: ${what}`)
    await new Promise((done) => setTimeout(done, 20))
  }
}

/** A stranger: stock libp2p, a DHT client of the same network, nothing of tincan. */
export async function stranger(network = 'test') {
  const node = await createLibp2p({
    addresses: { listen: LISTEN },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
    services: {
      identify: identify(),
      ping: ping(),
      dht: kadDHT({ protocol: `/tincan/${network}/kad/1.0.0`, peerInfoMapper: passthroughMapper, clientMode: true }),
    },
  })
  return {
    node,
    peerId: node.peerId.toString(),
    /** A raw stream of a role: what is sent on it has no frames and no meaning. */
    async open(to: Overlay, role: string): Promise<Stream> {
      const connection = await node.dial(multiaddr(to.addresses()[0]))
      return connection.newStream(`/tincan/${network}/${role}/1.0.0`)
    },
    async [Symbol.asyncDispose]() {
      await node.stop()
    },
  }
}
