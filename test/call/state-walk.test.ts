import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { type CallMachine, type Input, type Step, newMachine } from '../../src/call/machine.ts'
import { step } from '../../src/call/state.ts'
import type { SignalBody } from '../../src/call/signal.ts'
import { holds } from '../support/property.ts'
import { type Faults, type Plan, runPair } from './pair.ts'
import { CALL_ID, HIGHER_ID, LOWER_ID, dial, invited } from './script.ts'

const walk = suite('random walks of the call state')

const device = fc.constantFrom('a1', 'b1', 'b2', 'stranger')
const text = fc.constantFrom('one', 'two')
const body: fc.Arbitrary<SignalBody> = fc.oneof(
  fc.constantFrom<SignalBody[]>(
    { type: 'ringing' },
    { type: 'decline' },
    { type: 'decline', isHereOnly: true },
    { type: 'busy' },
    { type: 'cancel', reason: 'gave-up' },
    { type: 'cancel', reason: 'no-answer' },
    { type: 'cancel', reason: 'answered-elsewhere' },
    { type: 'cancel', reason: 'declined-elsewhere' },
    { type: 'candidates', candidates: ['x', 'z'] },
    { type: 'bye', reason: 'hangup' },
    { type: 'bye', reason: 'lost' },
  ),
  { weight: 3, arbitrary: text.map((offer) => ({ type: 'invite' as const, offer })) },
  { weight: 3, arbitrary: text.map((answer) => ({ type: 'ringing' as const, answer, relays: new Uint8Array(1) })) },
  { weight: 3, arbitrary: text.map((answer) => ({ type: 'accept' as const, answer })) },
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
    .tuple(fc.constantFrom('offer' as const, 'answer' as const), text)
    .map(([as, sdp]) => ({ type: 'described' as const, as, sdp })),
  fc.constantFrom<Input[]>(
    { type: 'accept' },
    { type: 'trusted' },
    { type: 'hangup' },
    { type: 'decline-here' },
    { type: 'stop' },
    { type: 'media-failed' },
    { type: 'heard' },
    { type: 'local-candidate', candidate: 'y' },
    { type: 'connected' },
    { type: 'path', isAlive: false },
    { type: 'path', isAlive: true },
  ),
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('answer' as const, 'setup' as const, 'watch' as const, 'candidates' as const)
      .map((name) => ({ type: 'timer' as const, name })),
  },
)

interface Waited {
  input: Input
  waitMs: number
}

/** Plays a story to a fresh machine, as a shell would, and shows every step. */
function play(
  isCaller: boolean,
  inputs: Waited[],
  look: (before: CallMachine, input: Input, taken: Step) => void,
): void {
  let machine = newMachine(CALL_ID, isCaller ? 'caller' : 'callee')
  const timers = new Set<string>()
  let nowMs = 0
  const begin = (isCaller ? dial('b1', 'b2')[0] : invited) as Input
  for (const { input: act, waitMs } of [{ input: begin, waitMs: 0 }, ...inputs]) {
    nowMs += waitMs
    // A shell only reports timers that it was asked for.
    if (act.type === 'timer' && !timers.delete(act.name)) continue
    const before = machine
    const taken = step(before, act, nowMs)
    machine = taken.machine
    for (const output of taken.outputs) {
      if (output.type === 'start-timer') timers.add(output.name)
      if (output.type === 'stop-timer') timers.delete(output.name)
    }
    look(before, act, taken)
    assert.equal([...machine.timers].toSorted(), [...timers].toSorted())
  }
}

const story = fc.record({
  isCaller: fc.boolean(),
  inputs: fc.array(fc.record({ input, waitMs: fc.oneof(fc.nat(50), fc.nat(12_000)) }), { maxLength: 40 }),
})

walk(
  'whatever comes, a call ends at most once, with a reason, no timer left, and then says nothing but goodbye',
  () => {
    holds(
      fc.property(story, ({ isCaller, inputs }) => {
        const reasons: string[] = []
        play(isCaller, inputs, (before, act, { machine, outputs }) => {
          for (const output of outputs) {
            if (before.phase === 'ended') {
              assert.is(output.type, 'send')
              if (output.type === 'send') assert.is(output.body.type, 'bye')
            }
            if (output.type === 'ended') reasons.push(output.reason)
            if (output.type === 'send') assert.is.not(output.device, 'stranger', 'a stranger is told nothing')
          }
          if (act.type === 'signal' && act.device === 'stranger') assert.is(outputs.length, 0)
          assert.is(reasons.length, machine.phase === 'ended' ? 1 : 0)
          assert.is(machine.reason, reasons[0])
          if (machine.phase === 'ended') assert.is(machine.timers.size, 0)
          else assert.ok(machine.timers.size > 0, 'something ends every call in the end')
        })
      }),
      3_000,
    )
  },
)

