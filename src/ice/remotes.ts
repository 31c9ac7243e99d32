/** The peer's candidates: told by signalling, or seen on the wire; bounded each, the oldest of no use goes first. */

import { type Address, addressKey, bytesOfHost, hostOfBytes } from '../lib/ip.ts'
import type { Candidate } from './candidate.ts'
import { type Remote, typeOfPriority } from './pair.ts'

export const TOLD_MAX = 64
export const SEEN_MAX = 64

export class Remotes {
  readonly #all = new Map<string, Remote>()

  get size(): number {
    return this.#all.size
  }

  [Symbol.iterator](): IterableIterator<Remote> {
    return this.#all.values()
  }

  at(address: Address): Remote | undefined {
    return this.#all.get(addressKey(address))
  }

  /** What signalling says overrules what was seen. */
  tell(candidate: Candidate): Remote {
    const { host, port, type, priority, foundation } = candidate
    const address = { host: host.includes(':') ? hostOfBytes(bytesOfHost(host)) : host, port }
    const known = this.at(address)
    const remote = known ?? { address, type, priority, foundation, isTold: true }
    // told last is the newest: what a peer told first it left first
    this.#all.delete(addressKey(address))
    this.#all.set(addressKey(address), Object.assign(remote, { type, priority, foundation, isTold: true }))
    return remote
  }

  see(address: Address, priority: number): Remote {
    const known = this.at(address)
    if (known !== undefined) return known
    const type = typeOfPriority(priority)
    const remote = { address: { ...address }, type, priority, foundation: '', isTold: false }
    this.#all.set(addressKey(address), remote)
    return remote
  }

  /** Those that are too many, in whose favour nothing speaks; forgotten already. */
  dropExcess(isUseful: (remote: Remote) => boolean): Remote[] {
    const dropped: Remote[] = []
    for (const isTold of [true, false]) {
      const alike = [...this.#all.values()].filter((each) => each.isTold === isTold)
      let excess = alike.length - (isTold ? TOLD_MAX : SEEN_MAX)
      for (const pass of [1, 2]) {
        for (const remote of alike) {
          if (excess <= 0) break
          if (pass === 1 && isUseful(remote)) continue
          if (!this.#all.delete(addressKey(remote.address))) continue
          dropped.push(remote)
          excess--
        }
      }
    }
    return dropped
  }

  clear(): void {
    this.#all.clear()
  }
}
