import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { TincanError } from '../../src/errors.ts'
import { checkAddress, isLoopbackOnly, outwardFirst } from '../../src/overlay/addresses.ts'

const addresses = suite('addresses')

addresses('a multiaddr is taken and put in its usual form', () => {
  for (const [written, usual] of [
    ['/ip4/127.0.0.1/tcp/4001', '/ip4/127.0.0.1/tcp/4001'],
    ['/ip4/127.0.0.1/tcp/4001/ws/', '/ip4/127.0.0.1/tcp/4001/ws'],
    ['/ip6/::1/tcp/0', '/ip6/::1/tcp/0'],
  ] as const)
    assert.is(checkAddress(written), usual)
})

addresses('what is no multiaddr is BAD_ADDRESS, with what was written and how to write it', () => {
  for (const text of [
    '',
    'localhost:4001',
    '127.0.0.1',
    '/ip4/256.0.0.1/tcp/1',
    '/ip4/127.0.0.1/tcp/70000',
    '/nonsense/1',
    '/ip4/127.0.0.1/tcp/1/p2p/bob',
  ]) {
    try {
      checkAddress(text)
      assert.unreachable(text)
    } catch (error) {
      assert.instance(error, TincanError, text)
      assert.is((error as TincanError).code, 'BAD_ADDRESS')
      assert.ok((error as TincanError).message.includes(`“${text}”`))
      assert.match((error as TincanError).message, /\/ip4\/.*\/tcp\//)
    }
  }
})

addresses('only a node that listens on loopback alone is out of reach of other machines', () => {
  const table: [string[], boolean][] = [
    [['/ip4/127.0.0.1/tcp/0'], true],
    [['/ip4/127.0.0.1/tcp/0', '/ip6/::1/tcp/0/ws'], true],
    [['/ip4/127.1.2.3/tcp/0'], true],
    [['/ip4/127.0.0.1/tcp/0', '/ip4/0.0.0.0/tcp/0'], false],
    [['/ip6/::/tcp/0'], false],
    [['/ip4/192.168.1.2/tcp/0'], false],
    [[], false],
  ]
  for (const [listen, expected] of table) assert.is(isLoopbackOnly(listen), expected, listen.join(' '))
})

addresses('what leads nowhere from another machine comes last, the rest keeps its order', () => {
  const own = ['/ip4/127.0.0.1/tcp/1', '/ip4/10.0.0.2/tcp/1', '/ip6/::1/tcp/1', '/ip4/10.0.0.1/tcp/1/ws']
  assert.equal(outwardFirst(own), [own[1], own[3], own[0], own[2]])
  assert.equal(outwardFirst([]), [])
})

addresses('of a long list one of each way in comes first: families, firewalls', () => {
  const [v4, v6] = ['/ip4/45.10.0.1', '/ip6/2a00:1450::1']
  const own = [
    '/ip4/192.168.1.2/tcp/4001',
    `${v4}/tcp/4001`,
    `${v4}/tcp/4002/ws`,
    `${v4}/tcp/443/ws`,
    `${v6}/tcp/4001`,
    `${v6}/tcp/443/tls/ws/p2p/12D3Koo`,
  ]
  const first = outwardFirst(own).slice(0, 4)
  assert.equal(first, [`${v4}/tcp/4001`, `${v4}/tcp/443/ws`, `${v6}/tcp/4001`, own[5]])
  assert.equal(outwardFirst(own).toSorted(), own.toSorted())
})

addresses.run()
