/**
 * Having a claim placed through several homes: which home gets which of the name's places, and what their answers say
 * together. Pure.
 */

import type { Contact } from '../overlay/overlay.ts'
import type { PlaceReply } from './home.pb.js'
import { nearestTo, REPLICAS } from './placement.ts'
import { openClaim, openWitness, same, type Claim } from './records.ts'

export interface Errand {
  home: Contact
  keys: Uint8Array[]
}

/** Place i through home i + `rotation`: no home gets all of them while there are others, nor the same one twice running. */
export function errands(keys: Uint8Array[], homes: Contact[], rotation: number): Errand[] {
  const byHome = homes.map((home) => ({ home, keys: [] as Uint8Array[] }))
  for (const [i, key] of keys.entries()) byHome[(i + rotation) % homes.length]?.keys.push(key)
  return byHome.filter((errand) => errand.keys.length > 0)
}

/** A request carries no more. */
export const WITNESSES_SHOWN = 5

/** The witnesses that count most at these places: registrars listen to those near a key only. */
export function witnessesFor(keys: Uint8Array[], witnesses: Uint8Array[], network: string): Uint8Array[] {
  const byRegistrar = new Map<string, Uint8Array>()
  for (const bytes of witnesses) {
    const witness = openWitness(bytes, network)
    if (witness !== undefined) byRegistrar.set(witness.peerId, bytes)
  }
  const contacts = [...byRegistrar.keys()].map((peerId) => ({ peerId, addresses: [] }))
  const nearest = keys.map((key) => nearestTo(key, contacts, WITNESSES_SHOWN))
  const ranked = Array.from({ length: WITNESSES_SHOWN }, (_, rank) =>
    nearest.flatMap((each) => each[rank] ?? []),
  ).flat()
  const chosen = new Set(ranked.map(({ peerId }) => peerId))
  return [...chosen].slice(0, WITNESSES_SHOWN).map((peerId) => byRegistrar.get(peerId) as Uint8Array)
}

/** Of how many registrars a home may speak: one that lies counts for no more than its share. */
export function bounded(reply: PlaceReply, places: number): PlaceReply {
  const most = (count: number) => Math.min(count, places * REPLICAS)
  const { granted, pending, stale } = reply
  return { ...reply, granted: most(granted), pending: most(pending), stale: most(stale) }
}

export interface Placed {
  /** Registrars that hold our lease now. */
  granted: number
  pending: number
  stale: number
  /** Some place has nobody who holds it: worth trying through another home. */
  isIncomplete: boolean
  witnesses: Uint8Array[]
  /** Claims of other accounts, genuine, for our name: one that is held in place of ours, beside it, or waits for it. */
  takenBy: Claim | undefined
  contestedBy: Claim | undefined
  heir: Claim | undefined
  pendingUntilMs: number
}

/** `undefined` for a home that did not answer. */
export function placed(
  replies: (PlaceReply | undefined)[],
  own: Pick<Claim, 'network' | 'name' | 'accountKey'>,
): Placed {
  const answers = replies.filter((reply) => reply !== undefined)
  const sum = (of: (reply: PlaceReply) => number) => answers.reduce((total, reply) => total + of(reply), 0)
  const firstOther = (of: (reply: PlaceReply) => Uint8Array) => {
    for (const reply of answers) {
      const claim = of(reply).length > 0 ? openClaim(of(reply), own.network) : undefined
      if (claim !== undefined && claim.name === own.name && !same(claim.accountKey, own.accountKey)) return claim
    }
    return undefined
  }
  return {
    granted: sum(({ granted }) => granted),
    pending: sum(({ pending }) => pending),
    stale: sum(({ stale }) => stale),
    isIncomplete: replies.some((reply) => reply === undefined || reply.granted + reply.pending === 0),
    witnesses: answers.flatMap(({ witnesses }) => witnesses),
    takenBy: firstOther(({ takenBy }) => takenBy),
    contestedBy: firstOther(({ contestedBy }) => contestedBy),
    heir: firstOther(({ heir }) => heir),
    pendingUntilMs: Math.max(0, ...answers.map(({ pendingUntilMs }) => pendingUntilMs).filter(Number.isSafeInteger)),
  }
}

/** One home among several that says we wait for a recovery does not put us off line. */
export const isHeld = ({ granted, pending }: Pick<Placed, 'granted' | 'pending'>): boolean =>
  granted > 0 && granted >= pending
