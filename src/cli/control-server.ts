/**
 * The running node's end of the local socket. One connection carries one request; a call's steps stream back on it,
 * and a client that dies hangs up its call.
 *
 *   node → client  {"v":1,"event":"hello","pid":123,"network":"main"}
 *   client → node  {"v":1,"do":"status"} | {"do":"netcheck"} | {"do":"ping","username","count","untilDirect"} | {"do":"lookup","username":"bob"} | {"do":"call","username","source","sink","relayOnly"}
 *                  and during a call {"do":"hangup"}
 *                  {"do":"device","act":"add"} and its kin: see `device-line.ts`
 *                  {"do":"claim","username"}: see `claim-line.ts`; {"do":"contacts","act"}: `contact-line.ts`
 *   node → client  {"v":1,"answer":…} | {"v":1,"error":{"code","message"}} | the events of `CallProgress`
 */

import type { Server, Socket } from 'node:net'

import { serveClaim } from './claim-line.ts'
import { serveContacts } from './contact-line.ts'
import { serveDevices } from './device-line.ts'
import { describe } from './failure.ts'
import { jsonLines, type Message } from './json-lines.ts'
import type { Line, OngoingCall } from './line.ts'

/** Waiting commands of one user; more is a runaway script. */
const CONNECTIONS_MAX = 64

export interface ControlServer {
  stop(): void
}

/** Keeps whoever connects while the node is still starting; `serveControl` takes them over. */
export function holdConnections(server: Server): Socket[] {
  const waiting: Socket[] = []
  server.maxConnections = CONNECTIONS_MAX
  server.on('connection', (socket) => {
    socket.on('error', () => {}) // whoever gave up waiting
    waiting.push(socket)
  })
  return waiting
}

export function serveControl(server: Server, waiting: Socket[], line: Line, network: string): ControlServer {
  const closers = new Set<() => void>()
  const serve = (socket: Socket) => {
    const aborter = new AbortController()
    let ongoing: OngoingCall | undefined
    let isBusy = false

    const connection = jsonLines(socket, hear, gone)
    const close = () => socket.destroy()
    closers.add(close)
    connection.send({ v: 1, event: 'hello', pid: process.pid, network })

    function hear(message: Message): void {
      if (message['do'] === 'hangup') {
        if (ongoing === undefined) aborter.abort()
        else ongoing.hangup()
      } else if (!isBusy) {
        isBusy = true
        void answer(message) // cannot reject
      }
    }

    function gone(): void {
      closers.delete(close)
      aborter.abort()
      ongoing?.hangup()
    }

    async function answer(message: Message): Promise<void> {
      try {
        const username = typeof message['username'] === 'string' ? message['username'] : ''
        if (message['do'] === 'status') {
          connection.send({ v: 1, answer: await line.status() })
        } else if (message['do'] === 'netcheck') {
          connection.send({ v: 1, answer: await line.netcheck(aborter.signal) })
        } else if (message['do'] === 'ping') {
          const request = { username, count: Number(message['count']), untilDirect: message['untilDirect'] === true }
          await line.ping(request, (pong) => connection.send({ v: 1, event: 'pong', ...pong }), aborter.signal)
          connection.send({ v: 1, answer: {} })
        } else if (message['do'] === 'lookup') {
          connection.send({ v: 1, answer: await line.lookup(username, aborter.signal) })
        } else if (message['do'] === 'device') {
          const hearStep = (step: object) => connection.send({ v: 1, ...step })
          connection.send({ v: 1, answer: await serveDevices(line.devices, message, hearStep, aborter.signal) })
        } else if (message['do'] === 'contacts') {
          connection.send({ v: 1, answer: await serveContacts(line.contacts, message, aborter.signal) })
        } else if (message['do'] === 'claim') {
          const hearStep = (step: object) => connection.send({ v: 1, ...step })
          connection.send({ v: 1, answer: await serveClaim(line.claim, message, hearStep, aborter.signal) })
        } else if (message['do'] === 'call') {
          const { source, sink, relayOnly } = message
          if (typeof source !== 'string' || typeof sink !== 'string')
            throw new Error('A call needs a source and a sink.')
          const hearStep = (step: object) => connection.send({ v: 1, ...step })
          ongoing = await line.call({ username, source, sink, relayOnly: relayOnly === true }, hearStep, aborter.signal)
          if (aborter.signal.aborted) ongoing.hangup()
          await ongoing.ended
        } else {
          throw new Error('The running node does not know this command. Is it of another version?')
        }
      } catch (error) {
        connection.send({ v: 1, error: describe(error) })
      }
      connection.close()
    }
  }
  server.removeAllListeners('connection').on('connection', serve)
  for (const socket of waiting) if (!socket.destroyed) serve(socket)
  return {
    stop() {
      server.close()
      for (const close of closers) close()
    },
  }
}
