/**
 * Has the router open our ports: one is looked for at the start and after a move; mappings are renewed every ten minutes,
 * so that a router which was restarted has them again, and taken away at the stop. Only the default gateway is talked
 * to, and the UPnP multicast group of the LAN. What a router claims is not believed before peers have dialled back.
 */

import { EventEmitter } from 'node:events'
import type { Clock } from '../lib/clock.ts'
import { defaultRoutes } from '../lib/default-routes.ts'
import { familyOf, isNowhere } from '../lib/ip.ts'
import { makeLog } from '../lib/log.ts'
import { jittered, systemRandom } from '../lib/random.ts'
import type { MappedTransport } from './nat-pmp.ts'
import { findRouter, type Router, type RouterPlaces, type RouterProtocol } from './router.ts'

const log = makeLog('port mapping')

/** RFC 6886 §3.3 recommends so much. */
const LIFETIME_S = 7_200
const RENEW_MS = 600_000
/** Where there is no router that maps: one may be turned on. */
const SEARCH_AGAIN_MS = 1_800_000
const STOP_MS_MAX = 1_000
const PORTS_MAX = 8

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
  protocol: RouterProtocol | undefined
  /** The router's outside address, as it says: behind two NATs it is a private one. */
  externalHost: string | undefined
  ports: MappedPort[]
}

export interface PortMappingParts {
  clock: Clock
  /** Whom to ask; by default the gateways of this machine's default routes. */
  gateways?: (() => string[]) | undefined
  /** Where gateways listen, when elsewhere than they ought to; for tests. */
  places?: RouterPlaces | undefined
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
    const { gateways = ownGateways, places, clock } = this.#parts
    const [wanted] = this.#wanted
    if (wanted === undefined) return undefined
    for (const gateway of gateways()) {
      const router = await findRouter(gateway, {
        wanted,
        lifetimeSeconds: LIFETIME_S,
        places,
        clock,
        signal: () => this.#ending.signal,
      })
      if (router !== undefined || this.#isStopped) return router
    }
    return undefined
  }
}

/** IPv4 only: with IPv6 there is no port to map. */
const ownGateways = (): string[] => [
  ...new Set(defaultRoutes().flatMap(({ gateway }) => (gateway && familyOf(gateway) === 'ipv4' ? [gateway] : []))),
]
