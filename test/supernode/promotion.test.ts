import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { seededRandom } from '../../src/lib/random.ts'
import {
  bars,
  decidePromotion,
  PROMOTION,
  scoreOf,
  supernodesWanted,
  type PromotionDecision,
  type PromotionInputs,
  type PromotionState,
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
  isMetered: false,
  isOnBattery: false,
  dialBacks: BAR.dialBacksMin,
  upMs: BAR.upMsMin,
  isUnsettled: false,
  servedLately: false,
  roleMs: BAR.upMsMin,
  servedMs: 0,
  cpu: 0.1,
  networkSize: 1_000,
  supernodes: 6,
}
const serving: PromotionInputs = { ...fit, role: 'supernode' }

const decide = (inputs: PromotionInputs, random = WON, state: PromotionState = {}, nowMs = NOW_MS): PromotionDecision =>
  decidePromotion(inputs, BAR, state, nowMs, random)

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
    ['one on a metered connection does not', { ...fit, isMetered: true }, 'client', /on a metered connection/],
    ['one on battery does not', { ...fit, isOnBattery: true }, 'client', /^on battery/],
    ['nor does it where there is one supernode', { ...fit, isOnBattery: true, supernodes: 1 }, 'client', /^on battery/],
    ['where there is no supernode at all, it does', { ...fit, isOnBattery: true, supernodes: 0 }, 'supernode', /has 0/],
    [
      'one that slept or moved must be up for longer',
      { ...fit, isUnsettled: true, upMs: BAR.unsettledMsMin - 1 },
      'client',
      /awake at these addresses for 3600 s, 3600 s needed/,
    ],
    ['and then it does', { ...fit, isUnsettled: true, upMs: BAR.unsettledMsMin }, 'supernode', /wants 10/],
    [
      'one that served shortly before it was restarted is old enough',
      { ...fit, upMs: 0, servedLately: true },
      'supernode',
      /wants 10/,
    ],
    [
      'but not when it has slept or moved',
      { ...fit, upMs: 0, servedLately: true, isUnsettled: true },
      'client',
      /awake/,
    ],
    ['one that serves and is fit goes on', serving, 'supernode', /^serving$/],
    [
      'one that serves goes on when there are more than enough, as long as it may pass',
      { ...serving, supernodes: 1_000 },
      'supernode',
      /^serving$/,
    ],
    ['a busy one goes on for a while, and says so', { ...serving, cpu: 0.9 }, 'supernode', /serving, but busy: 90 %/],
    ['a young one that serves is held to everything but its age', { ...serving, upMs: 0 }, 'supernode', /^serving$/],
    [
      'one on battery goes on for a while, and says so',
      { ...serving, isOnBattery: true },
      'supernode',
      /but on battery/,
    ],
    [
      'one that slept steps down where there are enough others, in a while',
      { ...serving, isUnsettled: true, upMs: 0, supernodes: 11 },
      'supernode',
      /serving, but awake/,
    ],
    [
      'and stays where there are not',
      { ...serving, isUnsettled: true, upMs: 0, supernodes: 10 },
      'supernode',
      /^serving$/,
    ],
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
  const before = decide(busy, WON, first, NOW_MS + BAR.belowBarMsMax - 1)
  assert.is(before.role, 'supernode')
  assert.is(before.belowBarSinceMs, NOW_MS)
  assert.is(decide(busy, WON, first, NOW_MS + BAR.belowBarMsMax).role, 'client')
})

promotion('back above the bar, the patience starts afresh', () => {
  const busy = { ...serving, cpu: 0.9 }
  const recovered = decide(serving, WON, { belowBarSinceMs: NOW_MS }, NOW_MS + BAR.belowBarMsMax - 1)
  assert.is(recovered.belowBarSinceMs, undefined)
  assert.is(decide(busy, WON, recovered, NOW_MS + BAR.belowBarMsMax).role, 'supernode')
})

promotion('where half of the supernodes are missing, decisions come more often', () => {
  assert.is(decide({ ...fit, supernodes: 4 }).nextInMs, BAR.emergencyIntervalMs)
  assert.is(decide({ ...fit, supernodes: 5 }).nextInMs, BAR.intervalMs)
})

const inputs: fc.Arbitrary<PromotionInputs> = fc
  .record({
    role: fc.constantFrom('client' as const, 'supernode' as const),
    isWilling: fc.boolean(),
    isMetered: fc.boolean(),
    isOnBattery: fc.boolean(),
    dialBacks: fc.nat(6),
    upMs: fc.nat(4 * BAR.upMsMin),
    isUnsettled: fc.boolean(),
    servedLately: fc.boolean(),
    roleMs: fc.nat(2 * BAR.roleMsMin),
    servedMs: fc.nat(100 * BAR.roleMsMin),
    cpu: fc.double({ min: 0, max: 2, noNaN: true }),
    supernodes: fc.nat(50),
    clients: fc.nat(5_000),
  })
  .map(({ supernodes, clients, ...rest }) => ({ ...rest, supernodes, networkSize: supernodes + clients + 1 }))
const since = fc.option(fc.integer({ min: NOW_MS - BAR.surplusMsMin * 2, max: NOW_MS }), { nil: undefined })
const remembered: fc.Arbitrary<PromotionState> = fc.record({ belowBarSinceMs: since, surplusSinceMs: since })
const toss = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

