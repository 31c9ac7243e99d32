/** Multiaddrs as people and files write them. */

import { isIP } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { TincanError } from '../errors.ts'
import { decoded } from '../lib/decoded.ts'
import { type Address, isGlobal } from '../lib/ip.ts'
import { publicKeyOf } from './peer-id.ts'

/** Checks a multiaddr and returns it in its usual form. Throws TincanError BAD_ADDRESS. */
export function checkAddress(address: string): string {
  try {
    const parts = multiaddr(address).getComponents()
    if (parts.length === 0) throw new TypeError('it is empty')
    if (parts.some(({ name, value = '' }) => name === 'p2p' && publicKeyOf(value) === undefined))
      throw new TypeError('it has no peer id')
    return multiaddr(address).toString()
  } catch (error) {
    throw new TincanError(
      'BAD_ADDRESS',
      `“${address}” is no multiaddr. Write it like /ip4/203.0.113.7/tcp/4001 (to listen) or /ip4/203.0.113.7/tcp/4001/p2p/12D3Koo… (to join).`,
      { cause: error },
    )
  }
}

/** A multiaddr in its binary form, a third of the length. Throws TincanError BAD_ADDRESS. */
export const packAddress = (address: string): Uint8Array => multiaddr(checkAddress(address)).bytes

/** Undefined for bytes that are no multiaddr. Never throws. */
export const unpackAddress = (bytes: Uint8Array): string | undefined =>
  decoded(() => checkAddress(multiaddr(Uint8Array.from(bytes)).toString()))

/** Where a multiaddr leads over TCP; undefined when it begins with no IP address, or is of another transport. */
export function tcpPlaceOf(address: string): Address | undefined {
  const [, host = '', port = ''] = /^\/ip[46]\/([^/]+)\/tcp\/(\d+)/.exec(address) ?? []
  return isIP(host) === 0 ? undefined : { host, port: Number(port) }
}

/** True when nothing can reach us from another machine, so that discovery and media stay on this one too. */
export const isLoopbackOnly = (listen: string[]): boolean => listen.length > 0 && listen.every(isLoopback)

/** IPv4 and IPv6, TCP and WebSocket: who is behind a firewall, or has one of the families alone, has one way only. */
const WAYS = [
  /^\/ip4\/[^/]+\/tcp\/\d+$/,
  /^\/ip4\/[^/]+\/tcp\/443\/(?:tls\/)?ws|^\/ip4\/[^/]+\/tcp\/\d+\/(?:tls\/)?ws/,
  /^\/ip6\/[^/]+\/tcp\/\d+$/,
  /^\/ip6\/[^/]+\/tcp\/443\/(?:tls\/)?ws|^\/ip6\/[^/]+\/tcp\/\d+\/(?:tls\/)?ws/,
]

/**
 * What leads farthest first, for lists of addresses are cut short: one of each way, public before private and port 443
 * before others, then the rest. Loopback is last: on another machine it leads nowhere.
 */
export function outwardFirst(addresses: string[]): string[] {
  const far = addresses.toSorted((a, b) => reachOf(b) - reachOf(a))
  const firsts = WAYS.flatMap(
    (way) => far.find((address) => !isLoopback(address) && way.test(withoutPeer(address))) ?? [],
  )
  return [...new Set([...firsts, ...far])]
}

/** How far an address leads; of equals the one that firewalls pass. */
function reachOf(address: string): number {
  if (isLoopback(address)) return 0
  const host = /^\/ip[46]\/([^/]+)/.exec(address)?.[1]
  const isPublic = host === undefined || isGlobal(host)
  return (isPublic ? 3 : 1) + (/\/tcp\/443\//.test(address) ? 1 : 0)
}

const withoutPeer = (address: string): string => address.replace(/\/p2p\/[^/]+$/, '')

const isLoopback = (address: string): boolean => /^\/ip4\/127\.|^\/ip6\/::1\//.test(address)
