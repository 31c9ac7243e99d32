/** Each kind of home does what its name says, by a probe that knows nothing of the code that the world is to judge. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { behaviourOf, type HomeKind, KIND_NAMES, KINDS } from './home-kinds.ts'
import type { Finding } from './nat-probe.ts'
import { type Home, type Host, whyNoWorld, World } from './world.ts'

const PROBE = join(import.meta.dirname, 'nat-probe.ts')
/** Probes at a time: each is a process that mostly waits. */
const ABREAST = 4

interface Context {
  world: World
  server: Host
  running: ChildProcess[]
}

const worlds = suite<Context>('a world of homes')
const missing = whyNoWorld()
if (missing !== undefined) console.log(`skipped: ${missing}`)
// where no namespaces can be made there are no NATs; as root on Linux, with iproute2, nftables and conntrack, there are
const test: typeof worlds.skip = missing === undefined ? worlds : (name, act) => worlds.skip(name, act)

worlds.before(async (context) => {
  if (missing !== undefined) return
  context.running = []
  context.world = await World.make({ isImpairable: true })
  context.server = context.world.addHost('probe', 2)
  for (const family of ['ipv4', 'ipv6'] as const) {
    const child = start(context.server, ['serve', ...serverOf(context.server, family)])
    context.running.push(child)
    await once(child.stdout as NodeJS.ReadableStream, 'data')
  }
})

worlds.after(({ world, running }) => {
  for (const child of running ?? []) child.kill('SIGKILL')
  world?.[Symbol.dispose]()
})

const serverOf = (server: Host, family: 'ipv4' | 'ipv6'): string[] =>
  server.addresses.filter((address) => address.includes(':') === (family === 'ipv6'))

function start(host: Host, words: string[]): ChildProcess {
  const [command = '', ...rest] = [...host.within, process.execPath, PROBE, ...words]
  return spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) return line
  throw new Error('the probe ended without a word')
}

const probe = async (home: Home, server: string[]): Promise<Finding> =>
  JSON.parse(await firstLine(start(home.hosts[0] as Host, ['ask', ...server]))) as Finding

/** What the table says of a kind, as a probe would find it. */
function expected(kind: HomeKind, family: 'ipv4' | 'ipv6'): Finding {
  const passes = { udp: kind.blocks === undefined, web: true, tcp: kind.blocks !== 'all-but-web' }
  if (!passes.udp) return passes
  const behaviour = family === 'ipv4' ? behaviourOf(kind) : undefined
  if (behaviour === undefined) {
    const isOpen = family === 'ipv4'
    const filtering = isOpen ? 'endpoint-independent' : 'address-and-port-dependent'
    return { ...passes, mapping: 'none', filtering, ports: 'kept' }
  }
  const ports = (kind.carrier ?? kind.nat)?.ports === 'random' ? 'other' : (kind.nat?.ports as 'kept' | 'sequential')
  return { ...passes, ...behaviour, ports }
}

test('every kind maps, filters and blocks as its name says', async ({ world, server }) => {
  const homes = KIND_NAMES.map((kind) => world.addHome(kind, kind))
  const waiting = homes.flatMap((home) => KINDS[home.kind].families.map((family) => ({ home, family })))
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { home, family } = next
      const finding = await probe(home, serverOf(server, family))
      assert.equal(finding, expected(KINDS[home.kind], family), `${home.name}, ${family}`)
    }
  }
  await Promise.all(Array.from({ length: ABREAST }, work))
})

test('two in one home reach each other at their outer addresses where the NAT hairpins, and only there', async (context) => {
  const { world, server, running } = context
  const address = serverOf(server, 'ipv4')[0] as string
  for (const kind of ['hairpin', 'port-restricted'] as const) {
    const { hosts } = world.addHome(`two-${kind}`, kind, 2)
    const holder = start(hosts[0] as Host, ['hold', address])
    running.push(holder)
    const place = await firstLine(holder)
    const reached = await firstLine(start(hosts[1] as Host, ['reach', address, place]))
    assert.is(reached, String(kind === 'hairpin'), kind)
  }
})

test('a cable delays and loses what it is told to', async ({ world, server }) => {
  const home = world.addHome('far-away', 'full-cone')
  const servers = serverOf(server, 'ipv4')
  world.impair(home, { lossPercent: 100 })
  assert.equal(await probe(home, servers), { udp: false, web: false, tcp: false })
  world.impair(home, { delayMs: 150 })
  assert.is((await probe(home, servers)).udp, false, 'the probe waits no longer than 250 ms for an answer')
  world.impair(home, {})
  assert.is((await probe(home, servers)).udp, true)
})

test('a dark home hears nothing, and then all again', async ({ world, server }) => {
  const home = world.addHome('in-the-dark', 'port-restricted')
  world.setDark(home, true)
  assert.is((await probe(home, serverOf(server, 'ipv4'))).udp, false)
  world.setDark(home, false)
  assert.is((await probe(home, serverOf(server, 'ipv4'))).udp, true)
})

worlds.run()
