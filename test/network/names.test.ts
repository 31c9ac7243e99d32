import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { testnet } from '../../src/index.ts'
import { codeOf, until } from '../support/wait.ts'

const names = suite('usernames in a real network')

names('whoever registered is found by name, with the account, the device and its homes', async () => {
  await using net = await testnet(6, { names: ['alice', 'bob'] })
  const [alice, bob] = net.nodes
  const asker = net.nodes[5]
  const found = await asker?.lookup('alice')
  assert.is(found?.username, 'alice')
  assert.is(found?.address, alice?.address)
  assert.is(found?.devices[0]?.peerId, alice?.peerId)
  assert.ok(found?.devices[0]?.online)
  assert.ok((found?.devices[0]?.homes.length ?? 0) > 0)
  assert.is((await asker?.lookup(bob?.address ?? ''))?.username, 'bob', 'by full address too')
})

names('a name that nobody has is NO_SUCH_USER, and so is a full address with another key', async () => {
  await using net = await testnet(4, { names: ['alice'] })
  const asker = net.nodes[3]
  assert.is(await codeOf(asker?.lookup('nobody') as Promise<unknown>), 'NO_SUCH_USER')
  const other = net.nodes[0]?.address === 'alice.aaaaa' ? 'alice.bbbbb' : 'alice.aaaaa'
  assert.is(await codeOf(asker?.lookup(other) as Promise<unknown>), 'NO_SUCH_USER')
  assert.is(await codeOf(asker?.lookup('Alice') as Promise<unknown>), 'BAD_USERNAME')
  assert.is(await codeOf(asker?.lookup('alice.k7') as Promise<unknown>), 'BAD_ADDRESS')
})

names('a second key claiming a held name is refused, and the first stays found', async () => {
  await using net = await testnet(5, { names: ['alice'] })
  assert.is(await codeOf(net.add({ username: 'alice' })), 'NAME_TAKEN')
  const found = await net.nodes[4]?.lookup('alice')
  assert.is(found?.address, net.nodes[0]?.address)
})

names('a node with nobody around is up but offline, and registers once somebody comes', async () => {
  await using net = await testnet(1, { names: ['alice'] })
  const [alice] = net.nodes
  assert.not(alice?.online)
  assert.is(await codeOf(alice?.lookup('bob') as Promise<unknown>), 'NO_NETWORK')
  await net.add()
  await until('alice is online', () => alice?.online === true)
})

names(
  'who leaves is offline at once, the name is still held, and everybody knows when they were last seen',
  async () => {
    await using net = await testnet(6)
    const alice = await net.add({ username: 'alice' })
    const asker = net.nodes[1]
    const leftMs = Date.now()
    await alice.stop()
    const found = await asker?.lookup('alice')
    assert.is(found?.address, alice.address)
    assert.equal(
      found?.devices.map(({ peerId, online }) => [peerId, online]),
      [[alice.peerId, false]],
    )
    assert.ok(Math.abs((found?.devices[0]?.lastSeenMs ?? 0) - leftMs) < 30_000)
    assert.is(await codeOf(net.add({ username: 'alice' })), 'NAME_TAKEN')
  },
)

names.run()
