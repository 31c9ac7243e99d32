import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { DESCRIPTION_BYTES_MAX, encodeSignal } from '../../src/call/signal.ts'
import { virtualClock } from '../../src/lib/clock.ts'
import { createWeriftSession } from '../../src/media/werift/session.ts'
import { CountingSink, Town, codeOf, firstCall, until } from './town.ts'

const calls = suite('calls over real media')

calls('alice calls bob: both hear each other, and one hangs up', async () => {
  await using town = new Town()
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  const [atAlice, atBob] = [new CountingSink(), new CountingSink()]
  const outgoing = await alice.calls.dial([bob.device], { source: 'tone', sink: atAlice, resolveMs: 7 })
  const states: string[] = []
  outgoing.on('state', (state) => states.push(state))
  const incoming = await firstCall(bob)
  const { accountKey } = alice.device
  assert.equal(incoming.peer, { username: 'alice', address: 'alice.aaaaa', accountKey, verified: true })
  assert.is(incoming.direction, 'incoming')
  assert.is(incoming.id, outgoing.id)
  await incoming.accept({ source: 'tone', sink: atBob })
  await Promise.all([outgoing.active, incoming.active])
  assert.is(outgoing.state, 'active')
  await until('sound both ways', () => atAlice.loud > 10 && atBob.loud > 10)
  const quality = await until('a quality report', () => outgoing.stats().packetsReceived > 0 && outgoing.stats())
  assert.is(quality.path, 'direct')
  outgoing.hangup()
  const [mine, theirs] = await Promise.all([outgoing.ended, incoming.ended])
  assert.is(mine.reason, 'hangup')
  assert.is(theirs.reason, 'remote-hangup')
  assert.equal([mine.from, mine.to, theirs.from, theirs.to], ['alice', 'bob', 'alice', 'bob'])
  assert.is(mine.setup.resolveMs, 7)
  assert.type(mine.setup.ringMs, 'number')
  assert.type(mine.setup.acceptToAudioMs, 'number')
  assert.type(theirs.setup.acceptToAudioMs, 'number')
  assert.ok(mine.media.packetsReceived > 0 && mine.media.mos > 1 && mine.media.mos <= 4.5)
  assert.is(mine.media.path, 'direct')
  assert.is(states.at(-1), 'ended')
  assert.equal([alice.calls.list(), bob.calls.list()], [[], []])
})

calls('the callee’s candidates leave only after its accept, right behind it', async () => {
  await using town = new Town()
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  const outgoing = await alice.calls.dial([bob.device])
  const incoming = await firstCall(bob)
  await until('candidates of the caller', () => town.said('alice').includes('candidates'))
  assert.equal(town.said('bob'), ['ringing'])
  assert.equal(bob.media, [])
  await incoming.accept()
  await outgoing.active
  await until('candidates of the callee', () => town.said('bob').includes('candidates'))
  const said = town.said('bob')
  assert.ok(said.indexOf('accept') > 0)
  assert.ok(said.indexOf('candidates') > said.indexOf('accept'), said.join(' '))
})

calls('a declined call shows nothing of the callee’s addresses', async () => {
  await using town = new Town()
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  const outgoing = await alice.calls.dial([bob.device])
  const incoming = await firstCall(bob)
  incoming.decline()
  assert.is(await codeOf(outgoing.active), 'DECLINED')
  assert.is(await codeOf(incoming.active), 'DECLINED')
  assert.is(await codeOf(incoming.accept()), 'DECLINED')
  assert.is((await outgoing.ended).reason, 'declined')
  assert.equal(town.said('bob'), ['ringing', 'decline'])
})

calls('a contact has a path while the phone rings, and both are active at the accept', async () => {
  await using town = new Town({ trusted: ['alice'] })
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  const [atAlice, atBob] = [new CountingSink(), new CountingSink()]
  const outgoing = await alice.calls.dial([bob.device], { source: 'tone', sink: atAlice })
  const incoming = await firstCall(bob)
  await until('candidates of the callee', () => town.said('bob').includes('candidates'))
  assert.equal(town.said('bob').slice(0, 2), ['ringing', 'ringing with answer'])
  await incoming.accept({ source: 'tone', sink: atBob })
  await Promise.all([outgoing.active, incoming.active])
  await until('sound both ways', () => atAlice.loud > 10 && atBob.loud > 10)
  assert.equal([alice.media.length, bob.media.length], [1, 1], 'one session each')
  outgoing.hangup()
  const [mine, theirs] = await Promise.all([outgoing.ended, incoming.ended])
  assert.type(mine.setup.acceptToAudioMs, 'number')
  assert.type(theirs.setup.acceptToAudioMs, 'number')
})

