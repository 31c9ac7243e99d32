/** ICE agents on loopback sockets, with our own relays. */

import { createSocket, type Socket as Datagram } from 'node:dgram'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { createIceAgent } from '../../src/ice/agent.ts'
import type { Candidate } from '../../src/ice/candidate.ts'
import type { IceAgent, IceAgentOptions } from '../../src/ice/ice.ts'
import { Sockets } from '../../src/ice/sockets.ts'
import type { RelayServer } from '../../src/turn/relay-server.ts'
import { until } from '../support/wait.ts'
import { openTcp, relayServer, startServer } from '../turn/relay-site.ts'

const agents = suite('ice agent')

type Options = Partial<IceAgentOptions>

interface Two extends AsyncDisposable {
  readonly a: IceAgent
  readonly b: IceAgent
  readonly heard: { a: string[]; b: string[] }
  readonly told: { a: Candidate[]; b: Candidate[] }
}

/** Two that tell each other their candidates. */
function two(forA: Options = {}, forB: Options = forA): Two {
  const a = createIceAgent({ role: 'controlling', hostAddresses: ['127.0.0.1'], ...forA })
  const b = createIceAgent({ role: 'controlled', hostAddresses: ['127.0.0.1'], ...forB })
  const heard = { a: [] as string[], b: [] as string[] }
  const told = { a: [] as Candidate[], b: [] as Candidate[] }
  a.on('candidate', (candidate) => {
    told.a.push(candidate)
    b.addCandidate(candidate)
  })
  b.on('candidate', (candidate) => {
    told.b.push(candidate)
    a.addCandidate(candidate)
  })
  a.on('data', (data) => heard.a.push(String(data)))
  b.on('data', (data) => heard.b.push(String(data)))
  const end = async () => {
    await Promise.all([a.stop(), b.stop()])
  }
  return { a, b, heard, told, [Symbol.asyncDispose]: end }
}

async function meet(pair: Two): Promise<void> {
  const { a, b, heard } = pair
  a.gather()
  b.gather()
  a.setRemote(b.credentials)
  b.setRemote(a.credentials)
  await until('both have a path', () => a.path !== undefined && b.path !== undefined)
  await echoed(pair, 'hello')
  assert.ok(heard.a.length > 0)
}

async function echoed({ a, b, heard }: Two, text: string): Promise<void> {
  await until(`both heard ${text}`, () => {
    a.send(Buffer.from(text))
    b.send(Buffer.from(text))
    return heard.a.includes(text) && heard.b.includes(text)
  })
}

const named = (server: RelayServer, peerId: string): RelayServer => ({ ...server, peerId })

agents('two connect, and data passes both ways, on IPv4 and IPv6', async () => {
  for (const host of ['127.0.0.1', '::1']) {
    await using pair = two({ hostAddresses: [host] })
    await meet(pair)
    const { kind, local, remote } = pair.a.path!
    assert.equal([kind, local.host, remote.host], ['direct', host, host])
  }
})

agents('addresses that cannot be bound are left out', async () => {
  await using pair = two({ hostAddresses: ['192.0.2.77', '127.0.0.1', '2001:db8::77'] })
  await meet(pair)
  assert.equal(
    pair.told.a.map(({ host }) => host),
    ['127.0.0.1'],
  )
})

agents('two that both think to be controlling, or controlled, agree and connect', async () => {
  for (const role of ['controlling', 'controlled'] as const) {
    await using pair = two({ role })
    await meet(pair)
  }
})

agents('one that starts a second after the other is answered at once', async () => {
  await using pair = two()
  const { a, b } = pair
  a.gather()
  b.gather()
  a.setRemote(b.credentials)
  await until('a has a path', () => a.path !== undefined)
  b.setRemote(a.credentials)
  await until('b has one too', () => b.path !== undefined)
})

agents('after a peer has begun anew with other credentials, the path is to that one', async () => {
  await using pair = two()
  await meet(pair)
  const { a } = pair
  await using other = createIceAgent({ role: 'controlled', hostAddresses: ['127.0.0.1'] })
  let heard = ''
  other.on('data', (data) => (heard = String(data)))
  other.on('candidate', (candidate) => a.addCandidate(candidate))
  a.setRemote(other.credentials)
  other.setRemote(a.credentials)
  other.gather()
  await until('the new one hears', () => {
    a.send(Buffer.from('you'))
    return heard === 'you'
  })
})

agents('servers that do not answer hinder nothing', async () => {
  await using silent = await silence()
  const relay = { udp: [silent.address], tcp: [], username: 'u', credential: 'c', realm: 'r', nonce: 'n' }
  await using pair = two({
    servers: { stun: [silent.address], relays: [{ ...relay, peerId: 'p', expiresMs: Date.now() + 60_000 }] },
  })
  await meet(pair)
  pair.a.refresh()
  await echoed(pair, 'still')
})

agents('STUN questions are no shorter than their answers', async () => {
  await using silent = await silence()
  await using agent = createIceAgent({
    role: 'controlling',
    hostAddresses: ['127.0.0.1'],
    servers: { stun: [silent.address], relays: [] },
  })
  agent.gather()
  await until('it is asked again', () => silent.sizes.length > 2)
  assert.ok(silent.sizes.every((size) => size >= 52))
})

