import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { IndexStore } from '../../src/supernode/index-store.ts'
import { holds } from '../support/property.ts'

interface Context {
  directory: string
  warnings: string[]
  open: () => Promise<IndexStore>
}

const stores = suite<Context>('the store of the index')

stores.before.each((context) => {
  const home = mkdtempSync(join(tmpdir(), 'tincan-store-'))
  context.directory = join(home, 'index')
  context.warnings = []
  context.open = async () => {
    const store = new IndexStore(context.directory, (warning) => context.warnings.push(warning))
    await store.open()
    return store
  }
})

stores.after.each(({ directory }) => rmSync(join(directory, '..'), { recursive: true, force: true }))

const key = (n: number): Uint8Array => new Uint8Array(32).fill(n & 255).fill(n >> 8, 0, 2)
const value = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

async function contentOf(store: IndexStore): Promise<string[]> {
  const values: string[] = []
  for await (const [, each] of store.load()) values.push(text(each))
  return values
}

/** A store that was filled with so many names of 1 KB, in files of every kind, and closed. */
async function fill(context: Context, names: number): Promise<void> {
  const store = await context.open()
  for (let n = 0; n < names; n++) {
    store.save(key(n), value(`${n} ${'x'.repeat(1000)}`))
    if (n % 500 === 499) await store.flush(n)
  }
  await store.flush(names)
  await store.stop()
  // opened anew, LevelDB turns its log into tables
  const again = await context.open()
  again.save(key(0), value(`0 ${'y'.repeat(1000)}`))
  await again.flush(names + 1)
  await again.stop()
}

stores('what was flushed is there again, the newest first, and what was removed is not', async ({ open }) => {
  const store = await open()
  for (const n of [1, 2, 3, 4]) {
    store.save(key(n), value(`${n}`))
    await store.flush(1000 * n)
  }
  store.save(key(2), value('2, later'))
  store.remove(key(3))
  store.remove(key(9))
  await store.flush(9000)
  await store.stop()
  const again = await open()
  assert.equal(await contentOf(again), ['2, later', '4', '1'])
  await again.stop()
})

stores('whatever is saved and removed in whatever order, it holds what a map would', async (context) => {
  const act = fc.tuple(fc.nat(12), fc.option(fc.string(), { nil: undefined }), fc.boolean())
  await holds(
    fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
      rmSync(context.directory, { recursive: true, force: true })
      const model = new Map<number, string>()
      let store = await context.open()
      for (const [i, [n, content, isFlushed]] of acts.entries()) {
        if (content === undefined) store.remove(key(n))
        else store.save(key(n), value(content))
        if (content === undefined) model.delete(n)
        else model.set(n, content)
        if (isFlushed) await store.flush(i)
      }
      await store.flush(acts.length)
      await store.stop()
      store = await context.open()
      const found = new Map<number, string>()
      for await (const [own, each] of store.load()) found.set(own[31] as number, text(each))
      await store.stop()
      const byKey = (map: Map<number, string>) => [...map].sort(([a], [b]) => a - b)
      assert.equal(byKey(found), byKey(model))
    }),
  )
})

stores('until when this node served is known after it was killed, and before it ever did is not', async ({ open }) => {
  const store = await open()
  assert.is(store.servedUntilMs, undefined)
  await store.flush(1, { servedUntilMs: 1_700_000_000_123 })
  await store.stop()
  const again = await open()
  assert.is(again.servedUntilMs, 1_700_000_000_123)
  await again.stop()
})

stores('a process that is killed while it writes loses the last write at most', async ({ directory, open }) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../support/store-writer.ts'), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let flushed = -1
  for await (const line of createInterface(child.stdout)) {
    flushed = Number(line)
    if (flushed === 200) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  const store = await open()
  const content = new Set(await contentOf(store))
  // each write is five names, whole or not at all
  for (let n = 0; n <= flushed; n++) for (let i = 0; i < 5; i++) assert.ok(content.has(`${n}/${i}`), `${n}/${i}`)
  assert.is(content.size % 5, 0)
  await store.stop()
})

