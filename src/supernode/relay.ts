/**
 * A supernode's STUN and TURN: opened when it takes up the role, closed when it lays it down. Whoever asks by RPC learns
 * where they listen and gets credentials for one call (role `relay`). Only a machine that has a public address of its own
 * relays: behind a NAT's port mapping the relayed ports could not be reached.
 */

import { randomBytes } from 'node:crypto'
import { networkInterfaces } from 'node:os'
import type { Clock } from '../lib/clock.ts'
import { decoded } from '../lib/decoded.ts'
import { type Address, bytesOfHost, familyOf, isGlobal, isLoopback, isNowhere } from '../lib/ip.ts'
import { makeLog } from '../lib/log.ts'
import { tcpPlaceOf } from '../overlay/addresses.ts'
import type { Overlay, ProfileName } from '../overlay/overlay.ts'
import { makeCredentials } from '../turn/credentials.ts'
import type { TurnStats } from '../turn/counters.ts'
import { localPeers, type PublicHosts } from '../turn/peer-guard.ts'
import { type TurnServer, startTurnServer } from '../turn/server.ts'
import { Borrow, BorrowReply, type TransportAddress } from './relay.pb.js'

const log = makeLog('relay')

export const CALL_TAG_BYTES = 16
const SECRET_BYTES = 32
const REALM = 'tincan'
/** To begin an allocation in; what runs is refreshed for as long as the call lasts. */
const CREDENTIALS_MS = 120_000

export interface RelayParts {
  overlay: Overlay
  profile: ProfileName
  clock: Clock
  /** Of all calls together, each way; 5 Mb/s when nothing is said: about 55 calls. */
  bytesPerSecondMax?: number | undefined
  /** The UDP ports that are served from now on. */
  onPorts?: (ports: number[]) => void
}

export class Relay {
  readonly #parts: RelayParts
  readonly #secret = randomBytes(SECRET_BYTES)
  #server: TurnServer | undefined
  /** Where others reach us, as far as we know. */
  #hosts: string[] = []
  #publicHosts: PublicHosts = {}

  constructor(parts: RelayParts) {
    this.#parts = parts
  }

  /** Opens the ports, anew when they are open. Never rejects: a supernode that cannot relay still does the rest. */
  async serve(): Promise<void> {
    await this.stop()
    const { overlay, profile } = this.#parts
    const isUsable = profile === 'internet' ? isGlobal : (host: string): boolean => !isNowhere(host)
    const told = overlay.addresses().flatMap((address) => tcpPlaceOf(address) ?? [])
    this.#hosts = [...new Set(told.map(({ host }) => host))].filter(isUsable)
    const own = this.#hosts.filter(isOwn)
    this.#publicHosts = {
      ipv4: own.find((host) => familyOf(host) === 'ipv4'),
      ipv6: own.find((host) => familyOf(host) === 'ipv6'),
    }
    const wildcards = this.#hosts.every(isLoopback) ? ['127.0.0.1'] : ['0.0.0.0', '::']
    // the number of our TCP port, which may be open in a firewall; whatever there is where that is taken
    for (const port of [told[0]?.port ?? 0, 0]) {
      for (const hosts of [wildcards, wildcards.slice(0, 1)]) {
        this.#server ??= await this.#open(
          hosts.flatMap((host) => [
            { host, port },
            { host, port: 0 },
          ]),
        )
      }
    }
    if (this.#server === undefined) return log('cannot serve', {})
    const server = this.#server
    overlay.serveTurn(({ kind, socket, remote }) => {
      if (kind === 'stream') server.accept(socket, remote)
      else server.acceptWebSocket(socket, remote)
    })
    this.#parts.onPorts?.([...new Set(server.udp.map(({ port }) => port))])
    log('serves', { hosts: this.#hosts.length, relays: this.#isRelay })
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    this.#parts.overlay.serveTurn(undefined)
    if (server !== undefined) this.#parts.onPorts?.([])
    await server?.stop()
  }

  /** Undefined while nothing is served. */
  status(): TurnStats | undefined {
    return this.#server?.stats()
  }

  /** Answers role `relay`. */
  handle(from: string, body: Uint8Array): Uint8Array | undefined {
    const request = decoded(() => Borrow.decode(body))
    const server = this.#server
    if (request === undefined || server === undefined) return undefined
    const { callTag } = request
    if (callTag.length !== 0 && callTag.length !== CALL_TAG_BYTES) return undefined
    const places = {
      udp: this.#reached(server.udp.filter((_, at) => at % 2 === 0)),
      otherUdp: this.#reached(server.udp.filter((_, at) => at % 2 === 1)),
      tcp: this.#tcpPlaces(),
    }
    if (callTag.length === 0 || !this.#isRelay) return BorrowReply.encode(places)
    const expiresMs = this.#parts.clock.now() + CREDENTIALS_MS
    const tags = { callTag: Buffer.from(callTag).toString('hex'), deviceTag: from }
    const { username, credential } = makeCredentials(this.#secret, { ...tags, expiresMs })
    const nonce = server.nonce()
    return BorrowReply.encode({ ...places, isRelay: true, username, credential, realm: REALM, nonce, expiresMs })
  }

  get #isRelay(): boolean {
    return this.#publicHosts.ipv4 !== undefined || this.#publicHosts.ipv6 !== undefined
  }

  /** For STUN two ports a family: the second tells more of a NAT. Undefined when one of them cannot be had. */
  async #open(listen: Address[]): Promise<TurnServer | undefined> {
    const { profile, clock, bytesPerSecondMax } = this.#parts
    const isLocal = profile === 'local'
    const isOneMachine = this.#hosts.every(isLoopback)
    try {
      return await startTurnServer({
        realm: REALM,
        secret: this.#secret,
        listen,
        publicHosts: this.#publicHosts,
        // what listens on loopback alone is for this machine, unless everybody is on it
        ...(isLocal && { isPeerAllowed: isOneMachine ? localPeers : lanPeers, isOwnHostAllowed: true }),
        ...(bytesPerSecondMax !== undefined && { limits: { totalBytesPerSecond: bytesPerSecondMax } }),
        clock,
      })
    } catch {
      return undefined
    }
  }

  /** Each listening port, at those of our addresses that are of its family. */
  #reached(listening: Address[]): TransportAddress[] {
    return listening.flatMap(({ host, port }) => {
      const at = this.#hosts.find((each) => familyOf(each) === familyOf(host))
      return at === undefined ? [] : [{ ip: bytesOfHost(at), port }]
    })
  }

  #tcpPlaces(): TransportAddress[] {
    const web = this.#parts.overlay.addresses().filter((address) => /\/ws(?:\/|$)/.test(address))
    const places = web.flatMap((address) => tcpPlaceOf(address) ?? []).filter(({ host }) => this.#hosts.includes(host))
    // 443 first: what every firewall passes
    return places
      .toSorted((a, b) => Number(b.port === 443) - Number(a.port === 443))
      .slice(0, 4)
      .map(({ host, port }) => ({ ip: bytesOfHost(host), port }))
  }
}

const isOwn = (host: string): boolean =>
  Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === host))

const lanPeers = (host: string): boolean => localPeers(host) && !isLoopback(host)
