/** All pairs of a call: bounded, and found by base and address without making text for each packet. */

import type { Address } from '../lib/ip.ts'
import { type Base, type Pair, type Remote, makePair } from './pair.ts'

export const PAIRS_MAX = 200

export class Pairs {
  readonly #ofBase = new Map<number, Map<number, Pair[]>>()
  readonly #all = new Set<Pair>()
  #last: Pair | undefined

  get size(): number {
    return this.#all.size
  }

  [Symbol.iterator](): IterableIterator<Pair> {
    return this.#all.values()
  }

  find(baseId: number, { host, port }: Address): Pair | undefined {
    const last = this.#last
    if (last !== undefined && last.base.id === baseId && isAt(last, host, port)) return last
    const found = this.#ofBase
      .get(baseId)
      ?.get(port)
      ?.find((pair) => isAt(pair, host, port))
    if (found !== undefined) this.#last = found
    return found
  }

  /** That pair, or a new one; undefined when there is no room, not even by leaving out one that never worked. */
  pair(base: Base, remote: Remote, nowMs: number): Pair | undefined {
    const known = this.find(base.id, remote.address)
    if (known !== undefined) return known
    if (this.#all.size >= PAIRS_MAX && !this.#makeRoom(remote.priority)) return undefined
    const pair = makePair(base, remote, nowMs)
    this.#all.add(pair)
    let ofPort = this.#ofBase.get(base.id)
    if (ofPort === undefined) this.#ofBase.set(base.id, (ofPort = new Map()))
    const { port } = remote.address
    ofPort.set(port, [...(ofPort.get(port) ?? []), pair])
    return pair
  }

  remove(pair: Pair): void {
    if (!this.#all.delete(pair)) return
    // whoever holds it still must not choose it
    pair.isValid = false
    if (this.#last === pair) this.#last = undefined
    const ofPort = this.#ofBase.get(pair.base.id)
    const { port } = pair.remote.address
    const others = (ofPort?.get(port) ?? []).filter((each) => each !== pair)
    if (others.length > 0) ofPort?.set(port, others)
    else ofPort?.delete(port)
    if (ofPort?.size === 0) this.#ofBase.delete(pair.base.id)
  }

  removeAll(which: (pair: Pair) => boolean): void {
    for (const pair of [...this.#all]) if (which(pair)) this.remove(pair)
  }

  #makeRoom(priority: number): boolean {
    let worst: Pair | undefined
    for (const pair of this.#all) {
      if (pair.isProven || pair.remote.priority > priority) continue
      if (worst === undefined || pair.remote.priority < worst.remote.priority) worst = pair
    }
    if (worst !== undefined) this.remove(worst)
    return worst !== undefined
  }
}

const isAt = ({ remote: { address } }: Pair, host: string, port: number): boolean =>
  address.port === port && address.host === host
