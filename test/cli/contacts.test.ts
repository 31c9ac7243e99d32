import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { makeInvite } from '../../src/contacts/invite.ts'
import { testnet, type Testnet } from '../../src/index.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { fullAddress } from '../../src/supernode/username.ts'
import { keyOf } from '../supernode/people.ts'
import { until } from '../support/wait.ts'
import { type Event, eventsOf, Homes, Tincan, tincan } from './tincan.ts'

interface Context {
  net: Testnet
  homes: Homes
  alice: Tincan
  bob: Tincan
}

const NETWORK = 'cli-contacts'
const contacts = suite<Context>('cli contacts')

const bobKey = keyOf('bob').publicKey
const inviteOfBob = (network = NETWORK) =>
  makeInvite(keyOf('bob'), {
    network,
    username: 'bob',
    homes: [{ peerId: peerIdOf(keyOf('home').publicKey), addresses: ['/ip4/192.0.2.1/tcp/1'] }],
  })
const flags = ({ net, homes }: Context, name: string) => [
  ...['--home', homes.path(name), '--profile', 'local', '--network', NETWORK, '--listen', '/ip4/127.0.0.1/tcp/0'],
  ...['--bootstrap', ...net.bootstrap],
]
const isOnline = (event: Event) =>
  event['event'] === 'online' || (event['event'] === 'ready' && event['online'] === true)
const answerOf = (stdout: string) => eventsOf(stdout)[0] as Event
const listed = (stdout: string) => answerOf(stdout)['contacts'] as Event[]

/** A home whose contacts file says that `name` is pinned to this key. */
function pin(home: string, name: string, accountKey: Uint8Array): void {
  mkdirSync(home, { recursive: true })
  const contact = {
    ...{ name, username: name, accountKey: Buffer.from(accountKey).toString('hex'), addedMs: 1 },
    ...{ origin: 'added', isVerified: false, isBlocked: false },
  }
  writeFileSync(join(home, 'contacts.json'), JSON.stringify({ v: 1, contacts: [contact] }))
}

contacts.before(async (context) => {
  context.net = await testnet(4, { network: NETWORK })
  context.homes = new Homes()
  // somebody else's key under alice's name
  pin(context.homes.path('bob'), 'alice', keyOf('mallory').publicKey)
  context.alice = new Tincan(['up', 'alice', '--json', ...flags(context, 'alice')])
  context.bob = new Tincan(['up', 'bob', '--answer', 'auto', '--json', ...flags(context, 'bob')])
  await Promise.all([context.alice.event(isOnline), context.bob.event(isOnline)])
})

contacts.after(async ({ net, homes, alice, bob }) => {
  await Promise.all([alice[Symbol.asyncDispose](), bob[Symbol.asyncDispose](), net.stop()])
  homes[Symbol.dispose]()
})

