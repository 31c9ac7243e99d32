/** A machine that slept, as a process that was stopped: back without anybody's help. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { testnet } from '../../src/index.ts'
import { shiftedPerson } from '../support/shifted-person.ts'
import { until } from '../support/wait.ts'

const DAY = 86_400_000

const sleep = suite('sleep in a real network')

sleep('a node that was stopped beyond its lease, its clock a day ahead when it wakes, is found again', async () => {
  await using net = await testnet(4, { network: 'sleeping', names: ['alice'] })
  const [alice] = net.nodes
  await using sleeper = await shiftedPerson('sleeper', 0, {
    network: net.network,
    bootstrap: net.bootstrap,
    supernode: false,
  })
  const isFound = async () => (await alice?.lookup('sleeper'))?.devices[0]?.online === true
  await until('it is found', isFound)
  await sleeper.actor.ask('setClock', DAY, Date.now() + 1_000)
  sleeper.actor.kill('SIGSTOP')
  await until('its lease has lapsed', async () => !(await isFound()), 60_000)
  sleeper.actor.kill('SIGCONT')
  await until('it is found again', isFound)
  const { clockOffsetMs } = await sleeper.status()
  assert.ok(Math.abs(clockOffsetMs - DAY) < 60_000, `${clockOffsetMs}`)
})

sleep.run()
