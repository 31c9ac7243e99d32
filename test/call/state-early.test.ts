import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import type { SignalBody } from '../../src/call/signal.ts'
import {
  type Act,
  type Case,
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

const early = suite('media set up while the call rings')

const hangup: Act = { type: 'hangup' }
const accept: Act = { type: 'accept' }
const trusted: Act = { type: 'trusted' }
const failed: Act = { type: 'media-failed' }
const described = (sdp: string): Act => ({ type: 'described', as: 'answer', sdp })
const offered = (sdp: string): Act => ({ type: 'described', as: 'offer', sdp })
const ringing = (text = 'answer'): SignalBody => ({ type: 'ringing', answer: text })
const accepted = (text: string): SignalBody => ({ type: 'accept', answer: text })
const relays = (byte: number) => Uint8Array.of(byte)

const answering: Act[] = [invited, trusted, described('answer')]
const active = ['no setup', 'active', 'watch in 1000']
const choosing = ['no answer', 'connecting', 'setup in 20000']

const atCallee: Case[] = [
  ['a caller that is trusted is answered while it rings', [invited, trusted], ['describe answer']],
  ['and told with another ringing', answering, ['a1 < ringing with answer']],
  [
    'candidates follow it',
    [invited, trusted, ownCandidate('x'), described('answer')],
    ['a1 < ringing with answer', 'a1 < candidates x'],
  ],
  ['also later', [...answering, ownCandidate('x'), timer('candidates')], ['a1 < candidates x']],
  ['the caller’s candidates are used', [invited, from('a1', candidate('x')), trusted], ['describe answer', 'add x']],
  ['as they come', [invited, trusted, from('a1', candidate('x'))], ['add x']],
  ['trusted twice is trusted once', [...answering, trusted], []],
  ['nobody is trusted in retrospect', [...accepting, trusted], []],
  ['media alone makes no call active', [...answering, connected], []],
  ['the accept repeats the answer', [...answering, accept], [...choosing, 'a1 < accept']],
  ['and then media makes it active', [...answering, accept, connected], active],
  [
    'media that stands makes it active at once',
    [...answering, connected, accept],
    [...choosing, 'a1 < accept', ...active],
  ],
  ['who accepts before the answer is there does not make another', [invited, trusted, accept], choosing],
  ['the answer leaves as the accept then', [invited, trusted, accept, described('answer')], ['a1 < accept']],
  ['accepting twice is accepting once', [...answering, connected, accept, accept], []],
  [
    'a cancel that crosses the accept wins, though the call is active here',
    [...answering, connected, accept, from('a1', { type: 'cancel', reason: 'gave-up' })],
    ends('cancelled', 'watch'),
  ],
  ['declining closes the session', [...answering, connected, hangup], ['a1 < decline', ...ends('declined', 'answer')]],
  [
    'declining here closes the session',
    [...answering, { type: 'decline-here' }],
    ['a1 < decline here', ...ends('declined', 'answer')],
  ],
  [
    'the caller’s cancel closes it',
    [...answering, connected, from('a1', { type: 'cancel', reason: 'gave-up' })],
    ends('cancelled', 'answer'),
  ],
  [
    'a device that answered closes it',
    [...answering, from('a1', { type: 'cancel', reason: 'answered-elsewhere' })],
    ends('answered-elsewhere', 'answer'),
  ],
  ['time closes it', [...answering, connected, timer('answer')], ends('no-answer')],
  ['stopping closes it', [...answering, { type: 'stop' }], ['a1 < bye stopped', ...ends('stopped', 'answer')]],
  ['an answer that comes after the end does not leave', [invited, trusted, hangup, described('answer')], []],
  ['a failure while it rings is nobody’s business', [...answering, failed], ['close media']],
  ['also of the description', [invited, trusted, failed], ['close media']],
  ['nothing more leaves before the accept', [...answering, ownCandidate('x'), failed, ownCandidate('y')], []],
  [
    'the accept then takes a new answer, with all of the caller’s candidates',
    [...answering, from('a1', candidate('x')), failed, from('a1', candidate('y')), accept],
    [...choosing, 'describe answer', 'add x', 'add y'],
  ],
  ['and the new answer leaves', [...answering, failed, accept, described('new')], ['a1 < accept with new']],
  [
    'a failure after the accept is one',
    [...answering, accept, failed],
    ['a1 < bye failed', ...ends('failed', 'setup')],
  ],
]

const renewedInvite: SignalBody = { type: 'invite', offer: 'new' }
const renewing: Act[] = [...answering, accept, from('a1', renewedInvite)]
const renewedAtCallee: Case[] = [
  ['the caller’s media failed: its new offer is answered', renewing, ['close media', 'describe answer']],
  ['with another accept', [...renewing, described('other')], ['a1 < accept with other']],
  ['and its media makes the call active', [...renewing, described('other'), connected], active],
  ['not before', [...renewing, connected], []],
  [
    'candidates that overtook the new offer are used',
    [...answering, accept, from('a1', candidate('x')), from('a1', renewedInvite)],
    ['close media', 'describe answer', 'add x'],
  ],
  [
    'a call that was active already stays so',
    [...answering, connected, accept, from('a1', renewedInvite), described('other')],
    ['a1 < accept with other'],
  ],
  ['once', [...renewing, described('other'), from('a1', { type: 'invite', offer: 'third' })], []],
  ['the offer that we have is none', [...answering, accept, from('a1', { type: 'invite', offer: 'offer' })], []],
  ['not before we have accepted', [...answering, from('a1', renewedInvite)], []],
  ['not of anybody else', [...answering, accept, from('c1', renewedInvite)], []],
]

const rung: Act[] = [...dial('b1'), from('b1', ringing())]
const two: Act[] = [...dial('b1', 'b2'), from('b1', ringing())]
const atCaller: Case[] = [
  ['the answer of the only device is used while it rings', rung, ['ringing', 'set answer']],
  ['also when it rang before', [...dial('b1'), from('b1', { type: 'ringing' }), from('b1', ringing())], ['set answer']],
  ['once', [...rung, from('b1', ringing())], []],
  ['the first one counts', [...rung, from('b1', ringing('other'))], []],
  ['a plain ringing that comes late changes nothing', [...rung, from('b1', { type: 'ringing' })], []],
  ['its candidates are used', [...rung, from('b1', candidate('x'))], ['add x']],
  [
    'also those that overtook it',
    [...dial('b1'), from('b1', candidate('x')), from('b1', ringing())],
    ['ringing', 'set answer', 'add x'],
  ],
  ['ours go on', [...rung, ownCandidate('x'), timer('candidates')], ['b1 < candidates x']],
  ['media alone makes no call active', [...rung, connected], []],
  ['the accept makes it active at once', [...rung, connected, from('b1', answer)], [...choosing, ...active]],
  ['or the media after it', [...rung, from('b1', answer), connected], active],
  ['an accept counts once', [...rung, connected, from('b1', answer), from('b1', answer)], []],
  [
    'a ringing that comes after the accept changes nothing',
    [...dial('b1'), from('b1', answer), from('b1', ringing())],
    [],
  ],
  ['of two devices neither is used while they ring', two, ['ringing']],
  [
    'the one that accepts is',
    [
      ...two,
      from('b2', ringing('other')),
      from('b1', candidate('x')),
      from('b2', candidate('y')),
      from('b2', accepted('other')),
    ],
    ['b1 < cancel answered-elsewhere', ...choosing, 'set other', 'add y'],
  ],
  [
    'with the answer of its accept, whatever it rang with',
    [...two, from('b1', accepted('new'))],
    ['b2 < cancel answered-elsewhere', ...choosing, 'set new'],
  ],
  ['a decline closes the session', [...rung, connected, from('b1', { type: 'decline' })], ends('declined', 'answer')],
  ['a bye closes it', [...rung, from('b1', { type: 'bye', reason: 'stopped' })], ends('offline', 'answer')],
  ['hanging up closes it', [...rung, connected, hangup], ['b1 < cancel gave-up', ...ends('cancelled', 'answer')]],
  ['time closes it', [...rung, connected, timer('answer')], ['b1 < cancel no-answer', ...ends('no-answer')]],
  [
    'an invite from another device of theirs closes it, and is accepted',
    [...rung, connected, { type: 'glare', callId: HIGHER_ID, device: 'b2', offer: 'theirs' }],
    ['b1 < cancel answered-elsewhere', 'close media', 'renamed ee', ...choosing, 'describe answer'],
  ],
  [
    'what the old session says then counts for nothing',
    [...rung, { type: 'glare', callId: HIGHER_ID, device: 'b2', offer: 'theirs' }, connected],
    [],
  ],
  [
    'an invite that crosses before any answer meets as ever',
    [...dial('b1'), { type: 'glare', callId: LOWER_ID, device: 'b1', offer: 'theirs' }, from('b1', ringing())],
    [],
  ],
  ['an answer of a device that was not invited is none', [...dial('b1'), from('c1', ringing())], []],
  ['nor is one to an offer that has not left', [dial('b1')[0]!, from('b1', ringing())], []],
  ['a failure before any answer is one', [...dial('b1'), failed], ['b1 < cancel gave-up', ...ends('failed', 'answer')]],
  ['a failure while it rings is nobody’s business', [...rung, failed], ['close media']],
  ['no answer is used any more', [...rung, failed, from('b1', ringing('other'))], []],
  ['it can be cancelled as ever', [...rung, failed, hangup], ['b1 < cancel gave-up', ...ends('cancelled', 'answer')]],
]

const renewal: Act[] = [...rung, failed, from('b1', answer)]
const renewed: Act[] = [...renewal, offered('new')]
const renewedAtCaller: Case[] = [
  [
    'an accept after our media has failed is met with a new offer',
    renewal,
    [...choosing, 'close media', 'describe offer'],
  ],
  [
    'also one with another answer than the one in use',
    [...rung, connected, from('b1', accepted('other'))],
    [...choosing, 'close media', 'describe offer'],
  ],
  ['it leaves to the device that accepted', renewed, ['b1 < invite with new']],
  [
    'our candidates follow it',
    [...renewal, ownCandidate('x'), offered('new')],
    ['b1 < invite with new', 'b1 < candidates x'],
  ],
  ['its accept is used', [...renewed, from('b1', accepted('other'))], ['set other']],
  [
    'with the candidates that overtook it, and none of before',
    [
      ...rung,
      from('b1', candidate('old')),
      failed,
      from('b1', answer),
      from('b1', candidate('x')),
      offered('new'),
      from('b1', accepted('other')),
    ],
    ['set other', 'add x'],
  ],
  ['and its media makes the call active', [...renewed, from('b1', accepted('other')), connected], active],
  ['the accept to the old offer, come twice, is not used', [...renewed, from('b1', answer)], []],
  ['nor is any before the new offer has left', [...renewal, from('b1', accepted('other'))], []],
  ['what the old session says counts for nothing', [...renewed, connected], []],
  ['another failure is one', [...renewed, failed], ['b1 < bye failed', ...ends('failed', 'setup')]],
  ['time ends it as any set-up', [...renewed, timer('setup')], ['b1 < bye failed', ...ends('failed')]],
  ['a call that rang without media takes one accept', [...callerActive, from('b1', accepted('other'))], []],
]

const hints: Case[] = [
  [
    'what the caller tells of its relays waits for an answer of ours',
    [invited],
    ['ringing', 'a1 < ringing', 'answer in 50000'],
  ],
  ['and is known before the session is opened', [invited, accept], [...choosing, 'relays 1 of a1', 'describe answer']],
]

table(early, 'callee', atCallee)
table(early, 'callee, renewed', renewedAtCallee)
table(early, 'caller', atCaller)
table(early, 'caller, renewed', renewedAtCaller)

for (const [name, acts, expected] of hints) {
  early(`relays: ${name}`, () => {
    const withRelays = acts.map((act) => (act === invited ? { ...(invited as object), relays: relays(1) } : act))
    assert.equal(callee(...(withRelays as Act[])).last, expected)
  })
}

early('relays: the caller hears those of the device that its media is with, when it is, and when they change', () => {
  const rang = from('b1', { type: 'ringing', answer: 'answer', relays: relays(1) })
  assert.equal(caller(...dial('b1'), rang).last, ['ringing', 'relays 1 of b1', 'set answer'])
  const same = from('b1', { type: 'accept', answer: 'answer', relays: relays(1) })
  assert.equal(caller(...dial('b1'), rang, same).last, choosing)
  const others = from('b1', { type: 'accept', answer: 'answer', relays: relays(2) })
  assert.equal(caller(...dial('b1'), rang, others).last, [...choosing, 'relays 2 of b1'])
  assert.equal(caller(...dial('b1', 'b2'), rang, others).last, [
    'b2 < cancel answered-elsewhere',
    ...choosing,
    'relays 2 of b1',
    'set answer',
  ])
})

early('an untrusted caller is told nothing of our media before the accept, whatever else happens', () => {
  const { all } = callee(
    invited,
    ownCandidate('x'),
    from('a1', candidate('y')),
    connected,
    failed,
    described('answer'),
    timer('candidates'),
    from('a1', renewedInvite),
  )
  assert.equal(all, ['ringing', 'a1 < ringing', 'answer in 50000'])
})

early.run()
