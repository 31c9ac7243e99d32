import { Key } from 'interface-datastore'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { routingOnlyStore } from '../../src/overlay/routing-store.ts'

const stores = suite('routing store')

const value = Uint8Array.of(1)

stores('peers are kept', async () => {
  const store = routingOnlyStore()
  const key = new Key('/peers/abc')
  await store.put(key, value)
  assert.equal(await store.get(key), value)
})

stores('records and providers of the DHT are not, one by one or in a batch', async () => {
  const store = routingOnlyStore()
  const keys = ['/dht/record/abc', '/dht/provider/abc/def'].map((name) => new Key(name))
  for (const key of keys) await store.put(key, value)
  for await (const _ of store.putMany(keys.map((key) => ({ key, value })))) assert.ok(true)
  const batch = store.batch()
  for (const key of keys) batch.put(key, value)
  await batch.commit()
  for (const key of keys) assert.not(await store.has(key), key.toString())
})

stores.run()
