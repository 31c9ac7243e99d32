import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { type Call, createNode, type Node, rotateAccount, testnet } from '../../src/index.ts'
import { codeOf, until } from '../support/wait.ts'

const people = suite('contacts in a real network')

const directory = mkdtempSync(join(tmpdir(), 'tincan-people-'))
people.after(() => rmSync(directory, { recursive: true, force: true }))
const homeOf = (name: string) => join(directory, name)
const LISTEN = ['/ip4/127.0.0.1/tcp/0']

const names = (node: Node | undefined) => node?.contacts.list().map(({ name, origin }) => [name, origin])

/** A call that is accepted, talked over and hung up. */
async function talk(from: Node | undefined, to: Node | undefined, name: string): Promise<{ mine: Call; theirs: Call }> {
  const rung = new Promise<Call>((done) => to?.once('call', done))
  const mine = (await from?.call(name)) as Call
  const theirs = await rung
  await theirs.accept()
  await Promise.all([mine.active, theirs.active])
  mine.hangup()
  await Promise.all([mine.ended, theirs.ended])
  return { mine, theirs }
}

people('whoever talked is pinned on both sides; a declined call pins nobody', async () => {
  await using net = await testnet(5, { names: ['alice', 'bob', 'carol'] })
  const [alice, bob, carol] = net.nodes
  carol?.once('call', (call) => call.decline())
  const declined = (await alice?.call('carol')) as Call
  assert.is(await codeOf(declined.active), 'DECLINED')
  assert.equal(names(alice), [])

  const { mine, theirs } = await talk(alice, bob, 'bob')
  assert.equal([mine.peer.contact, theirs.peer.contact], ['bob', 'alice'])
  assert.equal([names(alice), names(bob)], [[['bob', 'call']], [['alice', 'call']]])
  assert.is(alice?.contacts.get('bob')?.accountKey, (await carol?.lookup('bob'))?.accountKey)

  alice?.contacts.rename('bob', 'Uncle Bob')
  const again = await talk(alice, bob, 'uncle bob')
  assert.is(again.mine.peer.contact, 'Uncle Bob')
  assert.is((await alice?.lookup('Uncle Bob'))?.address, bob?.address)
  const number = await alice?.contacts.verify('Uncle Bob')
  assert.is(number?.digits, (await bob?.contacts.verify('alice'))?.digits)
})

people('whom you blocked does not ring and is told nothing, and cannot be called', async () => {
  await using net = await testnet(5, { names: ['alice', 'bob', 'carol'] })
  const [alice, bob, carol] = net.nodes
  const rang: Call[] = []
  alice?.on('call', (call) => rang.push(call))
  await alice?.contacts.block('bob')
  const call = (await bob?.call('alice')) as Call
  // a call of somebody else comes through after it: the blocked one was taken, and rang nowhere
  carol?.call('alice').catch(() => {})
  await until('carol rings', () => rang.length > 0)
  assert.equal(
    rang.map(({ peer }) => peer.username),
    ['carol'],
  )
  assert.is(call.state, 'inviting')
  call.hangup()
  assert.is(await codeOf(alice?.call('bob') as Promise<Call>), 'BAD_CONTACT')
  for (const each of rang) each.hangup()

  await until('alice is free', () => alice?.status().calls.length === 0)
  alice?.contacts.unblock('bob')
  const again = (await bob?.call('alice')) as Call
  await until('bob rings', () => rang.some(({ peer }) => peer.username === 'bob'))
  again.hangup()
})

