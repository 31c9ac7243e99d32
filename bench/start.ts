/** From nothing to a node that can be called. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Residents } from '../test/support/actors/residents.ts'
import type { Person } from '../test/support/actors/person.ts'
import { hire, machineMs } from '../test/support/actor.ts'
import { median, spread, type Benchmark } from './figures.ts'

const NETWORK = 'bench-start'
const NEIGHBOURS = 6
const STARTS = 5

export const start: Benchmark = {
  names: ['coldStart'],
  async measure({ note }) {
    note(`${STARTS} starts of a process`)
    await using neighbours = hire<Residents>('residents')
    const bootstrap = await neighbours.ask('start', NETWORK, NEIGHBOURS, [])
    const home = mkdtempSync(join(tmpdir(), 'tincan-bench-'))
    const took: number[] = []
    try {
      for (let i = 0; i < STARTS; i++) {
        await using node = hire<Person>('person')
        await node.ask('start', { username: 'starter', home, network: NETWORK, bootstrap })
        took.push(machineMs() - node.hiredAtMs)
        await node.ask('stop')
      }
    } finally {
      rmSync(home, { recursive: true, force: true })
    }
    const how = `${STARTS} starts of a process with a home on disk, until its username is registered; ${spread(took)} ms`
    return { coldStart: { value: median(took), unit: 'ms', how } }
  },
}
