/**
 * Has the router open our ports: by PCP or NAT-PMP where it speaks them, else by UPnP. Looked for at the start and after
 * a move; renewed every ten minutes, so that a router which was restarted has the mappings again; taken away at the
 * stop. Only the default gateway is talked to, and the UPnP multicast group of the LAN. What a router claims is not
 * believed before peers have dialled back.
 */

import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { EventEmitter } from 'node:events'
import type { Clock } from '../lib/clock.ts'
import { defaultRoutes } from '../lib/default-routes.ts'
import { familyOf, isNowhere } from '../lib/ip.ts'
import { makeLog } from '../lib/log.ts'
import { jittered, systemRandom } from '../lib/random.ts'
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

const log = makeLog('port mapping')

/** RFC 6886 §3.3 recommends two hours; many a UPnP router takes no more than one. */
const LIFETIME_S = 7_200
const UPNP_LIFETIME_S = 3_600
const RENEW_MS = 600_000
/** Where there is no router that maps: one may be turned on. */
const SEARCH_AGAIN_MS = 1_800_000
/** RFC 6887 §8.1.1 goes on for longer; a router in the same house answers in milliseconds. */
const ASK_AT_MS = [0, 250, 750]
const ANSWER_MS_MAX = 1_500
const STOP_MS_MAX = 1_000
const PORTS_MAX = 8
const CONFLICTS_MAX = 3

export interface WantedPort {
  transport: MappedTransport
  port: number
}

export interface MappedPort {
  transport: MappedTransport
  internalHost: string
  internalPort: number
  externalPort: number
}

export interface PortMappingStatus {
  /** `off`: nothing is to be mapped. `none`: no router here maps ports. `refused`: one does, but not for us. */
  state: 'off' | 'searching' | 'none' | 'refused' | 'mapped'
  protocol: 'PCP' | 'NAT-PMP' | 'UPnP' | undefined
  /** The router's outside address, as it says: behind two NATs it is a private one. */
  externalHost: string | undefined
  ports: MappedPort[]
}

export interface PortMappingParts {
  clock: Clock
  /** Whom to ask; by default the gateways of this machine's default routes. */
  gateways?: (() => string[]) | undefined
  /** Where gateways listen, when elsewhere than they ought to; for tests. */
  places?: { pcpPort?: number; ssdp?: { host: string; port: number } } | undefined
}

/** A router, spoken to in one protocol. */
interface Router {
  /** It has refused the first port that it was asked for. */
  isRefusing?: boolean
  protocol: NonNullable<PortMappingStatus['protocol']>
  ownHost: string
  externalHost(): Promise<string | undefined>
  /** Rejects when there is no answer. */
  map(question: MapQuestion): Promise<MapAnswer | Refusal>
}

export const NOT_MAPPED: PortMappingStatus = { state: 'off', protocol: undefined, externalHost: undefined, ports: [] }

export class PortMapping extends EventEmitter<{ change: [status: PortMappingStatus] }> {
  readonly #parts: PortMappingParts
  /** Ends what is being asked. */
  #ending = new AbortController()
  #isStopped = false
  #wanted: WantedPort[] = []
  #router: Router | undefined
  #status: PortMappingStatus = { ...NOT_MAPPED, state: 'searching' }
  #running: Promise<void> | undefined
  #isStale = false
  #cancel: (() => void) | undefined

  constructor(parts: PortMappingParts) {
    super()
    this.#parts = parts
  }

  get status(): PortMappingStatus {
    return this.#status
  }

  /** The ports to have open from now on; what was open and is no longer wanted is closed. */
  want(ports: WantedPort[]): void {
    this.#wanted = ports.slice(0, PORTS_MAX)
    this.#again()
  }

  /** We are in another place: another router, perhaps. */
  recheck(): void {
    this.#router = undefined
    this.#again()
  }

  /** Takes the mappings away. Bounded, never rejects. */
  async stop(): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#cancel?.()
    this.removeAllListeners()
    this.#ending.abort() // what is asked for now is not waited for
    await this.#running
    this.#ending = new AbortController()
    const cancel = this.#parts.clock.after(STOP_MS_MAX, () => this.#ending.abort())
    await Promise.all(this.#status.ports.map((port) => this.#close(port)))
    cancel()
    this.#status = NOT_MAPPED
  }

  #again(): void {
    if (this.#isStopped) return
    this.#isStale = true
    void this.#run() // cannot reject
  }

