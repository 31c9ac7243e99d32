/** Call machines driven by short scripts, their outputs as short lines: the tables of `state.test.ts` read like a log. */

import type { Test } from 'uvu'
import * as assert from 'uvu/assert'

import { type CallMachine, type Input, type Output, type TimerName, newMachine } from '../../src/call/machine.ts'
import type { SignalBody } from '../../src/call/signal.ts'
import { step } from '../../src/call/state.ts'

export const CALL_ID = '77'.repeat(16)
export const LOWER_ID = '11'.repeat(16)
export const HIGHER_ID = 'ee'.repeat(16)

/** A number is time that passes, in ms. */
export type Act = Input | number

export interface Run {
  machine: CallMachine
  /** What the last input asked for. */
  last: string[]
  all: string[]
}

export function play(start: CallMachine, acts: readonly Act[]): Run {
  let machine = start
  let nowMs = 1_000_000
  let last: string[] = []
  const all: string[] = []
  for (const act of acts) {
    if (typeof act === 'number') {
      nowMs += act
      continue
    }
    const taken = step(machine, act, nowMs)
    machine = taken.machine
    last = taken.outputs.map(line)
    all.push(...last)
  }
  return { machine, last, all }
}

export const caller = (...acts: Act[]) => play(newMachine(CALL_ID, 'caller'), acts)
export const callee = (...acts: Act[]) => play(newMachine(CALL_ID, 'callee'), acts)

export const from = (device: string, body: SignalBody): Input => ({ type: 'signal', device, body })
export const timer = (name: TimerName): Input => ({ type: 'timer', name })
export const candidate = (...candidates: string[]): SignalBody => ({ type: 'candidates', candidates })
export const ownCandidate = (text: string): Input => ({ type: 'local-candidate', candidate: text })

export const dial = (...devices: string[]): Act[] => [
  { type: 'dial', devices },
  { type: 'described', as: 'offer', sdp: 'offer' },
]
export const invited: Act = { type: 'invited', device: 'a1', offer: 'offer' }
export const answer: SignalBody = { type: 'accept', answer: 'answer' }
export const accepting: Act[] = [invited, { type: 'accept' }, { type: 'described', as: 'answer', sdp: 'answer' }]
export const connected: Input = { type: 'connected' }
export const callerActive: Act[] = [...dial('b1'), from('b1', answer), connected]
export const calleeActive: Act[] = [...accepting, connected]

/** The end of a call, with the timers that were still running. */
export const ends = (reason: string, ...timers: string[]) => [
  ...timers.map((name) => `no ${name}`),
  'close media',
  'ended',
  `= ${reason}`,
]

/** Name, script, and what its last act asks for. */
export type Case = [string, Act[], string[]]

/** One test for each case, named after its part. */
export function table(test: Test, part: string, cases: readonly Case[]): void {
  for (const [name, acts, expected] of cases) {
    test(`${part}: ${name}`, () => {
      const isCallee = acts.includes(invited)
      assert.equal((isCallee ? callee : caller)(...acts).last, expected)
    })
  }
}

export function line(output: Output): string {
  switch (output.type) {
    case 'send': {
      const id = output.callId === CALL_ID ? '' : ` about ${output.callId.slice(0, 2)}`
      return `${output.device} < ${words(output.body)}${id}`
    }
    case 'start-timer':
      return `${output.name} in ${output.delayMs}`
    case 'stop-timer':
      return `no ${output.name}`
    case 'describe':
      return `describe ${output.as}`
    case 'set-answer':
      return `set ${output.answer}`
    case 'add-candidate':
      return `add ${output.candidate}`
    case 'peer-relays':
      return `relays ${output.relays[0]} of ${output.device}`
    case 'refresh-media':
      return 'refresh'
    case 'close-media':
      return 'close media'
    case 'renamed':
      return `renamed ${output.callId.slice(0, 2)}`
    case 'state':
      return output.state
    case 'interrupted':
      return output.isInterrupted ? 'interrupted' : 'goes on'
    case 'ended':
      return `= ${output.reason}`
  }
}

function words(body: SignalBody): string {
  if ('reason' in body) return `${body.type} ${body.reason}`
  if (body.type === 'decline') return body.isHereOnly === true ? 'decline here' : 'decline'
  if (body.type === 'candidates') return `candidates ${body.candidates.join(' ')}`
  if (body.type === 'ringing' && body.answer !== undefined) return `ringing with ${body.answer}`
  if (body.type === 'accept' && body.answer !== 'answer') return `accept with ${body.answer}`
  if (body.type === 'invite' && body.offer !== 'offer') return `invite with ${body.offer}`
  return body.type
}