people('a name that leads to another key than the pinned one calls nobody, and warns of who calls', async () => {
  const home = homeOf('carol')
  const carolIn = (network: string, bootstrap: string[]) =>
    createNode({ username: 'carol', home, network, bootstrap, profile: 'local', listen: LISTEN })
  let pinned: string | undefined
  {
    await using net = await testnet(3, { network: 'before', names: ['alice'] })
    const carol = await carolIn('before', net.bootstrap)
    try {
      await talk(carol, net.nodes[0], 'alice')
      pinned = carol.contacts.get('alice')?.accountKey
      assert.ok(pinned)
    } finally {
      await carol.stop()
    }
  }
  // the same names, and nobody remembers whose they were
  await using net = await testnet(3, { network: 'after', names: ['alice'] })
  const [mallory] = net.nodes
  const carol = await carolIn('after', net.bootstrap)
  try {
    await until('carol is online', () => carol.online)
    assert.is(await codeOf(carol.call('alice')), 'KEY_CHANGED')
    assert.is(await codeOf(carol.lookup('alice')), 'KEY_CHANGED')
    assert.is(await codeOf(carol.contacts.add('alice')), 'KEY_CHANGED')
    assert.is(
      (await carol.lookup(mallory?.address as string)).address,
      mallory?.address,
      'by full address it is another',
    )

    const rung = new Promise<Call>((done) => carol.once('call', done))
    const call = (await mallory?.call('carol')) as Call
    const { peer } = await rung
    assert.equal(
      [peer.address, peer.verified, peer.warning, peer.contact],
      [mallory?.address, false, 'key-changed', undefined],
    )
    await (await rung).accept()
    await call.active
    call.hangup()
    await call.ended
    assert.is(carol.contacts.get('alice')?.accountKey, pinned, 'talking to them changes nothing')

    await until('carol is free', () => carol.status().calls.length === 0)
    const replaced = await carol.contacts.add('alice', { replace: true })
    assert.is.not(replaced.accountKey, pinned)
    await talk(carol, mallory, 'alice')
  } finally {
    await carol.stop()
  }
})

people('an invite is a contact without a look-up, and the way into the network', async () => {
  await using net = await testnet(4, { names: ['alice'] })
  const [alice, , , nameless] = net.nodes
  const link = alice?.invite() as string
  assert.is(await codeOf((async () => nameless?.invite())()), 'NO_USERNAME')

  // a home that has no list of nodes and knows nobody
  const options = {
    username: 'dave',
    home: homeOf('dave'),
    network: net.network,
    profile: 'local',
    listen: LISTEN,
  } as const
  const lone = await createNode(options)
  try {
    assert.is(lone.status().connections, 0)
    const contact = lone.acceptInvite(link, { as: 'Al' })
    assert.equal([contact.name, contact.username, contact.origin], ['Al', 'alice', 'invite'])
    assert.is(lone.contacts.list().length, 1)
    await until('dave is in', () => lone.online)
    const { mine } = await talk(lone, alice, 'Al')
    assert.is(mine.peer.address, alice?.address)
  } finally {
    await lone.stop()
  }

  const back = await createNode(options)
  try {
    assert.equal(names(back), [['Al', 'invite']])
    await until('dave is back', () => back.online)
  } finally {
    await back.stop()
  }
})

people('a contact who changes keys as one should is followed, by who calls them and by whom they call', async () => {
  await using net = await testnet(5, { names: ['bob', 'carol'] })
  const [bob, carol] = net.nodes
  const home = homeOf('alice')
  const alice = await net.add({ username: 'alice', home })
  await talk(bob, alice, 'alice')
  await talk(carol, alice, 'alice')
  bob?.contacts.confirm(await bob.contacts.verify('alice'))
  await alice.stop()
  const { to } = rotateAccount({ username: 'alice', home, network: net.network })
  const again = await net.add({ username: 'alice', home })

  await until('the name has passed on', async () => (await codeOf(bob?.lookup('alice') as Promise<unknown>)) === 'none')
  const { mine } = await talk(bob, again, 'alice')
  assert.equal([mine.peer.address, mine.peer.contact], [to, 'alice'])
  assert.not(bob?.contacts.get('alice')?.isVerified, 'its number has not been compared')

  const { theirs } = await talk(again, carol, 'carol')
  assert.equal([theirs.peer.address, theirs.peer.verified, theirs.peer.warning], [to, true, undefined])
  assert.is(carol?.contacts.list().length, 1)
})

people.run()
