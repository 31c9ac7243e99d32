import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { CANDIDATES_AT_ONCE } from '../../src/call/allowance.ts'
import { ANSWER_LIMIT_MS, newMachine } from '../../src/call/machine.ts'
import type { SignalBody } from '../../src/call/signal.ts'
import { step } from '../../src/call/state.ts'
import {
  type Act,
  type Case,
  CALL_ID,
  HIGHER_ID,
  LOWER_ID,
  accepting,
  answer,
  callee,
  caller,
  callerActive,
  candidate,
  connected,
  dial,
  ends,
  from,
  invited,
  ownCandidate,
  table,
  timer,
} from './script.ts'

const state = suite('call state')

const glare = (callId: string, device = 'b1'): Act => ({ type: 'glare', callId, device, offer: 'their offer' })
const hangup: Act = { type: 'hangup' }
const stop: Act = { type: 'stop' }
const declineHere: SignalBody = { type: 'decline', isHereOnly: true }
const ringing = from('b1', { type: 'ringing' })
const delivered: Act = { type: 'delivered', device: 'b1' }
const undeliverable = (device: string): Act => ({ type: 'undeliverable', device })
const outgoing: Case[] = [
  [
    'dialling describes an offer and rings for 45 s',
    [dial('b1')[0]!],
    ['inviting', 'answer in 45000', 'describe offer'],
  ],
  ['the invite leaves when the offer is there', dial('b1'), ['b1 < invite']],
  ['every device is invited with the one offer', dial('b1', 'b2'), ['b1 < invite', 'b2 < invite']],
  [
    'candidates found before the offer leave after it',
    [dial('b1')[0]!, ownCandidate('x'), dial('b1')[1]!],
    ['b1 < invite', 'b1 < candidates x'],
  ],
  ['candidates found later wait a moment for others', [...dial('b1', 'b2'), ownCandidate('x')], ['candidates in 5']],
  [
    'and leave together',
    [...dial('b1', 'b2'), ownCandidate('x'), ownCandidate('y'), timer('candidates')],
    ['b1 < candidates x y', 'b2 < candidates x y'],
  ],
  [
    'while more are found they wait a little longer',
    [...dial('b1'), ownCandidate('x'), timer('candidates'), ownCandidate('y')],
    ['candidates in 20'],
  ],
  ['a second offer is ignored', [...dial('b1'), dial('b1')[1]!], []],
  ['the first device that rings makes the call ring', [...dial('b1', 'b2'), ringing], ['ringing']],
  ['the second device that rings changes nothing', [...dial('b1', 'b2'), ringing, from('b2', { type: 'ringing' })], []],
  ['a device rings once', [...dial('b1'), ringing, ringing], []],
  [
    'an accept connects, with or without ringing before',
    [...dial('b1'), from('b1', answer)],
    ['no answer', 'connecting', 'setup in 20000', 'set answer'],
  ],
  [
    'the first accept wins, and the other devices are told',
    [...dial('b1', 'b2', 'b3'), from('b3', { type: 'busy' }), from('b2', answer)],
    ['b1 < cancel answered-elsewhere', 'no answer', 'connecting', 'setup in 20000', 'set answer'],
  ],
  [
    'a second accept is told that the call was answered elsewhere',
    [...dial('b1', 'b2'), from('b2', answer), from('b1', answer)],
    ['b1 < cancel answered-elsewhere'],
  ],
  ['an accept counts once', [...dial('b1'), from('b1', answer), from('b1', answer)], []],
  [
    'after the accept, candidates go to the chosen one alone',
    [...dial('b1', 'b2'), from('b2', answer), ownCandidate('x'), timer('candidates')],
    ['b2 < candidates x'],
  ],
  [
    'candidates that overtake the accept are kept for it',
    [...dial('b1', 'b2'), from('b1', candidate('x')), from('b2', candidate('y')), from('b1', answer)],
    ['b2 < cancel answered-elsewhere', 'no answer', 'connecting', 'setup in 20000', 'set answer', 'add x'],
  ],
  [
    'a decline at one device is a decline at all',
    [...dial('b1', 'b2', 'b3'), ringing, from('b2', { type: 'busy' }), from('b1', { type: 'decline' })],
    ['b3 < cancel declined-elsewhere', ...ends('declined', 'answer')],
  ],
  ['a device that takes no calls is not the end', [...dial('b1', 'b2'), from('b1', declineHere)], []],
  [
    'nor is one that is busy, or gone',
    [...dial('b1', 'b2', 'b3'), from('b1', { type: 'busy' }), from('b2', { type: 'bye', reason: 'stopped' })],
    [],
  ],
  [
    'no device takes calls: declined',
    [...dial('b1', 'b2'), from('b1', declineHere), from('b2', declineHere)],
    ends('declined', 'answer'),
  ],
  [
    'an accept that crosses another device’s decline gets a bye',
    [...dial('b1', 'b2'), from('b1', { type: 'decline' }), from('b2', answer)],
    ['b2 < bye hangup'],
  ],
  [
    'all are busy: busy',
    [...dial('b1', 'b2'), from('b1', { type: 'busy' }), from('b2', { type: 'busy' })],
    ends('busy', 'answer'),
  ],
  [
    'one declined and one busy: declined',
    [...dial('b1', 'b2'), from('b1', { type: 'busy' }), from('b2', { type: 'decline' })],
    ends('declined', 'answer'),
  ],
  [
    'none took the invite: offline',
    [...dial('b1', 'b2'), undeliverable('b1'), undeliverable('b2')],
    ends('offline', 'answer'),
  ],
  [
    'one offline and one busy: busy',
    [...dial('b1', 'b2'), from('b1', { type: 'busy' }), undeliverable('b2')],
    ends('busy', 'answer'),
  ],
  ['a failed delivery of what has been delivered is no news', [...dial('b1'), delivered, undeliverable('b1')], []],
  [
    'a device thought to be offline may accept',
    [...dial('b1', 'b2'), undeliverable('b1'), from('b1', answer)],
    ['b2 < cancel answered-elsewhere', 'no answer', 'connecting', 'setup in 20000', 'set answer'],
  ],
  [
    'the callee stops while ringing: offline',
    [...dial('b1'), ringing, from('b1', { type: 'bye', reason: 'stopped' })],
    ends('offline', 'answer'),
  ],
  [
    'a bye that overtakes the accept ends the call',
    [...dial('b1'), ringing, from('b1', { type: 'bye', reason: 'hangup' })],
    ends('remote-hangup', 'answer'),
  ],
  ['a device that was not invited is ignored', [...dial('b1'), from('c1', answer)], []],
  ['an answer to an invite that has not left is ignored', [dial('b1')[0]!, from('b1', answer)], []],
  [
    'hanging up before an answer cancels',
    [...dial('b1'), ringing, hangup],
    ['b1 < cancel gave-up', ...ends('cancelled', 'answer')],
  ],
  ['hanging up before the offer is there tells nobody', [dial('b1')[0]!, hangup], ends('cancelled', 'answer')],
  [
    'hanging up tells only those that may still ring',
    [...dial('b1', 'b2'), from('b1', { type: 'busy' }), hangup],
    ['b2 < cancel gave-up', ...ends('cancelled', 'answer')],
  ],
  ['stopping before an answer cancels', [...dial('b1'), stop], ['b1 < cancel gave-up', ...ends('stopped', 'answer')]],
  [
    'no answer in 45 s',
    [...dial('b1'), ringing, ANSWER_LIMIT_MS, timer('answer')],
    ['b1 < cancel no-answer', ...ends('no-answer')],
  ],
  [
    '45 s in which no device took the invite: offline',
    [...dial('b1'), ANSWER_LIMIT_MS, timer('answer')],
    ['b1 < cancel no-answer', ...ends('offline')],
  ],
  ['media that cannot even be described: failed', [dial('b1')[0]!, { type: 'media-failed' }], ends('failed', 'answer')],
  ['an accept after the cancel gets a bye', [...dial('b1'), hangup, from('b1', answer)], ['b1 < bye hangup']],
  ['no other signal after the end gets a reply', [...dial('b1'), hangup, from('b1', candidate('x'))], []],
]

