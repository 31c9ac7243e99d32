import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { testnet } from '../../src/index.ts'
import { addressesOf, childNodes } from '../support/children.ts'
import { codeOf, until } from '../support/wait.ts'

const losses = suite('homes that are lost')

losses('when supernodes are killed, nodes find new homes and names stay found', async () => {
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

losses('a hung supernode is noticed by its clients without a word from it', async () => {
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

losses.run()
