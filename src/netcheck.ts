/**
 * What kind of network this node is on: keeps watch over UDP and over the ports that the router opens, and measures the
 * rest when somebody asks (`tincan netcheck`).
 */

import { TincanError } from './errors.ts'
import { abortable } from './lib/abortable.ts'
import type { Clock } from './lib/clock.ts'
import { familyOf, isGlobal, isLoopback, isPrivate } from './lib/ip.ts'
import { tcpPlaceOf } from './overlay/addresses.ts'
import { type NetworkReport, reportOf } from './overlay/network-report.ts'
import type { Overlay } from './overlay/overlay.ts'
import { NOT_MAPPED, PortMapping, type PortMappingParts, type WantedPort } from './overlay/port-mapping.ts'
import type { Reachability } from './overlay/reachability.ts'
import { type StunServer, UdpProbe } from './overlay/udp-probe.ts'
import type { Homes } from './supernode/homes.ts'

const WANTED_MAX = 4
/** A router that maps answers within that; a person waits for it. */
const MAPPING_MS_MAX = 5_000

export interface NetcheckParts {
  overlay: Overlay
  homes: Homes
  reachability: Reachability
  /** Of the nearest supernodes. Never rejects. */
  stunServers(): Promise<StunServer[]>
  /** Whether to ask the router to open our ports. */
  isMappingPorts: boolean
  clock: Clock
  /** For tests. */
  mapping?: Omit<PortMappingParts, 'clock'> | undefined
}

export class Netcheck {
  readonly #parts: NetcheckParts
  readonly #udp: UdpProbe
  readonly #mapping: PortMapping | undefined
  /** Where STUN and TURN are served. */
  #udpPorts: number[] = []
  #wanted = ''

  constructor(parts: NetcheckParts) {
    this.#parts = parts
    const { overlay, homes, reachability, clock } = parts
    this.#udp = new UdpProbe({
      overlay,
      stunServers: () => parts.stunServers(),
      askForKnock: (...question) => reachability.askForKnock(...question),
      clock,
    })
    homes.on('change', () => this.#udp.nudge())
    this.#mapping = parts.isMappingPorts ? new PortMapping({ ...parts.mapping, clock }) : undefined
    this.#mapping?.on('change', ({ externalHost, ports }) => {
      const tcp = externalHost === undefined ? [] : ports.filter(({ transport }) => transport === 'tcp')
      overlay.setMappedPorts(tcp.map((port) => ({ ...port, externalHost: externalHost as string })))
      if (tcp.length > 0) reachability.recheck()
    })
    overlay.on('addresses', () => this.#want())
  }

  start(): void {
    this.#want()
  }

  /** Undefined until it is known. */
  isUdpBlocked(): boolean | undefined {
    return this.#udp.isUdpBlocked()
  }

  /** The router is to open these UDP ports besides. */
  mapUdp(ports: number[]): void {
    this.#udpPorts = ports
    this.#want()
  }

  /** We slept, or are in another place. */
  recheck(): void {
    this.#udp.recheck()
    this.#mapping?.recheck()
  }

  /** Measures now: two to five seconds. Rejects ABORTED only. */
  async report(signal: AbortSignal | undefined): Promise<NetworkReport> {
    const { homes, reachability } = this.#parts
    const measuring = Promise.all([this.#udp.look(), reachability.examine(), this.#mapped()])
    try {
      const [udp, ports] = await (signal === undefined ? measuring : abortable(measuring, signal))
      return reportOf({
        homes: homes.list().length,
        rttsMs: homes.measured(),
        udp,
        ports,
        portMapping: this.#mapping?.status ?? NOT_MAPPED,
      })
    } catch (error) {
      if (signal?.aborted) throw new TincanError('ABORTED', 'Aborted.')
      throw error
    }
  }

  /** Takes the mappings away. Bounded, never rejects. */
  async stop(): Promise<void> {
    this.#udp.stop()
    await this.#mapping?.stop()
  }

  /** Resolves when the router has answered, or does not. */
  async #mapped(): Promise<void> {
    const mapping = this.#mapping
    if (mapping?.status.state !== 'searching') return
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = this.#parts.clock.after(MAPPING_MS_MAX, resolve)
    const done = (): void => resolve()
    mapping.once('change', done)
    await promise
    mapping.off('change', done)
    cancel()
  }

  /** Our listening ports, when all our addresses are behind a router. */
  #want(): void {
    if (this.#mapping === undefined) return
    const listening = this.#parts.overlay.addresses().flatMap((address) => {
      const place = tcpPlaceOf(address)
      return place === undefined || familyOf(place.host) !== 'ipv4' || isLoopback(place.host) ? [] : [place]
    })
    const own = listening.filter(({ host }) => isPrivate(host))
    const mapped = new Set(this.#mapping.status.ports.map(({ externalPort }) => externalPort))
    const isPublic = listening.some(({ host, port }) => isGlobal(host) && !mapped.has(port))
    const tcp = isPublic ? [] : [...new Set(own.map(({ port }) => port))].slice(0, WANTED_MAX)
    const wanted: WantedPort[] = [
      ...tcp.map((port) => ({ transport: 'tcp' as const, port })),
      ...(tcp.length === 0 ? [] : this.#udpPorts.map((port) => ({ transport: 'udp' as const, port }))),
    ]
    const key = JSON.stringify(wanted)
    if (key === this.#wanted) return
    this.#wanted = key
    this.#mapping.want(wanted)
  }
}
