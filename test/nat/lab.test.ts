/**
 * People in homes of every kind call each other by name, through real NATs: each kind as caller and as callee, the
 * hardest pairs, over bad lines too, and through whatever can befall a call. `npm run lab` tries every pair.
 */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { expectedPath, FAULT_NAMES, type Pair, REPRESENTATIVE_PAIRS } from './expectations.ts'
import { peopleOfFaults, sufferAll } from './faults.ts'
import { KIND_NAMES } from './home-kinds.ts'
import { callAll, peopleOfPairs } from './matrix.ts'
import { Settlement } from './settlement.ts'
import { whyNoWorld } from './world.ts'

interface Context {
  settlement: Settlement
}

const lab = suite<Context>('calls through NATs')
const missing = whyNoWorld()
if (missing !== undefined) console.log(`skipped: ${missing}`)
// where no namespaces can be made there are no NATs; as root on Linux, with iproute2, nftables and conntrack, there are
const test: typeof lab.skip = missing === undefined ? lab : (name, act) => lab.skip(name, act)

/** Lines like those of a train: of every packet's path, end to end, one in twenty is lost, and it takes 100 ms ± 30. */
const LOSSY = { lossPercent: 2.5, delayMs: 25, jitterMs: 15 }
const LOSSY_PAIRS: Pair[] = [
  { a: 'port-restricted', b: 'random-ports' },
  { a: 'symmetric', b: 'symmetric' },
  { a: 'web-only', b: 'port-restricted' },
]

lab.before(async (context) => {
  if (missing !== undefined) return
  const progress: string[] = []
  const settlement = await Settlement.found({ isImpairable: true, note: (text) => progress.push(text) })
  context.settlement = settlement
  const people = [...peopleOfPairs([...REPRESENTATIVE_PAIRS, ...LOSSY_PAIRS]), ...peopleOfFaults(FAULT_NAMES)]
  await Promise.all([settlement.served(), settlement.settle(people)])
})

lab.after(async ({ settlement }) => {
  await settlement?.[Symbol.asyncDispose]()
})

lab('the pairs tried have every kind as caller and as callee', () => {
  for (const kind of KIND_NAMES) {
    assert.ok(
      REPRESENTATIVE_PAIRS.some(({ a }) => a === kind),
      `${kind} calls nobody`,
    )
    assert.ok(
      REPRESENTATIVE_PAIRS.some(({ b }) => b === kind),
      `nobody calls ${kind}`,
    )
  }
})

lab('a relay is expected only where no packet could pass without one, whoever calls', () => {
  const table: [a: Pair['a'], b: Pair['b'], path: ReturnType<typeof expectedPath>][] = [
    ['public', 'cgnat-symmetric', 'direct'],
    ['port-restricted', 'port-restricted', 'direct'],
    ['symmetric', 'port-restricted', 'direct'],
    ['cgnat-symmetric', 'cgnat', 'direct'],
    ['symmetric', 'cgnat-symmetric', 'relay'],
    ['symmetric-sequential', 'symmetric', 'either'],
    ['udp-blocked', 'public', 'relay'],
    ['web-only', 'web-only', 'relay'],
    ['ipv6-only', 'dual-stack', 'direct'],
    ['ipv6-only', 'public', 'relay'],
    ['one-lan', 'one-lan', 'direct'],
  ]
  for (const [a, b, path] of table) {
    assert.is(expectedPath(a, b), path, `${a} calls ${b}`)
    assert.is(expectedPath(b, a), path, `${b} calls ${a}`)
  }
})

/** All that went wrong, so that one run tells it all. */
const faultsOf = (results: { ok: boolean; why?: string }[]): string[] =>
  results.flatMap(({ ok, why, ...what }) => (ok ? [] : [`${JSON.stringify(what)}: ${why}`]))

test('every call connects, directly where packets can pass, and both hear each other', async ({ settlement }) => {
  const results = await callAll(settlement, REPRESENTATIVE_PAIRS, () => {})
  assert.equal(faultsOf(results), [])
})

test('so do calls over lines that lose and delay', async ({ settlement }) => {
  const { world } = settlement
  for (const home of world.homes) world.impair(home, LOSSY)
  try {
    assert.equal(faultsOf(await callAll(settlement, LOSSY_PAIRS, () => {})), [])
  } finally {
    for (const home of world.homes) world.impair(home, {})
  }
})

test('a call outlives a new address, a forgetful NAT, a dark line and the end of its relay', async ({ settlement }) => {
  for (const { name, kept, silenceMs = Infinity, why } of await sufferAll(settlement, FAULT_NAMES, () => {})) {
    assert.ok(kept, `${name}: ${why}`)
    // how long it may be silent `npm run lab` judges; here, that it went on by itself, on however slow a machine
    assert.ok(silenceMs < 15_000, `${name}: silent for ${silenceMs} ms`)
  }
})

lab.run()