const incoming: Case[] = [
  ['an invite rings, for 45 s and a grace', [invited], ['ringing', 'a1 < ringing', 'answer in 50000']],
  [
    'accepting describes an answer',
    [invited, { type: 'accept' }],
    ['no answer', 'connecting', 'setup in 20000', 'describe answer'],
  ],
  ['the accept leaves when the answer is there', accepting, ['a1 < accept']],
  ['no candidate of the callee leaves before its accept', [...accepting.slice(0, 2), ownCandidate('x')], []],
  [
    'they leave right after it',
    [...accepting.slice(0, 2), ownCandidate('x'), accepting[2]!],
    ['a1 < accept', 'a1 < candidates x'],
  ],
  ['the caller’s candidates wait for the user’s accept', [invited, from('a1', candidate('x'))], []],
  [
    'and are used then',
    [invited, from('a1', candidate('x')), { type: 'accept' }],
    ['no answer', 'connecting', 'setup in 20000', 'describe answer', 'add x'],
  ],
  ['accepting twice is accepting once', [...accepting, { type: 'accept' }], []],
  ['declining', [invited, hangup], ['a1 < decline', ...ends('declined', 'answer')]],
  ['stopping while it rings', [invited, stop], ['a1 < bye stopped', ...ends('stopped', 'answer')]],
  ['it rings no longer than that', [invited, timer('answer')], ends('no-answer')],
  ['the caller gave up', [invited, from('a1', { type: 'cancel', reason: 'gave-up' })], ends('cancelled', 'answer')],
  [
    'the caller waited long enough',
    [invited, from('a1', { type: 'cancel', reason: 'no-answer' })],
    ends('no-answer', 'answer'),
  ],
  [
    'answered elsewhere',
    [invited, from('a1', { type: 'cancel', reason: 'answered-elsewhere' })],
    ends('answered-elsewhere', 'answer'),
  ],
  [
    'declined elsewhere',
    [invited, from('a1', { type: 'cancel', reason: 'declined-elsewhere' })],
    ends('declined', 'answer'),
  ],
  [
    'declining for this device alone',
    [invited, { type: 'decline-here' }],
    ['a1 < decline here', ...ends('declined', 'answer')],
  ],
  ['a call that is being answered is no longer declined by that', [...accepting, { type: 'decline-here' }], []],
  [
    'a cancel that crosses the accept wins',
    [...accepting, from('a1', { type: 'cancel', reason: 'gave-up' })],
    ends('cancelled', 'setup'),
  ],
  ['nobody but the caller can cancel', [invited, from('c1', { type: 'cancel', reason: 'gave-up' })], []],
  ['the invite again changes nothing', [invited, from('a1', { type: 'invite', offer: 'other' })], []],
  [
    'hanging up before the accept has left declines',
    [invited, { type: 'accept' }, hangup],
    ['a1 < decline', ...ends('hangup', 'setup')],
  ],
  [
    'an answer that cannot be made: failed',
    [invited, { type: 'accept' }, { type: 'media-failed' }],
    ['a1 < bye failed', ...ends('failed', 'setup')],
  ],
  [
    'a cancelled call cannot be accepted',
    [invited, from('a1', { type: 'cancel', reason: 'gave-up' }), { type: 'accept' }],
    [],
  ],
]

