import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { steadyClock, virtualClock } from '../../src/lib/clock.ts'
import { IndexKeeper } from '../../src/supernode/index-keeper.ts'
import { IndexStore } from '../../src/supernode/index-store.ts'
import { IndexTable } from '../../src/supernode/index-table.ts'
import { nameKey } from '../../src/supernode/placement.ts'
import { until } from '../support/wait.ts'
import { claimOf, leaseOf, NETWORK, NOW_MS, person } from './people.ts'

interface Context {
  directory: string
}

const LIMITS = { leaseMs: 60_000, incumbencyMs: 1_000_000, contestMs: 10_000, namesMax: 1_000, bytesMax: 10_000_000 }
const NAMES = ['alice', 'bob', 'carol']
const none = new Uint8Array()
const keyOf = (name: string) => nameKey(NETWORK, name, 0)

const keepers = suite<Context>('keeping what the index holds')

keepers.before.each((context) => {
  context.directory = join(mkdtempSync(join(tmpdir(), 'tincan-keeper-')), 'index')
})
keepers.after.each(({ directory }) => rmSync(join(directory, '..'), { recursive: true, force: true }))

/** A table and its keeper, as one process has them. */
function processOf(directory: string | undefined, clock = virtualClock(NOW_MS), limits = LIMITS) {
  const table = new IndexTable(NETWORK, limits)
  const warnings: string[] = []
  const keeper = new IndexKeeper(table, { directory, clock, warn: (warning) => warnings.push(warning) })
  const claim = (name: string, whose = person(name)) =>
    table.grant(keyOf(name), { claim: claimOf(whose), lease: leaseOf(whose) }, clock.now()).outcome
  return { table, keeper, warnings, clock, claim }
}

keepers(
  'a name granted is held by its owner after a restart, lease and all, and refused to a stranger',
  async ({ directory }) => {
    const first = processOf(directory)
    await first.keeper.start()
    await first.keeper.load()
    first.keeper.serve(true)
    for (const name of NAMES) assert.is(first.claim(name), 'GRANTED')
    await first.keeper.stop()

    const second = processOf(directory)
    await second.keeper.start()
    assert.is(second.keeper.servedUntilMs, NOW_MS)
    await second.keeper.load()
    for (const name of NAMES) {
      const [held] = second.table.lookup(keyOf(name), NOW_MS)
      assert.equal(held?.claim.accountKey, person(name).account.publicKey)
      assert.is(held?.leases.length, 1)
      assert.is(second.claim(name, { ...person('mallory'), name }), 'TAKEN')
    }
    await second.keeper.stop()
  },
)

keepers('what changes is written within a second, with nobody asking', async ({ directory }) => {
  const first = processOf(directory)
  await first.keeper.load()
  first.keeper.serve(true)
  first.claim('alice')
  first.clock.advance(1_000)
  first.claim('bob') // after the write has begun
  const counted = async () => {
    const beside = join(directory, '..', 'copy')
    // what a process that is killed now leaves behind
    const { cpSync } = await import('node:fs')
    rmSync(beside, { recursive: true, force: true })
    cpSync(directory, beside, { recursive: true })
    const store = new IndexStore(beside, () => {})
    await store.open()
    let names = 0
    for await (const _ of store.load()) names++
    const { servedUntilMs } = store
    await store.stop()
    return `${names} ${servedUntilMs}`
  }
  await until('alice is on disk', async () => (await counted()) === `1 ${NOW_MS + 1_000}`)
  await until('bob is too', async () => {
    first.clock.advance(1_000)
    return (await counted()).startsWith('2 ')
  })
  await first.keeper.stop()
})

keepers('what is not genuine or is over is not taken back', async ({ directory }) => {
  const first = processOf(directory)
  await first.keeper.load()
  for (const name of NAMES) first.claim(name)
  await first.keeper.stop()
  const store = new IndexStore(directory, () => {})
  await store.open()
  const genuine = first.table.dump(keyOf('bob')) as Uint8Array
  store.save(keyOf('bob'), genuine.slice().fill(1, genuine.length - 80, genuine.length - 60))
  store.save(keyOf('mallory'), first.table.dump(keyOf('carol')) as Uint8Array)
  store.save(new Uint8Array(32), new Uint8Array(100))
  await store.flush(NOW_MS)
  await store.stop()

  const namesAt = async (nowMs: number): Promise<number> => {
    const { table, keeper } = processOf(directory, virtualClock(nowMs))
    await keeper.load()
    assert.equal(table.lookup(keyOf('bob'), nowMs), [])
    await keeper.stop()
    return table.namesHeld
  }
  assert.is(await namesAt(NOW_MS), 2)
  assert.is(await namesAt(NOW_MS + LIMITS.incumbencyMs), 0)
  assert.is(await namesAt(NOW_MS), 2, 'a start at a wrong time costs nobody a name')
  assert.is(await namesAt(NOW_MS + 100 * 86_400_000), 0)
  assert.is(await namesAt(NOW_MS), 0, 'and in the end they are forgotten')
})

keepers('a node that never serves leaves nothing on disk, and one without a home needs none', async ({ directory }) => {
  const client = processOf(directory)
  await client.keeper.start()
  await client.keeper.stop()
  assert.not(existsSync(directory))
  const homeless = processOf(undefined)
  await homeless.keeper.start()
  await homeless.keeper.load()
  homeless.keeper.serve(true)
  await homeless.keeper.stop()
})

keepers('where nothing can be written a node serves all the same, with a warning', async ({ directory }) => {
  writeFileSync(directory, 'no directory')
  const first = processOf(directory)
  await first.keeper.start()
  await first.keeper.load()
  first.keeper.serve(true)
  assert.is(first.claim('alice'), 'GRANTED')
  first.clock.advance(5_000)
  await first.keeper.stop()
  assert.is(first.warnings.length, 1)
})

keepers('verifying what is taken back leaves the loop to others', async ({ directory }) => {
  const names = Array.from({ length: 400 }, (_, i) => `name-${i}`)
  const first = processOf(directory)
  await first.keeper.load()
  for (const name of names) {
    const whose = person(name)
    first.table.grant(keyOf(name), { claim: claimOf(whose), lease: none }, NOW_MS)
  }
  await first.keeper.stop()
  const second = processOf(directory, { ...virtualClock(NOW_MS), after: (ms, act) => steadyClock.after(ms, act) })
  let turns = 0
  const turning = setInterval(() => turns++, 0)
  await second.keeper.load()
  clearInterval(turning)
  assert.is(second.table.namesHeld, names.length)
  assert.ok(turns >= 2, `${turns} turns`)
  await second.keeper.stop()
})

keepers.run()
