import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { seededRandom } from '../../src/lib/random.ts'
import {
  decidePromotion,
  PROMOTION,
  type PromotionDecision,
  type PromotionInputs,
} from '../../src/supernode/promotion.ts'
import { holds } from '../support/property.ts'

const promotion = suite('promotion')

const BAR = PROMOTION.internet
const NOW_MS = 1_700_000_000_000
const WON = 0
const LOST = 0.999_999

/** A node that would be promoted: everything is right and supernodes are missing. */
const fit: PromotionInputs = {
  role: 'client',
  isWilling: true,
  dialBacks: BAR.dialBacksMin,
  upMs: BAR.upMsMin,
  cpu: 0.1,
  networkSize: 1_000,
  supernodes: 6,
}
const serving: PromotionInputs = { ...fit, role: 'supernode' }

const decide = (inputs: PromotionInputs, random = WON, sinceMs?: number, nowMs = NOW_MS): PromotionDecision =>
  decidePromotion(inputs, BAR, sinceMs, nowMs, random)

const table: [what: string, inputs: PromotionInputs, role: 'client' | 'supernode', reason: RegExp, random?: number][] =
  [
    ['a fit node that wins the toss serves', fit, 'supernode', /has 6 supernodes and wants 10/],
    ['a fit node that loses it waits', fit, 'client', /waiting for its turn/, LOST],
    ['an unwilling one does not serve', { ...fit, isWilling: false }, 'client', /told not to/],
    [
      'one reached from two networks only does not',
      { ...fit, dialBacks: 2 },
      'client',
      /reachable from 2 networks, 3 needed/,
    ],
    [
      'where there are two supernodes, both of them are witness enough',
      { ...fit, supernodes: 2, dialBacks: 2 },
      'supernode',
      /has 2 supernodes/,
    ],
    ['but not one of them', { ...fit, supernodes: 2, dialBacks: 1 }, 'client', /reachable from 1 network, 2 needed/],
    [
      'the first is witness enough for the second, and the second for the first',
      { ...serving, supernodes: 2, dialBacks: 1 },
      'supernode',
      /^serving$/,
    ],
    ['one that nobody reaches does not', { ...fit, dialBacks: 0 }, 'client', /reachable from 0/],
    ['a busy one does not', { ...fit, cpu: 0.51 }, 'client', /busy: 51 %/],
    ['one half busy still does', { ...fit, cpu: 0.5 }, 'supernode', /wants 10/],
    ['a young one does not', { ...fit, upMs: BAR.upMsMin - 1 }, 'client', /up for 1200 s, 1200 s needed/],
    ['a young one does where there is no supernode at all', { ...fit, upMs: 0, supernodes: 0 }, 'supernode', /has 0/],
    ['but not an unreachable one, even then', { ...fit, dialBacks: 0, supernodes: 0 }, 'client', /reachable from 0/],
    ['nobody does where there are enough', { ...fit, supernodes: 10 }, 'client', /has 10 supernodes and wants 10/],
    ['a small network wants eight', { ...fit, networkSize: 9, supernodes: 8 }, 'client', /wants 8/],
    ['one that serves and is fit goes on', serving, 'supernode', /^serving$/],
    [
      'one that serves goes on when there are more than enough',
      { ...serving, supernodes: 1_000 },
      'supernode',
      /^serving$/,
    ],
    ['a busy one goes on for a while, and says so', { ...serving, cpu: 0.9 }, 'supernode', /serving, but busy: 90 %/],
    ['a young one that serves is held to everything but its age', { ...serving, upMs: 0 }, 'supernode', /^serving$/],
    ['one that nobody can reach stops at once', { ...serving, dialBacks: 0 }, 'client', /reachable from 0/],
    ['one told not to serve stops at once', { ...serving, isWilling: false }, 'client', /told not to/],
    [
      'one reached from fewer networks goes on for a while',
      { ...serving, dialBacks: 1 },
      'supernode',
      /but reachable from 1/,
    ],
  ]
for (const [what, inputs, role, reason, random] of table) {
  promotion(what, () => {
    const decision = decide(inputs, random)
    assert.is(decision.role, role, decision.reason)
    assert.match(decision.reason, reason)
  })
}

