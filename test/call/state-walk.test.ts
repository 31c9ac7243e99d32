import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { type CallMachine, type Input, newMachine } from '../../src/call/machine.ts'
import { step } from '../../src/call/state.ts'
import type { SignalBody } from '../../src/call/signal.ts'
import { holds } from '../support/property.ts'
import { type Faults, type Plan, runPair } from './pair.ts'
import { CALL_ID, HIGHER_ID, LOWER_ID, OWN_TAG, PEER_TAG, WRONG_TAG, dial, invited } from './script.ts'

const walk = suite('random walks of the call state')

const device = fc.constantFrom('a1', 'b1', 'b2', 'stranger')
const tag = fc.constantFrom(PEER_TAG, WRONG_TAG)
const body = fc.oneof(
  fc.constantFrom<SignalBody[]>(
    { type: 'invite', offer: 'other' },
    { type: 'ringing' },
    { type: 'accept', answer: 'answer' },
    { type: 'decline' },
    { type: 'decline', isHereOnly: true },
    { type: 'busy' },
    { type: 'cancel', reason: 'gave-up' },
    { type: 'cancel', reason: 'no-answer' },
    { type: 'cancel', reason: 'answered-elsewhere' },
    { type: 'cancel', reason: 'declined-elsewhere' },
    { type: 'candidate', candidate: 'x' },
    { type: 'bye', reason: 'hangup' },
    { type: 'bye', reason: 'lost' },
    { type: 'restart', offer: 'new' },
    { type: 'restart-answer', answer: 'new' },
  ),
  tag.map((each) => ({ type: 'binding' as const, tag: each })),
)
const input: fc.Arbitrary<Input> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(device, body).map(([from, said]) => ({ type: 'signal' as const, device: from, body: said })),
  },
  device.map((each) => ({ type: 'delivered' as const, device: each })),
  device.map((each) => ({ type: 'undeliverable' as const, device: each })),
  fc
    .tuple(fc.constantFrom('b1', 'b2', 'b3'), fc.constantFrom(LOWER_ID, HIGHER_ID))
    .map(([from, callId]) => ({ type: 'glare' as const, callId, device: from, offer: 'theirs' })),
  fc
    .constantFrom('offer' as const, 'answer' as const, 'restart' as const, 'restart-answer' as const)
    .map((as) => ({ type: 'described' as const, as, sdp: 'sdp' })),
  fc.constantFrom<Input[]>(
    { type: 'accept' },
    { type: 'hangup' },
    { type: 'decline-here' },
    { type: 'stop' },
    { type: 'media-failed' },
    { type: 'heard' },
    { type: 'local-candidate', candidate: 'y' },
    { type: 'connected', tag: OWN_TAG, expectedTag: PEER_TAG },
  ),
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('answer' as const, 'setup' as const, 'watch' as const)
      .map((name) => ({ type: 'timer' as const, name })),
  },
)

walk(
  'whatever comes, a call ends at most once, with a reason, no timer left, and then says nothing but goodbye',
  () => {
    const story = fc.record({
      isCaller: fc.boolean(),
      inputs: fc.array(fc.record({ input, waitMs: fc.nat(12_000) }), { maxLength: 40 }),
    })
    holds(
      fc.property(story, ({ isCaller, inputs }) => {
        let machine: CallMachine = newMachine(CALL_ID, isCaller ? 'caller' : 'callee')
        const timers = new Set<string>()
        const reasons: string[] = []
        let isBound = false
        let nowMs = 0
        const begin = isCaller ? [dial('b1', 'b2')[0]] : [invited]
        for (const each of [...begin, ...inputs]) {
          const isFirst = typeof each === 'object' && 'type' in each
          const act = (isFirst ? each : (each as { input: Input }).input) as Input
          if (!isFirst) nowMs += (each as { waitMs: number }).waitMs
          // A shell only reports timers that it was asked for.
          if (act.type === 'timer' && !timers.delete(act.name)) continue
          const wasEnded = machine.phase === 'ended'
          const taken = step(machine, act, nowMs)
          machine = taken.machine
          for (const output of taken.outputs) {
            if (wasEnded) {
              assert.is(output.type, 'send')
              if (output.type === 'send') assert.is(output.body.type, 'bye')
            }
            if (output.type === 'start-timer') timers.add(output.name)
            if (output.type === 'stop-timer') timers.delete(output.name)
            if (output.type === 'ended') reasons.push(output.reason)
            if (output.type === 'send') assert.is.not(output.device, 'stranger', 'a stranger is told nothing')
            if (output.type === 'state' && output.state === 'active') isBound = true
          }
          if (act.type === 'signal' && act.device === 'stranger') assert.is(taken.outputs.length, 0)
          if (machine.phase === 'active') {
            assert.ok(isBound)
            assert.equal(machine.peerTag, PEER_TAG, 'no call is active without the peer’s tag')
          }
          assert.equal([...machine.timers].toSorted(), [...timers].toSorted())
        }
        assert.is(reasons.length, machine.phase === 'ended' ? 1 : 0)
        assert.is(machine.reason, reasons[0])
        if (machine.phase === 'ended') assert.is(timers.size, 0)
        else assert.ok(timers.size > 0, 'something ends every call in the end')
      }),
      3_000,
    )
  },
)