/** What a disk may do to files, and how many of 2000 names must be left. */
const damages: [what: string, act: (directory: string, files: string[]) => void, leftMin: number][] = [
  ['CURRENT is empty', (directory) => truncateSync(join(directory, 'CURRENT'), 0), 2000],
  ['the manifest is gone', (directory, files) => rmSync(join(directory, manifestOf(files))), 2000],
  ['the manifest is garbage', (directory, files) => writeFileSync(join(directory, manifestOf(files)), 'x'), 2000],
  [
    'a table has garbage in it',
    (directory, files) => {
      const path = join(directory, files.find((file) => file.endsWith('.ldb')) as string)
      const content = readFileSync(path)
      writeFileSync(path, content.fill(7, 10_000, 20_000))
    },
    1,
  ],
  [
    'a table is cut off',
    (directory, files) => truncateSync(join(directory, files.find((file) => file.endsWith('.ldb')) as string), 20_000),
    1,
  ],
  [
    'all is garbage',
    (directory, files) => {
      for (const file of files) writeFileSync(join(directory, file), 'x')
    },
    0,
  ],
]
for (const [what, act, leftMin] of damages) {
  stores(`where ${what}, what can be read comes back with a warning, and it is of use again`, async (context) => {
    await fill(context, 2000)
    act(context.directory, readdirSync(context.directory))
    const store = await context.open()
    assert.ok(store.isOpen)
    const left = await contentOf(store)
    assert.is(new Set(left).size, left.length)
    for (const each of left) assert.match(each, /^\d+ [xy]{1000}$/)
    assert.ok(left.length >= leftMin && left.length <= 2000, `${left.length} are left`)
    assert.ok(context.warnings.length > 0)
    assert.match(context.warnings[0] ?? '', /was damaged/)
    assert.ok(store.isOpen)
    store.save(key(5000), value('after'))
    await store.flush(1)
    await store.stop()
    const again = await context.open()
    const then = await contentOf(again)
    assert.is(then.length, left.length + 1)
    await again.stop()
  })
}

stores('one byte altered is one name lost', async (context) => {
  const store = await context.open()
  store.save(key(1), value('the first'))
  store.save(key(2), value('the second'))
  await store.flush(1)
  await store.stop()
  const { ClassicLevel } = await import('classic-level')
  const database = new ClassicLevel<Uint8Array, Uint8Array>(context.directory, {
    keyEncoding: 'view',
    valueEncoding: 'view',
  })
  for await (const [own, stored] of database.iterator()) {
    if (own[0] !== 0x6e || own[1] !== 0) continue
    if (own[32] === 1) await database.put(own, stored.fill(7, stored.length - 1))
  }
  await database.close()
  const again = await context.open()
  assert.equal(await contentOf(again), ['the second'])
  assert.is(again.counters.unreadable, 1)
  await again.stop()
})

stores('where nothing can be written it does without, and says so once', async ({ directory }) => {
  const warnings: string[] = []
  writeFileSync(join(directory, '..', 'file'), '')
  const store = new IndexStore(join(directory, '..', 'file', 'index'), (warning) => warnings.push(warning))
  await store.open()
  assert.not(store.isOpen)
  store.save(key(1), value('1'))
  assert.not(await store.flush(1, { servedUntilMs: 1 }))
  assert.equal(await contentOf(store), [])
  await store.open()
  await store.stop()
  assert.is(warnings.length, 1)
  assert.match(warnings[0] ?? '', /cannot be used: .* kept in memory only/)
})

stores('another process’s store is left alone', async ({ open, warnings }) => {
  const first = await open()
  const second = await open()
  assert.not(second.isOpen)
  assert.match(warnings[0] ?? '', /cannot be used/)
  first.save(key(1), value('1'))
  await first.flush(1)
  assert.equal(await contentOf(first), ['1'])
  await second.stop()
  await first.stop()
})

function manifestOf(files: string[]): string {
  return files.find((file) => file.startsWith('MANIFEST')) as string
}

stores.run()
