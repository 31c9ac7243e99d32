/** A name that passes to another key, in a real network on loopback: by the old key, and by the recovery key. */

import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import {
  makeRecoveryPhrase,
  recoverName,
  recoveryHashOf,
  rotateAccount,
  testnet,
  type Node,
  type Testnet,
} from '../../src/index.ts'
import { codeOf, until } from '../support/wait.ts'

const successions = suite('a name that passes to another key')

const directory = mkdtempSync(join(tmpdir(), 'tincan-succession-'))
successions.after(() => rmSync(directory, { recursive: true, force: true }))

let count = 0
const freshHome = () => join(directory, `${count++}`)

/** Alice with a recovery key, in a network of others. */
async function aliceIn(net: Testnet): Promise<{ alice: Node; home: string; phrase: string }> {
  const home = freshHome()
  const phrase = makeRecoveryPhrase()
  const alice = await net.add({ username: 'alice', home })
  await alice.claim.settle({ recoveryKeyHash: recoveryHashOf(phrase) })
  await until('registrars hold the recovery key', async () =>
    ((await net.nodes[0]?.claimsOf('alice')) ?? []).some(({ recoveryKeyHash }) => recoveryKeyHash !== undefined),
  )
  return { alice, home, phrase }
}

const foundBy = async (net: Testnet) => (await net.nodes[0]?.lookup('alice'))?.address
const isFoundAs = (net: Testnet, address: string) => async () => {
  const { address: found, verdict } = (await net.nodes[0]?.lookup('alice')) ?? {}
  return found === address && verdict === 'agree'
}

const recoverAt = (net: Testnet, home: string, phrase: string) =>
  recoverName({
    username: 'alice',
    phrase,
    home,
    profile: 'local',
    network: net.network,
    bootstrap: net.bootstrap,
    listen: ['/ip4/127.0.0.1/tcp/0'],
  })

successions('a rotated key keeps the name, and the old key is kept beside it', async () => {
  await using net = await testnet(5)
  const { alice, home } = await aliceIn(net)
  assert.throws(() => rotateAccount({ username: 'alice', home, network: net.network }), /already up/)
  await alice.stop()
  const oldKey = readFileSync(join(home, 'account.key'))
  const { from, to } = rotateAccount({ username: 'alice', home, network: net.network })
  assert.is(from, alice.address)
  assert.is.not(to, from)
  assert.equal(readFileSync(join(home, `account-${from.split('.')[1]}.key`)), oldKey)

  const again = await net.add({ username: 'alice', home })
  assert.is(again.address, to)
  assert.ok(again.online, 'at once')
  assert.ok(again.claim.status()?.hasRecovery, 'the recovery key stays')
  await until('everybody finds the new key', isFoundAs(net, to))
  // who still has the old key has nothing
  const thief = freshHome()
  await import('node:fs/promises').then(async ({ cp, mkdir }) => {
    await mkdir(thief)
    await cp(join(home, `account-${from.split('.')[1]}.key`), join(thief, 'account.key'))
  })
  assert.is(await codeOf(net.add({ username: 'alice', home: thief })), 'NAME_TAKEN')
  assert.is(await foundBy(net), to)
})

successions('who claimed nothing has nothing to pass on', async () => {
  const home = freshHome()
  assert.throws(() => rotateAccount({ username: 'alice', home, network: 'testnet' }), /tincan claim alice/)
  assert.equal(
    readdirSync(home).filter((name) => name.startsWith('account-')),
    [],
  )
})

successions('words that are another key’s recover nothing', async () => {
  await using net = await testnet(4, { names: ['bob'] })
  const { phrase } = await aliceIn(net)
  const home = freshHome()
  assert.is(await codeOf(recoverAt(net, home, makeRecoveryPhrase())), 'BAD_PHRASE')
  assert.is(await codeOf(recoverAt(net, home, 'no words')), 'BAD_PHRASE')
  const bob = { username: 'bob', phrase, home, profile: 'local', network: net.network } as const
  assert.is(await codeOf(recoverName({ ...bob, bootstrap: net.bootstrap })), 'BAD_PHRASE')
  assert.not(existsSync(join(home, 'claim.json')), 'nothing is written down')
})

successions('a recovery to which nobody objects takes the name over after its window, and not before', async () => {
  await using net = await testnet(5)
  const { alice, phrase } = await aliceIn(net)
  let warned: string | undefined
  alice.claim.on('recovery', ({ address }) => (warned = address))

  const home = freshHome()
  const { from, to } = await recoverAt(net, home, phrase)
  assert.is(from, alice.address)
  const heir = await net.add({ username: 'alice', home })
  assert.ok((heir.claim.status()?.pendingUntilMs ?? 0) > Date.now(), 'it waits')
  assert.not(heir.online)
  assert.is(await foundBy(net), from)
  await until('the old key is warned', () => warned === to)
  await until('the window passes', () => heir.online, 60_000)
  await until('everybody finds the new key', isFoundAs(net, to))
  await until('the old node hears of it', () => !alice.online, 60_000)
})

successions('a recovery to which the old key objects comes to nothing', async () => {
  await using net = await testnet(5)
  const { alice, phrase } = await aliceIn(net)
  const home = freshHome()
  const { to } = await recoverAt(net, home, phrase)
  const heir = await net.add({ username: 'alice', home })
  let refused = ''
  heir.on('refused', ({ message }) => (refused = message))
  let warned: string | undefined
  alice.claim.on('recovery', ({ address }) => (warned = address))
  await until('the old key is warned', () => warned === to)
  await alice.claim.settle({ isContest: true })
  await until('the other hears that it was refused', () => refused !== '', 60_000)
  assert.match(refused, /objected/)
  await until('everybody finds the old key', isFoundAs(net, alice.address as string))
  assert.ok(alice.online)
})

successions.run()