const plan: fc.Arbitrary<Plan> = fc.record({
  side: fc.constantFrom(0 as const, 1 as const),
  atMs: fc.oneof(fc.nat(1500), fc.nat(60_000)),
  act: fc.constantFrom(
    'accept' as const,
    'accept' as const,
    'hangup' as const,
    'stop' as const,
    'media-failed' as const,
  ),
})
const crossing: fc.Arbitrary<Plan> = fc.record({
  side: fc.constant(1 as const),
  atMs: fc.nat(400),
  act: fc.constant('dial' as const),
})
const plans = fc
  .tuple(fc.array(plan, { maxLength: 5 }), fc.option(crossing))
  .map(([acts, dialled]) => (dialled === null ? acts : [...acts, dialled]))
const ending: Plan[] = [{ side: 0, atMs: 150_000, act: 'hangup' }]

const PERFECT: Faults = { loss: 0, duplication: 0, reordering: false }

/** What the two sides may say of the same call; acts that cross in flight make the last line. */
const AGREEMENTS: Record<string, readonly string[]> = {
  hangup: ['remote-hangup', 'declined', 'cancelled'],
  'remote-hangup': ['hangup', 'stopped'],
  stopped: ['remote-hangup', 'cancelled', 'offline'],
  offline: ['stopped'],
  declined: ['declined', 'hangup'],
  cancelled: ['cancelled', 'stopped', 'hangup'],
  'no-answer': ['no-answer'],
  failed: ['failed', 'cancelled'],
  lost: ['lost'],
}
const OWN_ACTS = ['hangup', 'stopped', 'failed', 'lost', 'cancelled', 'declined', 'no-answer']

walk('over a lossless network both ends come to the same verdict', () => {
  holds(
    fc.property(fc.nat(), plans, (seed, acts) => {
      const [one, other] = runPair(seed, [...acts, ...ending], PERFECT)
      assert.is(one.reasons.length, 1, 'the dialling side ends once')
      if (other.machine.phase === 'idle') return
      assert.is(other.reasons.length, 1, 'the other side ends once')
      const [mine, theirs] = [one.reasons[0]!, other.reasons[0]!]
      const isAgreed = AGREEMENTS[mine]?.includes(theirs) === true
      // Both acted on their own before they heard of the other's act.
      const isCrossing = OWN_ACTS.includes(mine) && OWN_ACTS.includes(theirs)
      assert.ok(isAgreed || isCrossing, `${mine} and ${theirs}`)
      if (one.states.includes('active') && other.states.includes('active')) {
        assert.is(one.machine.callId, other.machine.callId)
        assert.is.not(one.machine.role, other.machine.role)
      }
    }),
    400,
  )
})

walk('when two invites cross, the lower id becomes the call of both, and it is active', () => {
  holds(
    fc.property(fc.nat(), fc.nat(10), (seed, atMs) => {
      const [one, other] = runPair(seed, [{ side: 1, atMs, act: 'dial' }, ...ending], PERFECT)
      assert.is(one.machine.callId, LOWER_ID)
      assert.is(other.machine.callId, LOWER_ID)
      assert.ok(one.states.includes('active') && other.states.includes('active'))
      assert.equal([one.reasons, other.reasons], [['hangup'], ['remote-hangup']])
    }),
  )
})

walk('under loss, duplication and reordering both ends still end, once, with no timer left', () => {
  const faults: fc.Arbitrary<Faults> = fc.record({
    loss: fc.constantFrom(0, 0.1, 0.5, 1),
    duplication: fc.constantFrom(0, 0.5, 1),
    reordering: fc.boolean(),
  })
  holds(
    fc.property(fc.nat(), plans, faults, (seed, acts, faulty) => {
      const both: Plan[] = [...ending, { side: 1, atMs: 150_000, act: 'hangup' }]
      for (const side of runPair(seed, [...acts, ...both], faulty)) {
        if (side.machine.phase === 'idle') continue
        assert.is(side.reasons.length, 1)
        assert.is(side.timers.size, 0)
        assert.ok(side.late.every((each) => each === 'bye'))
      }
    }),
    400,
  )
})

walk('duplicated signals alone change no verdict', () => {
  holds(
    fc.property(fc.nat(), fc.constantFrom<Plan['act'][]>('accept', 'hangup'), (seed, act) => {
      const acts: Plan[] = [{ side: 1, atMs: 1000, act }, ...ending]
      const [one, other] = runPair(seed, acts, { loss: 0, duplication: 1, reordering: false })
      const expected = act === 'accept' ? ['hangup', 'remote-hangup'] : ['declined', 'declined']
      assert.equal([one.reasons[0], other.reasons[0]], expected)
    }),
  )
})

walk.run()
