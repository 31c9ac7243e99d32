/** Runs as a process of its own: `node store-writer.ts DIRECTORY`. Writes until it is killed; prints each write done. */

import { IndexStore } from '../../src/supernode/index-store.ts'

const [directory] = process.argv.slice(2)
const store = new IndexStore(directory as string, (warning) => process.stderr.write(`${warning}\n`))
await store.open()
for (let n = 0; ; n++) {
  for (let i = 0; i < 5; i++) {
    const key = new Uint8Array(32)
    new DataView(key.buffer).setUint32(0, 5 * n + i)
    store.save(key, new Uint8Array(Buffer.from(`${n}/${i}`)))
  }
  await store.flush(n)
  process.stdout.write(`${n}\n`)
}
