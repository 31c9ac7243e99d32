/**
 * A TURN client (RFC 8656): gets a relayed address from a supernode by whatever way leads there first: UDP, TCP, TLS, a
 * WebSocket in the clear or over TLS. What an allocation then does is in client-allocation.ts.
 */

import { type Clock, steadyClock } from '../lib/clock.ts'
import { type Address, familyOf } from '../lib/ip.ts'
import { ATTRIBUTE, type Attribute, METHOD, type ReadMessage, readMessage, uint32Value } from '../stun/message.ts'
import { Allocation, allocatedOf } from './client-allocation.ts'
import { openTransport } from './client-transport.ts'
import { type Attempt, race } from './race.ts'
import type { RelayServer, TurnTransport } from './relay-server.ts'
import { Requester, TurnError } from './requester.ts'

export { Allocation } from './client-allocation.ts'
export { TurnError } from './requester.ts'

/** UDP alone for so long: several times what an answer takes on most paths. */
const UDP_ALONE_MS = 300
/** The server's other family. */
const NEXT_ADDRESS_MS = 100
const NEXT_TRANSPORT_MS = 250
/** For a connection, its handshakes and the answer. */
const OPEN_MS = 8_000
const MOVE_OPEN_MS = 2_000
const UDP_PROTOCOL = 17
/** In the order in which they are tried. */
const STREAMS: readonly TurnTransport[] = ['tcp', 'tls', 'ws', 'wss']
const FAMILY_VALUE = { ipv4: 1, ipv6: 2 } as const

export interface AllocateOptions {
  server: RelayServer
  /** Of the relayed address; not of the way to the server. */
  family: 'ipv4' | 'ipv6'
  /** UDP is known not to pass. */
  isUdpBlocked?: boolean
  /** Binds to this address, and uses only servers' addresses of its family. */
  hostAddress?: string | undefined
  /** Only these; default all that the server has addresses for. */
  transports?: readonly TurnTransport[]
  signal?: AbortSignal | undefined
  clock?: Clock
}

interface Way {
  kind: TurnTransport
  address: Address
  afterMs: number
}

interface Opened {
  requester: Requester
  answer: ReadMessage
}

/** Rejects TurnError, its code that of the server's refusal or 0, or with the signal's reason. */
export async function allocate(options: AllocateOptions): Promise<Allocation> {
  const { server, family, hostAddress, clock = steadyClock } = options
  const asked: Attribute[] = [
    [ATTRIBUTE.requestedTransport, Buffer.from([UDP_PROTOCOL, 0, 0, 0])],
    [ATTRIBUTE.requestedAddressFamily, Buffer.from([FAMILY_VALUE[family], 0, 0, 0])],
    [ATTRIBUTE.mobilityTicket, Buffer.alloc(0)],
  ]
  const open = async (way: Way, ask: (requester: Requester) => Promise<ReadMessage>, signal: AbortSignal) => {
    const transport = await openTransport(way.kind, way.address, { hostAddress, signal })
    const requester = new Requester(transport, server, clock)
    const onAbort = () => release(requester)
    try {
      transport.onFrame = (frame) => {
        const message = readMessage(frame)
        if (message !== undefined) requester.take(message)
      }
      transport.onClose = () => requester.close()
      signal.throwIfAborted()
      signal.addEventListener('abort', onAbort, { once: true })
      return { requester, answer: await ask(requester) }
    } catch (error) {
      requester.close()
      throw error
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  const attempts = waysTo(options).map((way): Attempt<Opened> => ({
    afterMs: way.afterMs,
    begin: async (signal) => {
      const opened = await open(way, (requester) => requester.request(METHOD.allocate, asked), signal)
      if (allocatedOf(opened.answer) !== undefined) return opened
      release(opened.requester)
      throw new TurnError(0, 'the relay said no address')
    },
  }))
  if (attempts.length === 0) throw new TurnError(0, 'the relay has no address that we could use')
  const deadline = AbortSignal.timeout(OPEN_MS)
  const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal])
  let won: Opened
  try {
    won = await race(attempts, ({ requester }) => release(requester), signal)
  } catch (error) {
    options.signal?.throwIfAborted()
    throw error instanceof TurnError
      ? error
      : new TurnError(0, `the relay cannot be reached: ${(error as Error).message}`)
  }
  const { kind } = won.requester.transport
  return new Allocation({
    server,
    ...won,
    clock,
    // one after the other: two moves at once could end where we are not
    reopen: async (ask, isSameOnly) => {
      const ways = waysTo(options)
        .filter((way) => !isSameOnly || way.kind === kind)
        .toSorted((a, b) => Number(b.kind === kind) - Number(a.kind === kind))
      let failure: unknown = new TurnError(0, 'the relay has no such address')
      for (const way of ways) {
        try {
          return await open(way, ask, AbortSignal.timeout(MOVE_OPEN_MS))
        } catch (error) {
          failure = error
          if (error instanceof TurnError && error.code !== 0) break
        }
      }
      throw failure
    },
  })
}

/** Whatever it got, or is about to get, is given back. */
function release(requester: Requester): void {
  requester.tell(METHOD.refresh, [[ATTRIBUTE.lifetime, uint32Value(0)]])
  requester.close()
}

function waysTo({ server, isUdpBlocked, hostAddress, transports }: AllocateOptions): Way[] {
  const isUsable = ({ host }: Address) => hostAddress === undefined || familyOf(host) === familyOf(hostAddress)
  const isWanted = (kind: TurnTransport) => transports?.includes(kind) ?? true
  const udp = isUdpBlocked === true || !isWanted('udp') ? [] : server.udp.filter(isUsable)
  const first = udp.length > 0 ? UDP_ALONE_MS : 0
  return [
    ...udp.map((address, at): Way => ({ kind: 'udp', address, afterMs: at * NEXT_ADDRESS_MS })),
    ...STREAMS.filter(isWanted).flatMap((kind, at) =>
      server.tcp.filter(isUsable).map((address): Way => ({ kind, address, afterMs: first + at * NEXT_TRANSPORT_MS })),
    ),
  ]
}
