/**
 * Notices that this machine is in another place: its addresses are not what they were. The system tells nobody; TCP
 * takes a quarter of an hour to find out that connections from the old address are dead.
 */

import { EventEmitter } from 'node:events'
import { networkInterfaces } from 'node:os'
import type { Clock } from './clock.ts'

const EVERY_MS = 3_000

/** Every address but those of this machine alone, in a word. */
export function ownAddresses(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  const outward = all.filter(({ internal, address }) => !internal && !/^fe80:/i.test(address))
  return outward
    .map(({ cidr, address }) => cidr ?? address)
    .sort()
    .join(' ')
}

export class Whereabouts extends EventEmitter<{ move: [] }> {
  readonly #clock: Clock
  readonly #look: () => string
  #seen = ''
  #cancel: (() => void) | undefined

  constructor(clock: Clock, look: () => string = ownAddresses) {
    super()
    this.#clock = clock
    this.#look = look
  }

  start(): void {
    this.#seen = this.#look()
    this.#schedule()
  }

  stop(): void {
    this.#cancel?.()
  }

  #schedule(): void {
    this.#cancel = this.#clock.after(EVERY_MS, () => {
      const now = this.#look()
      const hasMoved = now !== this.#seen
      this.#seen = now
      this.#schedule() // first: a listener may stop us
      if (hasMoved) this.emit('move')
    })
  }
}
