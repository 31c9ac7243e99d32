/**
 * What libp2p may store: peers, never the records or provider entries of kad-dht. Ours is a routing table only, and
 * its PUT and ADD_PROVIDER have no quota: a stranger could fill our memory with them.
 */

import { MemoryDatastore } from 'datastore-core'
import type { Key } from 'interface-datastore'

class RoutingOnlyStore extends MemoryDatastore {
  override put(key: Key, value: Uint8Array): Key | Promise<Key> {
    return key.toString().startsWith('/dht') ? key : super.put(key, value)
  }
}

export const routingOnlyStore = (): MemoryDatastore => new RoutingOnlyStore()