  #run(): Promise<void> {
    this.#running ??= this.#mapAll().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #mapAll(): Promise<void> {
    this.#cancel?.()
    do {
      this.#isStale = false
      const status = await this.#mapOnce()
      if (this.#isStopped) return
      const hasChanged = JSON.stringify(status) !== JSON.stringify(this.#status)
      this.#status = status
      if (hasChanged) log('state', { state: status.state, protocol: status.protocol, ports: status.ports.length })
      if (hasChanged) this.emit('change', status)
    } while (this.#isStale)
    const afterMs = this.#router === undefined ? SEARCH_AGAIN_MS : RENEW_MS
    this.#cancel = this.#parts.clock.after(jittered(afterMs, 0.1, systemRandom), () => void this.#run()) // cannot reject
  }

  async #mapOnce(): Promise<PortMappingStatus> {
    const before = this.#status.ports
    const wanted = this.#wanted
    const isWanted = ({ transport, internalPort }: MappedPort): boolean =>
      wanted.some((each) => each.transport === transport && each.port === internalPort)
    await Promise.all(before.filter((port) => !isWanted(port)).map((port) => this.#close(port)))
    const nothing = { protocol: undefined, externalHost: undefined, ports: [] }
    if (wanted.length === 0) return NOT_MAPPED
    this.#router ??= await this.#find()
    const router = this.#router
    if (router === undefined) return { ...nothing, state: 'none' }
    try {
      const ports: MappedPort[] = []
      let told: string | undefined
      for (const { transport, port } of wanted) {
        const known = before.find((each) => each.transport === transport && each.internalPort === port)
        const question = { transport, internalPort: port, externalPort: known?.externalPort ?? port }
        const answer = await router.map({ ...question, lifetimeSeconds: LIFETIME_S })
        if (typeof answer === 'string') continue
        told ??= answer.externalHost
        const { externalPort } = answer
        ports.push({ transport, internalHost: router.ownHost, internalPort: port, externalPort })
      }
      const externalHost = told ?? (await router.externalHost())
      const isSane = externalHost !== undefined && !isNowhere(externalHost)
      return {
        state: ports.length === 0 ? 'refused' : 'mapped',
        protocol: router.protocol,
        externalHost: isSane ? externalHost : undefined,
        ports,
      }
    } catch {
      this.#router = undefined // it has gone; the next round looks for another
      return { ...nothing, state: 'none' }
    }
  }

  async #close({ transport, internalPort, externalPort }: MappedPort): Promise<void> {
    await this.#router?.map({ transport, internalPort, externalPort, lifetimeSeconds: 0 }).catch(() => {})
  }

  /** The first gateway that maps. */
  async #find(): Promise<Router | undefined> {
    const { gateways = ownGateways, places = {} } = this.#parts
    for (const gateway of gateways()) {
      const pcp = await this.#findPcp(gateway, places.pcpPort ?? PCP_PORT)
      if (pcp !== undefined && !pcp.isRefusing) return pcp
      // one that maps nothing by PCP may still do so by UPnP
      const router = (this.#isStopped ? undefined : await this.#findUpnp(gateway, places.ssdp)) ?? pcp
      if (router !== undefined || this.#isStopped) return router
    }
    return undefined
  }

  /** A router that speaks PCP refuses nothing, or something; one that speaks NAT-PMP says so. */
  async #findPcp(gateway: string, port: number): Promise<Router | undefined> {
    const wanted = this.#wanted[0]
    if (wanted === undefined) return undefined
    const { clock } = this.#parts
    const ask = <T>(questionOf: (ownHost: string) => Buffer, read: (answer: Buffer) => T | undefined) =>
      askGateway({ gateway, port, questionOf, read, clock, signal: this.#ending.signal })
    const nonce = new Uint8Array(randomBytes(PCP_NONCE_BYTES))
    const pcp = (question: MapQuestion) =>
      ask(
        (ownHost) => pcpMap(question, ownHost, nonce),
        (answer) => readPcpMap(answer, question, nonce),
      )
    const first = { transport: wanted.transport, internalPort: wanted.port, externalPort: wanted.port }
    const asked = await pcp({ ...first, lifetimeSeconds: LIFETIME_S }).catch(() => undefined)
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

  async #findUpnp(gateway: string, ssdp: { host: string; port: number } | undefined): Promise<Router | undefined> {
    const signal = (): AbortSignal => this.#ending.signal
    const service = await findUpnp(gateway, { ssdp, signal: signal() })
    const ownHost = service && (await hostTowards(gateway))
    if (service === undefined || ownHost === undefined) return undefined
    return {
      protocol: 'UPnP',
      ownHost,
      externalHost: () => upnpExternalHost(service, signal()),
      map: (question) => mapByUpnp(service, ownHost, question, signal()),
    }
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

/** IPv4 only: with IPv6 there is no port to map. */
const ownGateways = (): string[] => [
  ...new Set(defaultRoutes().flatMap(({ gateway }) => (gateway && familyOf(gateway) === 'ipv4' ? [gateway] : []))),
]
