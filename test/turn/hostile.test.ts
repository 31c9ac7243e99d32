/** Bytes of strangers, in large numbers: nothing breaks, nothing grows, and whoever is in a call notices nothing. */

import type { Socket as Datagram } from 'node:dgram'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { seededRandom } from '../../src/lib/random.ts'
import { CLASS, METHOD, type Attribute, ATTRIBUTE, textValue } from '../../src/stun/message.ts'
import { allocate } from '../../src/turn/client.ts'
import { channelData } from '../../src/turn/framing.ts'
import { memoryHeld } from '../support/memory.ts'
import { until } from '../support/wait.ts'
import {
  channelNumber,
  family,
  lifetime,
  padding,
  peers,
  tcpClient,
  TICKET,
  TRANSPORT,
  udpClient,
  written,
} from './raw-client.ts'
import { openTcp, relayServer, startPeer, startServer } from './relay-site.ts'

const hostile = suite('hostile to the relay')

const PACKETS = 100_000
/** At a time, so that no socket's buffer overflows: what the kernel drops proves nothing. */
const BATCH = 50
const GROWTH_BYTES_MAX = 8_000_000

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)
const random = seededRandom(seed)
const below = (max: number): number => Math.floor(random() * max)

/** Well-formed messages of all kinds, to be mutated; `as` makes some of them authentic. */
function seeds(as: ReturnType<typeof relayServer>): Buffer[] {
  const anywhere = { host: '127.0.0.1', port: 9 }
  const attributes: Attribute[][] = [
    [],
    [TRANSPORT],
    [TRANSPORT, TICKET, family(2), lifetime(0)],
    [channelNumber(0x4000)],
    [[ATTRIBUTE.mobilityTicket, textValue('x'.repeat(24))]],
    [padding(60)],
  ]
  const methods = [...Object.values(METHOD), 0x00b, 0xfff]
  const messages = methods.flatMap((method) =>
    attributes.flatMap((each) => [
      written({ method, attributes: (id) => [...each, ...peers(anywhere)(id)] }),
      written({ method, attributes: each, kind: CLASS.indication }),
      written({ method, attributes: each, as }),
    ]),
  )
  return [...messages, channelData(0x4000, Buffer.alloc(20), true), channelData(0x4fff, Buffer.alloc(0), true)]
}

function mutated(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  for (let i = below(4); i >= 0 && copy.length > 0; i--) copy[below(copy.length)] = below(256)
  const roll = random()
  if (roll < 0.2) return copy.subarray(0, below(copy.length))
  if (roll < 0.3) return Buffer.concat([copy, Buffer.alloc(below(40), below(256))])
  return copy
}

function garbage(): Buffer {
  const bytes = Buffer.alloc(below(200))
  for (let i = 0; i < bytes.length; i++) bytes[i] = below(256)
  if (bytes.length > 8 && random() < 0.5) bytes.set([0, below(16), 0, bytes.length, 0x21, 0x12, 0xa4, 0x42])
  return bytes
}

hostile('a datagram from port 0, which nobody can be answered at, is dropped', async () => {
  // to send one takes a raw socket; the server's are told of one instead
  const made: Datagram[] = []
  const keep = (message: unknown): void => void made.push((message as { socket: Datagram }).socket)
  subscribe('udp.socket', keep)
  await using server = await startServer()
  unsubscribe('udp.socket', keep)
  const question = written({ method: METHOD.binding, attributes: [padding(40)] })
  for (const socket of made) socket.emit('message', question, { address: '127.0.0.1', port: 0 })
  assert.is(server.stats().dropped.malformed, made.length)
})

hostile('streams from all the addresses of one IPv6 network are counted together', async () => {
  await using server = await startServer({ limits: { streamsPerAddress: 2 } })
  const streams = ['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8:0:1::3'].map((host, at) => {
    const stream = new PassThrough()
    server.accept(stream, { host, port: 4000 + at })
    return stream
  })
  assert.equal(
    streams.map(({ destroyed }) => destroyed),
    [false, false, true, false],
  )
})

