/** What a node says of the NAT that it is behind, behind real ones. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import type { NatKind } from '../../src/overlay/nat-behaviour.ts'
import type { UdpFindings } from '../../src/overlay/udp-probe.ts'
import type { KindName } from './home-kinds.ts'
import { type Host, whyNoWorld, World } from './world.ts'

const JUDGE = join(import.meta.dirname, 'udp-judge.ts')

interface Context {
  world: World
  hosts: Host[]
  running: ChildProcess[]
}

const judges = suite<Context>('the kind of NAT')
const missing = whyNoWorld()
if (missing !== undefined) console.log(`skipped: ${missing}`)
// where no namespaces can be made there are no NATs; as root on Linux, with iproute2, nftables and conntrack, there are
const test: typeof judges.skip = missing === undefined ? judges : (name, act) => judges.skip(name, act)

function start(host: Host, words: string[]): ChildProcess {
  const [command = '', ...rest] = [...host.within, process.execPath, JUDGE, ...words]
  return spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
}

judges.before(async (context) => {
  if (missing !== undefined) return
  context.running = []
  context.world = await World.make()
  context.hosts = ['one', 'two', 'three'].map((name) => context.world.addHost(name))
  for (const host of context.hosts) {
    const child = start(host, ['serve', ...host.addresses])
    context.running.push(child)
    await once(child.stdout as NodeJS.ReadableStream, 'data')
  }
})

judges.after(({ world, running }) => {
  for (const child of running ?? []) child.kill('SIGKILL')
  world?.[Symbol.dispose]()
})

const KINDS: [kind: KindName, ipv4: NatKind | undefined, ipv6: NatKind | undefined][] = [
  ['public', 'public', undefined],
  ['full-cone', 'full cone', undefined],
  ['address-restricted', 'address-restricted', undefined],
  ['port-restricted', 'port-restricted', undefined],
  ['random-ports', 'port-restricted', undefined],
  ['symmetric', 'symmetric', undefined],
  ['symmetric-sequential', 'symmetric (sequential)', undefined],
  ['cgnat', 'port-restricted', undefined],
  ['cgnat-symmetric', 'symmetric', undefined],
  ['udp-blocked', 'UDP blocked', undefined],
  ['web-only', 'UDP blocked', undefined],
  ['ipv6-only', undefined, 'firewalled'],
  ['dual-stack', 'port-restricted', 'firewalled'],
  ['hairpin', 'port-restricted', undefined],
]
for (const [kind, ipv4, ipv6] of KINDS) {
  test(`${kind}: ${[ipv4, ipv6].filter((each) => each !== undefined).join(', and with IPv6 ')}`, async (context) => {
    const { world, hosts } = context
    const home = world.addHome(kind, kind)
    const child = start(home.hosts[0] as Host, ['judge', ...hosts.flatMap(({ addresses }) => addresses)])
    context.running.push(child)
    let text = ''
    for await (const data of child.stdout as NodeJS.ReadableStream) text += data.toString()
    const found = JSON.parse(text) as UdpFindings
    assert.equal([found.ipv4?.kind, found.ipv6?.kind], [ipv4, ipv6], text)
    assert.is(found.isBlocked, ipv4 === 'UDP blocked')
    // what a NAT does not send back is never said to come back
    if (kind === 'port-restricted' || kind === 'symmetric') assert.is(found.ipv4?.isHairpinned, false)
  })
}

judges.run()
