/** Where a session listens: the machine's addresses, chosen here instead of by werift, which never drops an interface. */

import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'

/** More interfaces than a laptop with containers has; each costs a socket and a candidate. */
const ADDRESSES_MAX = 8

export interface HostAddresses {
  addresses: string[]
  /** What sockets bind to, where one address of a family leaves no choice; otherwise all interfaces. */
  bind: { udp4?: string; udp6?: string }
}

/** `named`: these and no others, loopback among them; otherwise all that lead out of this machine. */
export function hostAddresses(named?: readonly string[]): HostAddresses {
  if (named === undefined) return { addresses: outwardAddresses(), bind: {} }
  const addresses = named.filter((address) => isIP(address) !== 0).slice(0, ADDRESSES_MAX)
  const bind: HostAddresses['bind'] = {}
  const [v4, ...moreV4] = addresses.filter((address) => isIP(address) === 4)
  const [v6, ...moreV6] = addresses.filter((address) => isIP(address) === 6)
  if (v4 !== undefined && moreV4.length === 0) bind.udp4 = v4
  if (v6 !== undefined && moreV6.length === 0) bind.udp6 = v6
  return { addresses, bind }
}

function outwardAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !isLinkLocal(address))
    .map(({ address }) => address)
    .slice(0, ADDRESSES_MAX)
}

const isLinkLocal = (address: string): boolean => address.startsWith('169.254.') || /^fe[89ab]/i.test(address)

export const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1'
