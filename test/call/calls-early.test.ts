import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import type { Call } from '../../src/call/call.ts'
import { virtualClock } from '../../src/lib/clock.ts'
import { Air } from './air.ts'
import { CountingSink, type Person, Town, type TownOptions, firstCall, until } from './town.ts'

const early = suite('calls and their sessions')

class Street implements AsyncDisposable {
  readonly clock = virtualClock(1_000_000)
  readonly air = new Air(this.clock)
  readonly town: Town
  readonly alice: Person
  readonly bob: Person

  constructor(options: TownOptions = {}) {
    this.town = new Town({ clock: this.clock, openSession: (purpose) => this.air.open(purpose), ...options })
    this.alice = this.town.join('alice')
    this.bob = this.town.join('bob')
  }

  /** Bob's phone rings. */
  async ring(source = 'tone'): Promise<{ outgoing: Call; incoming: Call; atAlice: CountingSink }> {
    const atAlice = new CountingSink()
    const outgoing = await this.alice.calls.dial([this.bob.device], { source, sink: atAlice })
    return { outgoing, incoming: await firstCall(this.bob), atAlice }
  }

  /** Time goes by in steps of a frame, with room for whatever is under way. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 20) {
      this.clock.advance(Math.min(20, ms - passed))
      await settled()
    }
  }

  async until(what: string, look: () => boolean): Promise<void> {
    await until(what, () => {
      this.clock.advance(5)
      return look()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.town[Symbol.asyncDispose]()
  }
}

function settled(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  setImmediate(resolve)
  return promise
}

const trusted: TownOptions = { trusted: ['alice'] }

early(
  'a contact has media while the phone rings; both are active with the accept, over the same sessions',
  async () => {
    await using street = new Street(trusted)
    const { outgoing, incoming } = await street.ring()
    await street.until('media', () => street.air.sessions.length === 2 && street.air.of('caller').isConnected)
    assert.equal([outgoing.state, incoming.state], ['ringing', 'ringing'])
    await street.pass(1000)
    assert.is(street.air.of('caller').sent + street.air.of('callee').sent, 0, 'nothing is sent before the accept')
    await incoming.accept({ source: 'tone' })
    assert.is(incoming.state, 'active', 'at once')
    await outgoing.active
    assert.is(street.air.sessions.length, 2)
    assert.equal(street.town.said('bob'), ['ringing', 'ringing with answer', 'candidates', 'accept'])
  },
)

early('what a contact sends before the accept is not played after it', async () => {
  await using street = new Street(trusted)
  const { incoming } = await street.ring()
  await street.until('media', () => street.air.sessions.length === 2 && street.air.of('caller').isConnected)
  const packet = { sequenceNumber: 1, timestamp: 960, marker: false, payload: Uint8Array.of(0xf8, 0xff, 0xfe) }
  for (let i = 0; i < 10; i++) street.air.of('caller').send({ ...packet, sequenceNumber: i, timestamp: i * 960 })
  await incoming.accept()
  assert.is(incoming.stats().packetsReceived, 0)
})

early('what the callee sends before its accept is heard is kept for a second', async () => {
  const held = Promise.withResolvers<void>()
  await using street = new Street({
    ...trusted,
    delay: ({ body }) => (body.type === 'accept' ? held.promise : undefined),
  })
  const { outgoing, incoming, atAlice } = await street.ring()
  await street.until('media', () => street.air.sessions.length === 2 && street.air.of('caller').isConnected)
  await incoming.accept({ source: 'tone' })
  await street.until('packets on the way', () => street.air.of('callee').sent > 10)
  assert.equal([outgoing.state, atAlice.written], ['ringing', 0])
  held.resolve()
  await outgoing.active
  // time stands still: none of these is new
  await until('the kept packets', () => outgoing.stats().packetsReceived > 5)
  await street.until('sound', () => atAlice.loud > 5)
})

const strangers: [string, TownOptions][] = [
  ['a caller that is no contact', {}],
  ['a contact whose device was removed or whose name is another’s', { ...trusted, verify: async () => false }],
]
for (const [who, options] of strangers) {
  early(`nothing of the callee’s media leaves for ${who} before the accept`, async () => {
    await using street = new Street({ ...options, relays: () => Uint8Array.of(7) })
    const { incoming } = await street.ring()
    await street.pass(2000)
    assert.equal(street.town.said('bob'), ['ringing'])
    assert.equal(street.bob.media, [], 'no session is planned, and no relay of theirs is asked')
    await incoming.accept()
    await incoming.active
    assert.equal(street.town.said('bob'), ['ringing', 'accept', 'candidates'])
    assert.equal(street.bob.media, ['hear 07 of alice', 'open callee for alice'])
  })
}

early(
  'what each end tells of its relays reaches the plan of the other, and leaves with a description only',
  async () => {
    await using street = new Street({ ...trusted, relays: (name) => Uint8Array.of(name === 'alice' ? 1 : 2) })
    const { outgoing, incoming } = await street.ring()
    await street.until('media', () => street.air.sessions.length === 2 && street.air.of('caller').isConnected)
    const told = street.town.traffic.map(({ from, body }) => [
      from,
      body.type,
      'relays' in body ? body.relays?.[0] : undefined,
    ])
    assert.equal(
      told.filter(([, type]) => type === 'invite' || type === 'ringing'),
      [
        ['alice', 'invite', 1],
        ['bob', 'ringing', undefined],
        ['bob', 'ringing', 2],
      ],
    )
    await incoming.accept()
    await outgoing.active
    outgoing.hangup()
    await Promise.all([outgoing.ended, incoming.ended])
    assert.equal(street.alice.media, ['open caller for whoever answers', 'hear 02 of bob', 'stop'])
    assert.equal(street.bob.media, ['hear 01 of alice', 'open callee for alice', 'stop'])
  },
)

early('relays beyond the bound are not told, and cost no call', async () => {
  await using street = new Street({ relays: () => new Uint8Array(2049) })
  const { outgoing, incoming } = await street.ring()
  await incoming.accept()
  await street.until('media', () => outgoing.state === 'active')
})

early('who dials over relays alone does so, also where that answers a call that rings already', async () => {
  await using street = new Street({ ...trusted, relays: () => new Uint8Array() })
  const outgoing = await street.alice.calls.dial([street.bob.device], { relayOnly: true })
  const incoming = await firstCall(street.bob)
  await street.until('media', () => street.air.sessions.length === 2 && street.air.of('caller').isConnected)
  assert.is(await street.bob.calls.dial([street.alice.device], { relayOnly: true }), incoming)
  await street.until('active', () => outgoing.state === 'active' && incoming.state === 'active')
  assert.is(street.alice.media[0], 'open caller for whoever answers over relays')
  assert.equal(street.bob.media.slice(0, 3), ['open callee for alice', 'stop', 'open callee for alice over relays'])
})

const endings: [string, (incoming: Call, outgoing: Call) => void][] = [
  ['declined', (incoming) => incoming.decline()],
  ['cancelled', (_incoming, outgoing) => outgoing.hangup()],
]
for (const [how, end] of endings) {
  early(`a call that is ${how} closes the sessions that were set up while it rang`, async () => {
    await using street = new Street(trusted)
    const { outgoing, incoming } = await street.ring()
    await street.until('media', () => street.air.sessions.length === 2 && street.air.of('caller').isConnected)
    end(incoming, outgoing)
    await Promise.all([outgoing.ended, incoming.ended])
    assert.ok(street.air.sessions.every(({ isStopped }) => isStopped))
  })
}

for (const roles of [['caller'], ['callee'], ['caller', 'callee']] as const) {
  early(`media that fails at the ${roles.join(' and the ')} while it rings begins anew at the accept`, async () => {
    await using street = new Street(trusted)
    const { outgoing, incoming, atAlice } = await street.ring()
    await street.until('media', () => street.air.sessions.length === 2 && street.air.of('caller').isConnected)
    for (const role of roles) street.air.of(role).fail()
    await street.pass(100)
    assert.equal([outgoing.state, incoming.state], ['ringing', 'ringing'])
    await incoming.accept({ source: 'tone' })
    await street.until('active', () => outgoing.state === 'active' && incoming.state === 'active')
    await street.until('sound', () => atAlice.loud > 5)
    assert.is(street.air.sessions.filter(({ isStopped }) => !isStopped).length, 2)
    assert.is(street.town.said('alice').filter((each) => each === 'invite').length, 2)
  })
}

early('with two devices that ring, the media of the one that accepts is used', async () => {
  await using street = new Street(trusted)
  const desk = street.town.join('bob/desk')
  const outgoing = await street.alice.calls.dial([street.bob.device, desk.device])
  const [atBob, atDesk] = await Promise.all([firstCall(street.bob), firstCall(desk)])
  await street.until('two answers', () => street.air.sessions.length === 3)
  await street.pass(100)
  assert.not(street.air.of('caller').isConnected)
  await atDesk.accept()
  await street.until('active', () => outgoing.state === 'active' && atDesk.state === 'active')
  assert.is((await atBob.ended).reason, 'answered-elsewhere')
  assert.is(street.air.sessions.filter(({ isStopped }) => !isStopped).length, 2)
})

early('candidates that are found together leave together', async () => {
  await using street = new Street()
  street.air.candidates = 20
  const { outgoing, incoming } = await street.ring()
  await incoming.accept()
  await street.until('media', () => outgoing.state === 'active')
  await street.pass(100)
  const batches = street.town.traffic.flatMap(({ from, body }) =>
    body.type === 'candidates' && from === 'alice' ? [body.candidates.length] : [],
  )
  assert.is(
    batches.reduce((sum, each) => sum + each, 0),
    20,
  )
  assert.is(batches.length, 2, batches.join(' '))
})

early('a path found in mid-call is told, and used', async () => {
  await using street = new Street()
  const { outgoing, incoming } = await street.ring()
  await incoming.accept()
  await street.until('media', () => outgoing.state === 'active')
  const before = street.town.said('alice').length
  street.air.of('caller').emit('candidate', 'caller 0 at home')
  await street.pass(100)
  assert.equal(street.town.said('alice').slice(before), ['candidates'])
})

early('a change of network has every call look for paths at once', async () => {
  await using street = new Street()
  const { outgoing, incoming } = await street.ring()
  street.alice.calls.refresh()
  assert.is(street.air.of('caller').refreshes, 1)
  outgoing.hangup()
  await incoming.ended
  street.alice.calls.refresh()
  assert.is(street.air.sessions[0]?.refreshes, 1)
})

early('a silence is told, paths are looked for, and when it is over that is told', async () => {
  await using street = new Street()
  const { outgoing, incoming } = await street.ring()
  await incoming.accept({ source: 'tone' })
  await street.until('media', () => outgoing.state === 'active' && incoming.state === 'active')
  const told: boolean[] = []
  outgoing.on('interrupted', (isInterrupted) => told.push(isInterrupted))
  await street.pass(1000)
  assert.equal(told, [])
  street.air.isCut = true
  await street.pass(900)
  assert.equal(told, [])
  await street.pass(200)
  assert.equal(told, [true])
  await street.pass(4000)
  assert.is(street.air.of('caller').refreshes, 2)
  street.air.isCut = false
  await street.pass(500)
  assert.equal(told, [true, false])
  street.air.isCut = true
  await street.pass(20_100)
  assert.equal([(await outgoing.ended).reason, (await incoming.ended).reason], ['lost', 'lost'])
  assert.equal(told, [true, false, true])
})

early('a path that goes is told at once, and the kind of a path when it changes', async () => {
  await using street = new Street()
  const { outgoing, incoming } = await street.ring()
  const told: unknown[] = []
  outgoing.on('path', (path) => told.push(path))
  outgoing.on('interrupted', (isInterrupted) => told.push(isInterrupted))
  await incoming.accept({ source: 'tone' })
  await street.until('media', () => outgoing.state === 'active')
  await street.pass(100)
  street.air.of('caller').take(undefined)
  await street.pass(20)
  street.air.of('caller').take('direct')
  await street.pass(300)
  street.air.of('caller').take('relay')
  await street.pass(20)
  assert.equal(told, ['direct', true, false, 'relay'])
})

for (const options of [trusted, {}]) {
  const who = options === trusted ? 'a contact' : 'a stranger'
  early(`accept to audio is measured from the accept, sent or received, of ${who}`, async () => {
    await using street = new Street(options)
    const { outgoing, incoming } = await street.ring()
    await street.pass(3000)
    await incoming.accept({ source: 'tone' })
    await street.until('active', () => outgoing.state === 'active')
    await street.pass(500)
    outgoing.hangup()
    for (const { setup } of await Promise.all([outgoing.ended, incoming.ended]))
      assert.ok(setup.acceptToAudioMs !== undefined && setup.acceptToAudioMs < 300, `${setup.acceptToAudioMs} ms`)
  })
}

early.run()
