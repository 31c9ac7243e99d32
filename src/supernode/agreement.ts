/**
 * What several answers to the same question say together: who holds a name, and whether those asked agree. Pure.
 *
 * Every answer is genuine, or it would not have been opened; but anybody can sign a claim of their own, so what counts is
 * who holds it. A lie of the few is outvoted; two accounts that many registrars hold are a conflict, and nobody guesses.
 */

import type { Held } from './index-table.ts'

export type Verdict = 'agree' | 'weak' | 'conflict'

export interface Tallied extends Held {
  /** How many of those asked name this account. */
  votes: number
}

export interface Judgement {
  verdict: Verdict
  /** Whoever counts: one, or in a conflict all that do, the one that was seen first first. */
  holders: Tallied[]
  /** All that anybody named, by votes: what a full address may be looked for in. */
  named: Tallied[]
}

/** An account that fewer of those who answered name is taken for a lie, not for a second holder. */
const CLAIMANT_SHARE = 0.4
/** Fewer answers than this are weak, however well they agree. */
const ANSWERS_MIN = 2

/** Each answer names the accounts that one party holds. Undefined when nobody names any. */
export function judge(answers: Held[][]): Judgement | undefined {
  const named = tally(answers)
  const said = answers.filter((holders) => holders.length > 0).length
  if (said === 0) return undefined
  const claimants = named.filter(({ votes }) => votes / said >= CLAIMANT_SHARE)
  const holders = (claimants.length > 0 ? claimants : named).toSorted((a, b) => a.sinceMs - b.sinceMs)
  const verdict = holders.length > 1 ? 'conflict' : said < ANSWERS_MIN ? 'weak' : 'agree'
  return { verdict, holders, named }
}

/** Whether all answers name the same one account. */
export const isUnanimous = (answers: Held[][]): boolean => tally(answers).length <= 1

/** By account, most votes first; of each the newest claim and leases, and the median of the times it is known since. */
export function tally(answers: Held[][]): Tallied[] {
  const accounts = new Map<string, Held[]>()
  for (const holders of answers) {
    const seen = new Set<string>()
    for (const held of holders) {
      const id = Buffer.from(held.claim.accountKey).toString('latin1')
      if (seen.has(id)) continue // one voice each
      seen.add(id)
      accounts.set(id, [...(accounts.get(id) ?? []), held])
    }
  }
  return [...accounts.values()].map(taken).sort((a, b) => b.votes - a.votes)
}

function taken(all: Held[]): Tallied {
  const sinceMs = all.map((held) => held.sinceMs).sort((a, b) => a - b)[all.length >> 1] as number
  return { ...all.reduce(merge), sinceMs, votes: all.length }
}

/** The newest of each device, of two answers for one account; a device that anybody says is online counts as online. */
export function merge(a: Held, b: Held): Held {
  const isOlder = a.claim.seq < b.claim.seq || (a.claim.seq === b.claim.seq && a.claim.issuedMs < b.claim.issuedMs)
  const claim = isOlder ? b.claim : a.claim
  const newest = new Map<string, { lease: Held['leases'][number]; isOnline: boolean }>()
  const see = (leases: Held['leases'], isOnline: boolean) => {
    for (const lease of leases) {
      const known = newest.get(lease.devicePeerId)
      if (known === undefined || lease.seq > known.lease.seq) newest.set(lease.devicePeerId, { lease, isOnline })
      else if (lease.seq === known.lease.seq) known.isOnline ||= isOnline
    }
  }
  for (const held of [a, b]) {
    see(held.leases, true)
    see(held.lapsed, false)
  }
  const devices = [...newest.values()].filter(({ lease }) => !claim.revokedDevices.has(lease.devicePeerId))
  const of = (isOnline: boolean) => devices.filter((each) => each.isOnline === isOnline).map(({ lease }) => lease)
  return {
    claim,
    leases: of(true),
    lapsed: of(false).sort((x, y) => y.expiresMs - x.expiresMs),
    sinceMs: Math.min(a.sinceMs, b.sinceMs),
  }
}