const yields = (id: string) => [
  'close media',
  `renamed ${id}`,
  'no answer',
  'connecting',
  'setup in 20000',
  'describe answer',
]
const crossings: Case[] = [
  ['our lower call id survives', [...dial('b1'), glare(HIGHER_ID)], []],
  [
    'their lower call id survives, and is accepted at once',
    [...dial('b1'), glare(LOWER_ID)],
    ['b1 < cancel answered-elsewhere', ...yields('11')],
  ],
  [
    'the accept goes out under their id',
    [...dial('b1'), glare(LOWER_ID), { type: 'described', as: 'answer', sdp: 'answer' }],
    ['b1 < accept about 11'],
  ],
  ['our offer, come too late, does not leave', [dial('b1')[0]!, glare(LOWER_ID), dial('b1')[1]!], []],
  ['an invite that has not left gives way to any', [dial('b1')[0]!, glare(HIGHER_ID)], yields('ee')],
  [
    'an invite that did not go to that device gives way',
    [...dial('b1'), glare(HIGHER_ID, 'b2')],
    ['b1 < cancel answered-elsewhere', ...yields('ee')],
  ],
  [
    'an invite that turns out not to reach it gives way then',
    [...dial('b1', 'b2'), glare(HIGHER_ID), undeliverable('b1')],
    ['b1 < cancel answered-elsewhere', 'b2 < cancel answered-elsewhere', ...yields('ee')],
  ],
  ['a call that is already answered does not', [...callerActive, glare(LOWER_ID)], []],
  ['nor does one that has ended', [...dial('b1'), hangup, glare(LOWER_ID)], []],
]

