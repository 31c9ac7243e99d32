/**
 * What a relayed packet costs our TURN server and, where it is installed, coturn's: each alone in its process, by its
 * own CPU time, taking turns on the same load. Without coturn its figures are left out.
 */

import { spawn } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'

import type { Address } from '../src/lib/ip.ts'
import { ATTRIBUTE, attributeOf, METHOD, readText } from '../src/stun/message.ts'
import { channelData } from '../src/turn/framing.ts'
import type { RelayServer } from '../src/turn/relay-server.ts'
import { hire } from '../test/support/actor.ts'
import type { TurnProcess } from '../test/support/actors/turn.ts'
import { channelNumber, type RawClient, peers, TRANSPORT, udpClient } from '../test/turn/raw-client.ts'
import type { Benchmark, Figures } from './figures.ts'

const HOST = '127.0.0.1'
const COTURN = '/usr/bin/turnserver'
/** A frame of Opus at 64 kb/s, with the headers of RTP and SRTP. */
const DATA_BYTES = 172
const CHANNEL = 0x4000
/** On their way at once: less than a socket buffers, so that none is lost. */
const WINDOW = 64
const WARM_UP_MS = 1_500
const MEASURED_MS = 2_500
const TURNS = 2
/** Of /proc's CPU times, the kernel's USER_HZ. */
const TICK_MS = 10

interface Relay extends AsyncDisposable {
  server: RelayServer
  cpuMs: () => Promise<number>
}

interface Cost {
  packets: number
  cpuMs: number
  ms: number
}

export const turn: Benchmark = {
  names: ['turnPacketsPerCore', 'turnCpuPerPacket', 'coturnCpuPerPacket', 'turnCpuOverCoturn'],
  async measure({ note }) {
    note('relayed packets')
    await using held = new AsyncDisposableStack()
    const ours = held.use(await startOurs())
    const coturn = existsSync(COTURN) ? held.use(await startCoturn()) : undefined
    if (coturn === undefined) note(`coturn is not measured: there is no ${COTURN} (Debian: apt install coturn)`)
    const [our, their] = [ours, coturn].map((relay) => relay && { relay, costs: [] as Cost[] })
    for (let i = 0; i < TURNS; i++) {
      for (const each of [our, their]) each?.costs.push(await load(each.relay))
    }
    const ourUs = microseconds(our!.costs)
    const how = `${DATA_BYTES} bytes by ChannelData, to a peer and back, ${WINDOW} on their way, ${(TURNS * MEASURED_MS) / 1000} s`
    const packets = our!.costs.reduce((sum, each) => sum + each.packets, 0)
    const busy =
      our!.costs.reduce((sum, each) => sum + each.cpuMs, 0) / our!.costs.reduce((sum, each) => sum + each.ms, 0)
    const figures: Figures = {
      turnPacketsPerCore: {
        value: 1e6 / ourUs,
        unit: '/s',
        how: `packets our relay passes on a second of a core; ${packets} in fact, at ${(100 * busy).toFixed(0)} % of a core`,
      },
      turnCpuPerPacket: { value: ourUs, unit: 'µs', how },
    }
    if (their === undefined) return figures
    const theirUs = microseconds(their.costs)
    return {
      ...figures,
      coturnCpuPerPacket: { value: theirUs, unit: 'µs', how: 'the same load on coturn, one relay thread, by turns' },
      turnCpuOverCoturn: { value: ourUs / theirUs, unit: '×', how: 'our CPU time a packet over coturn’s' },
    }
  },
}

const microseconds = (costs: Cost[]): number =>
  (1000 * costs.reduce((sum, { cpuMs }) => sum + cpuMs, 0)) / costs.reduce((sum, { packets }) => sum + packets, 0)

async function startOurs(): Promise<Relay> {
  const actor = hire<TurnProcess>('turn')
  const server = await actor.ask('start')
  return {
    server,
    cpuMs: async () => (await actor.ask('usage')).cpuMs,
    [Symbol.asyncDispose]: () => actor[Symbol.asyncDispose](),
  }
}

async function startCoturn(): Promise<Relay> {
  const port = await freePort()
  const [username, credential, realm] = ['bench', 'bench', 'relay.bench']
  const child = spawn(
    COTURN,
    [
      ...['-n', '--log-file=stdout', '--no-stdout-log', '--pidfile=', '--no-cli', '--no-tls', '--no-dtls', '--no-tcp'],
      ...['--lt-cred-mech', `--user=${username}:${credential}`, `--realm=${realm}`, '--relay-threads=1'],
      ...['--allow-loopback-peers', `--listening-ip=${HOST}`, `--relay-ip=${HOST}`, `--listening-port=${port}`],
    ],
    { stdio: 'ignore' },
  )
  const exited = once(child, 'exit')
  const server = {
    peerId: '',
    udp: [{ host: HOST, port }],
    tcp: [],
    username,
    credential,
    realm,
    nonce: 'none',
    expiresMs: 0,
  }
  return {
    server,
    cpuMs: async () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')
      return TICK_MS * (Number(fields[11]) + Number(fields[12]))
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, HOST)
  await once(socket, 'listening')
  const { port } = socket.address()
  await new Promise<void>((closed) => socket.close(() => closed()))
  return port
}

/** As fast as the relay and we can, with as many packets on their way as ever. */
async function load(relay: Relay): Promise<Cost> {
  const echo = createSocket('udp4').bind(0, HOST)
  await once(echo, 'listening')
  echo.on('message', (data, { address, port }) => echo.send(data, port, address))
  const client = await udpClient(relay.server.udp[0]!)
  let isOver = false
  let packets = 0
  const frame = channelData(CHANNEL, Buffer.alloc(DATA_BYTES, 1), false)
  try {
    await allocateChannel(client, relay.server, { host: HOST, port: echo.address().port })
    client.take = () => {
      packets += 2
      if (!isOver) client.send(frame)
    }
    for (let i = 0; i < WINDOW; i++) client.send(frame)
    await after(WARM_UP_MS)
    const [beforeCpuMs, beforePackets, beforeMs] = [await relay.cpuMs(), packets, performance.now()]
    await after(MEASURED_MS)
    return {
      cpuMs: (await relay.cpuMs()) - beforeCpuMs,
      packets: packets - beforePackets,
      ms: performance.now() - beforeMs,
    }
  } finally {
    isOver = true
    await after(100)
    await client[Symbol.asyncDispose]()
    await closed(echo)
  }
}

/** Asks until the relay is up; a nonce of its own comes with the first refusal. */
async function allocateChannel(client: RawClient, as: RelayServer, peer: Address): Promise<void> {
  const asking = { method: METHOD.allocate, attributes: [TRANSPORT] }
  for (let i = 0; ; i++) {
    const answer = await Promise.race([client.ask({ ...asking, as }), after(300)])
    if (answer !== undefined) {
      if (attributeOf(answer, ATTRIBUTE.errorCode) === undefined) break
      as.nonce = readText(attributeOf(answer, ATTRIBUTE.nonce)) ?? as.nonce
    }
    if (i > 20) throw new Error('the relay does not allocate')
  }
  const bound = await client.code({
    method: METHOD.channelBind,
    attributes: (id) => [channelNumber(CHANNEL), ...peers(peer)(id)],
    as,
  })
  if (bound !== 0) throw new Error(`no channel: ${bound}`)
}

const after = (ms: number): Promise<undefined> => new Promise((done) => setTimeout(done, ms, undefined))

const closed = (socket: Socket): Promise<void> => new Promise((done) => socket.close(() => done()))