promotion('a supernode below the bar steps down when that has lasted, not a moment before', () => {
  const busy = { ...serving, cpu: 0.9 }
  const first = decide(busy)
  assert.is(first.belowBarSinceMs, NOW_MS)
  const before = decide(busy, WON, first.belowBarSinceMs, NOW_MS + BAR.belowBarMsMax - 1)
  assert.is(before.role, 'supernode')
  assert.is(before.belowBarSinceMs, NOW_MS)
  assert.is(decide(busy, WON, first.belowBarSinceMs, NOW_MS + BAR.belowBarMsMax).role, 'client')
})

promotion('back above the bar, the patience starts afresh', () => {
  const busy = { ...serving, cpu: 0.9 }
  const recovered = decide(serving, WON, NOW_MS, NOW_MS + BAR.belowBarMsMax - 1)
  assert.is(recovered.belowBarSinceMs, undefined)
  assert.is(decide(busy, WON, recovered.belowBarSinceMs, NOW_MS + BAR.belowBarMsMax).role, 'supernode')
})

promotion('where half of the supernodes are missing, decisions come more often', () => {
  assert.is(decide({ ...fit, supernodes: 4 }).nextInMs, BAR.emergencyIntervalMs)
  assert.is(decide({ ...fit, supernodes: 5 }).nextInMs, BAR.intervalMs)
})

const inputs: fc.Arbitrary<PromotionInputs> = fc
  .record({
    role: fc.constantFrom('client' as const, 'supernode' as const),
    isWilling: fc.boolean(),
    dialBacks: fc.nat(6),
    upMs: fc.nat(2 * BAR.upMsMin),
    cpu: fc.double({ min: 0, max: 2, noNaN: true }),
    supernodes: fc.nat(50),
    clients: fc.nat(5_000),
  })
  .map(({ supernodes, clients, ...rest }) => ({ ...rest, supernodes, networkSize: supernodes + clients + 1 }))
const since = fc.option(fc.integer({ min: NOW_MS - BAR.belowBarMsMax * 2, max: NOW_MS }), { nil: undefined })
const toss = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

promotion('whatever is measured: nobody serves unwillingly or unreachably, and every decision says why', () => {
  for (const thresholds of Object.values(PROMOTION)) {
    holds(
      fc.property(inputs, since, toss, (measured, sinceMs, random) => {
        const decision = decidePromotion(measured, thresholds, sinceMs, NOW_MS, random)
        if (!measured.isWilling || measured.dialBacks === 0) assert.is(decision.role, 'client')
        assert.ok(decision.reason.length > 0 && decision.nextInMs > 0)
        assert.ok(decision.role === 'supernode' || decision.belowBarSinceMs === undefined)
      }),
    )
  }
})

promotion('hysteresis: who was just promoted does not step down on the same measurements', () => {
  holds(
    fc.property(inputs, toss, (measured, random) => {
      const decision = decide({ ...measured, role: 'client' }, random)
      if (decision.role !== 'supernode') return
      const next = decide(
        { ...measured, role: 'supernode', supernodes: measured.supernodes + 1 },
        random,
        decision.belowBarSinceMs,
      )
      assert.is(next.role, 'supernode', next.reason)
    }),
  )
})

promotion('more luck never makes a node less of a supernode', () => {
  holds(
    fc.property(inputs, toss, toss, (measured, a, b) => {
      const [lucky, unlucky] = [Math.min(a, b), Math.max(a, b)]
      if (decide(measured, unlucky).role === 'supernode') assert.is(decide(measured, lucky).role, 'supernode')
    }),
  )
})

for (const [nodes, eligible] of [
  [1_000, 1_000],
  [1_000, 100],
  [100, 30],
  [20, 20],
] as const) {
  promotion(`tossing coins, ${eligible} fit nodes of ${nodes} close the gap and overshoot it little`, () => {
    const random = seededRandom(nodes + eligible)
    const wanted = Math.max(BAR.supernodesMin, nodes / BAR.usersPerSupernode)
    let supernodes = 0
    let rounds = 0
    for (; supernodes < wanted && rounds < 200; rounds++) {
      const before = supernodes // all decide on what they knew when the round began
      for (let i = before; i < eligible; i++)
        if (decide({ ...fit, networkSize: nodes, supernodes: before }, random()).role === 'supernode') supernodes++
    }
    assert.ok(supernodes >= wanted, `${supernodes} of ${wanted} after ${rounds} rounds`)
    // a round promotes the gap times (fit nodes ÷ those reckoned with): ten times too many where all are fit
    const reckoned = Math.max(1, nodes * BAR.eligibleShare)
    assert.ok(supernodes <= 3 * wanted * Math.max(1, eligible / reckoned), `${supernodes}`)
  })
}

promotion.run()
