/**
 * Keeps a node in step with the network: its homes tell the time, and when the machine has slept, or its clock was set,
 * everything that waited for a timer is done at once.
 */

import { steadyClock, systemClock } from './lib/clock.ts'
import { makeLog } from './lib/log.ts'
import { Wakefulness } from './lib/wakefulness.ts'
import type { Joining } from './overlay/joining.ts'
import type { Overlay } from './overlay/overlay.ts'
import type { Homes } from './supernode/homes.ts'
import type { NetworkClock } from './supernode/network-clock.ts'
import type { Registration } from './supernode/registration.ts'
import type { Supernode } from './supernode/supernode.ts'

const log = makeLog('time')

export interface TimekeepingParts {
  time: NetworkClock
  overlay: Overlay
  homes: Homes
  joining: Joining
  supernode: Supernode
  registration: Registration | undefined
}

export class Timekeeping {
  readonly #parts: TimekeepingParts
  readonly #wakefulness = new Wakefulness(systemClock, steadyClock)

  constructor(parts: TimekeepingParts) {
    this.#parts = parts
    const { time, homes, registration } = parts
    homes.on('time', (peerId, told) => time.heard(peerId, told, this.#standing()))
    homes.on('change', () => time.keepOnly((peerId) => homes.isHome(peerId)))
    time.on('step', () => registration?.renew())
    this.#wakefulness.on('wake', (sleptMs) => this.#woke(sleptMs))
    this.#wakefulness.on('setBack', () => void homes.beat()) // cannot reject
  }

  start(): void {
    this.#wakefulness.start()
  }

  stop(): void {
    this.#wakefulness.stop()
  }

  #woke(sleptMs: number): void {
    log('woke', { sleptMs })
    const { homes, joining, registration, supernode } = this.#parts
    supernode.unsettle()
    void homes.beat() // cannot reject
    homes.nudge()
    joining.nudge()
    registration?.renew()
  }

  #standing(): { isServing: boolean; others: number } {
    const { overlay, homes, supernode } = this.#parts
    const isServing = supernode.role === 'supernode'
    return { isServing, others: Math.max(overlay.supernodes().length, homes.supernodesTold() - Number(isServing)) }
  }
}
