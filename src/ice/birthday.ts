/**
 * A way through where one NAT gives each destination another port and the other lets in only whom it sent to: the hard
 * side opens many sockets towards the easy one, which tries ports of the hard one until it meets an open one; by the
 * birthday paradox soon. 256 sockets and the 2,000 ports of the first round, of 64,512, miss each other once in 3,000.
 * Pure: plans, no packets.
 */

import { type Address, addressKey, isPrivate } from '../lib/ip.ts'
import type { Remote } from './pair.ts'
import { predictedPorts } from './prediction.ts'

/** What is simpler has so long to succeed. */
export const PATIENCE_MS = 1_000
export const OPEN_SOCKETS = 256
/** Between openings: 256 in 0.5 s. */
export const OPEN_EVERY_MS = 2
/** An opened mapping is kept open by another packet; all are closed at the end. */
export const REOPEN_MS = 5_000
export const OPEN_MS = 20_000
/** 1200 a second, in little bursts. */
export const TRY_EVERY_MS = 10
export const TRIES_AT_ONCE = 12
/** From the start; the other end may have begun later. No more than these in a call. */
const ROUNDS = [
  { afterMs: 0, tries: 2_000 },
  { afterMs: 4_000, tries: 1_500 },
  { afterMs: 11_000, tries: 1_500 },
]
const PORT_MIN = 1_024
const PORTS = 65_536 - PORT_MIN

export interface PeerNat {
  /** Where many ports of it are to be tried; of a hard NAT. */
  hard: { host: string; ports: number[] } | undefined
  /** Where it is reached from everywhere once it has sent there; of an easy one. */
  easy: Address[]
}

/**
 * What the peer's server-reflexive candidates say: different ports of one host and of one foundation, which is of one
 * socket, are of a NAT that maps each destination anew.
 */
export function peerNat(remotes: Iterable<Remote>): PeerNat {
  const groups = new Map<string, Address[]>()
  for (const { address, type, isTold, foundation } of remotes) {
    if (type !== 'srflx' || !isTold || isPrivate(address.host)) continue
    const key = `${foundation} ${address.host}`
    groups.set(key, [...(groups.get(key) ?? []), address])
  }
  const hard = [...groups.values()].findLast((each) => each.length > 1)
  const easy = [...groups.values()].flatMap((each) => (each.length === 1 ? each : []))
  return {
    hard: hard === undefined ? undefined : { host: hard[0]!.host, ports: hard.map(({ port }) => port) },
    easy: [...new Map(easy.map((address) => [addressKey(address), address])).values()].slice(-2),
  }
}

/** The ports to try at an easy side's turn. */
export class PortPlan {
  readonly host: string
  readonly #first: number[]
  readonly #startMs: number
  readonly #random: () => number
  readonly #tried = new Set<number>()
  #round = 0
  #triesLeft: number

  constructor({ host, ports }: { host: string; ports: number[] }, startMs: number, random: () => number) {
    this.host = host
    this.#first = predictedPorts(ports)
    this.#startMs = startMs
    this.#random = random
    this.#triesLeft = ROUNDS[0]!.tries
  }

  /** When there are more; Infinity when that was all. */
  get nextMs(): number {
    const round = ROUNDS[this.#round]
    return round === undefined ? Infinity : this.#startMs + round.afterMs
  }

  /** Up to `count`, none tried before in this round. */
  take(count: number): number[] {
    const ports: number[] = []
    while (ports.length < count && this.#triesLeft > 0) {
      const port = this.#first.shift() ?? PORT_MIN + Math.floor(this.#random() * PORTS)
      if (this.#tried.has(port)) continue
      this.#tried.add(port)
      ports.push(port)
      this.#triesLeft--
    }
    if (this.#triesLeft === 0) {
      this.#round++
      this.#tried.clear()
      this.#triesLeft = ROUNDS[this.#round]?.tries ?? 0
    }
    return ports
  }
}
