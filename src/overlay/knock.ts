/**
 * The one UDP packet that a prober sends for whoever asks whether it comes in: probe.proto's `UdpProbe`. What it holds
 * follows from the asker's token and is not the token, so that nobody can choose what we send; it goes to where the
 * question came from, is shorter than the question, and leaves from a port of its own that is closed behind it.
 */

import { createHash } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { familyOf, isNowhere } from '../lib/ip.ts'

export const TOKEN_BYTES = 16
const KNOCK_BYTES = 16
/** No NAT maps to these (RFC 6056 §3.2), and services listen there. */
const PORT_MIN = 1024
const PREFIX = 'tincan udp probe'

export const knockOf = (token: Uint8Array): Buffer =>
  createHash('sha256').update(PREFIX).update(token).digest().subarray(0, KNOCK_BYTES)

/** False when it is not to be sent, or cannot. Never rejects. */
export function knock(host: string, port: number, token: Uint8Array): Promise<boolean> {
  const isFit = token.length === TOKEN_BYTES && port >= PORT_MIN && port <= 0xffff && !isNowhere(host)
  if (!isFit) return Promise.resolve(false)
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = createSocket(familyOf(host) === 'ipv6' ? 'udp6' : 'udp4')
  const end = (isSent: boolean): void => {
    resolve(isSent)
    socket.removeAllListeners('error').on('error', () => {})
    socket.close()
  }
  socket.once('error', () => end(false))
  socket.send(knockOf(token), port, host, (error) => end(error === null))
  return promise
}
