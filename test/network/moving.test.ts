/** A machine that takes another address, in an internet of namespaces. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { eventsOf, Homes, Tincan, tincan } from '../cli/tincan.ts'
import { internet, type Machine, whyNoNamespaces } from '../support/lan.ts'
import { until } from '../support/wait.ts'

const moving = suite('a machine that moves')
const missing = whyNoNamespaces()
if (missing !== undefined) console.log(`skipped: ${missing}`)
// where no namespaces can be made there is no internet; as root on Linux, with iproute2, there is
const test: typeof moving.skip = missing === undefined ? moving : (name, act) => moving.skip(name, act)

test('the only supernode, whose address is all that the others were ever told, is found again at another', async () => {
  using homes = new Homes()
  using world = internet(['45.10.0.1', '52.20.0.1'])
  const [here, there] = world.machines as [Machine, Machine]
  const up = (name: string, machine: Machine, ...flags: string[]) => {
    const words = ['up', name, '--answer', 'auto', '--source', 'tone', '--profile', 'local', '--json']
    const listen = ['--home', homes.path(name), '--listen', '/ip4/0.0.0.0/tcp/4001']
    return new Tincan([...words, ...listen, ...flags], {}, machine.within)
  }
  await using alice = up('alice', here)
  const { peerId } = await alice.event(({ event }) => event === 'ready')
  const address = `/ip4/${here.address}/tcp/4001/p2p/${String(peerId)}`
  await using bob = up('bob', there, '--no-supernode', '--bootstrap', address)
  await bob.event(({ event, online }) => event === 'online' || (event === 'ready' && online === true))

  here.move('45.10.0.77')
  const call = ['call', 'alice', '--for', '2', '--json', '--home', homes.path('bob')]
  let media: Record<string, unknown> | undefined
  await until(
    'alice is called at her new address',
    async () => {
      const { code, stdout } = await tincan(call, {}, there.within)
      media = eventsOf(stdout).at(-1)?.['media'] as Record<string, unknown> | undefined
      return code === 0
    },
    90_000,
  )
  assert.ok(Number(media?.['packetsReceived']) > 0, 'something was heard')
})

moving.run()
