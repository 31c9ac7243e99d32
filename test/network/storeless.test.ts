/** A supernode that cannot keep its index on disk. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { testnet } from '../../src/index.ts'
import { until } from '../support/wait.ts'

const storeless = suite('a supernode without a place for its index')

storeless('serves all the same, and says what is wrong with its machine', async () => {
  const home = mkdtempSync(join(tmpdir(), 'tincan-storeless-'))
  try {
    writeFileSync(join(home, 'index'), 'this is no directory')
    await using net = await testnet(2, { network: 'storeless', names: ['alice'] })
    const node = await net.add({ home, username: 'bob-b' })
    await until('it serves', () => node.role === 'supernode')
    await until('it is found', () => node.online)
    const { warnings } = node.status()
    assert.is(warnings.length, 1)
    assert.match(warnings[0] ?? '', /index cannot be used: .*memory only/)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})

storeless.run()
