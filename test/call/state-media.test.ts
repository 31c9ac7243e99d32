import { suite } from 'uvu'

import type { SignalBody } from '../../src/call/signal.ts'

import {
  type Act,
  type Case,
  accepting,
  answer,
  calleeActive,
  callerActive,
  candidate,
  connected,
  dial,
  ends,
  from,
  ownCandidate,
  table,
  timer,
} from './script.ts'

const media = suite('media in the call state')

const hangup: Act = { type: 'hangup' }
const ringing: SignalBody = { type: 'ringing', answer: 'answer' }
const stop: Act = { type: 'stop' }

const cases: Case[] = [
  ['media that is connected makes an accepted call active', calleeActive, ['no setup', 'active', 'watch in 1000']],
  ['at the caller too', callerActive, ['no setup', 'active', 'watch in 1000']],
  ['connected twice is connected once', [...callerActive, connected], []],
  [
    'media that is never connected fails the call in 20 s',
    [...accepting, timer('setup')],
    ['a1 < bye failed', ...ends('failed')],
  ],
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
  ['candidates in the call are used', [...callerActive, from('b1', candidate('x', 'y'))], ['add x', 'add y']],
  ['those of somebody else are not', [...callerActive, from('c1', candidate('x'))], []],
  ['and ours are told', [...callerActive, ownCandidate('x'), timer('candidates')], ['b1 < candidates x']],
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
    'the peer could not set the media up',
    [...accepting, from('a1', { type: 'bye', reason: 'failed' })],
    ends('failed', 'setup'),
  ],
  ['somebody else’s bye is ignored', [...callerActive, from('c1', { type: 'bye', reason: 'hangup' })], []],
  ['a late cancel to the caller is ignored', [...callerActive, from('b1', { type: 'cancel', reason: 'gave-up' })], []],
]

const heard: Act = { type: 'heard' }
const path = (isAlive: boolean): Act => ({ type: 'path', isAlive })
/** A second of silence, told. */
const quiet: Act[] = [...callerActive, 1000, timer('watch')]
const lost: Case[] = [
  [
    'the watch looks again when the silence would be one',
    [...callerActive, 400, heard, 600, timer('watch')],
    ['watch in 400'],
  ],
  ['1 s of silence is told', quiet, ['interrupted', 'watch in 1500']],
  ['2.5 s of silence: paths are looked for', [...quiet, 1500, timer('watch')], ['refresh', 'watch in 2500']],
  ['and again 2.5 s later', [...quiet, 1500, timer('watch'), 2500, timer('watch')], ['refresh', 'watch in 2500']],
  ['but not more often', [...quiet, 1500, timer('watch'), 100, timer('watch')], ['watch in 2400']],
  ['one packet is not the end of a silence', [...quiet, 500, heard], []],
  ['packets for 200 ms are', [...quiet, 500, heard, 199, heard, 1, heard], ['goes on', 'watch in 1000']],
  ['two packets with a silence between are not', [...quiet, 500, heard, 1000, heard], []],
  ['what goes on is told once', [...quiet, 500, heard, 200, heard, 20, heard], []],
  ['a silence that goes on is told once', [...quiet, 1500, timer('watch'), 500, timer('watch')], ['watch in 2000']],
  ['no path is told at once', [...callerActive, 20, path(false)], ['interrupted']],
  ['once', [...callerActive, 20, path(false), path(false)], []],
  [
    'a path and packets for 200 ms end it',
    [...callerActive, 20, path(false), 20, path(true), 200, heard],
    ['goes on', 'watch in 1000'],
  ],
  ['packets alone do not', [...callerActive, 20, path(false), 500, heard, 500, heard], []],
  ['nor does a path alone', [...callerActive, 20, path(false), 20, path(true)], []],
  [
    'a path that goes before the call is active is told with it',
    [...dial('b1'), from('b1', ringing), connected, path(false), from('b1', answer)],
    ['no answer', 'connecting', 'setup in 20000', 'no setup', 'active', 'watch in 1000', 'interrupted'],
  ],
  ['before the call is active nothing is', [...accepting, heard, path(false)], []],
  ['a clock that is put back is no reason to stop watching', [...quiet, -5000, timer('watch')], ['watch in 2500']],
  ['19 s of silence: not lost', [...quiet, 18_000, timer('watch')], ['refresh', 'watch in 1000']],
  ['20 s of silence: lost', [...quiet, 19_000, timer('watch')], ['b1 < bye lost', ...ends('lost')]],
]

table(media, 'media', cases)
table(media, 'silence', lost)

media.run()
