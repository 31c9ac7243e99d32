/**
 * What each role of a supernode may be asked to do: by one asker, by all askers of one block of addresses, and
 * altogether. The roles have budgets of their own, so that a flood of one leaves the others alone. Overload refuses
 * work, with the time after which to come again; it never stops a supernode. Pure: the time comes in with each call.
 *
 * The unit of work is what a look-up in the index costs: about 0.05 ms of CPU.
 */

import { isIP } from 'node:net'
import { bytesOfHost } from '../lib/ip.ts'
import type { ProfileName } from '../overlay/overlay.ts'
import { Quota, type Rate } from './quota.ts'

export type BudgetRole = 'index' | 'home' | 'forward' | 'probe' | 'relay'

/** What is asked, and how much of which budget it takes. */
export const WORK = {
  lookup: { role: 'index', cost: 1 },
  grant: { role: 'index', cost: 10 }, // two or three signatures to verify, one to make
  attach: { role: 'home', cost: 2 },
  resolve: { role: 'home', cost: 10 }, // asks two to five registrars and verifies what they say
  place: { role: 'home', cost: 20 }, // for each key: has five registrars grant
  forward: { role: 'forward', cost: 5 }, // asks up to three homes
  deliver: { role: 'forward', cost: 5 },
  probe: { role: 'probe', cost: 1 },
  borrow: { role: 'relay', cost: 1 },
} as const satisfies Record<string, { role: BudgetRole; cost: number }>

export type Work = keyof typeof WORK

export type Standing = 'stranger' | 'client' | 'supernode'

export interface BudgetRates {
  /** By one peer: anybody, a client of ours, or a supernode, which acts for hundreds of clients. */
  each: Record<Standing, Rate>
  /** By all peers of one /24 (IPv4) or /48 (IPv6). */
  block: Rate
  total: Rate
  /** What of the total strangers may take, so that a crowd of them leaves something for the others. */
  strangersShare: number
}

const rate = (perSecond: number, burstSeconds: number): Rate => ({ perSecond, burst: perSecond * burstSeconds })

/** One machine or one LAN is one block, and its benchmarks ask as fast as they can; only what runs away is refused. */
const LOCAL: BudgetRates = {
  each: {
    stranger: rate(200_000, 5),
    client: rate(200_000, 5), // ten thousand look-ups a second through a home, twice over
    supernode: rate(400_000, 5),
  },
  block: rate(1_600_000, 5),
  total: rate(1_600_000, 5),
  strangersShare: 0.5,
}

const everybody = (each: Rate): Record<Standing, Rate> => ({ stranger: each, client: each, supernode: each })

export const BUDGETS: Record<ProfileName, Record<BudgetRole, BudgetRates>> = {
  local: {
    index: LOCAL,
    home: LOCAL,
    forward: LOCAL,
    probe: { each: everybody(rate(10, 10)), block: rate(1_000, 5), total: rate(1_000, 5), strangersShare: 1 },
    relay: LOCAL,
  },
  // each total is a fifth of one core, each burst what a restart of many nodes brings at once
  internet: {
    index: {
      each: {
        // fifty second opinions a second; and at once what a neighbour that we have not met gives a new registrar
        stranger: rate(50, 80),
        client: rate(50, 80),
        supernode: rate(1_000, 20), // a home with 800 clients that all come back, or one that hands over its names
      },
      block: rate(1_500, 20),
      total: rate(4_000, 20),
      strangersShare: 0.5,
    },
    home: {
      each: {
        stranger: rate(2, 10), // the only thing to ask is to be taken in: once a second, ten times at once
        client: rate(20, 100), // a list of two hundred contacts looked up at once, two more each second
        supernode: rate(20, 100), // most of them are clients as well
      },
      block: rate(1_000, 20), // ten clients of one campus coming back at once, each with such a list
      total: rate(4_000, 20),
      strangersShare: 0.5, // a thousand newcomers a second still find out where else to go
    },
    forward: {
      each: {
        stranger: rate(50, 20), // ten envelopes a second: a home that we do not know, for a few calls
        client: rate(50, 20), // a call takes some thirty to set up
        supernode: rate(500, 20), // a hundred a second, for all its clients
      },
      block: rate(1_000, 20),
      total: rate(4_000, 20),
      strangersShare: 0.75, // in a large network most homes do not know each other
    },
    // each costs a dial and a handshake, outwards; a node asks one peer every few minutes
    probe: { each: everybody(rate(0.2, 50)), block: rate(2, 25), total: rate(20, 10), strangersShare: 1 },
    // credentials for one call each; what they may carry is bounded where it is carried
    relay: { each: everybody(rate(1, 20)), block: rate(20, 20), total: rate(200, 10), strangersShare: 0.5 },
  },
}

