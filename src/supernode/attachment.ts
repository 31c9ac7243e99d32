/**
 * Which supernodes a node makes its homes, whom a home takes in, and how the load evens out. Pure: power of two choices
 * on load and round-trip time, at most one home in each network where there is a choice, and jittered exponential
 * back-off between tries.
 *
 * Newcomers alone do not even out the load: who was a supernode first would keep most clients for ever. So clients move,
 * a few at a time, from a home that is much fuller than others they know of; and a home beyond its soft cap asks some
 * to go. Both stop well before the loads are equal, so that nobody moves to and fro.
 */

import type { Contact, ProfileName } from '../overlay/overlay.ts'
import { jittered, type Random } from '../lib/random.ts'

export const HOMES_WANTED = 3
/** Beyond the soft cap a supernode sends newcomers elsewhere; at the hard cap it refuses even if there is nowhere. */
export const CLIENTS_SOFT_MAX = 300
export const CLIENTS_HARD_MAX = 800
const RETRY_MS = 30_000
/** Nobody moves away from a home with fewer: evening out small numbers is not worth the leases that change. */
const MOVES_FROM_CLIENTS_MIN = 30
/** Of a home's clients beyond the mean, the share that moves at a time. */
const MOVED_SHARE = 0.25
/** Between two moves of one client, in heartbeats: its records are placed anew each time. */
export const BEATS_BETWEEN_MOVES = 8
const SHED_AT_ONCE_MAX = 16

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
  return cheaperOfTwo(choices, random)
}

function cheaperOfTwo(choices: Prospect[], random: Random): Prospect | undefined {
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

/** Is there, among the other supernodes, one that may take in a newcomer? Those we know nothing of may. */
export const hasRoomElsewhere = (others: Prospect[]): boolean =>
  others.some(({ clients = 0 }) => clients < CLIENTS_SOFT_MAX)

/** When to ask a full home again: the fuller, the later, and not all at once. */
export function retryAfterMs(clients: number, random: Random): number {
  const excess = (clients - CLIENTS_SOFT_MAX) / (CLIENTS_HARD_MAX - CLIENTS_SOFT_MAX)
  return Math.round(jittered(RETRY_MS * (1 + Math.min(1, Math.max(0, excess))), 0.5, random))
}

/**
 * `count` supernodes to name to a node that is sent away: those with fewer clients than `clients`, not the same few for
 * everybody but drawn from the emptiest; then those we know nothing of; the fuller ones only when there is nobody else.
 */
export function alternatives(others: Prospect[], clients: number, count: number, random: Random): Prospect[] {
  const emptier = others.filter((each) => each.clients !== undefined && each.clients < clients)
  const unknown = others.filter((each) => each.clients === undefined)
  const fuller = others.filter((each) => each.clients !== undefined && each.clients >= clients)
  const emptiest = byLoad(emptier).slice(0, 2 * count)
  const chosen = [...byLoad(drawn(emptiest, count, random)), ...drawn(unknown, count, random)]
  return (chosen.length > 0 ? chosen : drawn(byLoad(fuller).slice(0, 2 * count), count, random)).slice(0, count)
}

/**
 * Which home to give up for which supernode, or undefined: one that has less than half its clients. The toss is weighed
 * so that of its clients a quarter of the excess moves at a time, because all of them see the same loads.
 */
export function chooseMove(
  homes: (Contact & { clients: number })[],
  prospects: Prospect[],
  nowMs: number,
  random: Random,
): { from: string; to: Prospect } | undefined {
  if (homes.length < HOMES_WANTED) return undefined
  const fullest = homes.reduce((a, b) => (b.clients > a.clients ? b : a))
  if (fullest.clients < MOVES_FROM_CLIENTS_MIN) return undefined
  const taken = new Set(homes.map(({ peerId }) => peerId))
  const others = prospects.filter(({ peerId }) => !taken.has(peerId))
  const told = others.flatMap((each) => (each.clients === undefined ? [] : [{ ...each, clients: each.clients }]))
  // what we do not know may be full as well
  if (told.length * 2 < others.length) return undefined
  const kept = new Set(homes.filter((home) => home !== fullest).flatMap(networksOf))
  const isCrowded = (contact: Contact) => networksOf(contact).some((network) => kept.has(network))
  const choices = told.filter(
    (each) =>
      each.clients * 2 <= fullest.clients &&
      (each.notBeforeMs ?? 0) <= nowMs &&
      (!isCrowded(each) || isCrowded(fullest)),
  )
  const loads = [...homes, ...told].map(({ clients }) => clients)
  const mean = loads.reduce((sum, load) => sum + load, 0) / loads.length
  if (choices.length === 0 || random() >= (MOVED_SHARE * (fullest.clients - mean)) / fullest.clients) return undefined
  const to = cheaperOfTwo(choices, random)
  return to && { from: fullest.peerId, to }
}

/** How many clients a home asks to leave at a time: some of those beyond its soft cap, when others have room to spare. */
export function shedCount(clients: number, others: Prospect[]): number {
  const hasRoom = others.some((each) => each.clients !== undefined && each.clients < CLIENTS_SOFT_MAX / 2)
  return hasRoom ? Math.min(SHED_AT_ONCE_MAX, Math.max(0, Math.ceil((clients - CLIENTS_SOFT_MAX) / 8))) : 0
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

const byLoad = (contacts: Prospect[]): Prospect[] =>
  contacts.toSorted(({ clients: a = 0 }, { clients: b = 0 }) => a - b)

/** `count` of them, another set each time. */
export function drawn<T>(from: T[], count: number, random: Random): T[] {
  const all = [...from]
  for (let i = 0; i < Math.min(count, all.length); i++) {
    const j = i + Math.floor(random() * (all.length - i))
    ;[all[i], all[j]] = [all[j] as T, all[i] as T]
  }
  return all.slice(0, count)
}
