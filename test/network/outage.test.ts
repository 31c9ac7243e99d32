/**
 * 40 real nodes in processes of their own, in use, when many of their supernodes hang or die at once. What it took is
 * printed; bounds in time are wide or relative, for a slow machine.
 */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { NodeStatus } from '../../src/index.ts'
import { town, type Resident, type Town } from '../support/town.ts'
import { Traffic, type Asked } from '../support/traffic.ts'
import { until } from '../support/wait.ts'

const WILLING = 14
const CLIENTS = 26
const HUNG_SHARE = 1 / 3
const KILLED_SHARE = 0.3
const RECOVERED_MS_MAX = 60_000
/** By how much a hung third may delay the 95th of a hundred look-ups. */
const SLOWER_MS_MAX = 500
const LOAD_FACTOR_MAX = 2
const CALM_MS = 5_000
const HUNG_MS = 15_000
const AFTER_MS = 5_000
const SAMPLED = 6

const outage = suite<{ town: Town }>('outages in a network of 40')

outage.before(async (context) => {
  context.town = await town({ network: 'outage', willing: WILLING, clients: CLIENTS })
})

outage.after(async ({ town: net }) => {
  await net?.[Symbol.asyncDispose]()
})

outage(
  'while a third of the supernodes hangs, every look-up gives the right account, about as fast',
  async ({ town: net }) => {
    const everybody = net.residents
    const supernodes = await net.supernodes()
    const hung = supernodes.slice(0, Math.ceil(supernodes.length * HUNG_SHARE))
    const traffic = trafficOf(net, everybody)
    await passed(CALM_MS)
    const hungMs = performance.now()
    for (const { actor } of hung) actor.kill('SIGSTOP')
    await passed(HUNG_MS)
    await traffic.end()
    const endedMs = performance.now()
    for (const { actor } of hung) actor.kill('SIGCONT')

    const [before, during] = split(traffic.lookups, hungMs, endedMs)
    report(
      `${hung.length} of ${supernodes.length} supernodes hung: ${timesOf(before)} before, ${timesOf(during)} meanwhile`,
    )
    report(`calls: ${traffic.calls.map(({ ms, code }) => code ?? ms.toFixed(0)).join(' ')}`)
    assert.equal(wrongOf(traffic.lookups), [])
    assert.ok(
      traffic.calls.some((call) => call.askedMs >= hungMs && !isWrong(call)),
      'people talk meanwhile',
    )
    assert.ok(percentile(during, 0.95) <= percentile(before, 0.95) + SLOWER_MS_MAX, 'the 95th of 100 waits')
    await net.settled()
  },
)

outage(
  'when 30 % of the supernodes die at once, all names are found again and nobody else follows',
  async ({ town: net }) => {
    const everybody = net.residents
    const supernodes = await net.supernodes()
    const before = await net.statuses(supernodes)
    const doomed = supernodes.slice(0, Math.ceil(supernodes.length * KILLED_SHARE))
    const dead = new Set(doomed.map(({ peerId }) => peerId))
    const survivors = everybody.filter(({ peerId }) => !dead.has(peerId))

    const traffic = trafficOf(net, everybody)
    await passed(CALM_MS)
    const killedMs = performance.now()
    for (const { actor } of doomed) actor.kill('SIGKILL')
    const loads = new Loads(before)
    let homesMs = Infinity
    await until(
      'everybody has living homes again',
      async () => {
        const statuses = await net.statuses(survivors)
        loads.see(statuses)
        const isWell = statuses.every(({ homes }) => homes.length > 0 && homes.every((home) => !dead.has(home)))
        homesMs = isWell ? Math.min(homesMs, performance.now() - killedMs) : Infinity
        return performance.now() - killedMs - homesMs > AFTER_MS
      },
      RECOVERED_MS_MAX,
    )
    await traffic.end()
    const recoveredMs = Math.max(killedMs, ...traffic.asked.filter(isWrong).map(({ askedMs }) => askedMs)) - killedMs

    const [early, late] = split(traffic.lookups, killedMs, Infinity)
    report(
      `${doomed.length} of ${supernodes.length} supernodes killed: ${timesOf(early)} before, ${timesOf(late)} after`,
    )
    report(
      `all have living homes after ${seconds(homesMs)}, the last failed look-up or call began ${seconds(recoveredMs)} after`,
    )
    report(loads.toString())
    assert.equal(
      wrongOf(traffic.lookups).filter(({ address }) => address !== undefined),
      [],
      'nobody was ever misled',
    )
    assert.ok(recoveredMs < RECOVERED_MS_MAX)
    for (const asker of [net.clients[0], net.clients.at(-1)] as Resident[])
      for (const { name, address } of everybody) assert.is((await asker.lookup(name)).address, address, name)
    assert.equal(
      survivors.filter(({ actor }) => actor.hasLeft).map(({ name }) => name),
      [],
    )
    assert.ok(loads.worst <= LOAD_FACTOR_MAX, loads.toString())

    const { network, bootstrap } = net
    const [first] = net.clients as [Resident]
    for (const { name } of [...doomed, ...net.clients].slice(0, SAMPLED))
      assert.is((await first.actor.ask('claim', name, { network, bootstrap })).code, 'NAME_TAKEN', name)
  },
)