calls('an answer altered on the way makes no call', async () => {
  await using town = new Town({
    clock: virtualClock(Date.now()),
    tamper: (bytes, { body, callId }) =>
      body.type === 'accept' ? encodeSignal({ callId, body: { ...body, answer: 'v=0' } }) : bytes,
  })
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  const outgoing = await alice.calls.dial([bob.device], { source: 'tone' })
  await (await firstCall(bob)).accept()
  assert.is(await codeOf(outgoing.active), 'CALL_FAILED')
})

calls('two people who call each other at once are in one call, each in the one they dialled', async () => {
  await using town = new Town()
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  const [atAlice, atBob] = [new CountingSink(), new CountingSink()]
  const [hers, his] = await Promise.all([
    alice.calls.dial([bob.device], { source: 'tone', sink: atAlice }),
    bob.calls.dial([alice.device], { source: 'tone', sink: atBob }),
  ])
  await Promise.all([hers.active, his.active])
  assert.is(hers.id, his.id)
  assert.equal([hers.direction, his.direction], ['outgoing', 'outgoing'])
  assert.equal([alice.incoming, bob.incoming], [[], []])
  assert.equal([alice.calls.list(), bob.calls.list()], [[hers], [his]])
  await until('sound both ways', () => atAlice.loud > 5 && atBob.loud > 5)
  his.hangup()
  assert.equal([(await hers.ended).reason, (await his.ended).reason], ['remote-hangup', 'hangup'])
})

calls('the first of two devices to accept has the call, the other stops ringing', async () => {
  await using town = new Town()
  const [alice, phone, desk] = [town.join('alice'), town.join('bob/phone'), town.join('bob/desk')]
  const outgoing = await alice.calls.dial([phone.device, desk.device])
  const [atPhone, atDesk] = await Promise.all([firstCall(phone), firstCall(desk)])
  await atDesk.accept()
  assert.is((await atPhone.ended).reason, 'answered-elsewhere')
  await Promise.all([outgoing.active, atDesk.active])
  assert.ok(town.lines().includes('alice > bob/phone: cancel answered-elsewhere'))
})

calls('a decline on one device ends the ringing of the others, unless that device alone takes no calls', async () => {
  await using town = new Town()
  const [alice, phone, desk] = [town.join('alice'), town.join('bob/phone'), town.join('bob/desk')]
  const first = await alice.calls.dial([phone.device, desk.device])
  const [atPhone, atDesk] = await Promise.all([firstCall(phone), firstCall(desk)])
  atPhone.decline()
  assert.is(await codeOf(first.active), 'DECLINED')
  assert.is((await atDesk.ended).reason, 'declined')
  assert.ok(town.lines().includes('alice > bob/desk: cancel declined-elsewhere'))

  const second = await alice.calls.dial([phone.device, desk.device])
  const again = await until('both ring again', () => phone.incoming[1] !== undefined && desk.incoming[1])
  phone.incoming[1]?.decline({ isHereOnly: true })
  assert.is((await phone.incoming[1]?.ended)?.reason, 'declined')
  await again.accept()
  await Promise.all([second.active, again.active])
})

calls('a device that is in another call does not end the ringing of the others', async () => {
  await using town = new Town()
  const [alice, carol] = [town.join('alice'), town.join('carol')]
  const [phone, desk, den] = [town.join('bob/phone'), town.join('bob/desk'), town.join('bob/den')]
  const talk = await carol.calls.dial([phone.device])
  await (await firstCall(phone)).accept()
  await talk.active
  const outgoing = await alice.calls.dial([phone.device, desk.device, den.device])
  const [atDesk, atDen] = await Promise.all([firstCall(desk), firstCall(den)])
  assert.ok(town.lines().includes('bob/phone > alice: busy'))
  assert.is(outgoing.state, 'ringing')
  await atDen.accept()
  await outgoing.active
  assert.is((await atDesk.ended).reason, 'answered-elsewhere')
  assert.is(talk.state, 'active')
})

