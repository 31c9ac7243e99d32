import { EventEmitter } from 'node:events'

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import type { Candidate } from '../../src/ice/candidate.ts'
import type { IceAgent, IceCredentials, IceEvents, IcePath, IceRole } from '../../src/ice/ice.ts'
import { steadyClock } from '../../src/lib/clock.ts'
import { Answers, PING_MS_MAX } from '../../src/ping/answers.ts'
import { ECHO_BYTES, readEcho, writeEcho } from '../../src/ping/echo.ts'
import { PingSignal } from '../../src/ping/ping.pb.js'
import { readPing, writePing } from '../../src/ping/ping-signal.ts'
import { type PingDevice, Pings, type Pong } from '../../src/ping/pings.ts'
import { holds } from '../support/property.ts'
import { codeOf } from '../support/wait.ts'

const pings = suite('pings')

const PASSWORD = 'a'.repeat(22)
const CANDIDATE: Candidate = {
  foundation: '1',
  priority: 2_130_706_431,
  type: 'host',
  host: '192.0.2.1',
  port: 4711,
  ufrag: undefined,
}

/** Two ends of a path that is there as soon as each knows the other and one of its candidates; a relay at first. */
class AirAgent extends EventEmitter<IceEvents> implements IceAgent {
  static readonly ends = new Map<string, AirAgent>()
  static made = 0
  readonly credentials: IceCredentials = { ufrag: `ufrag${++AirAgent.made}`, password: PASSWORD }
  readonly known: Candidate[] = []
  path: IcePath | undefined
  isStopped = false
  #remote: string | undefined

  constructor() {
    super()
    AirAgent.ends.set(this.credentials.ufrag, this)
  }

  gather(): void {
    queueMicrotask(() => this.emit('candidate', CANDIDATE))
  }

  setRemote({ ufrag }: IceCredentials): void {
    this.#remote = ufrag
    this.#connect()
  }

  addCandidate(candidate: Candidate): void {
    this.known.push(candidate)
    this.#connect()
  }

