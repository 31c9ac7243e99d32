/** Nodes whose clock is wrong, each in a process of its own: found, and calling, without anybody's help. */

import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { testnet } from '../../src/index.ts'
import { Homes, Tincan } from '../cli/tincan.ts'
import { shiftedPerson } from '../support/shifted-person.ts'
import { until } from '../support/wait.ts'

const DAY = 86_400_000
const SHIFTED = join(import.meta.dirname, '../support/shifted-clock.ts')

const isNear = (ms: number, wantedMs: number) => Math.abs(ms - wantedMs) < 60_000

const clocks = suite('clocks in a real network')

clocks('a node whose clock is a day ahead and one a day behind are found, call, and are called', async () => {
  await using net = await testnet(4, { network: 'clocks', names: ['alice'] })
  const [alice] = net.nodes
  alice?.on('call', (call) => void call.accept().catch(() => {}))
  await using ahead = await shiftedPerson('ahead', DAY, { network: net.network, bootstrap: net.bootstrap })
  await using behind = await shiftedPerson('behind', -DAY, {
    network: net.network,
    bootstrap: net.bootstrap,
    supernode: false,
  })
  for (const [person, offMs] of [
    [ahead, DAY],
    [behind, -DAY],
  ] as const) {
    await person.online()
    assert.ok(isNear((await person.status()).clockOffsetMs, offMs))
  }
  for (const name of ['ahead', 'behind']) assert.ok((await alice?.lookup(name))?.devices[0]?.online, name)
  await ahead.assertReaches('behind')
  await behind.assertReaches('ahead')
  await ahead.assertReaches('alice')
  assert.is(alice?.status().clockOffsetMs, 0, 'who was right stays so')
  // also when it holds the names of others
  await until('the one ahead serves', async () => (await ahead.status()).role === 'supernode')
  assert.is(alice?.status().clockOffsetMs, 0)
  await behind.assertReaches('alice')
})

clocks('nodes whose clocks all differ make a network, and agree what time it is there', async () => {
  const network = 'all-differ'
  await using first = await shiftedPerson('first', DAY, { network, bootstrap: [] })
  const bootstrap = (await first.actor.ask('peers')).flatMap(({ listen }) => listen.slice(0, 1))
  await using second = await shiftedPerson('second', 0, { network, bootstrap })
  await using third = await shiftedPerson('third', -DAY, { network, bootstrap })
  const all = [first, second, third]
  for (const person of all) await person.online()
  const timesApart = async () => {
    const offsets = await Promise.all(all.map(async (person) => (await person.status()).clockOffsetMs))
    const times = [DAY, 0, -DAY].map((offMs, i) => offMs - (offsets[i] as number))
    return Math.max(...times) - Math.min(...times)
  }
  await until('they agree', async () => isNear(await timesApart(), 0))
  await first.assertReaches('second')
  await second.assertReaches('third')
  await third.assertReaches('first')
})

clocks('a clock that is set while the node runs, wrong or right again, costs nobody anything', async () => {
  await using net = await testnet(3, { network: 'setting', names: ['alice'] })
  const [alice] = net.nodes
  alice?.on('call', (call) => void call.accept().catch(() => {}))
  await using carol = await shiftedPerson('carol', 0, { network: net.network, bootstrap: net.bootstrap })
  await carol.online()
  for (const offMs of [-DAY, DAY, 0]) {
    await carol.actor.ask('setClock', offMs)
    await carol.assertReaches('alice')
    assert.ok((await alice?.lookup('carol'))?.devices[0]?.online)
    await until('it knows', async () => isNear((await carol.status()).clockOffsetMs, offMs))
  }
})

clocks('`tincan up` says once that the machine’s clock is wrong', async () => {
  await using net = await testnet(3, { network: 'warning' })
  using homes = new Homes()
  const words = ['up', 'dave', '--answer', 'never', '--network', net.network, '--profile', 'local']
  const env = { NODE_OPTIONS: `--import=${SHIFTED}`, CLOCK_OFF_MS: String(DAY) }
  const bootstrap = net.bootstrap.flatMap((address) => ['--bootstrap', address])
  await using dave = new Tincan([...words, ...bootstrap, '--home', homes.path('dave')], env)
  await dave.until(() => /clock is 1 day ahead of the network’s/.test(dave.stderr))
  assert.is(dave.stderr.split('clock is').length, 2, dave.stderr)
})

clocks.run()
