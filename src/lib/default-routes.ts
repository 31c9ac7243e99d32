/**
 * Through which gateways this machine reaches the rest of the world, as Linux tells (proc(5): /proc/net/route and
 * ipv6_route). Elsewhere it is not known, and nothing is said.
 */

import { closeSync, openSync, readSync } from 'node:fs'

/** A machine that routes for others may have tables of megabytes; its own default routes are not worth reading them. */
const TABLE_BYTES_MAX = 64 * 1024

export interface DefaultRoute {
  device: string
  /** Undefined where the link itself leads out, as on a point-to-point link. */
  gateway: string | undefined
}

const NO_GATEWAY_4 = '00000000'
const NO_GATEWAY_6 = '0'.repeat(32)

/** Of /proc/net/route: device, destination, gateway, flags, …, mask. */
export function readRoutes4(table: string): DefaultRoute[] {
  return rowsOf(table).flatMap(([device = '', to, gateway = '', , , , , mask]) =>
    to === NO_GATEWAY_4 && mask === NO_GATEWAY_4 && /^[0-9A-F]{8}$/.test(gateway)
      ? [{ device, gateway: gateway === NO_GATEWAY_4 ? undefined : hostname(gateway) }]
      : [],
  )
}

/** Of /proc/net/ipv6_route: destination, prefix, …, next hop, metric, …, device. Those on `lo` are there to refuse. */
export function readRoutes6(table: string): DefaultRoute[] {
  return rowsOf(table).flatMap((row) => {
    const [to, prefix, , , gateway = '', , , , , device = ''] = row
    const isDefault = to === NO_GATEWAY_6 && prefix === '00' && device !== 'lo' && /^[0-9a-f]{32}$/.test(gateway)
    return isDefault ? [{ device, gateway: gateway === NO_GATEWAY_6 ? undefined : hostname(gateway) }] : []
  })
}

/** Never throws. */
export const defaultRoutes = (): DefaultRoute[] => [
  ...readRoutes4(textOf('/proc/net/route')),
  ...readRoutes6(textOf('/proc/net/ipv6_route')),
]

const rowsOf = (table: string): string[][] => table.split('\n').map((line) => line.trim().split(/\s+/))

function textOf(path: string): string {
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    const bytes = Buffer.allocUnsafe(TABLE_BYTES_MAX)
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(file, bytes, length, bytes.length - length, null)
    return bytes.toString('latin1', 0, length)
  } catch {
    return ''
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** Linux writes IPv4 in the order of this machine's bytes: little-endian, on all that Node runs on but s390x. */
function hostname(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  if (bytes.length === 4) return bytes.reverse().join('.')
  return (hex.match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16).toString(16)).join(':')
}