  send(data: Uint8Array): void {
    const other = AirAgent.ends.get(this.#remote ?? '')
    if (this.path === undefined || other === undefined) return
    if (readEcho(Buffer.from(data))?.sequence === 2) this.path = { ...this.path, kind: 'direct', relays: [] }
    queueMicrotask(() => other.emit('data', Buffer.from(data)))
  }

  setServers(): void {}
  refresh(): void {}

  stop(): Promise<void> {
    this.isStopped = true
    return Promise.resolve()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  #connect(): void {
    if (this.#remote === undefined || this.known.length === 0 || this.path !== undefined) return
    const at = { host: '203.0.113.7', port: 4711 }
    this.path = { kind: 'relay', local: at, remote: at, relays: ['12D3KooRelay'], rttMs: 1 }
    this.emit('path', this.path)
  }
}

const device = (name: string, nth = 1): PingDevice => ({
  peerId: `${name}${nth}`,
  accountKey: name,
  username: name,
  address: `${name}.k7q2m`,
})

/** People whose words arrive at once. */
function town(people: Record<string, { contacts: string[] }>) {
  const members = new Map<string, { own: PingDevice; pings: Pings; agents: AirAgent[]; heard: string[] }>()
  for (const [name, { contacts }] of Object.entries(people)) {
    const own = device(name)
    const agents: AirAgent[] = []
    const heard: string[] = []
    const mine = new Pings({
      clock: steadyClock,
      async send(to, ping) {
        const other = members.get(to.peerId)
        if (other === undefined) throw Object.assign(new Error('off'), { code: 'OFFLINE' })
        other.heard.push(Object.keys(readPing(ping)?.body ?? {})[0] ?? 'nonsense')
        queueMicrotask(() => other.pings.receive(own, ping))
      },
      isContact: ({ accountKey }) => contacts.includes(accountKey),
      createAgent(_role: IceRole) {
        const agent = new AirAgent()
        agents.push(agent)
        return agent
      },
      servers: () => () => {},
    })
    members.set(own.peerId, { own, pings: mine, agents, heard })
  }
  const of = (name: string) => members.get(`${name}1`)!
  return Object.assign(of, { [Symbol.dispose]: () => members.forEach((each) => each.pings.stop()) })
}

pings('a contact answers, over a relay first and then straight, and both ends let go after it', async () => {
  using of = town({ alice: { contacts: ['bob'] }, bob: { contacts: ['alice'] } })
  const seen: Pong[] = []
  for await (const pong of of('alice').pings.ping([device('bob')], { count: 2 })) seen.push(pong)
  assert.equal(
    seen.map(({ sequence, from, path, remote, relays }) => ({ sequence, from, path, remote, relays })),
    [
      { sequence: 1, from: 'bob.k7q2m', path: 'relay', remote: undefined, relays: ['12D3KooRelay'] },
      { sequence: 2, from: 'bob.k7q2m', path: 'direct', remote: '203.0.113.7:4711', relays: [] },
    ],
  )
  assert.ok(seen.every(({ rttMs }) => rttMs !== undefined && rttMs >= 0))
  await new Promise((done) => setTimeout(done, 20))
  assert.ok([...of('alice').agents, ...of('bob').agents].every(({ isStopped }) => isStopped))
  assert.is(of('bob').heard.at(-1), 'end')
})

pings('whoever is no contact gets no answer, and no address', async () => {
  using of = town({ alice: { contacts: ['bob'] }, bob: { contacts: [] } })
  const asked = of('alice')
    .pings.ping([device('bob')])
    .next()
  assert.is(await codeOf(asked), 'NO_ANSWER')
  assert.equal(of('bob').heard, ['ask'])
  assert.equal(of('alice').heard, [])
  assert.is(of('bob').agents.length, 0)
  assert.is(of('bob').pings.dropped, 1)
})

pings('who asks tells no address before the answer', async () => {
  using of = town({ alice: { contacts: [] }, bob: { contacts: ['alice'] } })
  for await (const _pong of of('alice').pings.ping([device('bob')], { count: 1 }));
  assert.equal(of('bob').heard.toSorted(), ['ask', 'end', 'more'])
  assert.is(of('bob').heard[0], 'ask')
})

pings('of several devices the first that answers is measured; those that are off are left out', async () => {
  using of = town({ alice: { contacts: [] }, bob: { contacts: ['alice'] } })
  const seen: Pong[] = []
  for await (const pong of of('alice').pings.ping([device('bob', 7), device('bob')], { count: 1 })) seen.push(pong)
  assert.is(seen.length, 1)
  assert.is(
    await codeOf(
      of('alice')
        .pings.ping([device('bob', 7)])
        .next(),
    ),
    'OFFLINE',
  )
})

pings('an abort ends it, whatever it waits for', async () => {
  using of = town({ alice: { contacts: [] }, bob: { contacts: [] } })
  const aborter = new AbortController()
  const asked = of('alice')
    .pings.ping([device('bob')], { signal: aborter.signal })
    .next()
  setTimeout(() => aborter.abort(), 10)
  assert.is(await codeOf(asked), 'ABORTED')
  assert.ok(of('alice').agents.every(({ isStopped }) => isStopped))
})

pings('somebody else’s words about a ping count for nothing', async () => {
  using of = town({ alice: { contacts: [] }, bob: { contacts: ['alice'] }, mallory: { contacts: [] } })
  const id = '00'.repeat(16)
  of('bob').pings.receive(of('alice').own, writePing(id, { ask: { ufrag: 'ufrag', password: PASSWORD } }))
  const [agent] = of('bob').agents
  of('bob').pings.receive(of('mallory').own, writePing(id, { more: [CANDIDATE] }))
  of('bob').pings.receive(of('mallory').own, writePing(id, { end: {} }))
  assert.equal([agent?.known.length, agent?.isStopped], [0, false])
  of('bob').pings.receive(of('alice').own, writePing(id, { more: [CANDIDATE] }))
  of('bob').pings.receive(of('alice').own, writePing(id, { end: {} }))
  assert.equal([agent?.known.length, agent?.isStopped], [1, true])
})

pings('two are answered at once, each for half a minute at most, and nobody twice in a second', () => {
  const answers = new Answers()
  const from = (peerId: string, isContact = true) => ({ peerId, isContact })
  assert.is(answers.admit('1', from('a', false), 0), false)
  assert.is(answers.admit('1', from('a'), 0), true)
  assert.is(answers.admit('1', from('b'), 0), false) // the same ping
  assert.is(answers.admit('2', from('a'), 999), false)
  assert.is(answers.admit('2', from('a'), 1_000), true)
  assert.is(answers.admit('3', from('c'), 1_000), false)
  answers.ended('1')
  assert.is(answers.admit('3', from('c'), 1_000), true)
  assert.is(answers.admit('4', from('d'), PING_MS_MAX), false)
  assert.is(answers.admit('4', from('d'), 1_000 + PING_MS_MAX), true)
})

pings('the packets that measure are 12 bytes, and nothing else is one', () => {
  const word = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8])
  assert.is(writeEcho({ kind: 'ping', sequence: 258, word }).toString('hex'), 'f00101020102030405060708')
  assert.equal(readEcho(writeEcho({ kind: 'pong', sequence: 7, word })), { kind: 'pong', sequence: 7, word })
  holds(
    fc.property(fc.uint8Array({ maxLength: 16 }), (bytes) => {
      const echo = readEcho(Buffer.from(bytes))
      if (echo !== undefined) assert.equal([...writeEcho(echo)], [...bytes])
      assert.is(echo === undefined || bytes.length === ECHO_BYTES, true)
    }),
  )
})

pings('words are read strictly, and whatever else they hold throws nothing', () => {
  const id = 'ab'.repeat(16)
  const ask = { ufrag: 'ufrag', password: PASSWORD }
  assert.equal(readPing(writePing(id, { ask })), { id, body: { ask } })
  assert.equal(readPing(writePing(id, { more: [CANDIDATE] })), { id, body: { more: [CANDIDATE] } })
  assert.equal(readPing(writePing(id, { end: {} })), { id, body: { end: {} } })
  for (const bad of [
    { ...ask, ufrag: 'a b c d' },
    { ...ask, password: 'short' },
    { ufrag: '', password: '' },
  ])
    assert.is(readPing(writePing(id, { ask: bad })), undefined)
  assert.is(readPing(writePing('ab', { ask })), undefined)
  const bytes = new Uint8Array(16)
  assert.is(readPing(PingSignal.encode({ id: bytes })), undefined)
  const many = Array.from({ length: 17 }, () => '{}')
  assert.is(readPing(PingSignal.encode({ id: bytes, more: { candidates: many } })), undefined)
  holds(fc.property(fc.uint8Array(), (data) => void readPing(data)))
})

pings.run()
