import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { testnet } from '../../src/index.ts'
import { addressesOf, childNodes } from '../support/children.ts'
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
  const unwilling = await net.add({ supernode: false })
  await until('the others are supernodes', () => net.supernodes().length === 3)
  await until('it says why', () => unwilling.status().reason === 'told not to be a supernode')
  assert.is(unwilling.role, 'client')
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

supernodes('when supernodes are killed, nodes find new homes and names stay found', async () => {
  await using doomed = await childNodes('killing', 4, [])
  await using net = await testnet(5, { network: 'killing', names: ['alice', 'bob'], bootstrap: addressesOf(doomed) })
  const isDoomed = new Set(doomed.peers.map(({ peerId }) => peerId))
  const [alice, bob] = net.nodes
  await until('some node has a doomed home', () =>
    net.nodes.some((node) => node.status().homes.some((home) => isDoomed.has(home))),
  )
  doomed.kill('SIGKILL')
  await until('nobody keeps a dead home', () =>
    net.nodes.every((node) => node.status().homes.every((home) => !isDoomed.has(home))),
  )
  await until('three homes again', () => net.nodes.every((node) => node.status().homes.length === 3))
  await until('alice is found', async () => (await codeOf(bob?.lookup('alice') as Promise<unknown>)) === 'none')
  assert.is((await bob?.lookup('alice'))?.address, alice?.address)
})

supernodes('a hung supernode is noticed by its clients without a word from it', async () => {
  await using hung = await childNodes('hanging', 3, [])
  await using net = await testnet(5, { network: 'hanging', names: ['alice', 'bob'], bootstrap: addressesOf(hung) })
  const isHung = new Set(hung.peers.map(({ peerId }) => peerId))
  await until('some node has such a home', () =>
    net.nodes.some((node) => node.status().homes.some((home) => isHung.has(home))),
  )
  hung.kill('SIGSTOP')
  await until(
    'nobody keeps a hung home',
    () => net.nodes.every((node) => node.status().homes.every((home) => !isHung.has(home))),
    60_000,
  )
  assert.is((await net.nodes[1]?.lookup('alice'))?.address, net.nodes[0]?.address)
})

supernodes.run()
