/**
 * Tells what is in the way between a home and the internet, as RFC 5780 does with STUN, but with messages of its own:
 * the judge of a world must not share the code that is judged in it. Run in a namespace:
 *
 *   node nat-probe.ts serve ADDRESS ADDRESS   answers on two ports of each
 *   node nat-probe.ts ask ADDRESS ADDRESS     prints one `Finding` in JSON
 *   node nat-probe.ts hold ADDRESS            prints where it is seen at, then sends back what it gets there
 *   node nat-probe.ts reach ADDRESS PLACE     prints whether something comes back from such a place, true or false
 *
 * A question names the socket that is to answer: {"id":1,"from":3}. The answer says whom it saw: {"id":1,"seen":"host port"}.
 */

import { createSocket, type Socket } from 'node:dgram'
import { connect, createServer, isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'

import type { Dependence } from './home-kinds.ts'

export interface Finding {
  udp: boolean
  /** TCP to port 443, and to another. */
  web: boolean
  tcp: boolean
  /** Undefined without UDP; `none` where no address is translated. */
  mapping?: Dependence | 'none'
  filtering?: Dependence
  ports?: 'kept' | 'sequential' | 'other'
}

const PORTS = [3478, 3479]
const [WEB_PORT, OTHER_PORT] = [443, 4001]
const TRIES = 3
const ANSWER_MAX_MS = 250
const CONNECT_MAX_MS = 1_000

interface Question {
  id: number
  from: number
}

async function serve(hosts: string[]): Promise<void> {
  const sockets = await Promise.all(hosts.flatMap((host) => PORTS.map((port) => bound(host, port))))
  for (const socket of sockets) {
    socket.on('message', (message, { address, port }) => {
      const { id, from } = JSON.parse(message.toString()) as Question
      sockets[from]?.send(JSON.stringify({ id, seen: `${address} ${port}` }), port, address)
    })
  }
  for (const port of [WEB_PORT, OTHER_PORT]) createServer((socket) => socket.end()).listen(port, hosts[0])
  process.stdout.write('ready\n')
}

/** A socket that asks; each of its questions goes to the server's socket `to`. */
class Asker {
  readonly socket: Socket
  readonly #hosts: string[]
  readonly #heard = new Map<number, (seen: string) => void>()
  #asked = 0

  constructor(socket: Socket, hosts: string[]) {
    this.socket = socket
    this.#hosts = hosts
    socket.on('message', (message) => {
      const { id, seen } = JSON.parse(message.toString()) as { id: number; seen: string }
      this.#heard.get(id)?.(seen)
    })
  }

  /** Where the server saw us, or undefined when no answer came; the answer comes from its socket `from`. */
  async ask(to: number, from = to): Promise<string | undefined> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const id = ++this.#asked
      const answer = new Promise<string>((resolve) => this.#heard.set(id, resolve))
      this.socket.send(JSON.stringify({ id, from }), PORTS[to % 2] as number, this.#hosts[to >> 1])
      const seen = await Promise.race([answer, after(ANSWER_MAX_MS)])
      if (seen !== undefined) return seen
    }
    return undefined
  }
}

async function ask(hosts: string[]): Promise<Finding> {
  const any = isIPv6(hosts[0] as string) ? '::' : '0.0.0.0'
  const [one, other] = [new Asker(await bound(any), hosts), new Asker(await bound(any), hosts)]
  const [web, tcp] = await Promise.all([WEB_PORT, OTHER_PORT].map((port) => connects(hosts[0] as string, port)))
  const finding: Finding = { udp: false, web: web === true, tcp: tcp === true }
  const seen: (string | undefined)[] = []
  for (const to of [0, 2, 3]) seen.push(await one.ask(to))
  const [first, second, last] = seen
  if (first === undefined || second === undefined || last === undefined) return finding
  finding.udp = true
  finding.mapping =
    first === second
      ? isOurs(first)
        ? 'none'
        : 'endpoint-independent'
      : second === last
        ? 'address-dependent'
        : 'address-and-port-dependent'
  const [a, b, c] = [first, second, last].map((place) => Number(place.split(' ')[1])) as [number, number, number]
  const isStep = b !== a && b - a === c - b
  finding.ports = a === one.socket.address().port ? 'kept' : isStep ? 'sequential' : 'other'
  // one that has spoken to nobody but the first address and port
  await other.ask(0)
  finding.filtering =
    (await other.ask(0, 3)) !== undefined
      ? 'endpoint-independent'
      : (await other.ask(0, 1)) !== undefined
        ? 'address-dependent'
        : 'address-and-port-dependent'
  return finding
}

/** Sees itself from outside, as whoever talks to others does, so that its NAT has a mapping for it. */
async function seen(host: string): Promise<{ socket: Socket; place: string }> {
  const socket = await bound('0.0.0.0')
  const place = await new Asker(socket, [host]).ask(0)
  if (place === undefined) throw new Error('the server does not answer')
  return { socket, place }
}

async function hold(host: string): Promise<void> {
  const { socket, place } = await seen(host)
  socket.removeAllListeners('message').on('message', (message, from) => socket.send(message, from.port, from.address))
  process.stdout.write(`${place}\n`)
}

async function reach(host: string, place: string): Promise<boolean> {
  const { socket } = await seen(host)
  const [to, port] = place.split(' ') as [string, string]
  const back = new Promise<boolean>((resolve) => socket.once('message', () => resolve(true)))
  socket.send('{}', Number(port), to)
  return (await Promise.race([back, after(ANSWER_MAX_MS)])) === true
}

const isOurs = (place: string): boolean =>
  Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === place.split(' ')[0]))

function bound(host: string, port = 0): Promise<Socket> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(port, host, () => resolve(socket))
  })
}

function connects(host: string, port: number): Promise<boolean> {
  const socket = connect(port, host)
  const connected = new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
  })
  return Promise.race([connected, after(CONNECT_MAX_MS)])
    .then((isConnected) => isConnected === true)
    .finally(() => socket.destroy())
}

const after = (ms: number): Promise<undefined> => new Promise((resolve) => setTimeout(() => resolve(undefined), ms))

const [act, ...hosts] = process.argv.slice(2)
if (act === 'serve') await serve(hosts)
else if (act === 'hold') await hold(hosts[0] as string)
else if (act === 'reach') {
  process.stdout.write(`${await reach(hosts[0] as string, hosts[1] as string)}\n`)
  process.exit()
} else if (act === 'ask') {
  process.stdout.write(`${JSON.stringify(await ask(hosts))}\n`)
  process.exit()
}
