/**
 * Knows whether UDP passes, and what kind of NAT is in its way: looks once there are supernodes to ask, again when the
 * machine has slept or moved, and every ten minutes. A call that begins where UDP is blocked asks for relays over TCP at
 * once instead of waiting for answers that do not come.
 */

import { EventEmitter } from 'node:events'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Clock } from '../lib/clock.ts'
import { type Address, familyOf, isLoopback, isNowhere } from '../lib/ip.ts'
import { makeLog } from '../lib/log.ts'
import { jittered, systemRandom } from '../lib/random.ts'
import { judgeNat, type MappingSample, type NatBehaviour } from './nat-behaviour.ts'
import type { Overlay } from './overlay.ts'
import type { UdpKnock } from './reachability.ts'
import { type Knocker, surveyUdp } from './udp-survey.ts'

const log = makeLog('udp')

const EVERY_MS = 600_000
/** While there is no supernode to ask. */
const FIRST_AGAIN_MS = 5_000
const SERVERS_MAX = 4
const KNOCK_DEADLINE_MS = 1_500

/** A supernode's STUN. */
export interface StunServer {
  peerId: string
  stun: Address[]
  /** A second port of the same machine: tells whether a NAT goes by ports or by hosts alone. */
  otherStun: Address[]
}

export interface UdpFindings {
  isBlocked: boolean
  ipv4: NatBehaviour | undefined
  ipv6: NatBehaviour | undefined
  servers: { peerId: string; family: 'ipv4' | 'ipv6'; rttMs: number | undefined }[]
}

export interface UdpProbeParts {
  overlay: Pick<Overlay, 'peers' | 'remoteAddress'>
  /** Of the nearest supernodes; none while there are none. Never rejects. */
  stunServers(): Promise<StunServer[]>
  /** `Reachability.askForKnock`. */
  askForKnock: (peerId: string, knock: UdpKnock, deadlineMs: number) => Promise<string | undefined>
  clock: Clock
}

export class UdpProbe extends EventEmitter<{ change: [findings: UdpFindings] }> {
  readonly #parts: UdpProbeParts
  #findings: UdpFindings | undefined
  #isBlocked: boolean | undefined
  #running: Promise<void> | undefined
  #isStale = false
  #againMs = FIRST_AGAIN_MS
  #cancel: (() => void) | undefined
  #isStopped = false

  constructor(parts: UdpProbeParts) {
    super()
    this.#parts = parts
  }

  get findings(): UdpFindings | undefined {
    return this.#findings
  }

  /** Undefined until supernodes have been asked, here where we are now. */
  isUdpBlocked(): boolean | undefined {
    return this.#isBlocked
  }

