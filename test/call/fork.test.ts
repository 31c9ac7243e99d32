/** One caller and all devices of one person, as machines with a network and a clock that exist only in numbers. */

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { type CallMachine, type EndReason, type Input, newMachine } from '../../src/call/machine.ts'
import { step } from '../../src/call/state.ts'
import { virtualClock } from '../../src/lib/clock.ts'
import { seededRandom } from '../../src/lib/random.ts'
import { holds } from '../support/property.ts'
import { CALL_ID } from './script.ts'

const fork = suite('a call to several devices')

/** What happens at a device of the callee, so long after the dial. */
interface Act {
  device: number
  atMs: number
  act: 'accept' | 'trusted' | 'decline' | 'decline-here' | 'busy' | 'offline' | 'stop'
}

interface Ending {
  caller: CallMachine
  devices: CallMachine[]
}

/** Signals are neither lost nor overtake each other on their way between two. Ends before anybody tires of waiting. */
function run(seed: number, count: number, acts: readonly Act[]): Ending {
  const random = seededRandom(seed)
  const clock = virtualClock()
  const names = Array.from({ length: count }, (_, i) => `b${i}`)
  const machines = new Map<string, CallMachine>([['a', newMachine(CALL_ID, 'caller')]])
  for (const name of names) machines.set(name, newMachine(CALL_ID, 'callee'))
  const lastMs = new Map<string, number>()
  const isDeaf = (name: string, act: Act['act']) =>
    acts.some((each) => `b${each.device}` === name && each.act === act && each.atMs < 50)

  function later(way: string, act: () => void): void {
    const atMs = Math.max(clock.now() + 10 + random() * 200, lastMs.get(way) ?? 0)
    lastMs.set(way, atMs)
    clock.after(atMs - clock.now(), act)
  }

  function feed(name: string, input: Input): void {
    const { machine, outputs } = step(machines.get(name) as CallMachine, input, clock.now())
    machines.set(name, machine)
    for (const output of outputs) {
      if (output.type === 'describe')
        later(`${name} itself`, () => feed(name, { type: 'described', as: output.as, sdp: `${output.as} of ${name}` }))
      if (output.type !== 'send') continue
      const to = output.device
      const { body } = output
      later(`${name} ${to}`, () => {
        if (body.type !== 'invite') return feed(to, { type: 'signal', device: name, body })
        if (isDeaf(to, 'offline')) return feed(name, { type: 'undeliverable', device: to })
        feed(name, { type: 'delivered', device: to })
        if (isDeaf(to, 'busy'))
          later(`${to} ${name}`, () => feed(name, { type: 'signal', device: to, body: { type: 'busy' } }))
        else feed(to, { type: 'invited', device: name, offer: body.offer })
      })
    }
  }

  for (const { device, atMs, act } of acts) {
    const name = `b${device}`
    const input = act === 'decline' ? 'hangup' : act
    if (input === 'busy' || input === 'offline') continue
    clock.after(atMs, () => {
      if (machines.get(name)?.phase === 'ringing') feed(name, { type: input })
    })
  }
  feed('a', { type: 'dial', devices: names })
  clock.advance(15_000)
  return { caller: machines.get('a') as CallMachine, devices: names.map((name) => machines.get(name) as CallMachine) }
}

const acts = (count: number): fc.Arbitrary<Act[]> =>
  fc.array(
    fc.record({
      device: fc.nat(count - 1),
      atMs: fc.oneof(fc.nat(49), fc.nat(2_000)),
      act: fc.constantFrom<Act['act'][]>('accept', 'trusted', 'decline', 'decline-here', 'busy', 'offline', 'stop'),
    }),
    { maxLength: 8 },
  )
const story = fc.integer({ min: 1, max: 8 }).chain((count) => fc.tuple(fc.nat(), fc.constant(count), acts(count)))

fork(
  'whatever they do, at most one has the call, it is the one that the caller has, and no other goes on ringing',
  () => {
    holds(
      fc.property(story, ([seed, count, all]) => {
        const { caller, devices } = run(seed, count, all)
        const having = devices.filter(({ phase }) => phase === 'connecting')
        const ringing = devices.filter(({ phase }) => phase === 'ringing')
        if (caller.phase === 'connecting') {
          assert.is(having.length, 1)
          assert.is(devices.indexOf(having[0] as CallMachine), Number(caller.chosen?.slice(1)))
          assert.is(caller.answer, having[0]?.answer, 'their sessions fit')
          assert.is(ringing.length, 0)
          const others: (EndReason | undefined)[] = ['answered-elsewhere', 'declined', 'stopped', undefined]
          for (const each of devices) if (each !== having[0]) assert.ok(others.includes(each.reason), each.reason)
        } else if (caller.phase === 'ended') assert.equal([having, ringing], [[], []])
        else assert.ok(having.length === 0 && ringing.length > 0, `${caller.phase} though nobody rings`)
      }),
      400,
    )
  },
)

fork('with nobody to say no or to answer, every device that could ring goes on', () => {
  holds(
    fc.property(story, ([seed, count, all]) => {
      const quiet = all.filter(({ act }) => act !== 'accept' && act !== 'decline')
      const { caller, devices } = run(seed, count, quiet)
      const ringing = devices.filter(({ phase }) => phase === 'ringing').length
      assert.is(caller.phase === 'ended', ringing === 0)
      for (const [i, { phase }] of devices.entries())
        if (phase === 'ended')
          assert.ok(
            quiet.some((each) => each.device === i),
            `b${i} stopped by itself`,
          )
    }),
    200,
  )
})

fork('one person’s no ends it everywhere, unless another has answered before', () => {
  holds(
    fc.property(fc.nat(), fc.integer({ min: 2, max: 8 }), fc.integer({ min: 500, max: 2_000 }), (seed, count, atMs) => {
      const { caller, devices } = run(seed, count, [{ device: 1, atMs, act: 'decline' }])
      assert.is(caller.reason, 'declined')
      for (const { reason } of devices) assert.is(reason, 'declined')
      const late = run(seed, count, [
        { device: 0, atMs, act: 'accept' },
        { device: 1, atMs: atMs + 1_000, act: 'decline' },
      ])
      assert.is(late.caller.chosen, 'b0')
    }),
  )
})

fork.run()
