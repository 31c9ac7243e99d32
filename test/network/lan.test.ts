/** Real processes, each on a machine of its own: what a LAN must do without anybody being told an address. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import type { NodeStatus } from '../../src/index.ts'
import { type Event, eventsOf, Homes, Tincan, tincan } from '../cli/tincan.ts'
import { lan, type Machine, type Machines, whyNoNamespaces } from '../support/lan.ts'
import { until } from '../support/wait.ts'

interface Context {
  homes: Homes
  town: Machines
}

const NAMES = ['alice', 'bob', 'carol']

const onLan = suite<Context>('nodes on a LAN')
const missing = whyNoNamespaces()
if (missing !== undefined) console.log(`skipped: ${missing}`)
// where no namespaces can be made there is no LAN; as root on Linux, with iproute2, there is
const test: typeof onLan.skip = missing === undefined ? onLan : (name, act) => onLan.skip(name, act)

onLan.before((context) => {
  if (missing !== undefined) return
  context.homes = new Homes()
  context.town = lan(NAMES.length)
})

onLan.after(({ homes, town }) => {
  town?.[Symbol.dispose]()
  homes?.[Symbol.dispose]()
})

const isOnline = (event: Event) =>
  event['event'] === 'online' || (event['event'] === 'ready' && event['online'] === true)

/** `tincan up NAME` on a machine: answers every call with a tone. */
function up(name: string, machine: Machine, homes: Homes, ...flags: string[]): Tincan {
  const words = ['up', name, '--answer', 'auto', '--source', 'tone', '--profile', 'local', '--json']
  return new Tincan([...words, '--home', homes.path(name), ...flags], {}, machine.within)
}

async function callFrom(name: string, machine: Machine, homes: Homes, whom: string) {
  const words = ['call', whom, '--for', '2', '--json', '--home', homes.path(name)]
  const { code, stdout, stderr } = await tincan(words, {}, machine.within)
  return { code, stderr, ended: eventsOf(stdout).at(-1) }
}

/** Calls until it works, as somebody would who was told that the other is offline. */
async function callAtLast(...call: Parameters<typeof callFrom>): ReturnType<typeof callFrom> {
  let last: Awaited<ReturnType<typeof callFrom>> | undefined
  await until('the call works', async () => (last = await callFrom(...call)).code === 0, 90_000)
  return last as Awaited<ReturnType<typeof callFrom>>
}

function assertHeard({ code, stderr, ended }: Awaited<ReturnType<typeof callFrom>>): void {
  assert.is(code, 0, stderr)
  assert.is(ended?.['reason'], 'hangup')
  const media = ended?.['media'] as Record<string, number | string>
  assert.is(media['path'], 'direct')
  assert.ok(Number(media['packetsReceived']) > 0, 'something was heard')
  assert.ok(Number(media['packetsLost']) <= 2, `${media['packetsLost']} packets were lost`)
}

async function statusOf(name: string, homes: Homes): Promise<NodeStatus> {
  const { stdout } = await tincan(['status', '--json', '--home', homes.path(name)])
  return eventsOf(stdout)[0] as unknown as NodeStatus
}

test('nodes that were told no address find each other, register, call, and come back after an outage or a move', async (context) => {
  const { homes, town } = context
  const [here, there, third] = town.machines as [Machine, Machine, Machine]
  const listen = ['--listen', '/ip4/0.0.0.0/tcp/0']
  await using alice = up('alice', here, homes, ...listen)
  await using bob = up('bob', there, homes, ...listen)
  await using carol = up('carol', third, homes, ...listen)
  await Promise.all([alice, bob, carol].map((node) => node.event(isOnline)))
  // the first address is one that others can use
  const [first] = (await alice.event(({ event }) => event === 'ready'))['listen'] as string[]
  assert.match(first ?? '', new RegExp(`^/ip4/${here.address}/tcp/`))
  assertHeard(await callFrom('alice', here, homes, 'bob'))
  assertHeard(await callFrom('bob', there, homes, 'carol'))

  const isHomeOfAlice = async () => (await statusOf('alice', homes)).homes.includes((await bobNow).peerId)
  const bobNow = statusOf('bob', homes)
  await until('alice and bob know each other', isHomeOfAlice)
  there.setLink('down')
  await until('alice no longer counts on bob', async () => !(await isHomeOfAlice()))
  assert.not.equal((await callFrom('alice', here, homes, 'bob')).code, 0)
  there.setLink('up')
  assertHeard(await callAtLast('alice', here, homes, 'bob'))
  there.move('10.77.0.22')
  assertHeard(await callAtLast('alice', here, homes, 'bob'))
  assertHeard(await callAtLast('bob', there, homes, 'alice'))
})

test('nodes that speak WebSocket only call each other', async ({ homes, town }) => {
  const [here, there, third] = town.machines as [Machine, Machine, Machine]
  const listen = ['--network', 'websocket', '--listen', '/ip4/0.0.0.0/tcp/4002/ws']
  await using first = up('dave', here, homes, ...listen)
  const [address] = (await first.event(({ event }) => event === 'ready'))['listen'] as [string]
  assert.match(address, /\/tcp\/4002\/ws\/p2p\//)
  await using second = up('erin', there, homes, ...listen, '--bootstrap', address)
  await using other = up('frank', third, homes, ...listen, '--bootstrap', address)
  await Promise.all([first, second, other].map((node) => node.event(isOnline)))
  assertHeard(await callFrom('erin', there, homes, 'frank'))
  assertHeard(await callFrom('dave', here, homes, 'erin'))
})

onLan.run()