for (const [way, options] of [
  ['UDP', {}],
  ['TCP', { isUdpBlocked: true }],
] as const) {
  agents(`with relayOnly nothing but relays is told and used, over ${way}`, async () => {
    await using server = await startServer()
    await using door = await openTcp(server)
    const relay = named(relayServer(server, { tcp: [door.address] }), 'one')
    await using pair = two({ relayOnly: true, servers: { stun: server.udp, relays: [relay] }, ...options })
    await meet(pair)
    assert.is(pair.a.path!.kind, 'relay')
    assert.equal(pair.a.path!.relays, ['one'])
    assert.ok([...pair.told.a, ...pair.told.b].every(({ type }) => type === 'relay'))
  })
}

agents('a relay that is killed in mid-flow is left for another, and replaced', async () => {
  const servers = await Promise.all([startServer(), startServer(), startServer()])
  try {
    const relays = servers.map((server, at) => named(relayServer(server), `relay-${at}`))
    await using pair = two({ relayOnly: true, servers: { stun: [], relays } })
    await meet(pair)
    await until('both have a standby', () => pair.told.a.length >= 2 && pair.told.b.length >= 2)
    const { a, b } = pair
    const lastMs = { a: performance.now(), b: performance.now() }
    const gapMs = { a: 0, b: 0 }
    for (const [name, agent] of [
      ['a', a],
      ['b', b],
    ] as const) {
      agent.on('data', () => {
        const nowMs = performance.now()
        gapMs[name] = Math.max(gapMs[name], nowMs - lastMs[name])
        lastMs[name] = nowMs
      })
    }
    const speaking = setInterval(() => {
      a.send(Buffer.from('voice'))
      b.send(Buffer.from('voice'))
    }, 20)
    try {
      await new Promise((done) => setTimeout(done, 2_000))
      gapMs.a = gapMs.b = 0
      const [used] = a.path!.relays
      const at = relays.findIndex(({ peerId }) => peerId === used)
      await servers[at]!.stop()
      await until('a new relay is lent', () => pair.told.a.length >= 3, 10_000)
      await new Promise((done) => setTimeout(done, 500))
      assert.ok(gapMs.a < 5_000 && gapMs.b < 5_000, `silent for ${gapMs.a} and ${gapMs.b} ms`)
      assert.ok(!a.path!.relays.includes(used!))
      console.error(`gap after a relay was killed: ${Math.round(gapMs.a)} and ${Math.round(gapMs.b)} ms`)
    } finally {
      clearInterval(speaking)
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
})

agents('a refresh moves the relays, and the voice goes on', async () => {
  await using server = await startServer()
  await using pair = two({ relayOnly: true, servers: { stun: [], relays: [named(relayServer(server), 'one')] } })
  await meet(pair)
  const { local } = pair.a.path!
  pair.a.refresh()
  pair.b.refresh()
  await echoed(pair, 'after')
  assert.equal(pair.a.path!.local.host, local.host)
  assert.is(server.stats().allocations, 2)
})

agents('a hundred thousand packets of strangers change nothing', async () => {
  await using pair = two()
  await meet(pair)
  const { port } = pair.a.path!.local
  const stranger = createSocket('udp4')
  stranger.bind(0, '127.0.0.1')
  await once(stranger, 'listening')
  let answers = 0
  stranger.on('message', () => answers++)
  const path = pair.a.path!
  const random = Buffer.from('0001002c2112a442'.padEnd(256, 'a7'), 'hex')
  for (let i = 0; i < 100_000; i++) {
    random[i % random.length] = i & 0xff
    if (i % 2 === 0) random.write('000100002112a442', 0, 'hex')
    stranger.send(random.subarray(0, 1 + (i % 120)), port, '127.0.0.1')
    if (i % 200 === 0) await new Promise((done) => setImmediate(done))
  }
  await echoed(pair, 'unharmed')
  assert.is(answers, 0)
  assert.equal({ ...pair.a.path!, rttMs: 0 }, { ...path, rttMs: 0 })
  await new Promise<void>((closed) => stranger.close(closed))
})

agents('stop is quick, and nothing is sent or said afterwards', async () => {
  await using server = await startServer()
  const pair = two({ servers: { stun: server.udp, relays: [named(relayServer(server), 'one')] } })
  await meet(pair)
  const startedMs = performance.now()
  await Promise.all([pair.a.stop(), pair.b.stop(), pair.a.stop()])
  assert.ok(performance.now() - startedMs < 2_000)
  pair.a.send(Buffer.from('x'))
  pair.a.refresh()
  pair.a.setRemote(pair.b.credentials)
  pair.a.gather()
  assert.is(pair.a.path, undefined)
})

/** A port that says nothing. */
async function silence(): Promise<AsyncDisposable & { address: { host: string; port: number }; sizes: number[] }> {
  const socket = createSocket('udp4')
  const sizes: number[] = []
  socket.on('message', (data) => sizes.push(data.length))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    address: { host: '127.0.0.1', port: socket.address().port },
    sizes,
    [Symbol.asyncDispose]: () => new Promise((closed) => socket.close(closed)),
  }
}

agents('a datagram from port 0, which nobody can be answered at, is not heard', async () => {
  // to send one takes a raw socket; this one is told of it instead
  let made: Datagram | undefined
  const keep = (message: unknown): void => void (made = (message as { socket: Datagram }).socket)
  const heard: number[] = []
  const sockets = new Sockets({ message: (_id, { port }) => heard.push(port), lost: () => {}, unreachable: () => {} })
  subscribe('udp.socket', keep)
  await sockets.open(1, '127.0.0.1')
  unsubscribe('udp.socket', keep)
  for (const port of [0, 9]) made?.emit('message', Buffer.from('check'), { address: '127.0.0.1', port })
  sockets.closeAll()
  assert.equal(heard, [9])
})

agents.run()