promotion('whatever is measured: nobody serves unwillingly or unreachably, and every decision says why', () => {
  for (const thresholds of Object.values(PROMOTION)) {
    holds(
      fc.property(inputs, remembered, toss, (measured, state, random) => {
        const decision = decidePromotion(measured, thresholds, state, NOW_MS, random)
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
      const next = decide({ ...measured, role: 'supernode', supernodes: measured.supernodes + 1 }, random, decision)
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

const crowded = { ...serving, supernodes: 40, roleMs: BAR.roleMsMin } // 10 are wanted

promotion('with clearly more supernodes than wanted for a while, one steps down by a toss, not before', () => {
  const first = decide(crowded)
  assert.is(first.role, 'supernode')
  assert.is(first.surplusSinceMs, NOW_MS)
  assert.is(decide(crowded, WON, first, NOW_MS + BAR.surplusMsMin - 1).role, 'supernode')
  assert.is(decide(crowded, LOST, first, NOW_MS + BAR.surplusMsMin).role, 'supernode')
  const last = decide(crowded, WON, first, NOW_MS + BAR.surplusMsMin)
  assert.is(last.role, 'client')
  assert.match(last.reason, /has 40 supernodes and wants 10/)
})

promotion('twice as many as wanted is no surplus, and when it passes, the patience starts afresh', () => {
  assert.is(decide({ ...crowded, supernodes: 20 }).surplusSinceMs, undefined)
  const since = { surplusSinceMs: NOW_MS - BAR.surplusMsMin }
  assert.is(decide({ ...crowded, supernodes: 20 }, WON, since).role, 'supernode')
  assert.is(decide({ ...crowded, supernodes: 20 }, WON, since).surplusSinceMs, undefined)
})

promotion('who has just become a supernode does not step down for a surplus', () => {
  const young = { ...crowded, roleMs: BAR.roleMsMin - 1 }
  assert.is(decide(young, WON, { surplusSinceMs: NOW_MS - BAR.surplusMsMin }).role, 'supernode')
})

promotion('a surplus shrinks to about twice what is wanted, the worse first, and never below what is wanted', () => {
  const random = seededRandom(3)
  const wanted = supernodesWanted(crowded.networkSize, BAR)
  // half of them have served for long
  let all = Array.from({ length: 100 }, (_, i) => ({ servedMs: i % 2 === 0 ? 500 * BAR.roleMsMin : 0 }))
  for (let round = 0; round < 40; round++) {
    const supernodes = all.length
    const state = { surplusSinceMs: NOW_MS - BAR.surplusMsMin }
    all = all.filter((each) => decide({ ...crowded, ...each, supernodes }, random(), state).role === 'supernode')
    assert.ok(all.length >= wanted, `${all.length}`)
  }
  assert.ok(all.length <= 2 * wanted + 3, `${all.length}`)
  assert.ok(all.filter(({ servedMs }) => servedMs > 0).length > 0.55 * all.length, 'the tried ones stay')
})

promotion('the score is between 0 and 1, and nothing that is better makes it worse', () => {
  const better: [string, (one: PromotionInputs) => PromotionInputs][] = [
    ['dial-backs', (one) => ({ ...one, dialBacks: one.dialBacks + 1 })],
    ['time up', (one) => ({ ...one, upMs: one.upMs * 2 + 1 })],
    ['idleness', (one) => ({ ...one, cpu: one.cpu / 2 })],
    ['service', (one) => ({ ...one, servedMs: one.servedMs * 2 + 1 })],
  ]
  holds(
    fc.property(inputs, fc.constantFrom(...Object.values(PROMOTION)), (measured, thresholds) => {
      const score = scoreOf(measured, thresholds)
      assert.ok(score >= 0 && score <= 1, `${score}`)
      for (const [what, improve] of better) assert.ok(scoreOf(improve(measured), thresholds) >= score, what)
    }),
  )
  const best = { ...fit, dialBacks: 20, upMs: 30 * 86_400_000, cpu: 0, servedMs: 30 * 86_400_000 }
  assert.is(Math.round(100 * scoreOf(best, BAR)), 100)
  assert.is(scoreOf({ ...fit, cpu: 1 }, BAR), 0)
})

promotion('of two fit nodes the better one is promoted more often, in an emergency neither is held back', () => {
  const worst = { ...fit, cpu: 0.5, supernodes: 6 }
  const best = { ...fit, dialBacks: 20, upMs: 30 * 86_400_000, cpu: 0, servedMs: 30 * 86_400_000 }
  const chance = (of: PromotionInputs) => {
    let won = 0
    for (let i = 0; i < 10_000; i++) if (decide(of, i / 10_000).role === 'supernode') won++
    return won / 10_000
  }
  assert.ok(chance(best) > 2.5 * chance(worst), `${chance(best)} ${chance(worst)}`)
  const middling = 6 / ((1_000 - 4) * BAR.eligibleShare)
  assert.ok(Math.abs(chance({ ...worst, supernodes: 4 }) - middling) < 0.001)
})

promotion('the bars say of each condition whether it is met; a node is held back by none only when all are', () => {
  holds(
    fc.property(inputs, toss, (measured, random) => {
      const all = bars(measured, BAR)
      assert.is(all.length, 6)
      const missed = all.filter(({ isMet }) => !isMet)
      const decision = decide({ ...measured, role: 'client' }, random)
      if (measured.role === 'client' && missed.length > 0) assert.is(decision.reason, missed[0]?.says)
    }),
  )
})

promotion.run()
