/** What may be asked of the relay, and what is answered. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import {
  ATTRIBUTE,
  attributeOf,
  CLASS,
  isAuthentic,
  METHOD,
  newTransactionId,
  readError,
  readMessage,
  readText,
  readUint32,
  readXorAddress,
  textValue,
  type Attribute,
} from '../../src/stun/message.ts'
import { virtualClock } from '../../src/lib/clock.ts'
import { longTermKey, makeNonce, NONCE_MS } from '../../src/turn/credentials.ts'
import { internetPeers } from '../../src/turn/peer-guard.ts'
import { until } from '../support/wait.ts'
import {
  channelNumber,
  family,
  lifetime,
  padding,
  peers,
  relayedOf,
  tcpClient,
  TICKET,
  TRANSPORT,
  udpClient,
  written,
} from './raw-client.ts'
import { openTcp, REALM, relayServer, SECRET, startServer } from './relay-site.ts'

const requests = suite('turn requests')

const PEER = { host: '127.0.0.1', port: 9 }
const { allocate, refresh, createPermission, channelBind, binding } = METHOD

requests('a padded Binding request is answered with the address it came from, over both families', async () => {
  await using server = await startServer()
  for (const address of server.udp) {
    await using client = await udpClient(address)
    const answer = await client.ask({ method: binding, attributes: [padding(40)] })
    assert.is(answer.class, CLASS.success)
    assert.equal(readXorAddress(attributeOf(answer, ATTRIBUTE.xorMappedAddress), answer.transactionId), client.local)
  }
})

requests('an allocation says where peers reach it, how its client is seen and how long it lasts', async () => {
  await using server = await startServer()
  const as = relayServer(server)
  for (const [value, host] of [
    [undefined, '127.0.0.1'],
    [1, '127.0.0.1'],
    [2, '::1'],
  ] as const) {
    await using client = await udpClient(server.udp[0]!)
    const attributes = [TRANSPORT, ...(value === undefined ? [] : [family(value)])]
    const answer = await client.ask({ method: allocate, attributes, as })
    assert.is(answer.class, CLASS.success)
    assert.ok(isAuthentic(answer, longTermKey(as.username, as.realm, as.credential)))
    assert.is(relayedOf(answer).host, host)
    assert.is(readUint32(attributeOf(answer, ATTRIBUTE.lifetime)), 600)
    const mapped = readXorAddress(attributeOf(answer, ATTRIBUTE.xorMappedAddress), answer.transactionId)
    assert.equal(mapped, client.local)
    assert.is(attributeOf(answer, ATTRIBUTE.mobilityTicket), undefined)
  }
})

requests('a lifetime is no shorter than the default and no longer than an hour', async () => {
  await using server = await startServer()
  for (const [asked, granted] of [
    [1, 600],
    [1200, 1200],
    [1e6, 3600],
  ] as const) {
    await using client = await udpClient(server.udp[0]!)
    const as = relayServer(server, { callTag: `call-${asked}` })
    const first = await client.ask({ method: allocate, attributes: [TRANSPORT, lifetime(asked)], as })
    assert.is(readUint32(attributeOf(first, ATTRIBUTE.lifetime)), granted)
    const second = await client.ask({ method: refresh, attributes: [lifetime(asked)], as })
    assert.is(readUint32(attributeOf(second, ATTRIBUTE.lifetime)), granted)
  }
})

requests('the same Allocate again is answered the same, another one is refused', async () => {
  await using server = await startServer()
  await using client = await udpClient(server.udp[0]!)
  const as = relayServer(server)
  const asking = { method: allocate, attributes: [TRANSPORT, TICKET], as, transactionId: newTransactionId() }
  const first = await client.ask(asking)
  assert.equal((await client.ask(asking)).bytes, first.bytes)
  assert.is(await client.code({ method: allocate, attributes: [TRANSPORT], as }), 437)
  assert.is(server.stats().allocations, 1)
})

requests('what is not authentic is challenged, and what is stale gets another nonce', async () => {
  await using server = await startServer()
  await using client = await udpClient(server.udp[0]!)
  const as = relayServer(server)
  const attributes = [TRANSPORT]
  const unsigned = await client.ask({ method: allocate, attributes: [TRANSPORT, padding(100)] })
  assert.is(readText(attributeOf(unsigned, ATTRIBUTE.realm)), REALM)
  assert.ok(readText(attributeOf(unsigned, ATTRIBUTE.nonce)))
  const challenge = { ...as, nonce: readText(attributeOf(unsigned, ATTRIBUTE.nonce))! }

  const codes: [what: string, as: typeof as, code: number][] = [
    ['a forged password', { ...as, credential: 'forged' }, 401],
    ['a username that is none', { ...as, username: 'alice' }, 401],
    ['a username made to last longer', { ...as, username: as.username.replace(/^\d+/, '99999999999') }, 401],
    ['another realm', { ...as, realm: 'elsewhere.test' }, 401],
    ['credentials that have expired', relayServer(server, { expiresMs: Date.now() - 1000 }), 401],
    ['a nonce of somebody else', { ...as, nonce: makeNonce(Buffer.alloc(32, 9), Date.now()) }, 438],
    ['an old nonce', { ...as, nonce: makeNonce(SECRET, Date.now() - NONCE_MS - 1000) }, 438],
    ['no nonce of ours at all', { ...as, nonce: 'x' }, 438],
  ]
  for (const [what, who, code] of codes)
    assert.is(await client.code({ method: allocate, attributes, as: who }), code, what)
  const withoutNonce: Attribute[] = [TRANSPORT, [ATTRIBUTE.username, textValue(as.username)], padding(60)]
  const message = { ...as, username: '', realm: '', nonce: '' }
  assert.is(await client.code({ method: allocate, attributes: withoutNonce, as: message }), 438)
  assert.is(server.stats().allocations, 0)
  assert.is(await client.code({ method: allocate, attributes, as: challenge }), 0)
})

requests('is refused with the code that the RFC has for it', async () => {
  await using server = await startServer()
  await using client = await udpClient(server.udp[0]!)
  const as = relayServer(server)
  const code = (method: number, attributes: Parameters<typeof client.code>[0]['attributes'] = []) =>
    client.code({ method, attributes, as })

  for (const method of [refresh, createPermission, channelBind]) assert.is(await code(method, peers(PEER)), 437)
  assert.is(await code(allocate), 400, 'no transport')
  assert.is(await code(allocate, [[ATTRIBUTE.requestedTransport, Buffer.from([6, 0, 0, 0])]]), 442)
  assert.is(await code(allocate, [TRANSPORT, family(3)]), 440)
  assert.is(await code(allocate, [TRANSPORT, [0x0018, Buffer.from([0x80])]]), 508, 'EVEN-PORT, and the next too')
  assert.is(await code(allocate, [TRANSPORT, [0x001a, Buffer.alloc(0)]]), 420, "DON'T-FRAGMENT")
  assert.is(await code(0x00b), 400, 'a method of others')
  assert.is(await code(allocate, [TRANSPORT]), 0)

  const six = { host: '::1', port: 9 }
  assert.is(await code(refresh, [family(2)]), 443)
  assert.is(await code(createPermission), 400)
  assert.is(await code(createPermission, [[ATTRIBUTE.xorPeerAddress, Buffer.alloc(3)]]), 400)
  assert.is(await code(createPermission, peers(six)), 443)
  assert.is(await code(createPermission, peers(PEER, six)), 443)
  assert.is(await code(createPermission, peers(PEER, { host: '0.0.0.0', port: 9 })), 403)
  assert.is(await code(createPermission, peers(PEER, { host: '127.0.0.2', port: 9 })), 0)

  const bind = (number: number, peer = PEER) => code(channelBind, (id) => [channelNumber(number), ...peers(peer)(id)])
  assert.is(await code(channelBind, peers(PEER)), 400)
  assert.is(await code(channelBind, [channelNumber(0x4000)]), 400)
  assert.is(await bind(0x3fff), 400)
  assert.is(await bind(0x8000), 400)
  assert.is(await bind(0x4000, six), 443)
  assert.is(await bind(0x4000, { host: '224.0.0.1', port: 9 }), 403)
  assert.is(await bind(0x4000), 0)
  assert.is(await bind(0x4000), 0, 'again')
  assert.is(await bind(0x4001), 400, 'the peer has another channel')
  assert.is(await bind(0x4000, { host: '127.0.0.1', port: 10 }), 400, 'the channel has another peer')
  assert.is(await bind(0x7fff, { host: '127.0.0.1', port: 10 }), 0)

  const other = relayServer(server, { deviceTag: 'other' })
  assert.is(await client.code({ method: refresh, as: other }), 441)
  assert.is(await code(refresh, [lifetime(0)]), 0)
  assert.is(await code(refresh), 437)
  assert.is(server.stats().refused[437], 4)
})

requests('an allocation that is given back before it was made is none, and another may follow', async () => {
  await using server = await startServer()
  await using client = await udpClient(server.udp[0]!)
  const as = relayServer(server)
  client.send(written({ method: allocate, attributes: [TRANSPORT, TICKET], as }))
  const given = await client.code({ method: refresh, attributes: [lifetime(0)], as })
  assert.ok(given === 437 || given === 0)
  await until('it is gone', () => server.stats().allocations === 0)
  assert.is(await client.code({ method: allocate, attributes: [TRANSPORT], as }), 0)
  assert.is(server.stats().allocations, 1)
})

requests('an even port is to be had', async () => {
  await using server = await startServer({ limits: { allocationsPerUsername: 20, allocationsPerDevice: 20 } })
  for (let i = 0; i < 8; i++) {
    await using client = await udpClient(server.udp[0]!)
    const attributes: Attribute[] = [TRANSPORT, [0x0018, Buffer.from([0])]]
    const answer = await client.ask({ method: allocate, attributes, as: relayServer(server) })
    assert.is(relayedOf(answer).port % 2, 0)
  }
})

requests('names the attributes that it does not know', async () => {
  await using server = await startServer()
  await using client = await udpClient(server.udp[0]!)
  const answer = await client.ask({ method: binding, attributes: [[0x7fff, Buffer.alloc(0)], padding(40)] })
  assert.equal(attributeOf(answer, ATTRIBUTE.unknownAttributes), Buffer.from([0x7f, 0xff]))
  const known = await client.ask({ method: binding, attributes: [[0xc001, Buffer.alloc(4)], padding(40)] })
  assert.is(known.class, CLASS.success, 'what may be ignored is')
})

requests('whoever holds an allocation keeps it after its credentials have expired, for a day', async () => {
  const clock = virtualClock(1_800_000_000_000)
  await using server = await startServer({ clock })
  await using client = await udpClient(server.udp[0]!)
  await using late = await udpClient(server.udp[0]!)
  const as = () => ({ ...known, nonce: server.nonce() })
  const known = relayServer(server, { expiresMs: clock.now() + 60_000 })
  assert.is(await client.code({ method: allocate, attributes: [TRANSPORT, lifetime(3600)], as: as() }), 0)
  for (let hour = 0; hour < 24; hour += 0.5) {
    clock.advance(30 * 60_000 - 1000)
    assert.is(await late.code({ method: allocate, attributes: [TRANSPORT], as: as() }), 401)
    assert.is(await client.code({ method: refresh, attributes: [lifetime(3600)], as: as() }), 0)
  }
  clock.advance(60_000)
  assert.is(await client.code({ method: refresh, as: as() }), 401)
  clock.advance(60_000)
  assert.is(server.stats().allocations, 0)
})

requests('a ticket makes no other allocation with credentials that have expired', async () => {
  const clock = virtualClock(1_800_000_000_000)
  await using server = await startServer({ clock })
  await using client = await udpClient(server.udp[0]!)
  await using other = await udpClient(server.udp[0]!)
  const as = relayServer(server, { expiresMs: clock.now() + 60_000 })
  const first = await client.ask({ method: allocate, attributes: [TRANSPORT, TICKET], as })
  const ticket: Attribute = [ATTRIBUTE.mobilityTicket, attributeOf(first, ATTRIBUTE.mobilityTicket)!]
  clock.advance(61_000)
  assert.is(await other.code({ method: allocate, attributes: [TRANSPORT, ticket], as }), 401)
  assert.is(await other.code({ method: refresh, attributes: [ticket], as }), 0, 'but moves its own')
})

requests('an allocation lapses at its expiry', async () => {
  const clock = virtualClock(1_800_000_000_000)
  await using server = await startServer({ clock })
  await using client = await udpClient(server.udp[0]!)
  const as = relayServer(server, { expiresMs: clock.now() + 60_000 })
  assert.is(await client.code({ method: allocate, attributes: [TRANSPORT], as }), 0)
  clock.advance(599_000)
  assert.is(server.stats().allocations, 1)
  clock.advance(1_000)
  assert.is(server.stats().allocations, 0)
})

requests('a request that was recorded moves nothing when it is replayed from elsewhere', async () => {
  await using server = await startServer()
  await using client = await udpClient(server.udp[0]!)
  await using eavesdropper = await udpClient(server.udp[0]!)
  const as = relayServer(server)
  const first = await client.ask({ method: allocate, attributes: [TRANSPORT, TICKET], as })
  const ticket: Attribute = [ATTRIBUTE.mobilityTicket, attributeOf(first, ATTRIBUTE.mobilityTicket)!]
  const asking = { method: refresh, attributes: [ticket], as, transactionId: newTransactionId() }
  assert.is(await client.code(asking), 0)
  assert.equal(await eavesdropper.answersTo(written(asking)), [])
  assert.is(server.stats().dropped.replay, 1)
  assert.is(await client.code({ method: createPermission, attributes: peers(PEER), as }), 0, 'it is where it was')
})

requests('a server that stops while a relay is being opened ends quietly', async () => {
  const server = await startServer()
  await using client = await udpClient(server.udp[0]!)
  let stopping: Promise<void> | undefined
  const stop = (): void => void (stopping ??= server.stop())
  subscribe('udp.socket', stop)
  client.send(written({ method: allocate, attributes: [TRANSPORT], as: relayServer(server) }))
  await until('the relay was refused', () => server.stats().refused[508] === 1)
  unsubscribe('udp.socket', stop)
  await stopping
})

requests('a ticket moves the allocation once, and only for whom it was made', async () => {
  await using server = await startServer()
  const [before, after, thief] = await Promise.all([0, 1, 2].map(() => udpClient(server.udp[0]!)))
  try {
    const as = relayServer(server)
    const first = await before!.ask({ method: allocate, attributes: [TRANSPORT, TICKET], as })
    const ticket = attributeOf(first, ATTRIBUTE.mobilityTicket)!
    const moving = { method: refresh, attributes: [[ATTRIBUTE.mobilityTicket, ticket]] as Attribute[], as }
    const other = relayServer(server, { deviceTag: 'thief' })
    assert.is(await thief!.code({ ...moving, as: other }), 441)
    const asking = { ...moving, transactionId: newTransactionId() }
    const moved = await after!.ask(asking)
    assert.is(moved.class, CLASS.success)
    assert.is.not(readText(attributeOf(moved, ATTRIBUTE.mobilityTicket)), readText(ticket))
    assert.equal((await after!.ask(asking)).bytes, moved.bytes, 'the same again')
    assert.is(await before!.code({ method: refresh, as }), 437, 'nobody is there any more')
    assert.is(await after!.code({ method: refresh, as }), 0)
    assert.is(await thief!.code(moving), 437, 'a message replayed after the client was heard')
    assert.is(server.stats().allocations, 1)
  } finally {
    for (const client of [before, after, thief]) await client![Symbol.asyncDispose]()
  }
})

requests('whoever uses up the share of an address over UDP keeps nobody out who comes by a stream', async () => {
  await using server = await startServer({ limits: { strangersPerBlockPerSecond: 1 } })
  await using door = await openTcp(server)
  await using forger = await udpClient(server.udp[0]!)
  for (let i = 0; i < 20; i++) forger.send(written({ method: binding, attributes: [padding(40)] }))
  await until('the share is used up', () => server.stats().dropped.rate > 0)
  await using client = await tcpClient(door.address)
  assert.is(await client.code({ method: allocate, attributes: [TRANSPORT], as: relayServer(server) }), 0)
})

requests('from forged addresses a quarter of the room is taken up at most', async () => {
  await using server = await startServer({ limits: { allocationsMax: 8 } })
  const clients = await Promise.all([0, 1, 2].map(() => udpClient(server.udp[0]!)))
  await using door = await openTcp(server)
  await using stream = await tcpClient(door.address)
  try {
    const as = relayServer(server)
    const ask = { method: allocate, attributes: [TRANSPORT], as }
    assert.equal([await clients[0]!.code(ask), await clients[1]!.code(ask)], [0, 0])
    const challenge = await clients[2]!.ask(ask)
    assert.is(readError(attributeOf(challenge, ATTRIBUTE.errorCode)), 438)
    const nonce = readText(attributeOf(challenge, ATTRIBUTE.nonce))!
    assert.is(await clients[2]!.code({ ...ask, as: { ...as, nonce } }), 0, 'who reads the answer is where it asks from')
    const elsewhere = makeNonce(SECRET, Date.now(), '192.0.2.1')
    await using other = await udpClient(server.udp[0]!)
    assert.is(await other.code({ ...ask, as: { ...as, nonce: elsewhere } }), 438)
    assert.is(await stream.code(ask), 0, 'no stream has a forged source')
  } finally {
    for (const client of clients) await client[Symbol.asyncDispose]()
  }
})

requests('allocations are counted for a username, a device, a block and in total', async () => {
  const limits = { allocationsPerUsername: 2, allocationsPerDevice: 3, allocationsPerBlock: 4, allocationsMax: 5 }
  await using server = await startServer({ limits })
  const clients = await Promise.all(Array.from({ length: 8 }, (_, i) => udpClient(server.udp[i === 6 ? 1 : 0]!)))
  try {
    const ask = (at: number, callTag: string, deviceTag: string) => {
      const nonce = makeNonce(SECRET, Date.now(), clients[at]!.local.host)
      const as = { ...relayServer(server, { callTag, deviceTag }), nonce }
      return clients[at]!.code({ method: allocate, attributes: [TRANSPORT], as })
    }
    assert.is(await ask(0, 'a', 'x'), 0)
    assert.is(await ask(1, 'a', 'x'), 0)
    assert.is(await ask(2, 'a', 'x'), 486, 'the username')
    assert.is(await ask(2, 'b', 'x'), 0)
    assert.is(await ask(3, 'c', 'x'), 486, 'the device')
    assert.is(await ask(3, 'c', 'y'), 0)
    assert.is(await ask(4, 'd', 'z'), 486, 'the block')
    assert.is(await ask(6, 'd', 'z'), 0, 'over IPv6 it is another')
    assert.is(await ask(5, 'e', 'w'), 508, 'all of them')
    const as = relayServer(server, { callTag: 'a', deviceTag: 'x' })
    assert.is(await clients[0]!.code({ method: refresh, attributes: [lifetime(0)], as }), 0)
    assert.is(await ask(5, 'e', 'w'), 0, 'once one was given back')
  } finally {
    for (const client of clients) await client[Symbol.asyncDispose]()
  }
})

requests('under the rules of the internet nothing near the relay is reached, but its own relays are', async () => {
  const publicHosts = { ipv4: '127.0.0.1' }
  await using server = await startServer({ isPeerAllowed: internetPeers, isOwnHostAllowed: false, publicHosts })
  await using client = await udpClient(server.udp[0]!)
  await using other = await udpClient(server.udp[0]!)
  const as = relayServer(server)
  await client.ask({ method: allocate, attributes: [TRANSPORT], as })
  const relayed = relayedOf(
    await other.ask({ method: allocate, attributes: [TRANSPORT], as: relayServer(server, { deviceTag: 'other' }) }),
  )
  const permit = (host: string) => client.code({ method: createPermission, attributes: peers({ host, port: 0 }), as })
  const bind = (number: number, host: string, port: number) =>
    client.code({
      method: channelBind,
      attributes: (id) => [channelNumber(number), ...peers({ host, port })(id)],
      as,
    })
  for (const host of [
    '127.0.0.2',
    '10.0.0.1',
    '192.168.1.1',
    '172.16.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '224.0.0.1',
  ])
    assert.is(await permit(host), 403, host)
  for (const host of ['0.0.0.0', '255.255.255.255', '192.0.2.1', '198.18.0.1']) assert.is(await permit(host), 403, host)
  assert.is(await permit('8.8.8.8'), 0)
  assert.is(await permit('127.0.0.1'), 0, 'where its relays are')
  assert.is(await bind(0x4000, '127.0.0.1', server.udp[0]!.port), 403, 'its own port')
  assert.is(await bind(0x4000, '127.0.0.1', 9), 403, 'a service on its machine')
  assert.is(await bind(0x4000, '8.8.8.8', 0), 403, 'a port that is none')
  assert.is(await bind(0x4000, relayed.host, relayed.port), 0)
  const sent = await client.answersTo(
    written({
      method: METHOD.send,
      kind: CLASS.indication,
      attributes: (id) => [
        ...peers({ host: '127.0.0.1', port: server.udp[0]!.port })(id),
        [ATTRIBUTE.data, Buffer.alloc(9)],
      ],
    }),
  )
  assert.equal(sent, [])
  await until('it is counted', () => server.stats().dropped.forbidden === 1)
})

requests('no stranger gets an answer larger than the question', async () => {
  await using server = await startServer()
  for (const address of server.udp) {
    await using client = await udpClient(address)
    const as = relayServer(server)
    const unsigned: Attribute[] = [
      [ATTRIBUTE.username, textValue(as.username)],
      [ATTRIBUTE.realm, textValue(as.realm)],
      [ATTRIBUTE.nonce, textValue('stale')],
    ]
    for (const method of [binding, allocate, refresh, createPermission, channelBind, METHOD.send, 0x00b]) {
      for (let size = 0; size <= 200; size += 4) {
        for (const attributes of [[], [[0x7ffe, Buffer.alloc(0)] as Attribute], unsigned]) {
          const question = written({ method, attributes: size === 0 ? attributes : [...attributes, padding(size - 4)] })
          for (const bytes of [question, question.subarray(0, -1)]) {
            for (const answer of await client.answersTo(bytes))
              assert.ok(answer.length <= bytes.length, `${method}: ${answer.length} for ${bytes.length}`)
          }
        }
      }
    }
  }
  assert.ok(server.stats().dropped.amplification > 0)
})

requests('an answer to somebody who is known is no larger than the question either', async () => {
  await using server = await startServer()
  await using client = await udpClient(server.udp[1]!)
  const as = relayServer(server)
  const asked: [method: number, attributes: Attribute[]][] = [
    [allocate, [TRANSPORT, family(2), TICKET]],
    [allocate, [TRANSPORT, family(2)]],
    [refresh, []],
    [refresh, [TICKET]],
    [createPermission, []],
    [refresh, [lifetime(0)]],
    [refresh, [lifetime(0)]],
  ]
  for (const [method, attributes] of asked) {
    const transactionId = newTransactionId()
    const question = written({ method, attributes, as, transactionId })
    client.send(question)
    const answer = await client.answerTo(transactionId)
    assert.ok(answer.bytes.length <= question.length, `${method}: ${answer.bytes.length} for ${question.length}`)
  }
})

requests('strangers are heard so often from one block, and whoever has an allocation always', async () => {
  const clock = virtualClock(1_800_000_000_000)
  await using server = await startServer({ clock, limits: { strangersPerBlockPerSecond: 5, strangersPerSecond: 50 } })
  await using client = await udpClient(server.udp[0]!)
  await using six = await udpClient(server.udp[1]!)
  await using friend = await udpClient(server.udp[0]!)
  const as = relayServer(server, { expiresMs: clock.now() + 60_000 })
  assert.is(await friend.code({ method: allocate, attributes: [TRANSPORT], as }), 0)
  const ask = { method: binding, attributes: [padding(40)] }
  for (let i = 0; i < 100; i++) client.send(written(ask))
  await until('most are dropped', () => server.stats().dropped.rate === 90)
  assert.is((await friend.ask(ask)).class, CLASS.success)
  assert.is((await six.ask(ask)).class, CLASS.success)
  assert.is(client.frames.filter((frame) => readMessage(frame)?.class === CLASS.success).length, 10)
  clock.advance(1000)
  assert.is((await client.ask(ask)).class, CLASS.success)
})

requests.run()