contacts('without a node the files of the home will do', async ({ homes }) => {
  const run = (...words: string[]) => tincan([...words, '--home', homes.path('carol'), '--network', NETWORK])
  const accepted = await run('invite', 'accept', inviteOfBob(), '--as', 'Uncle Bob', '--json')
  assert.is(accepted.code, 0, accepted.stderr)
  const address = fullAddress('bob', bobKey)
  const told = answerOf(accepted.stdout)
  assert.equal(Object.keys(told), [
    ...['v', 'name', 'username', 'address', 'accountKey', 'verified', 'blocked', 'origin', 'addedMs'],
  ])
  assert.equal(
    [told['name'], told['address'], told['verified'], told['blocked'], told['origin']],
    ['Uncle Bob', address, false, false, 'invite'],
  )
  assert.match(readFileSync(homes.path('carol/peers.json'), 'utf8'), /\/ip4\/192\.0\.2\.1\/tcp\/1\/p2p\//)
  assert.not(existsSync(homes.path('carol/account.key')), 'a home gets an account when it wants a name')

  assert.is((await run('contacts', 'block', 'uncle bob')).code, 0)
  const list = await run('contacts', 'list')
  assert.equal(list.stdout.trimEnd().split('\n'), [
    'NAME       ADDRESS    VERIFIED  BLOCKED  MET',
    `Uncle Bob  ${address}  no        yes      by invite`,
  ])
  assert.is((await run('contacts', 'unblock', 'bob')).code, 0)
  assert.is((await run('contacts', 'rename', address, 'Rob')).code, 0)
  const json = await run('contacts', 'list', '--json')
  assert.equal(
    listed(json.stdout).map(({ name, blocked }) => [name, blocked]),
    [['Rob', false]],
  )
  const nameless = await run('verify', 'Rob')
  assert.is(nameless.code, 2)
  assert.match(nameless.stderr, /Claim a name first: tincan up NAME/)
  assert.is((await run('contacts', 'remove', 'Rob')).code, 0)
  const gone = await run('contacts', 'remove', 'Rob', '--json')
  assert.is(gone.code, 1)
  assert.is(answerOf(gone.stdout)['code'], 'BAD_CONTACT')
  const empty = await run('contacts', 'list')
  assert.equal([empty.code, empty.stdout], [0, ''])
  assert.match(empty.stderr, /tincan contacts add NAME/)
})

contacts('invites that are torn, foreign or made without a node are refused', async ({ homes }) => {
  const run = (...words: string[]) => tincan([...words, '--json', '--home', homes.path('erin'), '--network', NETWORK])
  const link = inviteOfBob()
  const endings = await Promise.all([
    run('invite', 'accept', link.slice(0, -2)),
    run('invite', 'accept', inviteOfBob('other')),
    run('invite', 'accept', link + 'A'.repeat(4_000)),
    run('invite'),
  ])
  const codes = endings.map(({ code, stdout }) => [code, answerOf(stdout)['code']])
  assert.equal(codes, [...Array.from({ length: 3 }, () => [1, 'BAD_INVITE']), [1, 'STOPPED']])
  assert.match(endings[1]?.stderr ?? '', /network “other”/)
  assert.match(endings[3]?.stderr ?? '', /tincan up/)
})

contacts('several commands at once lose nothing', async ({ homes }) => {
  const home = ['--home', homes.path('frank'), '--network', NETWORK]
  const people = ['ann', 'ben', 'cid', 'dan']
  const endings = await Promise.all(
    people.map((username) => {
      const link = makeInvite(keyOf(username), { network: NETWORK, username, homes: [] })
      return tincan(['invite', 'accept', link, ...home])
    }),
  )
  for (const { code, stderr } of endings) assert.is(code, 0, stderr)
  const { stdout } = await tincan(['contacts', 'list', '--json', ...home])
  assert.equal(
    listed(stdout).map(({ name }) => name),
    people,
  )
})

contacts('a contacts file that cannot be read stops everything, and is left as it is', async (context) => {
  const { homes } = context
  mkdirSync(homes.path('grace'))
  const file = homes.path('grace/contacts.json')
  writeFileSync(file, '{"v":1,"contacts":[{}]}')
  for (const words of [
    ['contacts', 'list'],
    ['up', 'grace'],
    ['contacts', 'add', 'bob'],
  ]) {
    const { code, stderr } = await tincan([...words, ...flags(context, 'grace')])
    assert.is(code, 1, words.join(' '))
    assert.match(stderr, /contacts\.json has an entry that is none .*left as it is/)
  }
  assert.is(readFileSync(file, 'utf8'), '{"v":1,"contacts":[{}]}')
})

contacts('the running node keeps the contacts; both sides read the same number, and compare it', async ({ homes }) => {
  const atAlice = (...words: string[]) => tincan([...words, '--home', homes.path('alice')])
  const atBob = (...words: string[]) => tincan([...words, '--home', homes.path('bob')])
  const added = await atAlice('contacts', 'add', 'bob', '--as', 'Uncle Bob')
  assert.is(added.code, 0, added.stderr)
  assert.match(added.stdout, /^bob\.[a-z2-7]{5} is your contact “Uncle Bob”\.$/m)
  assert.match(added.stderr, /tincan verify "Uncle Bob"/)

  const [mine, shown, status] = await Promise.all([
    atAlice('verify', 'uncle bob', '--json'),
    atAlice('verify', 'bob'),
    atAlice('status', '--json'),
  ])
  const number = answerOf(mine.stdout)
  assert.equal(Object.keys(number), [
    ...['v', 'contact', 'username', 'address', 'accountKey', 'verified', 'number', 'words'],
  ])
  const digits = String(number['number'])
  const words = (number['words'] as string[]).join(' ')
  assert.match(shown.stdout, new RegExp(digits.slice(0, 30).match(/.{5}/g)?.join(' ') ?? ''))
  assert.match(shown.stdout, /█/)
  // bob has another key under alice's name: he reads hers by her full address
  const aliceAddress = String(answerOf(status.stdout)['address'])
  const theirs = answerOf((await atBob('verify', aliceAddress, '--json')).stdout)
  assert.equal([theirs['number'], theirs['verified']], [digits, false])

  const wrong = await atAlice(
    'verify',
    'bob',
    '--compare',
    digits.replace(/^./, (d) => String((Number(d) + 1) % 10)),
    '--confirm',
  )
  assert.is(wrong.code, 1)
  assert.match(wrong.stderr, /NOT the safety number/)
  const matched = await atAlice('verify', 'bob', '--compare', words, '--json')
  assert.equal(
    [matched.code, answerOf(matched.stdout)['matches'], answerOf(matched.stdout)['verified']],
    [0, true, false],
  )
  const confirmed = await atAlice('verify', 'bob', '--compare', digits, '--confirm')
  assert.is(confirmed.code, 0, confirmed.stderr)
  const list = await atAlice('contacts', 'list', '--json')
  assert.equal(
    listed(list.stdout).map(({ name, verified, origin }) => [name, verified, origin]),
    [['Uncle Bob', true, 'added']],
  )
})

contacts(
  'a pinned name that leads to another key calls nobody, and whoever calls under it is announced loudly',
  async (context) => {
    const { homes, bob } = context
    const atBob = (...words: string[]) => tincan([...words, '--home', homes.path('bob')])
    const call = await atBob('call', 'alice', '--for', '1', '--json')
    assert.is(call.code, 1)
    assert.is(eventsOf(call.stdout).at(-1)?.['code'], 'KEY_CHANGED')
    assert.match(
      call.stderr,
      /WARNING: “alice” is pinned to alice\..* leads to alice\..*tincan contacts add alice --replace/s,
    )
    assert.is((await atBob('contacts', 'add', 'alice')).code, 1)

    const toBob = await tincan(['call', 'Uncle Bob', '--for', '1', '--json', '--home', homes.path('alice')])
    assert.is(toBob.code, 0, toBob.stderr)
    assert.is(eventsOf(toBob.stdout).find(({ event }) => event === 'calling')?.['contact'], 'Uncle Bob')
    const rung = await bob.event(({ event }) => event === 'call')
    assert.equal([rung['verified'], rung['warning']], [false, 'key-changed'])
    assert.match(bob.stderr, /WARNING: whoever calls as alice\.[a-z2-7]{5} has another key than your contact/)

    const replaced = await atBob('contacts', 'add', 'alice', '--replace', '--json')
    assert.is(replaced.code, 0, replaced.stderr)
    assert.is.not(answerOf(replaced.stdout)['accountKey'], Buffer.from(keyOf('mallory').publicKey).toString('hex'))
    assert.is((await atBob('call', 'nobody at all')).code, 2)
  },
)

contacts('an invite of the running node brings somebody new into the network', async (context) => {
  const { homes } = context
  const given = await tincan(['invite', '--home', homes.path('alice')])
  assert.is(given.code, 0, given.stderr)
  const link = given.stdout.trim()
  assert.match(link, /^tincan:invite\/[\w-]+$/)
  assert.match(given.stderr, /█/)
  const own = await tincan(['invite', 'accept', link, '--home', homes.path('alice')])
  assert.match(own.stderr, /your own/)

  const local = ['--profile', 'local', '--network', NETWORK, '--listen', '/ip4/127.0.0.1/tcp/0']
  const dave = ['--home', homes.path('dave'), ...local]
  assert.is((await tincan(['invite', 'accept', link, ...dave])).code, 0)
  await using up = new Tincan(['up', 'dave', '--json', ...dave])
  await until('dave has joined without a list', async () => up.events.some(isOnline), 60_000)
})

contacts.run()
