import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createNode, testnet } from '../../src/index.ts'
import { codeOf, until } from '../support/wait.ts'

const returning = suite('a node that comes back')

returning(
  'finds its way without a bootstrap list, as the same person, whom it met being kept while it runs',
  async () => {
    await using net = await testnet(4)
    const home = mkdtempSync(join(tmpdir(), 'tincan-returning-'))
    try {
      const common = { username: 'alice', home, network: net.network, profile: 'local' as const }
      const listen = ['/ip4/127.0.0.1/tcp/0']
      const first = await createNode({ ...common, listen, bootstrap: net.bootstrap })
      const { address, peerId } = first
      assert.ok(first.online)
      await until('the cache is on disk', () => existsSync(join(home, 'peers.json')))
      assert.is(await codeOf(createNode({ ...common, listen })), 'ALREADY_RUNNING')
      await first.stop()
      const second = await createNode({ ...common, listen })
      try {
        await until('it is online', () => second.online)
        assert.is(second.address, address)
        assert.is(second.peerId, peerId)
        assert.is((await net.nodes[0]?.lookup('alice'))?.address, address)
      } finally {
        await second.stop()
      }
    } finally {
      rmSync(home, { recursive: true })
    }
  },
)

returning.run()
