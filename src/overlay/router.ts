/**
 * A router that maps ports, whichever protocol it speaks: PCP (RFC 6887) or NAT-PMP (RFC 6886) if it does, else UPnP. How
 * it is found and asked; which ports it is asked for, and when, is port-mapping.ts's business.
 */

import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import type { Clock } from '../lib/clock.ts'
import { systemRandom } from '../lib/random.ts'
import {
  type MapAnswer,
  type MappedTransport,
  type MapQuestion,
  PCP_NONCE_BYTES,
  PCP_PORT,
  pcpMap,
  pmpHost,
  pmpMap,
  readPcpMap,
  readPmpHost,
  readPmpMap,
  type Refusal,
} from './nat-pmp.ts'
import { findUpnp, UPNP_ERROR, upnpExternalHost, upnpMap, upnpUnmap, type UpnpService } from './upnp.ts'

/** Many a router takes no more. */
const UPNP_LIFETIME_S = 3_600
/** RFC 6887 §8.1.1 goes on for longer; a router in the same house answers in milliseconds. */
const ASK_AT_MS = [0, 250, 750]
const ANSWER_MS_MAX = 1_500
const CONFLICTS_MAX = 3

export type RouterProtocol = 'PCP' | 'NAT-PMP' | 'UPnP'

/** Spoken to in one protocol. */
export interface Router {
  /** It has refused the first port that it was asked for. */
  isRefusing?: boolean
  protocol: RouterProtocol
  /** The address of ours that it is asked from. */
  ownHost: string
  /** As it says. Rejects when there is no answer. */
  externalHost(): Promise<string | undefined>
  /** Rejects when there is no answer. */
  map(question: MapQuestion): Promise<MapAnswer | Refusal>
}

/** Where gateways listen, when elsewhere than they ought to; for tests. */
export interface RouterPlaces {
  pcpPort?: number
  ssdp?: { host: string; port: number }
}

export interface FindOptions {
  /** The port that a router shows itself by mapping. */
  wanted: { transport: MappedTransport; port: number }
  lifetimeSeconds: number
  places?: RouterPlaces | undefined
  clock: Clock
  /** Ends what is being asked; asked for anew with each question, also of the router that was found. */
  signal: () => AbortSignal
}

/** Undefined when the gateway maps nothing, by no protocol. Never rejects. */
export async function findRouter(gateway: string, options: FindOptions): Promise<Router | undefined> {
  const pcp = await findPcp(gateway, options)
  if (pcp !== undefined && !pcp.isRefusing) return pcp
  // one that maps nothing by PCP may still do so by UPnP
  return (options.signal().aborted ? undefined : await findByUpnp(gateway, options)) ?? pcp
}

/** A router that speaks PCP refuses nothing, or something; one that speaks NAT-PMP says so. */
async function findPcp(gateway: string, options: FindOptions): Promise<Router | undefined> {
  const { wanted, lifetimeSeconds, places, clock, signal } = options
  const port = places?.pcpPort ?? PCP_PORT
  const ask = <T>(questionOf: (ownHost: string) => Buffer, read: (answer: Buffer) => T | undefined) =>
    askGateway({ gateway, port, questionOf, read, clock, signal: signal() })
  const nonce = new Uint8Array(randomBytes(PCP_NONCE_BYTES))
  const pcp = (question: MapQuestion) =>
    ask(
      (ownHost) => pcpMap(question, ownHost, nonce),
      (answer) => readPcpMap(answer, question, nonce),
    )
  const first = { transport: wanted.transport, internalPort: wanted.port, externalPort: wanted.port }
  const asked = await pcp({ ...first, lifetimeSeconds }).catch(() => undefined)
  if (asked === undefined) return undefined
  const { ownHost } = asked
  const map = async (question: MapQuestion) => (await pcp(question)).answer
  if (asked.answer !== 'other')
    return {
      isRefusing: asked.answer === 'refused',
      protocol: 'PCP',
      ownHost,
      map,
      externalHost: () => Promise.resolve(undefined),
    }
  const host = await ask(pmpHost, readPmpHost).catch(() => undefined)
  if (host === undefined) return undefined
  return {
    protocol: 'NAT-PMP',
    ownHost,
    map: async (question) =>
      (
        await ask(
          () => pmpMap(question),
          (answer) => readPmpMap(answer, question),
        )
      ).answer,
    async externalHost() {
      const { answer } = await ask(pmpHost, readPmpHost)
      return typeof answer === 'string' ? undefined : answer.host
    },
  }
}

