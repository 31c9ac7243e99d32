import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { testnet } from '../../src/index.ts'
import { codeOf, until } from '../support/wait.ts'

const supernodes = suite('supernodes in a real network')

supernodes('nodes promote themselves, and every node attaches to three homes', async () => {
  await using net = await testnet(8)
  await until('three supernodes besides oneself', () => net.supernodes().length >= 4)
  await until('three homes each', () => net.nodes.every((node) => node.status().homes.length === 3))
  for (const node of net.nodes) assert.is(new Set(node.status().homes).size, 3)
})

supernodes('a node told not to never becomes one, and says why', async () => {
  await using net = await testnet(3)
  const [unwilling, metered] = await net.addAll([{ supernode: false }, { metered: true }])
  await until('the others are supernodes', () => net.supernodes().length === 3)
  await until('it says why', () => unwilling?.status().reason === 'told not to be a supernode')
  await until('and so does one on a metered connection', () => metered?.status().reason === 'on a metered connection')
  assert.equal([unwilling?.role, metered?.role], ['client', 'client'])
  const missed = () => metered?.status().bars.filter(({ isMet }) => !isMet)
  await until('it misses nothing else', () => missed()?.length === 1)
  assert.is(missed()?.[0]?.says, 'on a metered connection')
})

supernodes('supernodes keep links to each other open, and tell what they carry and what they are asked', async () => {
  await using net = await testnet(5, { names: ['alice', 'bob'] })
  await until('all are supernodes', () => net.supernodes().length === 5)
  await until('linked to all the others', () => net.nodes.every((node) => node.status().links === 4))
  const [alice, bob] = net.nodes
  assert.is((await bob?.lookup('alice'))?.address, alice?.address)
  const all = net.nodes.map((node) => node.status())
  for (const { score, bars, supernodesWanted, work } of all) {
    assert.ok(score >= 0 && score <= 1)
    assert.ok(bars.length > 0 && bars.every(({ isMet }) => isMet), JSON.stringify(bars))
    assert.is(supernodesWanted, 8)
    assert.is(
      Object.values(work).reduce((sum, { refused }) => sum + refused, 0),
      0,
    )
  }
  const sum = (of: (status: (typeof all)[0]) => number) => all.reduce((total, status) => total + of(status), 0)
  assert.ok(sum(({ namesHeld }) => namesHeld) >= 2 && sum(({ attached }) => attached) >= 5 * 3)
  assert.ok(sum(({ work }) => work.index.served) > 0 && sum(({ work }) => work.home.served) > 0)
})

supernodes('the only supernode of a network is its own home', async () => {
  await using net = await testnet(1, { names: ['alice'] })
  const bob = await net.add({ username: 'bob-b', supernode: false })
  await until('both are online', () => net.nodes.every(({ online }) => online))
  assert.is((await bob.lookup('alice')).address, net.nodes[0]?.address)
  assert.is((await net.nodes[0]?.lookup('bob-b'))?.address, bob.address)
})

supernodes('a supernode that stops hands its names over first', async () => {
  await using net = await testnet(8, { names: ['alice', 'bob'] })
  await until('supernodes', () => net.supernodes().length >= 6)
  // all who held the names in the beginning go, one after the other
  const [alice, bob, ...others] = net.nodes
  for (const node of others.slice(0, 3)) await node.stop()
  const asker = others[4]
  await until('alice is found', async () => (await codeOf(asker?.lookup('alice') as Promise<unknown>)) === 'none')
  assert.is((await asker?.lookup('bob'))?.address, bob?.address)
  await until('three homes again', () => [alice, bob].every((node) => node?.status().homes.length === 3))
})

supernodes.run()
