/** Measures what promotion is decided on: how busy this machine is, for how long it has been up at the same place, how it is powered. */

import { EventEmitter } from 'node:events'
import type { Clock } from '../lib/clock.ts'
import { isOnBattery } from '../lib/power.ts'
import type { Overlay } from '../overlay/overlay.ts'
import { blockOf } from './budgets.ts'
import type { PromotionInputs } from './promotion.ts'

/** A network we are in for less than this may come and go. */
const SETTLED_MS = 60_000
const CPU_WINDOW_MS_MIN = 200
const BLOCKS_MAX = 64

export interface FitnessParts {
  overlay: Overlay
  isMetered: boolean
  clock: Clock
}

export type Fitness = Pick<
  PromotionInputs,
  'isMetered' | 'isOnBattery' | 'upMs' | 'isUnsettled' | 'roleMs' | 'servedMs' | 'cpu'
>

export class FitnessMeter extends EventEmitter<{ move: [] }> {
  readonly #parts: FitnessParts
  readonly #places = new Places()
  #upSinceMs: number
  #isUnsettled = false
  #roleSinceMs: number
  #isServing = false
  #servedMs = 0
  #cpu = { usage: process.cpuUsage(), atMs: performance.now(), share: 0 }

  constructor(parts: FitnessParts) {
    super()
    this.#parts = parts
    this.#upSinceMs = this.#roleSinceMs = parts.clock.now()
    parts.overlay.on('addresses', () => {
      if (this.#places.haveMoved(parts.overlay.addresses(), parts.clock.now())) this.emit('move')
    })
  }

  /** We slept, or our addresses are not what they were: whoever does that is likely to do it again. */
  unsettle(): void {
    this.#isUnsettled = true
    this.#upSinceMs = this.#parts.clock.now()
  }

  /** The role has changed. */
  serve(isServing: boolean): void {
    const nowMs = this.#parts.clock.now()
    if (this.#isServing) this.#servedMs += nowMs - this.#roleSinceMs
    this.#isServing = isServing
    this.#roleSinceMs = nowMs
  }

  measure(): Fitness {
    const nowMs = this.#parts.clock.now()
    const roleMs = nowMs - this.#roleSinceMs
    return {
      isMetered: this.#parts.isMetered,
      isOnBattery: isOnBattery() ?? false,
      upMs: nowMs - this.#upSinceMs,
      isUnsettled: this.#isUnsettled,
      roleMs,
      servedMs: this.#servedMs + (this.#isServing ? roleMs : 0),
      cpu: this.#cpu.share,
    }
  }

  /** Takes the share of one core that this process has used since the last time. */
  sampleCpu(): void {
    const usage = process.cpuUsage(this.#cpu.usage)
    const elapsedMs = performance.now() - this.#cpu.atMs
    if (elapsedMs < CPU_WINDOW_MS_MIN) return
    this.#cpu = {
      usage: process.cpuUsage(),
      atMs: performance.now(),
      share: (usage.user + usage.system) / 1000 / elapsedMs,
    }
  }
}

/**
 * The networks that our addresses are in. Pure. A new one says nothing: peers tell us little by little how they see us,
 * and a temporary IPv6 address is in the block of the last. We have moved when one that we were in for a while is gone.
 */
export class Places {
  readonly #sinceMs = new Map<string, number>()

  haveMoved(addresses: string[], nowMs: number): boolean {
    const blocks = addresses.flatMap((address) => blockOf(address) ?? []).filter((block) => !isLoopback(block))
    const now = new Set(blocks.slice(0, BLOCKS_MAX))
    const gone = [...this.#sinceMs].filter(([block]) => !now.has(block))
    for (const [block] of gone) this.#sinceMs.delete(block)
    for (const block of now) if (!this.#sinceMs.has(block)) this.#sinceMs.set(block, nowMs)
    return gone.some(([, sinceMs]) => nowMs - sinceMs >= SETTLED_MS)
  }
}

/** Loopback and link-local. */
const isLoopback = (block: string): boolean => /^127\.|^0:0:0$|^fe80:/.test(block)
