/**
 * Addresses, as text and as bytes, and what kind of place they are: RFC 6890 and the IANA registries of special-purpose
 * addresses.
 */

import { BlockList, isIP } from 'node:net'

/** A transport address: IPv4 or IPv6 in text, and a port. */
export interface Address {
  host: string
  port: number
}

export const isSameAddress = (a: Address, b: Address): boolean => a.port === b.port && a.host === b.host

export const addressKey = ({ host, port }: Address): string => `${host} ${port}`

/** `203.0.113.7:4001`, `[2001:db8::1]:4001`. */
export const addressText = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

export const familyOf = (host: string): 'ipv4' | 'ipv6' => (isIP(host) === 6 ? 'ipv6' : 'ipv4')

/** 4 bytes of an IPv4 address, 16 of an IPv6 one. The text must be one. */
export function bytesOfHost(host: string): Uint8Array {
  if (familyOf(host) === 'ipv4') return Uint8Array.from(host.split('.'), Number)
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host)
  const hex = (high: string, low: string): string => ((Number(high) << 8) | Number(low)).toString(16)
  const text = dotted === null ? host : `${dotted[1]}${hex(dotted[2]!, dotted[3]!)}:${hex(dotted[4]!, dotted[5]!)}`
  const [head = '', tail] = text.split('%')[0]!.split('::')
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const [before, after] = [groups(head), groups(tail ?? '')]
  const all = tail === undefined ? before : [...before, ...Array(8 - before.length - after.length).fill(0), ...after]
  return Uint8Array.from(all.flatMap((group: number) => [group >> 8, group & 0xff]))
}

/** In the form of RFC 5952. The bytes must be 4 or 16. */
export function hostOfBytes(ip: Uint8Array): string {
  if (ip.length === 4) return ip.join('.')
  const groups = Array.from({ length: 8 }, (_, i) => ((ip[2 * i]! << 8) | ip[2 * i + 1]!).toString(16)).join(':')
  // the longest run of zeros, the first of equals, at least two of them
  const runs = [...groups.matchAll(/(?:^|(?<=:))0(?::0)+(?=:|$)/g)].toSorted((a, b) => b[0].length - a[0].length)
  const [run] = runs
  if (run === undefined) return groups
  const [before, after] = [groups.slice(0, run.index), groups.slice(run.index + run[0].length)]
  return `${before.replace(/:$/, '')}::${after.replace(/^:/, '')}`
}

const blocks = (subnets: string[]): BlockList => {
  const list = new BlockList()
  for (const subnet of subnets) {
    const [net = '', prefix] = subnet.split('/')
    list.addSubnet(net, Number(prefix), familyOf(net))
  }
  return list
}

const loopback = blocks(['127.0.0.0/8', '::1/128'])
/** Unspecified, broadcast, multicast, link-local, and IPv4 in IPv6: no peer is there. */
const nowhere = blocks(['0.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3', '::/128', 'fe80::/10', 'ff00::/8'])
const within = blocks(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fec0::/10'])
/** Documentation, benchmarking, protocol assignments, and IPv6 that leads to an IPv4 address behind a translator. */
const special = blocks([
  '192.0.0.0/24',
  '192.0.2.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001:db8::/32',
  '2001::/32',
  '2002::/16',
])

/** RFC 4291 §2.5.5: the same host under two names, so that no rule for IPv4 would see it. */
const isMapped = (host: string): boolean => /^::(?:ffff:)?(?:\d+\.|[0-9a-f]{1,4}:[0-9a-f]{1,4}$)/i.test(host)

export const isLoopback = (host: string): boolean => loopback.check(host, familyOf(host))

/** No packet to there could ever reach a peer of ours, on whatever network. */
export const isNowhere = (host: string): boolean =>
  isIP(host) === 0 || isMapped(host) || nowhere.check(host, familyOf(host))

/** A home's, a company's or a provider's own network (RFC 1918, 6598, 4193). */
export const isPrivate = (host: string): boolean => within.check(host, familyOf(host))

/** An address of the open internet, and of nothing else. */
export const isGlobal = (host: string): boolean =>
  !isNowhere(host) && !isLoopback(host) && !isPrivate(host) && !special.check(host, familyOf(host))
