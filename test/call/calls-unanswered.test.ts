import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import type { CallState } from '../../src/call/call.ts'
import { type SignalBody, encodeSignal } from '../../src/call/signal.ts'
import { virtualClock } from '../../src/lib/clock.ts'
import { holds } from '../support/property.ts'
import { Town, codeOf, firstCall, randomId, until } from './town.ts'

const unanswered = suite('calls that are not answered')

unanswered('nobody there: the dial rejects with OFFLINE', async () => {
  await using town = new Town()
  const alice = town.join('alice')
  const bob = town.join('bob', { isOnline: false })
  assert.is(await codeOf(alice.calls.dial([bob.device])), 'OFFLINE')
  assert.equal(alice.calls.list(), [])
})

unanswered('one device of two is there: the dial resolves, and that one rings', async () => {
  await using town = new Town()
  const alice = town.join('alice')
  const gone = town.join('bob/phone', { isOnline: false })
  const desk = town.join('bob/desk')
  const outgoing = await alice.calls.dial([gone.device, desk.device])
  const incoming = await firstCall(desk)
  assert.is(outgoing.id, incoming.id)
  incoming.decline()
  assert.is(await codeOf(outgoing.active), 'DECLINED')
})

unanswered('no answer in 45 s of ringing, at both ends, and not a moment before', async () => {
  const clock = virtualClock(1_000_000)
  await using town = new Town({ clock })
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  const outgoing = await alice.calls.dial([bob.device])
  const incoming = await firstCall(bob)
  await until('ringing', () => outgoing.state === 'ringing')
  clock.advance(44_999)
  assert.is(outgoing.state, 'ringing')
  clock.advance(1)
  assert.is(outgoing.state, 'ended')
  assert.is(await codeOf(outgoing.active), 'NO_ANSWER')
  assert.is((await outgoing.ended).reason, 'no-answer')
  assert.is((await incoming.ended).reason, 'no-answer')
})

unanswered('a phone that is never told stops ringing by itself', async () => {
  const clock = virtualClock(1_000_000)
  await using town = new Town({
    clock,
    tamper: (bytes, { body }) => (body.type === 'cancel' ? undefined : bytes),
  })
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  await alice.calls.dial([bob.device])
  const incoming = await firstCall(bob)
  clock.advance(49_999)
  assert.is(incoming.state, 'ringing')
  clock.advance(1)
  assert.is((await incoming.ended).reason, 'no-answer')
})

unanswered('whoever is in a call is busy for everybody else', async () => {
  await using town = new Town()
  const [alice, bob, carol] = [town.join('alice'), town.join('bob'), town.join('carol')]
  const first = await alice.calls.dial([bob.device])
  await firstCall(bob)
  const second = await carol.calls.dial([bob.device])
  assert.is(await codeOf(second.active), 'BUSY')
  assert.is(bob.incoming.length, 1)
  assert.is(first.state, 'ringing')
  assert.is(await codeOf(bob.calls.dial([carol.device])), 'BUSY')
})

unanswered('with room for two calls, a second one rings', async () => {
  await using town = new Town({ callsMax: 2 })
  const [alice, bob, carol] = [town.join('alice'), town.join('bob'), town.join('carol')]
  await alice.calls.dial([bob.device])
  await carol.calls.dial([bob.device])
  await until('two calls', () => bob.incoming.length === 2)
})

unanswered('the caller hangs up: cancelled at both ends', async () => {
  await using town = new Town()
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  const outgoing = await alice.calls.dial([bob.device])
  const incoming = await firstCall(bob)
  outgoing.hangup()
  assert.is(await codeOf(outgoing.active), 'CANCELLED')
  assert.is(await codeOf(incoming.active), 'CANCELLED')
  assert.equal([(await outgoing.ended).reason, (await incoming.ended).reason], ['cancelled', 'cancelled'])
})

unanswered('an aborted dial cancels the call; an aborted signal never dials', async () => {
  await using town = new Town()
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  const abort = new AbortController()
  const outgoing = await alice.calls.dial([bob.device], { signal: abort.signal })
  const incoming = await firstCall(bob)
  abort.abort()
  assert.is(await codeOf(outgoing.active), 'ABORTED')
  assert.is((await incoming.ended).reason, 'cancelled')
  assert.is(await codeOf(alice.calls.dial([bob.device], { signal: abort.signal })), 'ABORTED')
})

unanswered('aborting while the invite is on its way rejects the dial', async () => {
  await using town = new Town({ delay: ({ body }) => (body.type === 'invite' ? new Promise(() => {}) : undefined) })
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  const abort = new AbortController()
  const dialling = alice.calls.dial([bob.device], { signal: abort.signal })
  await until('the invite', () => town.lines().includes('alice > bob: invite'))
  abort.abort()
  assert.is(await codeOf(dialling), 'ABORTED')
})

unanswered('dialling somebody whose call is ringing here answers it', async () => {
  await using town = new Town()
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  const outgoing = await alice.calls.dial([bob.device])
  const incoming = await firstCall(bob)
  assert.is(await bob.calls.dial([alice.device]), incoming)
  await Promise.all([outgoing.active, incoming.active])
})

