/** The others of a network: real nodes, which become its supernodes by their own decision. */

import { Testnet, testnet } from '../../src/testnet.ts'
import { act } from '../actor.ts'

export type Bystanders = typeof deeds

let net: Testnet | undefined

const deeds = {
  /** Resolves to what others join through. */
  async start(network: string, count: number, bootstrap: string[], names: string[] = []): Promise<string[]> {
    net = await testnet(count, { network, bootstrap, names })
    return net.bootstrap
  },

  /** Nobody yet. */
  join(network: string, bootstrap: string[]): void {
    net = new Testnet(network, bootstrap)
  },

  /** Nodes that carry nothing for others; they know each other as little as strangers do. */
  async addClients(count: number, bootstrap: string[]): Promise<void> {
    await net?.addAll(Array.from({ length: count }, () => ({ supernode: false, bootstrap })))
  },

  supernodes: (): number => net?.supernodes().length ?? 0,
}

act(deeds)
