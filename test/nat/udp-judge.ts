/**
 * The UDP probe of a node in a home, without the node: supernodes that serve STUN and knock when they are asked to, and
 * one that looks. Run in a namespace:
 *
 *   node udp-judge.ts serve ADDRESS…     STUN on two ports of each, and a door for questions over TCP
 *   node udp-judge.ts judge ADDRESS…     prints what it finds in JSON; the addresses of the last host are not for STUN
 */

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { createInterface } from 'node:readline'

import { steadyClock } from '../../src/lib/clock.ts'
import { familyOf } from '../../src/lib/ip.ts'
import { knock } from '../../src/overlay/knock.ts'
import { type StunServer, UdpProbe } from '../../src/overlay/udp-probe.ts'
import { ATTRIBUTE, CLASS, METHOD, readMessage, writeMessage, xorAddressValue } from '../../src/stun/message.ts'

const PORTS = [3478, 3479]
const DOOR_PORT = 443
const DOOR_MS_MAX = 2_000

async function serve(hosts: string[]): Promise<void> {
  for (const host of hosts) {
    for (const port of PORTS) {
      const socket = createSocket(familyOf(host) === 'ipv6' ? 'udp6' : 'udp4')
      socket.on('message', (data, from) => {
        const message = readMessage(data)
        if (message === undefined) return
        const { transactionId } = message
        const seen = xorAddressValue({ host: from.address, port: from.port }, transactionId)
        const attributes = [[ATTRIBUTE.xorMappedAddress, seen] as const]
        const answer = writeMessage({ method: METHOD.binding, class: CLASS.success, transactionId, attributes })
        socket.send(answer, from.port, from.address)
      })
      socket.bind(port, host)
      await once(socket, 'listening')
    }
    const door = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', (data) => {
        const { port, token } = JSON.parse(data.toString()) as { port: number; token: string }
        const seenAt = socket.remoteAddress ?? ''
        void knock(seenAt, port, Buffer.from(token, 'hex')).then((isSent) => socket.end(isSent ? seenAt : ''))
      })
    })
    door.listen(DOOR_PORT, host)
    await once(door, 'listening')
  }
  process.stdout.write('ready\n')
}

/** As a peer would be asked by RPC. */
async function ask(host: string, question: object): Promise<string | undefined> {
  const socket = connect({ host, port: DOOR_PORT, timeout: DOOR_MS_MAX })
  socket.on('timeout', () => socket.destroy())
  try {
    await once(socket, 'connect')
    socket.write(JSON.stringify(question))
    for await (const line of createInterface({ input: socket })) return line
    return undefined
  } catch {
    return undefined
  } finally {
    socket.destroy()
  }
}

async function judge(hosts: string[]): Promise<void> {
  // a peer is reached over one family, and is known by its address here
  const strangers = ['ipv4', 'ipv6'].map((family) => hosts.findLast((host) => familyOf(host) === family))
  const servers = hosts
    .filter((host) => !strangers.includes(host))
    .map((host): StunServer => {
      const [stun, otherStun] = PORTS.map((port) => [{ host, port }])
      return { peerId: host, stun: stun ?? [], otherStun: otherStun ?? [] }
    })
  const probe = new UdpProbe({
    overlay: {
      peers: () => hosts,
      remoteAddress: (host) => `/${familyOf(host) === 'ipv6' ? 'ip6' : 'ip4'}/${host}/tcp/4001`,
    },
    stunServers: () => Promise.resolve(servers),
    askForKnock: (host, { port, token }) => ask(host, { port, token: Buffer.from(token).toString('hex') }),
    clock: steadyClock,
  })
  process.stdout.write(`${JSON.stringify(await probe.look())}\n`)
  process.exit(0)
}

const [word, ...hosts] = process.argv.slice(2)
await (word === 'serve' ? serve(hosts) : judge(hosts))
