/**
 * Whom a relay may be made to send to. It stands where its clients do not: behind the firewall of its own network, and
 * on its own machine, so nothing of either may be reached through it (RFC 8656 §21.3).
 */

import { networkInterfaces } from 'node:os'
import { type Address, bytesOfHost, hostOfBytes, isGlobal, isLoopback, isNowhere } from '../lib/ip.ts'

/** No NAT maps to the lower ones (RFC 6056 §3.2), and services listen there: resolvers and the like. */
const PEER_PORT_MIN = 1024

export interface PublicHosts {
  ipv4?: string | undefined
  ipv6?: string | undefined
}

/** The open internet and nothing else. */
export const internetPeers = (host: string): boolean => isGlobal(host)

/** For one machine or one LAN: any address that could be a peer's. */
export const localPeers = (host: string): boolean => !isNowhere(host)

export interface PeerGuardOptions {
  /** As XOR-RELAYED-ADDRESS says them. */
  publicHosts: PublicHosts
  isPeerAllowed: (host: string) => boolean
  /** The machine's own addresses may be peers too: everybody is on it. */
  isOwnHostAllowed: boolean
  /** Where we listen ourselves: never a peer. */
  ownPorts: () => readonly number[]
  isOwnRelay: (address: Address) => boolean
}

export class PeerGuard {
  readonly #options: PeerGuardOptions
  #ownHosts = new Set<string>()
  /** Of our addresses of the open internet; with IPv6 a firewall stands before a network whose addresses are global. */
  #ownNetworks = new Set<string>()
  #ownPorts = new Set<number>()

  constructor(options: PeerGuardOptions) {
    this.#options = options
    this.refresh()
  }

  /** Where the machine is and where it listens may have changed. */
  refresh(): void {
    this.#ownPorts = new Set(this.#options.ownPorts())
    const { ipv4, ipv6 } = this.#options.publicHosts
    const here = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
    const hosts = [...here.map(({ address }) => address), ipv4, ipv6].filter((host) => host !== undefined)
    this.#ownHosts = new Set(hosts.map((host) => hostOfBytes(bytesOfHost(host))))
    this.#ownNetworks = new Set([...this.#ownHosts].filter(isGlobal).flatMap((host) => networkOf(host) ?? []))
  }

  isOwnHost(host: string): boolean {
    return this.#ownHosts.has(host) || isLoopback(host)
  }

  /** Whether a permission may be had: it has no port, so our own public address passes for the relays on it. */
  isHostAllowed(host: string): boolean {
    const { publicHosts, isPeerAllowed, isOwnHostAllowed } = this.#options
    if (host === publicHosts.ipv4 || host === publicHosts.ipv6) return true
    return isPeerAllowed(host) && (isOwnHostAllowed || !(this.isOwnHost(host) || this.#isNeighbour(host)))
  }

  /** Whether data may be sent there. */
  isAllowed(address: Address): boolean {
    const { isPeerAllowed, isOwnHostAllowed, isOwnRelay } = this.#options
    if (address.port === 0) return false
    if (!this.isOwnHost(address.host))
      return (
        isPeerAllowed(address.host) &&
        (isOwnHostAllowed || (address.port >= PEER_PORT_MIN && !this.#isNeighbour(address.host)))
      )
    if (isOwnRelay(address)) return true
    return isOwnHostAllowed && isPeerAllowed(address.host) && !this.#ownPorts.has(address.port)
  }

  #isNeighbour(host: string): boolean {
    const network = networkOf(host)
    return network !== undefined && this.#ownNetworks.has(network)
  }
}

/** The /64 of an IPv6 address, which is one link (RFC 4291 §2.5.4); undefined for IPv4. */
const networkOf = (host: string): string | undefined =>
  host.includes(':') ? Buffer.from(bytesOfHost(host).subarray(0, 8)).toString('hex') : undefined