  /** There may be supernodes to ask now. */
  nudge(): void {
    if (this.#isBlocked === undefined) void this.#run() // cannot reject
  }

  /** We slept, or are in another place: what was found says nothing any more. */
  recheck(): void {
    this.#isBlocked = undefined
    this.#isStale = true
    this.#againMs = FIRST_AGAIN_MS
    void this.#run() // cannot reject
  }

  /** What is found by a look that begins now. Undefined when there is nobody to ask. Never rejects. */
  async look(): Promise<UdpFindings | undefined> {
    await this.#running
    await this.#run()
    return this.#isBlocked === undefined ? undefined : this.#findings
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel?.()
    this.removeAllListeners()
  }

  #run(): Promise<void> {
    if (this.#isStopped) return Promise.resolve()
    this.#running ??= this.#lookOnce().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #lookOnce(): Promise<void> {
    this.#cancel?.()
    do {
      this.#isStale = false
      await this.#survey()
    } while (this.#isStale && !this.#isStopped)
    if (this.#isStopped) return
    const isKnown = this.#isBlocked !== undefined
    const afterMs = isKnown ? EVERY_MS : this.#againMs
    this.#againMs = isKnown ? FIRST_AGAIN_MS : Math.min(EVERY_MS, 2 * this.#againMs)
    this.#cancel = this.#parts.clock.after(jittered(afterMs, 0.2, systemRandom), () => void this.#run()) // cannot reject
  }

  async #survey(): Promise<void> {
    const all = await this.#parts.stunServers()
    if (this.#isStopped || all.length === 0) return
    const families = (['ipv4', 'ipv6'] as const).filter((family) => isAsked(family, all))
    let outstanding = families.length
    const seen = await Promise.all(
      families.map((family) =>
        this.#surveyFamily(family, all, (hasAnswer) => {
          if (this.#isStale) return
          outstanding--
          if (hasAnswer) this.#isBlocked = false
          else if (outstanding === 0 && this.#isBlocked !== false) this.#isBlocked = true
        }),
      ),
    )
    if (this.#isStale || this.#isStopped || seen.every((each) => each === undefined)) return
    const servers = seen.flatMap((each) => each?.servers ?? [])
    const isBlocked = servers.every(({ rttMs }) => rttMs === undefined)
    this.#isBlocked = isBlocked
    const [ipv4, ipv6] = (['ipv4', 'ipv6'] as const).map((family) => seen[families.indexOf(family)]?.behaviour)
    this.#findings = { isBlocked, ipv4, ipv6, servers }
    log('found', { ipv4: ipv4?.kind, ipv6: ipv6?.kind })
    this.emit('change', this.#findings)
  }

  async #surveyFamily(
    family: 'ipv4' | 'ipv6',
    all: StunServer[],
    onMapped: (hasAnswer: boolean) => void,
  ): Promise<{ behaviour: NatBehaviour; servers: UdpFindings['servers'] } | undefined> {
    const servers = serversOf(family, all)
    const ownHosts = hostsOf(family)
    const surveyed = await surveyUdp(
      family,
      servers.map(({ at }) => at),
      {
        clock: this.#parts.clock,
        knockers: (mappings) => {
          onMapped(mappings.some(({ mapped }) => mapped !== undefined))
          return this.#knockers(servers, mappings)
        },
      },
    )
    if (surveyed === undefined) return undefined
    const { rttsMs, ...samples } = surveyed
    return {
      behaviour: judgeNat({ ...samples, ownHosts }),
      servers: servers.flatMap(({ peerId, isOther }, at) => (isOther ? [] : [{ peerId, family, rttMs: rttsMs[at] }])),
    }
  }

  /** One peer that the socket has sent to, and one that it has not. */
  #knockers(servers: ServerPort[], mappings: MappingSample[]): Knocker[] {
    const { overlay, askForKnock } = this.#parts
    const at = mappings.findIndex(({ mapped }) => mapped !== undefined)
    const target = mappings[at]?.mapped
    if (target === undefined) return []
    const knocker = (peerId: string, isContacted: boolean): Knocker => ({
      isContacted,
      target,
      ask: (port, token) => askForKnock(peerId, { port, token }, KNOCK_DEADLINE_MS).catch(() => undefined),
    })
    const sentTo = new Set(servers.map(({ at: { host } }) => host))
    const family = familyOf(target.host)
    const peers = overlay.peers().map((peerId) => ({ peerId, host: hostOf(overlay.remoteAddress(peerId)) }))
    const strangers = peers.filter(({ host }) => isIP(host) !== 0 && familyOf(host) === family && !sentTo.has(host))
    const stranger = strangers[Math.floor(systemRandom() * strangers.length)]
    const contacted = servers[at]!.peerId
    return [knocker(contacted, true), ...(stranger === undefined ? [] : [knocker(stranger.peerId, false)])]
  }
}

interface ServerPort {
  peerId: string
  at: Address
  isOther: boolean
}

/** One port of each server, and the second port of the first that has one, asked right after its first. */
function serversOf(family: 'ipv4' | 'ipv6', all: StunServer[]): ServerPort[] {
  const isOfFamily = ({ host }: Address): boolean => familyOf(host) === family
  let hasOther = false
  return all.slice(0, SERVERS_MAX).flatMap(({ peerId, stun, otherStun }) => {
    const at = stun.find(isOfFamily)
    if (at === undefined) return []
    const other = hasOther ? undefined : otherStun.find(({ host }) => host === at.host)
    hasOther ||= other !== undefined
    return [{ peerId, at, isOther: false }, ...(other === undefined ? [] : [{ peerId, at: other, isOther: true }])]
  })
}

/** A server of that family, and an address of our own from which to ask it. */
function isAsked(family: 'ipv4' | 'ipv6', all: StunServer[]): boolean {
  const hosts = serversOf(family, all).map(({ at: { host } }) => host)
  const isOutward = (host: string): boolean => !isLoopback(host) && !isNowhere(host)
  return hosts.length > 0 && (hosts.every(isLoopback) || hostsOf(family).some(isOutward))
}

const hostsOf = (family: 'ipv4' | 'ipv6'): string[] =>
  Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).flatMap(({ address }) => (familyOf(address) === family ? [address] : [])),
  )

const hostOf = (address: string | undefined): string => /^\/ip[46]\/([^/]+)/.exec(address ?? '')?.[1] ?? ''