walk('there is at most one session, and none after the end', () => {
  holds(
    fc.property(story, ({ isCaller, inputs }) => {
      let isOpen = false
      play(isCaller, inputs, (_before, _act, { machine, outputs }) => {
        for (const output of outputs) {
          if (output.type === 'describe') {
            assert.not(isOpen, 'a session is described once')
            isOpen = true
          }
          if (output.type === 'close-media') isOpen = false
          if (output.type === 'set-answer' || output.type === 'add-candidate') assert.ok(isOpen)
        }
        if (machine.phase !== 'ended') assert.is(machine.hasSession, isOpen)
        else assert.not(isOpen)
      })
    }),
    3_000,
  )
})

walk('a call is active only when both have accepted, over a session that goes by what the chosen device sealed', () => {
  holds(
    fc.property(story, ({ isCaller, inputs }) => {
      let isConnected = false
      let isAnswered = false
      let hasAccepted = false
      const said = new Set<string>()
      play(isCaller, inputs, (before, act, { machine, outputs }) => {
        if (act.type === 'signal' && (act.body.type === 'accept' || act.body.type === 'ringing'))
          said.add(`${act.device} ${act.body.answer}`)
        if (act.type === 'signal' && act.body.type === 'accept' && machine.chosen === act.device) hasAccepted = true
        if (act.type === 'connected' && before.answer !== undefined) isConnected = true
        for (const output of outputs) {
          if (output.type === 'close-media') isConnected = isAnswered = false
          if (output.type === 'set-answer') {
            const by = machine.chosen ?? [...machine.devices.keys()][0]
            assert.ok(said.has(`${by} ${output.answer}`), 'only what that device said is set')
            isAnswered = true
          }
          if (output.type === 'send' && output.body.type === 'accept') {
            assert.is(machine.role, 'callee')
            hasAccepted = true
            isAnswered = true
          }
          if (output.type === 'state' && output.state === 'active') assert.ok(isConnected && isAnswered && hasAccepted)
        }
      })
    }),
    3_000,
  )
})

walk('nothing of the callee’s media leaves before its user or its trust lets it', () => {
  holds(
    fc.property(story, ({ inputs }) => {
      let mayTell = false
      play(false, inputs, (_before, act, { outputs }) => {
        if (act.type === 'trusted' || act.type === 'accept') mayTell = true
        for (const output of outputs) {
          if (output.type === 'describe' || output.type === 'peer-relays') assert.ok(mayTell)
          if (output.type !== 'send') continue
          const { body: told } = output
          if (told.type === 'candidates' || told.type === 'accept') assert.ok(mayTell)
          if (told.type === 'ringing' && told.answer !== undefined) assert.ok(mayTell)
        }
      })
    }),
    1_000,
  )
})

walk('an interruption begins and ends by turns, and only in an active call', () => {
  holds(
    fc.property(story, ({ isCaller, inputs }) => {
      let isInterrupted = false
      play(isCaller, inputs, (_before, _act, { machine, outputs }) => {
        for (const output of outputs) {
          if (output.type !== 'interrupted') continue
          assert.is(machine.phase, 'active')
          assert.is.not(output.isInterrupted, isInterrupted)
          ;({ isInterrupted } = output)
        }
      })
    }),
    1_000,
  )
})

const plan: fc.Arbitrary<Plan> = fc.record({
  side: fc.constantFrom(0 as const, 1 as const),
  atMs: fc.oneof(fc.nat(1500), fc.nat(60_000)),
  act: fc.constantFrom(
    'accept' as const,
    'accept' as const,
    'trusted' as const,
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

walk('a caller that is trusted has media the moment it is accepted', () => {
  holds(
    fc.property(fc.nat(), (seed) => {
      const acts: Plan[] = [{ side: 1, atMs: 300, act: 'trusted' }, { side: 1, atMs: 2000, act: 'accept' }, ...ending]
      const [one, other] = runPair(seed, acts, PERFECT)
      assert.is(other.activeAtMs, 2000)
      assert.ok(one.activeAtMs !== undefined && one.activeAtMs <= 2210, 'one trip later')
    }),
  )
})

walk('media that fails while it rings, at either end or both, costs no call', () => {
  const failing = fc.record({
    side: fc.constantFrom(0 as const, 1 as const),
    atMs: fc.integer({ min: 310, max: 1999 }),
  })
  const faults = fc.record({ loss: fc.constant(0), duplication: fc.constantFrom(0, 1), reordering: fc.boolean() })
  holds(
    fc.property(fc.nat(), fc.array(failing, { minLength: 1, maxLength: 4 }), faults, (seed, failures, faulty) => {
      const acts: Plan[] = [
        { side: 1, atMs: 300, act: 'trusted' },
        // before an answer is in use, a caller's failure is that of the call
        ...failures.map(({ side, atMs }) => ({
          side,
          atMs: Math.max(atMs, 1000 * (1 - side)),
          act: 'media-failed' as const,
        })),
        { side: 1, atMs: 2000, act: 'accept' },
        ...ending,
      ]
      for (const { states, activeAtMs } of runPair(seed, acts, faulty)) {
        assert.ok(states.includes('active'))
        assert.ok(activeAtMs !== undefined && activeAtMs < 3500, `active at ${activeAtMs}`)
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