calls('when two accept at the same moment one has the call, and the other is told', async () => {
  await using town = new Town()
  const [alice, phone, desk] = [town.join('alice'), town.join('bob/phone'), town.join('bob/desk')]
  const outgoing = await alice.calls.dial([phone.device, desk.device])
  const both = await Promise.all([firstCall(phone), firstCall(desk)])
  await Promise.all(both.map((call) => call.accept()))
  await outgoing.active
  const active = await until('one has it', () => both.find(({ state }) => state === 'active'))
  const other = both.find((call) => call !== active)
  assert.is((await other?.ended)?.reason, 'answered-elsewhere')
  assert.is(active.state, 'active')
})

calls(
  'who is called by one of their own calls at that moment is in one call, and their other device stops',
  async () => {
    await using town = new Town()
    const [alice, phone, desk] = [town.join('alice'), town.join('bob/phone'), town.join('bob/desk')]
    const [hers, his] = await Promise.all([
      alice.calls.dial([phone.device, desk.device]),
      phone.calls.dial([alice.device]),
    ])
    await Promise.all([hers.active, his.active])
    assert.is(hers.id, his.id)
    const atDesk = await until(
      'the desk has rung',
      () => desk.incoming[0] ?? town.lines().includes('alice > bob/desk: cancel answered-elsewhere'),
    )
    if (atDesk !== true) assert.is((await atDesk.ended).reason, 'answered-elsewhere')
    assert.equal(desk.calls.list(), [])
  },
)

calls('after a silence paths are looked for anew, and the call goes on', async () => {
  const clock = virtualClock(Date.now())
  await using town = new Town({ clock })
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  const [atAlice, atBob] = [new CountingSink(), new CountingSink()]
  const outgoing = await alice.calls.dial([bob.device], { source: 'tone', sink: atAlice })
  const incoming = await firstCall(bob)
  await incoming.accept({ source: 'tone', sink: atBob })
  await until('media', () => {
    clock.advance(5)
    return outgoing.state === 'active' && incoming.state === 'active'
  })
  const interruptions: boolean[] = []
  outgoing.on('interrupted', (isInterrupted) => interruptions.push(isInterrupted))
  // All at once: no packet has time to arrive.
  clock.advance(3000)
  const [heardByAlice, heardByBob] = [atAlice.loud, atBob.loud]
  await until('sound both ways', () => {
    clock.advance(20)
    return atAlice.loud > heardByAlice + 50 && atBob.loud > heardByBob + 50
  })
  assert.equal([outgoing.state, incoming.state], ['active', 'active'])
  assert.equal(interruptions.slice(0, 2), [true, false])
})

calls('20 s of silence: lost, at both ends', async () => {
  const clock = virtualClock(Date.now())
  await using town = new Town({ clock })
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  const outgoing = await alice.calls.dial([bob.device])
  const incoming = await firstCall(bob)
  await incoming.accept()
  await until('media', () => {
    clock.advance(5)
    return outgoing.state === 'active' && incoming.state === 'active'
  })
  clock.advance(21_000)
  assert.equal([(await outgoing.ended).reason, (await incoming.ended).reason], ['lost', 'lost'])
  assert.is((await outgoing.ended).seconds, 20)
})

calls('an answer too long to send fails the call, not the node', async () => {
  let opened = 0
  const town = new Town({
    openSession() {
      const session = createWeriftSession({ hostAddresses: ['127.0.0.1'] })
      opened += 1
      if (opened === 2) session.createAnswer = async () => 'a'.repeat(DESCRIPTION_BYTES_MAX + 1)
      return session
    },
  })
  await using _ = town
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  const outgoing = await alice.calls.dial([bob.device])
  await (await firstCall(bob)).accept()
  assert.is(await codeOf(outgoing.active), 'CALL_FAILED')
})

calls('stopping in a call tells the other side', async () => {
  await using town = new Town()
  const [alice, bob] = [town.join('alice'), town.join('bob')]
  const outgoing = await alice.calls.dial([bob.device])
  const incoming = await firstCall(bob)
  await incoming.accept()
  await Promise.all([outgoing.active, incoming.active])
  await alice.calls.stop()
  assert.is((await outgoing.ended).reason, 'stopped')
  assert.is((await incoming.ended).reason, 'remote-hangup')
  assert.is(await codeOf(alice.calls.dial([bob.device])), 'STOPPED')
})

calls.run()