table(state, 'outgoing', outgoing)
table(state, 'incoming', incoming)
table(state, 'crossings', crossings)

state('a machine that has given way is the callee of the other invite to the end', () => {
  const { machine, all } = caller(
    ...dial('b1'),
    glare(LOWER_ID),
    { type: 'described', as: 'answer', sdp: 'answer' },
    connected,
    hangup,
  )
  assert.is(machine.callId, LOWER_ID)
  assert.is(machine.role, 'callee')
  assert.equal(
    all.filter((each) => each.startsWith('b1 <')),
    ['b1 < invite', 'b1 < cancel answered-elsewhere', 'b1 < accept about 11', 'b1 < bye hangup about 11'],
  )
})

state('candidates are bounded by rate in both directions, and not by their sum', () => {
  const many = Array.from({ length: 100 }, (_, i) => `${i}`)
  const count = (lines: string[]) => lines.filter((each) => each.startsWith('add')).length
  const kept = callee(invited, ...many.map((each) => from('a1', candidate(each))), { type: 'accept' })
  assert.is(count(kept.last), CANDIDATES_AT_ONCE)
  const flood = many.map((each) => from('a1', candidate(each)))
  assert.is(count(callee(...accepting, ...flood).all), CANDIDATES_AT_ONCE)
  assert.is(count(callee(...accepting, ...flood, 10_000, ...flood).all), CANDIDATES_AT_ONCE + 40)
  const told = (run: { all: string[] }) =>
    run.all.filter((each) => each.startsWith('a1 < candidates')).map((each) => each.split(' ').length - 3)
  const telling: Act[] = [...accepting.slice(0, 2), ...many.map(ownCandidate), accepting[2]!]
  assert.equal(told(callee(...telling)), [16, 16, 16, 16])
  const later = callee(...telling, 100, ...many.map(ownCandidate), 1000, timer('candidates'))
  assert.equal(told(later), [16, 16, 16, 16, 4])
  assert.is(later.last.at(-1), 'candidates in 250', 'the others wait')
})

state('a step leaves the machine it was given as it was', () => {
  const before = callee(...accepting, connected).machine
  const copy = structuredClone(before)
  step(before, { type: 'heard' }, 5)
  step(before, from('a1', candidate('x')), 5)
  step(before, { type: 'hangup' }, 5)
  assert.equal(before, copy)
})

state('dialling nobody, or half the world, is a bug', () => {
  const machine = newMachine(CALL_ID, 'caller')
  assert.throws(() => step(machine, { type: 'dial', devices: [] }, 0), /1–16 devices/)
  const devices = Array.from({ length: 17 }, (_, i) => `b${i}`)
  assert.throws(() => step(machine, { type: 'dial', devices }, 0), /1–16 devices/)
})

state.run()
