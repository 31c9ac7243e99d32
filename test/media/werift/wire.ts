/**
 * Somebody in the middle of the path: every datagram between two sessions goes through here, and each end takes the other
 * to be at this address. Delays, loses, shows, holds, repeats and forges datagrams; it has no keys.
 */

import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { once } from 'node:events'
import { seededRandom } from '../../../src/lib/random.ts'

export type End = 'a' | 'b'

export interface Wire {
  /** Called for each datagram on its way to `to`; false loses it. */
  inspect: (to: End, data: Buffer) => boolean
  /** What `candidate` of `end` looks like to the other end. */
  rewrite: (end: End, candidate: string) => string
  /** As if it came from the other end. */
  inject: (to: End, data: Buffer) => void
  /** The true port of an end. */
  portOf: (end: End) => number
  stop: () => Promise<void>
}

export interface WireOptions {
  /** One way. */
  delayMs?: number
  /** Share of the datagrams that is lost, each way, from 0 to 1. */
  loss?: number
  seed?: number
}

export async function openWire({ delayMs = 0, loss = 0, seed = 1 }: WireOptions = {}): Promise<Wire> {
  /** `sockets.a` stands for a: b sends there, and a's datagrams come to b from there. */
  const sockets: Record<End, Socket> = { a: createSocket('udp4'), b: createSocket('udp4') }
  const ports: Record<End, number> = { a: 0, b: 0 }
  const random = seededRandom(seed)
  const under = new Set<NodeJS.Timeout>()
  const carry = (to: End, data: Buffer) => {
    if (random() < loss) return
    if (delayMs === 0) return wire.inject(to, data)
    const timer = setTimeout(() => {
      under.delete(timer)
      wire.inject(to, data)
    }, delayMs)
    under.add(timer)
  }
  for (const end of ['a', 'b'] as const) {
    sockets[end].bind(0, '127.0.0.1')
    await once(sockets[end], 'listening')
    // nobody may be there any more
    sockets[end].on('error', () => {})
    sockets[end].on('message', (data) => {
      if (ports[end] !== 0 && wire.inspect(end, data)) carry(end, data)
    })
  }
  const wire: Wire = {
    inspect: () => true,
    rewrite(end, candidate) {
      return candidate.replace(/127\.0\.0\.1 (\d+) typ host/, (_, port: string) => {
        ports[end] = Number(port)
        return `127.0.0.1 ${sockets[end].address().port} typ host`
      })
    },
    inject: (to, data) => sockets[to === 'a' ? 'b' : 'a'].send(data, ports[to], '127.0.0.1'),
    portOf: (end) => ports[end],
    stop: async () => {
      for (const timer of under) clearTimeout(timer)
      await Promise.all(Object.values(sockets).map((socket) => new Promise<void>((closed) => socket.close(closed))))
    },
  }
  return wire
}
