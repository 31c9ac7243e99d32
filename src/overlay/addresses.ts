/** Multiaddrs as people and files write them. */

import { multiaddr } from '@multiformats/multiaddr'
import { TincanError } from '../errors.ts'
import { decoded } from '../lib/decoded.ts'
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

/** True when nothing can reach us from another machine, so that discovery and media stay on this one too. */
export const isLoopbackOnly = (listen: string[]): boolean => listen.length > 0 && listen.every(isLoopback)

/** Loopback addresses last: on another machine they lead nowhere, and lists of addresses are cut short. */
export const outwardFirst = (addresses: string[]): string[] =>
  addresses.toSorted((a, b) => Number(isLoopback(a)) - Number(isLoopback(b)))

const isLoopback = (address: string): boolean => /^\/ip4\/127\.|^\/ip6\/::1\//.test(address)
