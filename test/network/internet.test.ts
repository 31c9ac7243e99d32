/** Real processes, each in a network of its own behind one router, with the profile and the thresholds of the internet. */

import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import type { NodeStatus } from '../../src/index.ts'
import { openIdentity } from '../../src/identity.ts'
import { writeFileAtomic } from '../../src/lib/atomic-file.ts'
import { pemOf } from '../../src/overlay/keys.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { ClaimFile, newClaimState } from '../../src/supernode/claim-file.ts'
import { nonceBytes } from '../../src/supernode/proof-of-work.ts'
import { eventsOf, Homes, Tincan, tincan } from '../cli/tincan.ts'
import { keyOf } from '../supernode/people.ts'
import { internet, type Machine, type Machines, whyNoNamespaces } from '../support/lan.ts'
import { until } from '../support/wait.ts'

interface Context {
  homes: Homes
  world: Machines
}

/** The names of five people, and the nonces of the work for them: to find it here would take minutes. */
const WORK: Record<string, bigint> = {
  'alice-at-home': 661n,
  'bob-at-home': 348n,
  'carol-at-home': 1157n,
  'dave-at-home': 543n,
  'erin-at-home': 473n,
}
const NAMES = Object.keys(WORK)
/** What libp2p takes for public: documentation networks are private to it. */
const ADDRESSES = ['45.10.0.1', '52.20.0.1', '81.30.0.1', '104.40.0.1', '193.50.0.1']

const onInternet = suite<Context>('nodes on the internet')
const missing = whyNoNamespaces()
if (missing !== undefined) console.log(`skipped: ${missing}`)
// where no namespaces can be made there is no internet; as root on Linux, with iproute2, there is
const test: typeof onInternet.skip = missing === undefined ? onInternet : (name, act) => onInternet.skip(name, act)

onInternet.before((context) => {
  if (missing !== undefined) return
  context.homes = new Homes()
  context.world = internet(ADDRESSES)
})

onInternet.after(({ homes, world }) => {
  world?.[Symbol.dispose]()
  homes?.[Symbol.dispose]()
})

async function statusOf(name: string, homes: Homes): Promise<NodeStatus> {
  const { stdout } = await tincan(['status', '--json', '--home', homes.path(name)])
  return eventsOf(stdout)[0] as unknown as NodeStatus
}

/** Makes a home with an account and the work for its name. */
function furnish(name: string, homes: Homes): void {
  const account = keyOf(`${name}'s account`)
  const of = { network: 'main', name, accountKey: account.publicKey }
  writeFileAtomic(join(homes.path(name), 'account.key'), pemOf(account))
  const proofOfWork = { bits: 10, nonce: nonceBytes(WORK[name] as bigint) }
  new ClaimFile(join(homes.path(name), 'claim.json')).put({ ...newClaimState(of), proofOfWork })
}

/** Makes the keys of a home, so that its peer id is known before its node runs. */
function peerIdIn(home: string): string {
  const identity = openIdentity(home, { username: undefined, network: 'main' })
  identity.release()
  return peerIdOf(identity.device.publicKey)
}

test('of nodes that know one address one serves at once, the others are reachable but too young; names and calls work', async (context) => {
  const { homes, world } = context
  for (const name of NAMES) furnish(name, homes)
  const bootstrap = `/ip4/${ADDRESSES[0]}/tcp/4001/p2p/${peerIdIn(homes.path('alice-at-home'))}`
  const machine = (name: string) => (world.machines[NAMES.indexOf(name)] as Machine).within
  await using running = new AsyncDisposableStack()
  const nodes = NAMES.map((name) => {
    const words = ['up', name, '--answer', 'auto', '--source', 'tone', '--json', '--home', homes.path(name)]
    const places = ['--profile', 'internet', '--listen', '/ip4/0.0.0.0/tcp/4001', '--bootstrap', bootstrap]
    return running.use(new Tincan([...words, ...places], {}, machine(name)))
  })
  await Promise.all(nodes.map((node) => node.event(({ event }) => event === 'ready')))

  const statuses = async () => {
    await new Promise((done) => setTimeout(done, 1_000)) // each is a process, and decisions come twice a minute
    return Promise.all(NAMES.map((name) => statusOf(name, homes)))
  }
  let now = await statuses()
  const isSettled = ({ role, reason }: NodeStatus) =>
    role === 'supernode' ? reason === 'serving' : /^up for \d+ s, 1200 s needed$/.test(reason)
  await until(
    'each serves, or is reachable and too young',
    async () => (now = await statuses()).every(isSettled),
    120_000,
  ).catch((error: Error) => {
    throw new Error(`${error.message}\n${now.map(({ role, reason }) => `${role}: ${reason}`).join('\n')}`)
  })
  const roles = now.map(({ role }) => role)
  assert.ok(roles.includes('supernode') && roles.includes('client'), roles.join(' '))

  await until('all are online', async () => (await statuses()).every(({ online }) => online))
  const call = ['call', 'erin-at-home', '--for', '2', '--json', '--home', homes.path('dave-at-home')]
  const { code, stdout, stderr } = await tincan(call, {}, machine('dave-at-home'))
  assert.is(code, 0, stderr)
  const media = eventsOf(stdout).at(-1)?.['media'] as Record<string, number | string>
  assert.is(media['path'], 'direct')
  assert.ok(Number(media['packetsReceived']) > 0, 'something was heard')

  // one that the others do not depend on takes another address
  const moving = NAMES.findLast((_, i) => roles[i] === 'client') as keyof typeof WORK
  const caller = NAMES.find((name) => name !== moving) as keyof typeof WORK
  const moved = world.machines[NAMES.indexOf(moving)] as Machine
  moved.move(moved.address.replace(/\.1$/, '.77'))
  const again = ['call', moving, '--for', '2', '--json', '--home', homes.path(caller)]
  await until(
    'it is called at its new address',
    async () => (await tincan(again, {}, machine(caller))).code === 0,
    90_000,
  )
})

onInternet.run()
