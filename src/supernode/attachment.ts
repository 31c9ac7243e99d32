/**
 * Which supernodes a node makes its homes. Pure: power of two choices on load and round-trip time, at most one home
 * in each network where there is a choice, and jittered exponential back-off between tries.
 */

import type { Contact, ProfileName } from '../overlay/overlay.ts'
import { jittered, type Random } from '../lib/random.ts'

export const HOMES_WANTED = 3
/** Beyond the soft cap a supernode sends newcomers elsewhere; at the hard cap it refuses even if there is nowhere. */
export const CLIENTS_SOFT_MAX = 300
export const CLIENTS_HARD_MAX = 800

export interface AttachmentTimes {
  /** Heartbeat to each home, and how long it may take. */
  heartbeatMs: number
  deadlineMs: number
  backoffMinMs: number
  backoffMaxMs: number
}

export const ATTACHMENT: Record<ProfileName, AttachmentTimes> = {
  local: { heartbeatMs: 5_000, deadlineMs: 2_000, backoffMinMs: 200, backoffMaxMs: 2_000 },
  internet: { heartbeatMs: 30_000, deadlineMs: 5_000, backoffMinMs: 1_000, backoffMaxMs: 60_000 },
}

export interface Prospect extends Contact {
  /** Clients it said it had; undefined when never asked. */
  clients?: number | undefined
  rttMs?: number | undefined
  /** Not to be asked before this time: it refused or failed. */
  notBeforeMs?: number | undefined
}

/** The next supernode to ask, or undefined when there is none worth asking. */
export function chooseHome(
  prospects: Prospect[],
  homes: Contact[],
  nowMs: number,
  random: Random,
): Prospect | undefined {
  const taken = new Set(homes.map(({ peerId }) => peerId))
  const open = prospects.filter(({ peerId, notBeforeMs }) => !taken.has(peerId) && (notBeforeMs ?? 0) <= nowMs)
  const networks = new Set(homes.flatMap(networksOf))
  const elsewhere = open.filter((prospect) => !networksOf(prospect).some((network) => networks.has(network)))
  const choices = elsewhere.length > 0 ? elsewhere : open
  const [one, other] = [choices, choices].map((list) => list[Math.floor(random() * list.length)])
  if (one === undefined || other === undefined) return undefined
  return cost(one) <= cost(other) ? one : other
}

/** Milliseconds to wait before try number `attempt` (from 0). */
export function backoffMs(attempt: number, times: AttachmentTimes, random: Random): number {
  return jittered(Math.min(times.backoffMaxMs, times.backoffMinMs * 2 ** Math.min(attempt, 20)), 0.5, random)
}

/** May a newcomer attach to a supernode with this many clients? */
export function admits(clients: number, hasAlternatives: boolean): boolean {
  return clients < CLIENTS_SOFT_MAX || (clients < CLIENTS_HARD_MAX && !hasAlternatives)
}

/** A full home costs as much as one that is 100 ms farther away; the unknown counts as middling. */
function cost({ clients = CLIENTS_SOFT_MAX / 4, rttMs = 50 }: Prospect): number {
  return rttMs + (100 * clients) / CLIENTS_SOFT_MAX
}

/** /16 networks of a contact's IPv4 addresses and /32 of its IPv6 ones: one operator seldom spans two. */
export function networksOf({ addresses }: Contact): string[] {
  return addresses.flatMap((address) => {
    const v4 = /^\/ip4\/(\d+\.\d+)\./.exec(address)
    const v6 = /^\/ip6\/([0-9a-f]*:[0-9a-f]*):/i.exec(address)
    const network = v4?.[1] ?? v6?.[1]
    return network === undefined ? [] : [network]
  })
}