async function findByUpnp(gateway: string, { places, signal }: FindOptions): Promise<Router | undefined> {
  const service = await findUpnp(gateway, { ssdp: places?.ssdp, signal: signal() })
  const ownHost = service && (await hostTowards(gateway))
  if (service === undefined || ownHost === undefined) return undefined
  return {
    protocol: 'UPnP',
    ownHost,
    externalHost: () => upnpExternalHost(service, signal()),
    map: (question) => mapByUpnp(service, ownHost, question, signal()),
  }
}

async function mapByUpnp(
  service: UpnpService,
  internalHost: string,
  question: MapQuestion,
  signal: AbortSignal,
): Promise<MapAnswer | Refusal> {
  const { transport, internalPort } = question
  let { externalPort } = question
  if (question.lifetimeSeconds === 0) {
    await upnpUnmap(service, transport, externalPort, signal)
    return { externalPort, lifetimeSeconds: 0, externalHost: undefined }
  }
  let leaseSeconds = UPNP_LIFETIME_S
  for (let conflicts = 0; conflicts <= CONFLICTS_MAX;) {
    const mapping = { transport, internalHost, internalPort, externalPort, leaseSeconds }
    const error = await upnpMap(service, mapping, signal)
    if (error === 0) return { externalPort, lifetimeSeconds: leaseSeconds, externalHost: undefined }
    if (error === UPNP_ERROR.onlyPermanent && leaseSeconds > 0) leaseSeconds = 0
    else if (error === UPNP_ERROR.conflict) {
      conflicts++
      externalPort = 1024 + Math.floor(systemRandom() * (0x10000 - 1024))
    } else return 'refused'
  }
  return 'refused'
}

interface AskOptions<T> {
  gateway: string
  port: number
  questionOf: (ownHost: string) => Buffer
  read: (answer: Buffer) => T | undefined
  clock: Clock
  signal: AbortSignal
}

/** One question and its answer, from the gateway's port and nowhere else. Rejects when none comes. */
async function askGateway<T>(options: AskOptions<T>): Promise<{ answer: T; ownHost: string }> {
  const { gateway, port, questionOf, read, clock, signal } = options
  const socket = createSocket('udp4')
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const giveUp = (): void => reject(new Error('no answer'))
  const timers: (() => void)[] = []
  let ownHost = ''
  socket.on('error', giveUp) // the port is closed, or there is no way there
  socket.on('message', (data) => {
    const answer = read(data)
    if (answer !== undefined) resolve(answer)
  })
  if (signal.aborted) giveUp()
  signal.addEventListener('abort', giveUp, { once: true })
  socket.connect(port, gateway, () => {
    ownHost = socket.address().address
    const question = questionOf(ownHost)
    for (const atMs of ASK_AT_MS) timers.push(clock.after(atMs, () => socket.send(question, () => {})))
  })
  timers.push(clock.after(ANSWER_MS_MAX, giveUp))
  try {
    return { answer: await promise, ownHost }
  } finally {
    for (const cancel of timers) cancel()
    signal.removeEventListener('abort', giveUp)
    socket.close()
  }
}

/** The address of ours that packets to the gateway leave from. Sends nothing. */
async function hostTowards(gateway: string): Promise<string | undefined> {
  const socket = createSocket('udp4')
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  socket.on('error', () => resolve(undefined))
  socket.connect(1, gateway, () => resolve(socket.address().address))
  const host = await promise
  socket.close()
  return host
}
