/** How far STUN servers are, over UDP: one socket a family, a few padded Binding requests, the shortest answer counts. */

import { type RemoteInfo, type Socket, createSocket } from 'node:dgram'
import { type Address, addressKey, familyOf } from '../lib/ip.ts'
import { bindingRequest, mappedOf } from './binding.ts'
import { newTransactionId, readMessage } from './message.ts'

const TRIES = 3
const TRY_EVERY_MS = 150
const WAIT_MS = 600

/** Round trips in milliseconds, in the order of `servers`; undefined where nothing came back. Never rejects. */
export async function roundTrips(servers: Address[]): Promise<(number | undefined)[]> {
  const asked = new Map<string, { server: Address; atMs: number }>()
  const best = new Map<string, number>()
  const take = (data: Buffer, { address, port }: RemoteInfo): void => {
    const message = readMessage(data)
    if (message === undefined || mappedOf(message) === undefined) return
    const question = asked.get(message.transactionId.toString('hex'))
    if (question === undefined || question.server.port !== port || question.server.host !== address) return
    const key = addressKey(question.server)
    best.set(key, Math.min(best.get(key) ?? Infinity, performance.now() - question.atMs))
  }
  const sockets = new Map<string, Socket>()
  for (const family of new Set(servers.map(({ host }) => familyOf(host)))) {
    const socket = createSocket(family === 'ipv4' ? 'udp4' : 'udp6')
    socket.on('error', () => {})
    socket.on('message', take)
    sockets.set(family, socket)
  }
  for (let nth = 0; nth < TRIES && best.size < servers.length; nth++) {
    for (const server of servers) {
      if (best.has(addressKey(server))) continue
      const transactionId = newTransactionId()
      asked.set(transactionId.toString('hex'), { server, atMs: performance.now() })
      sockets.get(familyOf(server.host))?.send(bindingRequest(transactionId), server.port, server.host, () => {})
    }
    await delay(nth === TRIES - 1 ? WAIT_MS - (TRIES - 1) * TRY_EVERY_MS : TRY_EVERY_MS)
  }
  for (const socket of sockets.values()) socket.close()
  return servers.map((server) => best.get(addressKey(server)))
}

const delay = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))
