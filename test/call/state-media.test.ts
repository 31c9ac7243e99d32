import { suite } from 'uvu'

import {
  type Act,
  type Case,
  PEER_TAG,
  WRONG_TAG,
  accepting,
  binding,
  calleeActive,
  callerActive,
  candidate,
  connected,
  ends,
  from,
  table,
  timer,
} from './script.ts'

const media = suite('media in the call state')

const hangup: Act = { type: 'hangup' }
const stop: Act = { type: 'stop' }

const cases: Case[] = [
  ['our tag leaves as soon as the media is connected', [...accepting, connected], ['a1 < binding 1']],
  ['the peer’s tag makes the call active', calleeActive, ['no setup', 'active', 'watch in 1000']],
  [
    'in whichever order the two come',
    [...accepting, from('a1', binding(PEER_TAG)), connected],
    ['a1 < binding 1', 'no setup', 'active', 'watch in 1000'],
  ],
  [
    'a wrong tag fails the call',
    [...accepting, connected, from('a1', binding(WRONG_TAG))],
    ['a1 < bye failed', ...ends('failed', 'setup')],
  ],
  [
    'our own tag sent back fails the call',
    [...accepting, connected, from('a1', binding(new Uint8Array(32).fill(1)))],
    ['a1 < bye failed', ...ends('failed', 'setup')],
  ],
  [
    'a short tag fails the call',
    [...accepting, connected, from('a1', binding(PEER_TAG.subarray(1)))],
    ['a1 < bye failed', ...ends('failed', 'setup')],
  ],
  [
    'a right tag after a wrong one does not save it',
    [...accepting, from('a1', binding(WRONG_TAG)), from('a1', binding(PEER_TAG)), connected],
    ['a1 < binding 1', 'a1 < bye failed', ...ends('failed', 'setup')],
  ],
  ['somebody else’s tag is ignored', [...accepting, connected, from('c1', binding(PEER_TAG))], []],
  [
    'a tag that never comes fails the call in 20 s',
    [...accepting, connected, timer('setup')],
    ['a1 < bye failed', ...ends('failed')],
  ],
  ['a tag after active is ignored', [...callerActive, from('b1', binding(WRONG_TAG))], []],
  ['connected twice is connected once', [...callerActive, connected], []],
  [
    'media that fails on the way: failed',
    [...accepting, { type: 'media-failed' }],
    ['a1 < bye failed', ...ends('failed', 'setup')],
  ],
  [
    'media that fails in the call: lost',
    [...callerActive, { type: 'media-failed' }],
    ['b1 < bye lost', ...ends('lost', 'watch')],
  ],
  ['a candidate in the call is used', [...callerActive, from('b1', candidate('x'))], ['add x']],
  ['hanging up', [...callerActive, hangup], ['b1 < bye hangup', ...ends('hangup', 'watch')]],
  ['stopping', [...calleeActive, stop], ['a1 < bye stopped', ...ends('stopped', 'watch')]],
  [
    'the peer hangs up',
    [...callerActive, from('b1', { type: 'bye', reason: 'hangup' })],
    ends('remote-hangup', 'watch'),
  ],
  ['the peer stops', [...callerActive, from('b1', { type: 'bye', reason: 'stopped' })], ends('remote-hangup', 'watch')],
  ['the peer hears nothing', [...callerActive, from('b1', { type: 'bye', reason: 'lost' })], ends('lost', 'watch')],
  [
    'the peer found the media not authentic',
    [...accepting, from('a1', { type: 'bye', reason: 'failed' })],
    ends('failed', 'setup'),
  ],
  ['somebody else’s bye is ignored', [...callerActive, from('c1', { type: 'bye', reason: 'hangup' })], []],
  ['a late cancel to the caller is ignored', [...callerActive, from('b1', { type: 'cancel', reason: 'gave-up' })], []],
  ['media that is heard goes on', [...callerActive, 9000, { type: 'heard' }, 1000, timer('watch')], ['watch in 1000']],
  [
    '3 s of silence: the caller tries another path',
    [...callerActive, 3000, timer('watch')],
    ['describe restart', 'watch in 1000'],
  ],
  ['the callee waits for it', [...calleeActive, 3000, timer('watch')], ['watch in 1000']],
  [
    '5 s of silence: the callee tries too',
    [...calleeActive, 5000, timer('watch')],
    ['describe restart', 'watch in 1000'],
  ],
  ['one silence, one try', [...callerActive, 3000, timer('watch'), 1000, timer('watch')], ['watch in 1000']],
  ['10 s of silence: lost', [...callerActive, 10_000, timer('watch')], ['b1 < bye lost', ...ends('lost')]],
]

const restarting: Act[] = [...callerActive, 3000, timer('watch')]
const restart = (device: string) => from(device, { type: 'restart', offer: 'new' })
const restarts: Case[] = [
  [
    'the new offer leaves when it is there',
    [...restarting, { type: 'described', as: 'restart', sdp: 'new' }],
    ['b1 < restart'],
  ],
  ['its answer is set', [...restarting, from('b1', { type: 'restart-answer', answer: 'new' })], ['set new']],
  [
    'its answer is set once',
    [
      ...restarting,
      from('b1', { type: 'restart-answer', answer: 'new' }),
      from('b1', { type: 'restart-answer', answer: 'new' }),
    ],
    [],
  ],
  ['an answer to no offer is ignored', [...callerActive, from('b1', { type: 'restart-answer', answer: 'new' })], []],
  ['the peer’s new offer is answered', [...calleeActive, restart('a1')], ['describe restart-answer']],
  [
    'and the answer leaves',
    [...calleeActive, restart('a1'), { type: 'described', as: 'restart-answer', sdp: 'new' }],
    ['a1 < restart-answer'],
  ],
  ['a flood of new offers is not', [...calleeActive, restart('a1'), 500, restart('a1')], []],
  ['when both restart, the caller’s offer stands', [...restarting, restart('b1')], []],
  [
    'when both restart, the callee gives way',
    [...calleeActive, 5000, timer('watch'), restart('a1')],
    ['describe restart-answer'],
  ],
  ['not before the call is active', [...accepting, restart('a1')], []],
]

table(media, 'media', cases)
table(media, 'restarts', restarts)

media.run()
