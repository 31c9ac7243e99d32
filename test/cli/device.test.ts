import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { type DeviceInfo, testnet, type Testnet } from '../../src/index.ts'
import { type Event, eventsOf, Homes, Tincan, tincan } from './tincan.ts'

interface Context {
  net: Testnet
  homes: Homes
  desk: Tincan
}

const NETWORK = 'cli-device'
const device = suite<Context>('cli device')

const is = (name: string) => (event: Event) => event['event'] === name
const isState = (state: string) => (event: Event) => event['state'] === state
const isOnline = (event: Event) =>
  event['event'] === 'online' || (event['event'] === 'ready' && event['online'] === true)
const flags = ({ net, homes }: Context, name: string) => [
  ...['--home', homes.path(name), '--profile', 'local', '--network', NETWORK, '--listen', '/ip4/127.0.0.1/tcp/0'],
  ...['--bootstrap', ...net.bootstrap],
]
const listed = async (context: Context, name: string) => {
  const { code, stdout, stderr } = await tincan(['device', 'list', '--json', '--home', context.homes.path(name)])
  assert.is(code, 0, stderr)
  return eventsOf(stdout)[0]?.['devices'] as DeviceInfo[]
}

device.before(async (context) => {
  context.net = await testnet(4, { network: NETWORK, names: ['bob'] })
  context.homes = new Homes()
  context.desk = new Tincan(['up', 'alice', '--json', '--answer', 'auto', ...flags(context, 'desk')])
  await context.desk.event(isOnline)
})

device.after(async ({ net, homes, desk }) => {
  await Promise.all([desk[Symbol.asyncDispose](), net.stop()])
  homes[Symbol.dispose]()
})

device('add, join, list, a call that rings both, rename and revoke', async (context) => {
  const { net, homes, desk } = context
  const atDesk = ['--home', homes.path('desk')]
  await using adding = new Tincan(['device', 'add', '--json', ...atDesk])
  const { code } = (await adding.event(is('code'))) as { code: string } & Event
  assert.match(code, /^alice(-[a-z2-7]{4}){4}$/)

  // a slip of the finger first; the code comes from stdin, where nobody else sees it
  const wrong = `${code.slice(0, -1)}${code.endsWith('a') ? 'b' : 'a'}`
  const words = ['device', 'join', '--json', '--name', 'my laptop', ...flags(context, 'laptop')]
  const slip = await new Tincan(words, {}, [], `${wrong}\n`).ended
  assert.is(slip.code, 1, slip.stderr)
  assert.is(eventsOf(slip.stdout)[0]?.['code'], 'BAD_CODE')
  assert.match(slip.stderr, /code is wrong/)
  const joined = await new Tincan(words, {}, [], `${code}\n`).ended
  assert.is(joined.code, 0, joined.stderr)
  const [event] = eventsOf(joined.stdout)
  assert.equal([event?.['event'], event?.['username'], event?.['label']], ['joined', 'alice', 'my laptop'])
  const told = await adding.ended
  assert.is(told.code, 0, told.stderr)
  assert.is(eventsOf(told.stdout).at(-1)?.['label'], 'my laptop')
  assert.not(existsSync(join(homes.path('laptop'), 'account.key')))

  // without a name: it goes by the account's
  await using laptop = new Tincan(['up', '--json', '--answer', 'auto', ...flags(context, 'laptop')])
  const ready = await laptop.event(is('ready'))
  assert.is(ready['address'], event?.['address'])
  await laptop.event(isOnline)
  assert.equal((await listed(context, 'desk')).map(({ label, isOwn, isOnline: on }) => [label, isOwn, on]).slice(1), [
    ['my laptop', false, true],
  ])
  assert.equal(
    (await listed(context, 'laptop')).filter(({ isOwn }) => isOwn).map(({ label }) => label),
    ['my laptop'],
  )

  const call = await net.nodes[0]?.call('alice')
  await call?.active
  const ended = await Promise.race([desk.event(isState('ended')), laptop.event(isState('ended'))])
  assert.is(ended['reason'], 'answered-elsewhere')
  call?.hangup()
  await call?.ended

  const renamed = await tincan(['device', 'rename', 'MY LAPTOP', 'old laptop', ...atDesk])
  assert.is(renamed.code, 0, renamed.stderr)
  const revoked = await tincan(['device', 'revoke', 'old laptop', ...atDesk])
  assert.is(revoked.code, 0, revoked.stderr)
  assert.match(revoked.stdout, /“old laptop” \([a-z2-7]{5}\) speaks for you no longer/)
  const refusal = await laptop.ended
  assert.is(refusal.code, 1)
  assert.is(eventsOf(refusal.stdout).at(-1)?.['code'], 'DEVICE_REVOKED')
  assert.match(refusal.stderr, /removed from “alice”/)
  const shown = await tincan(['device', 'list', ...atDesk])
  assert.match(shown.stdout, /^\S+ +[a-z2-7]{5} {2}this machine, online, added \d{4}-\d\d-\d\d\n/)
  assert.match(shown.stdout, /\nold laptop +[a-z2-7]{5} {2}removed \d{4}-\d\d-\d\d\n$/)
})

device('a code is shown as a square to photograph, and Ctrl-C cancels it', async (context) => {
  const { homes } = context
  await using adding = new Tincan(['device', 'add', '--home', homes.path('desk')])
  await adding.until(() => /keep it to yourself/.test(adding.stderr))
  const code = adding.stdout.trim()
  assert.match(adding.stderr, /[█▀▄]{10}/)
  adding.kill('SIGINT')
  assert.is((await adding.ended).code, 130)
  const late = await tincan(['device', 'join', code, ...flags(context, 'tablet')])
  assert.is(late.code, 1, late.stderr)
  assert.match(late.stderr, /holds no longer/)
  assert.not(existsSync(join(homes.path('tablet'), 'membership.json')))
})

device('a home that has an account of its own, or a node that runs, does not join', async (context) => {
  const { homes } = context
  const key = readFileSync(join(homes.path('desk'), 'account.key'))
  const code = 'alice-aaaa-aaaa-aaaa-aaaa'
  const running = await tincan(['device', 'join', code, ...flags(context, 'desk')])
  assert.is(running.code, 1)
  assert.match(running.stderr, /already running/)
  await using carol = new Tincan(['up', 'carol', '--json', ...flags(context, 'carol')])
  await carol.event(isOnline)
  carol.kill('SIGTERM')
  await carol.ended
  const own = await tincan(['device', 'join', code, ...flags(context, 'carol')])
  assert.is(own.code, 1)
  assert.match(own.stderr, /has another account already.*--home DIR/)
  assert.equal(readFileSync(join(homes.path('desk'), 'account.key')), key)
})

device('nobody and nothing by that name is told', async ({ homes }) => {
  const atDesk = ['--home', homes.path('desk')]
  const [nobody, bad] = await Promise.all([
    tincan(['device', 'revoke', 'toaster', ...atDesk]),
    tincan(['device', 'rename', 'my laptop', 'two\nlines', ...atDesk]),
  ])
  assert.is(nobody.code, 1)
  assert.match(nobody.stderr, /No device is called “toaster”.*tincan device list/)
  assert.is(bad.code, 1)
  assert.match(bad.stderr, /1 to 32 letters/)
})

device.run()
