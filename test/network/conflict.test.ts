import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { testnet, type Testnet, type Node } from '../../src/index.ts'
import { codeOf, until } from '../support/wait.ts'

const conflicts = suite('two who claim one name')

/** Two networks of the same name that cannot see each other, with an alice in each. */
async function parted(): Promise<{ west: Testnet; east: Testnet; stop: () => Promise<void> }> {
  const west = await testnet(6, { network: 'parted', names: ['alice'] })
  const east = await testnet(6, { network: 'parted', names: ['alice'] })
  // each side has registrars enough to witness its alice, and they have seen her renew
  const isSettled = ({ nodes }: Testnet) => nodes.filter(({ role }) => role === 'supernode').length >= 4
  await until('both sides have supernodes', () => isSettled(west) && isSettled(east), 60_000)
  await new Promise((done) => setTimeout(done, 12_000))
  return { west, east, stop: async () => void (await Promise.all([west.stop(), east.stop()])) }
}

conflicts('after a partition both are found: a conflict, the older claim first, both by full address', async () => {
  const { west, east, stop } = await parted()
  try {
    const [older, younger] = [west.nodes[0] as Node, east.nodes[0] as Node]
    assert.is.not(older.address, younger.address)
    const [askers, eastern] = [[west.nodes[5] as Node, east.nodes[5] as Node], east.nodes[5] as Node]
    assert.is((await eastern.lookup('alice')).address, younger.address, 'the east knows only its own')

    // somebody knows both sides, and the two grow together
    const bridge = await west.add({ bootstrap: [...west.bootstrap, ...east.bootstrap] })
    for (const asker of [...askers, bridge]) {
      await until(
        'the conflict is seen',
        async () => (await asker.lookup('alice').catch(() => undefined))?.verdict === 'conflict',
        90_000,
      )
    }
    await until(
      'whoever was seen first is in front',
      async () => {
        const { holders } = await bridge.lookup('alice')
        return holders[0]?.address === older.address && holders[1]?.address === younger.address
      },
      60_000,
    )

    // longer than a lease: both are renewed, side by side
    await new Promise((done) => setTimeout(done, 35_000))
    await until('the conflict is still seen', async () => (await bridge.lookup('alice')).verdict === 'conflict')
    const caller = await west.add({ username: 'carol', supernode: false })
    assert.is(await codeOf(caller.call('alice')), 'NAME_CONFLICT', 'nobody is rung by guess')
    for (const holder of [older, younger]) {
      assert.ok(holder.online)
      const rang = new Promise<string>((resolve) =>
        holder.once('call', (call) => {
          resolve(call.peer.username)
          call.decline()
        }),
      )
      const call = await caller.call(holder.address as string)
      assert.is(await rang, 'carol')
      assert.is(await codeOf(call.active), 'DECLINED')
    }
  } finally {
    await stop()
  }
})

conflicts.run()