hostile(`${PACKETS} packets over UDP and streams break nothing, and a relayed call loses nothing`, async () => {
  console.error(`FC_SEED=${seed}`)
  await using server = await startServer()
  await using door = await openTcp(server)
  await using peer = await startPeer({ echoes: true })
  const allocation = await allocate({ server: relayServer(server, { deviceTag: 'caller' }), family: 'ipv4' })
  const heard = new Set<string>()
  let onHeard = (_text: string): void => {}
  allocation.onData((data) => {
    heard.add(String(data))
    onHeard(String(data))
  })
  await until('the call stands', () => {
    allocation.send(Buffer.from('warm'), peer.address)
    return heard.has('warm')
  })
  for (let i = 0; i < 10; i++) allocation.send(Buffer.from('channel'), peer.address)
  await until('its channel stands', () => heard.has('channel'))

  const stranger = await udpClient(server.udp[0]!)
  const six = await udpClient(server.udp[1]!)
  const corpus = seeds(relayServer(server, { deviceTag: 'stranger' }))
  const pick = (): Buffer => (random() < 0.3 ? garbage() : mutated(corpus[below(corpus.length)]!))
  const storm = async (packets: number): Promise<void> => {
    let stream: Socket | undefined
    for (let sent = 0; sent < packets; sent += BATCH) {
      for (let i = 0; i < BATCH; i++) (random() < 0.1 ? six : stranger).send(pick())
      if (stream === undefined || stream.destroyed) {
        stream = connect({ host: door.address.host, port: door.address.port })
        stream.on('error', () => {})
        stream.resume()
        await once(stream, 'connect')
      }
      for (let i = 0; i < BATCH / 10; i++) stream.write(pick())
      const text = `media ${sent}`
      // heard, and so what was sent before it was taken; one that is lost is waited for in vain
      await new Promise<void>((back) => {
        onHeard = (each) => each === text && back()
        allocation.send(Buffer.from(text), peer.address)
      })
      stranger.frames.length = 0
      six.frames.length = 0
      heard.clear()
    }
    stream?.destroy()
  }
  try {
    await storm(PACKETS / 10)
    const before = memoryHeld()
    await storm((9 * PACKETS) / 10)
    const grown = memoryHeld() - before
    assert.ok(grown < GROWTH_BYTES_MAX, `${grown} bytes more`)
    const { allocations, dropped } = server.stats()
    assert.ok(dropped.malformed > PACKETS / 10)
    assert.ok(allocations <= 1 + 4, 'no more than one username may have')
    await until('the streams are closed', () => server.stats().streams === 0)
  } finally {
    await stranger[Symbol.asyncDispose]()
    await six[Symbol.asyncDispose]()
    await allocation.close()
  }
})

hostile('a frame that is too large, or none of TURN, closes a stream', async () => {
  await using server = await startServer()
  await using door = await openTcp(server)
  for (const bytes of [
    Buffer.from([0x40, 0, 0xff, 0xff]),
    Buffer.from([0, 1, 0xff, 0xfc]),
    Buffer.from([0, 1, 0, 3]),
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
  ]) {
    await using client = await tcpClient(door.address)
    client.send(bytes)
    await client.closed
  }
  await until('all are gone', () => server.stats().streams === 0)
})

hostile('a frame may come in pieces, and a stream that ends in the middle of one is forgotten', async () => {
  await using server = await startServer()
  await using door = await openTcp(server)
  const client = await tcpClient(door.address)
  const question = written({ method: METHOD.binding })
  for (const byte of question) {
    client.send(Buffer.from([byte]))
    await new Promise((done) => setImmediate(done))
  }
  await until('it is answered', () => client.frames.length === 1)
  client.send(question.subarray(0, 7))
  await client[Symbol.asyncDispose]()
  await until('it is forgotten', () => server.stats().streams === 0)
})

hostile('a client that never reads costs a bounded buffer, and its stream is closed', async () => {
  await using server = await startServer({ limits: { allocationBytesPerSecond: 1e9, totalBytesPerSecond: 1e9 } })
  await using door = await openTcp(server)
  await using peer = await startPeer()
  const client = connect(door.address)
  client.on('error', () => {})
  await once(client, 'connect')
  const as = relayServer(server)
  client.write(written({ method: METHOD.allocate, attributes: [TRANSPORT], as }))
  await until('it is allocated', () => server.stats().allocations === 1)
  client.write(written({ method: METHOD.createPermission, attributes: peers(peer.address), as }))
  client.pause()
  const answer = client.read() as Buffer | null
  const relayed = await relayedPort(client, answer)
  await until('its data is dropped', async () => {
    for (let i = 0; i < 200; i++) peer.send(Buffer.alloc(1200), { host: '127.0.0.1', port: relayed })
    return server.stats().dropped.congestion > 1000
  })
  await until('its stream is closed', () => server.stats().streams === 0)
  client.destroy()
})

/** From XOR-RELAYED-ADDRESS of the first answer, which comes sooner or later. */
async function relayedPort(client: Socket, first: Buffer | null): Promise<number> {
  let bytes = first ?? Buffer.alloc(0)
  while (bytes.length < 32) {
    await once(client, 'readable')
    bytes = Buffer.concat([bytes, (client.read() as Buffer | null) ?? Buffer.alloc(0)])
  }
  return bytes.readUInt16BE(26) ^ 0x2112
}

hostile('a flood of allocations from one device gets no more than its share', async () => {
  await using server = await startServer()
  const clients = await Promise.all(Array.from({ length: 60 }, () => udpClient(server.udp[0]!)))
  try {
    const codes = await Promise.all(
      clients.map((client, i) =>
        client.code({
          method: METHOD.allocate,
          attributes: [TRANSPORT],
          as: relayServer(server, { callTag: `call-${i}` }),
        }),
      ),
    )
    assert.is(codes.filter((code) => code === 0).length, 8)
    assert.is(codes.filter((code) => code === 486).length, 52)
  } finally {
    for (const client of clients) await client[Symbol.asyncDispose]()
  }
})

hostile('streams are bounded for an address and in total', async () => {
  await using server = await startServer({ limits: { streamsPerAddress: 3 } })
  await using door = await openTcp(server)
  const clients = await Promise.all(Array.from({ length: 6 }, () => tcpClient(door.address)))
  await until('the others are closed', () => server.stats().dropped.stream === 3)
  assert.is(server.stats().streams, 3)
  for (const client of clients) await client[Symbol.asyncDispose]()
  await until('all are gone', () => server.stats().streams === 0)
  await using again = await tcpClient(door.address)
  await until('there is room again', () => server.stats().streams === 1)
  assert.ok(again.local.port > 0)
})

hostile.run()