outage.run()

/** From four clients of different processes: one of them calls, the others look up everybody. */
function trafficOf({ clients }: Town, everybody: Resident[]): Traffic {
  const askers = [0, 0.3, 0.6, 0.9].map((share) => clients[Math.floor(share * clients.length)] as Resident)
  const callees = clients.filter((client) => !askers.includes(client))
  return new Traffic(askers, { wanted: everybody, callees })
}

/**
 * What each surviving supernode carries at most, relative to what it carried before. With so few a share is a matter of
 * chance, so what counts as before is its own load or that of the mean supernode, whichever is more.
 */
class Loads {
  readonly #before: NodeStatus[]
  readonly #worst = new Map<string, { factor: number; how: string }>()

  constructor(before: NodeStatus[]) {
    this.#before = before
  }

  get worst(): number {
    return Math.max(...[...this.#worst.values()].map(({ factor }) => factor))
  }

  see(statuses: NodeStatus[]): void {
    for (const key of ['attached', 'leasesHeld'] as const) {
      const mean = this.#before.reduce((sum, status) => sum + status[key], 0) / this.#before.length
      for (const status of statuses) {
        const own = this.#before.find(({ peerId }) => peerId === status.peerId)?.[key] ?? 0
        const factor = status[key] / Math.max(own, mean)
        if (factor <= (this.#worst.get(key)?.factor ?? 0)) continue
        const how = `${status[key]} ${key} where it had ${own}, the mean ${mean.toFixed(1)}`
        this.#worst.set(key, { factor, how })
      }
    }
  }

  toString(): string {
    return `the busiest: ${[...this.#worst.values()].map(({ factor, how }) => `${factor.toFixed(2)} times (${how})`).join(', ')}`
  }
}

const isWrong = ({ address, wanted }: Asked): boolean => address !== wanted.address

const wrongOf = (asked: Asked[]) =>
  asked
    .filter(isWrong)
    .map(({ wanted, asker, address, code, ms }) => ({ name: wanted.name, by: asker.name, address, code, ms }))

/** Those asked until `fromMs`, and those asked then. */
function split(asked: Asked[], fromMs: number, untilMs: number): [Asked[], Asked[]] {
  const isLater = ({ askedMs }: Asked) => askedMs >= fromMs
  return [asked.filter((each) => !isLater(each)), asked.filter((each) => isLater(each) && each.askedMs < untilMs)]
}

function percentile(asked: Asked[], share: number): number {
  const sorted = asked.map(({ ms }) => ms).sort((a, b) => a - b)
  return sorted[Math.ceil(share * sorted.length) - 1] ?? NaN
}

const timesOf = (asked: Asked[]): string =>
  `${asked.length} look-ups of ${[0.5, 0.95, 1].map((share) => percentile(asked, share).toFixed(0)).join('/')} ms (median, 95th, longest)`

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

const passed = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

function report(line: string): void {
  process.stdout.write(`\n  ${line}`)
}