unanswered('a cancel that overtakes its invite is not forgotten', async () => {
  await using town = new Town()
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  const callId = randomId()
  bob.calls.receive(alice.device, encodeSignal({ callId, body: { type: 'cancel', reason: 'gave-up' } }))
  bob.calls.receive(alice.device, encodeSignal({ callId, body: { type: 'invite', offer: 'v=0' } }))
  assert.equal(bob.calls.list(), [])
})

unanswered('another device cannot cancel, accept or end a call', async () => {
  await using town = new Town()
  const [alice, bob, mallory] = [town.join('alice'), town.join('bob'), town.join('mallory')]
  const outgoing = await alice.calls.dial([bob.device])
  const incoming = await firstCall(bob)
  await until('ringing', () => outgoing.state === 'ringing')
  const { id: callId } = outgoing
  bob.calls.receive(mallory.device, encodeSignal({ callId, body: { type: 'cancel', reason: 'gave-up' } }))
  bob.calls.receive(mallory.device, encodeSignal({ callId, body: { type: 'bye', reason: 'hangup' } }))
  alice.calls.receive(mallory.device, encodeSignal({ callId, body: { type: 'accept', answer: 'v=0' } }))
  assert.equal([outgoing.state, incoming.state], ['ringing', 'ringing'] satisfies CallState[])
})

unanswered('an accept of a call that is none gets a bye', async () => {
  await using town = new Town()
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  alice.calls.receive(bob.device, encodeSignal({ callId: randomId(), body: { type: 'accept', answer: 'v=0' } }))
  await until('the bye', () => town.lines().includes('alice > bob: bye failed'))
})

unanswered('a session that cannot even be opened fails the call, and the next one is free to try', async () => {
  await using town = new Town({
    openSession() {
      throw new Error('no media here')
    },
  })
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  assert.is(await codeOf(alice.calls.dial([bob.device])), 'CALL_FAILED')
  assert.is(await codeOf(alice.calls.dial([bob.device])), 'CALL_FAILED')
})

unanswered('no signals, in whatever order, bring the registry down or make it hold more than its bounds', async () => {
  const clock = virtualClock(1_000_000)
  await using town = new Town({ clock })
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  const ids = Array.from({ length: 300 }, randomId)
  const bodies: SignalBody[] = [
    { type: 'candidates', candidates: ['{}'] },
    { type: 'invite', offer: 'v=0' },
    { type: 'bye', reason: 'lost' },
    { type: 'accept', answer: 'v=0' },
    { type: 'ringing', answer: 'v=0', relays: new Uint8Array(2) },
    { type: 'invite', offer: 'other' },
    { type: 'cancel', reason: 'gave-up' },
    { type: 'decline' },
  ]
  holds(
    fc.property(fc.constantFrom(...ids), fc.constantFrom(...bodies), (callId, body) => {
      bob.calls.receive(alice.device, encodeSignal({ callId, body }))
      assert.ok(bob.calls.list().length <= 1)
    }),
    2_000,
  )
})

unanswered('nonsense is counted and dropped', () => {
  const town = new Town()
  const alice = town.join('alice')
  alice.calls.receive(town.join('bob').device, new Uint8Array(50).fill(255))
  assert.is(alice.calls.dropped, 1)
  assert.equal(alice.calls.list(), [])
})

unanswered('a caller whose name does not resolve to its account is not verified', async () => {
  await using town = new Town({ verify: async () => false })
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  await alice.calls.dial([bob.device])
  assert.is((await firstCall(bob)).peer.verified, false)
})

unanswered('a name that takes too long to resolve is not waited for', async () => {
  const clock = virtualClock(1_000_000)
  await using town = new Town({ clock, verify: () => new Promise(() => {}) })
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  const outgoing = await alice.calls.dial([bob.device])
  await until('ringing', () => outgoing.state === 'ringing')
  clock.advance(1499)
  assert.is(bob.incoming.length, 0)
  clock.advance(1)
  assert.is((await firstCall(bob)).peer.verified, false)
})

unanswered('a source that cannot be opened dials nobody, and leaves an incoming call ringing', async () => {
  await using town = new Town()
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  assert.is(await codeOf(alice.calls.dial([bob.device], { source: '/no/such/file.wav' })), 'BAD_MEDIA')
  assert.is(await codeOf(alice.calls.dial([bob.device], { sink: '/no/such/place.txt' })), 'BAD_MEDIA')
  assert.equal([town.lines(), alice.calls.list()], [[], []])
  await alice.calls.dial([bob.device])
  const incoming = await firstCall(bob)
  assert.is(await codeOf(incoming.accept({ source: '/no/such/file.wav' })), 'BAD_MEDIA')
  assert.is(incoming.state, 'ringing')
  await incoming.accept()
  await incoming.active
})

unanswered('an offer that is none fails the call when it is accepted, and tells the caller', async () => {
  await using town = new Town()
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  bob.calls.receive(alice.device, encodeSignal({ callId: randomId(), body: { type: 'invite', offer: 'nonsense' } }))
  const incoming = await firstCall(bob)
  await incoming.accept()
  assert.is((await incoming.ended).reason, 'failed')
  assert.is(await codeOf(incoming.active), 'CALL_FAILED')
  await until('the bye', () => town.lines().includes('bob > alice: bye failed'))
})

unanswered.run()