/** What one asker may have pushed to one device, and all together: a call takes some thirty envelopes to set up. */
const DEVICE: Record<ProfileName, { asker: Rate; all: Rate }> = {
  internet: { asker: rate(10, 15), all: rate(50, 10) },
  local: { asker: rate(5_000, 5), all: rate(20_000, 5) },
}

export interface Asker {
  peerId: string
  /** See `blockOf`; undefined when it cannot be told. */
  block: string | undefined
  standing: Standing
}

const ANY = ''

class Budget {
  readonly #each: Record<Standing, Quota>
  readonly #block: Quota
  readonly #total: Quota
  readonly #strangers: Quota

  constructor({ each: { stranger, client, supernode }, block, total, strangersShare }: BudgetRates) {
    this.#each = { stranger: new Quota(stranger), client: new Quota(client), supernode: new Quota(supernode) }
    this.#block = new Quota(block)
    this.#total = new Quota(total, 1)
    this.#strangers = new Quota(shareOf(total, strangersShare), 1)
  }

  admit({ peerId, block, standing }: Asker, cost: number, nowMs: number): number {
    const limits: [Quota, string][] = [
      [this.#total, ANY],
      [this.#each[standing], peerId],
    ]
    if (standing === 'stranger') limits.push([this.#strangers, ANY])
    if (block !== undefined) limits.push([this.#block, block])
    return admitAll(limits, cost, nowMs)
  }
}

export class Budgets {
  readonly #budgets: Record<BudgetRole, Budget>
  readonly #fromTo: Quota
  readonly #to: Quota

  constructor(profile: ProfileName) {
    const { index, home, forward, probe, relay } = BUDGETS[profile]
    this.#budgets = {
      index: new Budget(index),
      home: new Budget(home),
      forward: new Budget(forward),
      probe: new Budget(probe),
      relay: new Budget(relay),
    }
    this.#fromTo = new Quota(DEVICE[profile].asker)
    this.#to = new Quota(DEVICE[profile].all)
  }

  /** 0 when the work may be done, otherwise the milliseconds to wait. What is refused costs the asker nothing. */
  admit(asker: Asker, work: Work, nowMs: number, times = 1): number {
    const { role, cost } = WORK[work]
    return Math.ceil(this.#budgets[role].admit(asker, cost * times, nowMs))
  }

  /**
   * May one more envelope from this asker be pushed to that client of ours? Each asker has less than the device takes,
   * so that one who floods it does not keep the others out.
   */
  admitDelivery(from: string, deviceId: string, nowMs: number): number {
    const limits: [Quota, string][] = [
      [this.#to, deviceId],
      [this.#fromTo, `${from} ${deviceId}`],
    ]
    return Math.ceil(admitAll(limits, 1, nowMs))
  }
}

/** Takes from all or from none. */
function admitAll(limits: [Quota, string][], cost: number, nowMs: number): number {
  for (const [quota, key] of limits) {
    const waitMs = quota.waitMs(key, nowMs, cost)
    if (waitMs > 0) return waitMs
  }
  for (const [quota, key] of limits) quota.take(key, nowMs, cost)
  return 0
}

const shareOf = ({ perSecond, burst }: Rate, share: number): Rate => ({
  perSecond: perSecond * share,
  burst: burst * share,
})

/** The /24 (IPv4) or /48 (IPv6) of a multiaddr: what one operator gets for one price. */
export function blockOf(address: string): string | undefined {
  const host = /^\/ip[46]\/([^/]+)/.exec(address)?.[1] ?? ''
  if (isIP(host) === 0) return undefined
  const bytes = bytesOfHost(host)
  if (bytes.length === 4) return bytes.subarray(0, 3).join('.')
  const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
  if (isMapped) return bytes.subarray(12, 15).join('.')
  return [0, 2, 4].map((at) => ((bytes[at]! << 8) | bytes[at + 1]!).toString(16)).join(':')
}
