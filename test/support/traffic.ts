/** People who look each other up and talk all the time, so that an outage meets a network in use. */

import type { Outcome } from './actors/residents.ts'
import type { Resident } from './town.ts'

export interface Asked extends Outcome {
  asker: Resident
  wanted: Resident
  isCall: boolean
  /** By performance.now(). */
  askedMs: number
}

const PAUSE_MS = 40

export class Traffic {
  readonly asked: Asked[] = []
  readonly #workers: Promise<void>[]
  #isOver = false

  /** Each of `askers` looks up one of `wanted` after the other; the first calls, one of `callees` after the other. */
  constructor(askers: Resident[], { wanted, callees }: { wanted: Resident[]; callees: Resident[] }) {
    const [caller, ...others] = askers
    this.#workers = others.map((asker, at) => this.#work(asker, rotated(wanted, at), false))
    if (caller !== undefined) this.#workers.push(this.#work(caller, callees, true))
  }

  get lookups(): Asked[] {
    return this.asked.filter(({ isCall }) => !isCall)
  }

  get calls(): Asked[] {
    return this.asked.filter(({ isCall }) => isCall)
  }

  /** Resolves when the last answer is in. */
  async end(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#workers)
  }

  async #work(asker: Resident, wanted: Resident[], isCall: boolean): Promise<void> {
    for (let i = 0; !this.#isOver; i++) {
      const other = wanted[i % wanted.length] as Resident
      const askedMs = performance.now()
      const outcome = await (isCall ? asker.call(other.name) : asker.lookup(other.name))
      this.asked.push({ ...outcome, asker, wanted: other, isCall, askedMs })
      await new Promise((done) => setTimeout(done, PAUSE_MS))
    }
  }
}

/** Askers who go through the same list begin at different places. */
const rotated = <T>(list: T[], by: number): T[] => {
  const from = (by * 7) % Math.max(1, list.length)
  return [...list.slice(from), ...list.slice(0, from)]
}
