/** What goes wrong with paths, relays and sockets; each tells whether it still does. */

import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { Connection, Message, classes, parseMessage } from 'werift'
import type { MediaSessionOptions } from '../../../src/media/session.ts'
import { createWeriftSession } from '../../../src/media/werift/session.ts'
import { startTurnServer } from '../../support/turn-server.ts'
import type { Hole } from './holes-packets.ts'
import { LOOPBACK, connectPair, eventually, isDtls, listen, makePair, packet } from './pair.ts'
import { openWire } from './wire.ts'

async function listenUdp(): Promise<{ socket: Socket; port: number }> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return { socket, port: socket.address().port }
}

const open = (kind: string): number => process.getActiveResourcesInfo().filter((each) => each === kind).length

async function relayComesTooLate(patienceMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<void>()
  await using turn = await startTurnServer({ beforeAllocation: promise })
  let isConnected = false
  const pair = makePair({
    a: { ...LOOPBACK, ice: { turn }, relayOnly: true },
    carry: (from, text) => {
      // The peer's candidate is known before there is a relay to pair it with.
      if (from === 'b') setImmediate(resolve)
      return text
    },
  })
  pair.connected.then(
    () => (isConnected = true),
    () => {},
  )
  await pair.negotiate()
  await eventually(() => isConnected, patienceMs)
  await pair.stop()
  return !isConnected
}

async function restartEndsMedia(patienceMs: number): Promise<boolean> {
  const { a, b, negotiate, stop } = await connectPair()
  const [atA, atB] = [listen(a), listen(b)]
  await negotiate({ iceRestart: true })
  let number = 0
  const flows = await eventually(() => {
    a.send(packet(++number))
    b.send(packet(number))
    return atA.length > 20 && atB.length > 20
  }, patienceMs)
  await stop()
  return !flows
}

async function keepsAllocation(patienceMs: number): Promise<boolean> {
  await using turn = await startTurnServer()
  const pair = await connectPair({ a: { ...LOOPBACK, ice: { turn }, relayOnly: true } })
  await pair.stop()
  return !(await eventually(() => turn.allocations === 0, patienceMs))
}

async function diesOfLostVerify(patienceMs: number): Promise<boolean> {
  const wire = await openWire()
  let lost = 0
  // CertificateVerify, once: what follows it comes again, and all before it too.
  wire.inspect = (_, data) => !(data[0] === 22 && data[13] === 15 && lost++ === 0)
  const pair = makePair({ carry: wire.rewrite })
  let isConnected = false
  pair.connected.then(
    () => (isConnected = true),
    () => {},
  )
  await pair.negotiate()
  await eventually(() => isConnected, patienceMs)
  await pair.stop()
  await wire.stop()
  return !isConnected
}

async function repeatsAfterStop(patienceMs: number): Promise<boolean> {
  const wire = await openWire()
  let handshakes = 0
  wire.inspect = (_, data) => !isDtls(data) || handshakes++ < 0
  const pair = makePair({ carry: wire.rewrite })
  await pair.negotiate()
  await eventually(() => handshakes > 0)
  await pair.stop()
  await wire.stop()
  return !(await eventually(() => open('Timeout') === 0, patienceMs))
}

async function diesOfBadAddress(): Promise<boolean> {
  let hasDied = false
  const died = () => (hasDied = true)
  process.once('uncaughtException', died)
  // TEST-NET-1 (RFC 5737) is nobody's address.
  const session = createWeriftSession({ hostAddresses: ['192.0.2.1'] })
  await session.createOffer()
  await delay(50)
  if (!hasDied) await session.stop()
  process.removeListener('uncaughtException', died)
  return hasDied
}

async function waitsForStun(): Promise<boolean> {
  const { socket, port } = await listenUdp()
  let asked = 0
  socket.on('message', (data, { address, port: from }) => {
    const request = parseMessage(data)
    if (request === undefined || ++asked < 5) return
    const response = new Message(request.messageMethod, classes.RESPONSE, request.transactionId)
    response.setAttribute('XOR-MAPPED-ADDRESS', [address, from]).addFingerprint()
    socket.send(response.bytes, from, address)
  })
  const a = createWeriftSession(LOOPBACK)
  const b = createWeriftSession({ ...LOOPBACK, ice: { stun: `127.0.0.1:${port}` } })
  await b.createAnswer(await a.createOffer())
  const hasWaited = asked >= 5
  await Promise.all([a.stop(), b.stop()])
  socket.close()
  return hasWaited
}

async function gathersAfterStop(patienceMs: number): Promise<boolean> {
  const { socket, port } = await listenUdp()
  const before = open('UDPWrap')
  const turn = { host: '127.0.0.1', port, username: 'alice', credential: 'secret' }
  const options: MediaSessionOptions = { ...LOOPBACK, ice: { turn } }
  const session = createWeriftSession(options)
  const asked = once(socket, 'message')
  await session.createOffer()
  await asked
  await session.stop()
  const isClosed = await eventually(() => open('UDPWrap') <= before, patienceMs)
  socket.close()
  return !isClosed
}

/** The offerer begins late, behind a filter that opens when it sends: the answerer's first checks are lost. */
async function missesTrigger(patienceMs: number): Promise<boolean> {
  const wire = await openWire()
  let checks = 0
  let hasOpened = false
  wire.inspect = (to) => {
    if (to === 'b') hasOpened = true
    else checks++
    return hasOpened
  }
  const { a, b, connected, stop } = makePair({ carry: wire.rewrite })
  let isConnected = false
  connected.then(
    () => (isConnected = true),
    () => {},
  )
  const answer = await b.createAnswer(await a.createOffer())
  // All five sends of werift's check; it is given up 0.8 s later.
  await eventually(() => checks === 5)
  await a.setAnswer(answer)
  await eventually(() => isConnected, patienceMs)
  await stop()
  await wire.stop()
  return !isConnected
}

export const pathHoles: Record<string, Hole> = {
  'a public STUN server is asked': {
    patch: 'no-public-stun',
    isOpen: async () => new Connection(false, {}).stunServer !== undefined,
  },
  'a relay that comes after the candidates is never tried': { patch: 'late-relay', isOpen: relayComesTooLate },
  'an ICE restart ends the media': { patch: 'ice-restart', isOpen: restartEndsMedia },
  'the TURN allocation outlives the session': { patch: 'turn-release', isOpen: keepsAllocation },
  'one lost handshake packet ruins the handshake': { patch: 'handshake-order', isOpen: diesOfLostVerify },
  'the handshake goes on after the session stopped': { patch: 'flight-timers', isOpen: repeatsAfterStop },
  'an address that cannot be bound ends the process': { patch: 'socket-errors', isOpen: diesOfBadAddress },
  'an answer waits for a slow STUN server': { patch: 'background-gathering', isOpen: waitsForStun },
  'gathering goes on after the session stopped': { patch: 'prompt-close', isOpen: gathersAfterStop },
  'checks that begin apart miss each other': { patch: 'triggered-checks', isOpen: missesTrigger },
}
