/** A pong in words. */

import type { Pong } from '../index.ts'

export function pongLine({ from, path, remote, relays, rttMs }: Pong): string {
  if (rttMs === undefined) return `no pong from ${from} within a second`
  const way = path === 'direct' ? `, direct ${remote}` : ` via ${relayWords(relays)}`
  return `pong from ${from}${way} in ${rttMs.toFixed(rttMs < 10 ? 1 : 0)} ms`
}

const relayWords = (relays: string[]): string =>
  relays.length === 0 ? 'a relay' : `relay ${relays.map((peerId) => `${peerId.slice(0, 12)}…`).join(' and ')}`
