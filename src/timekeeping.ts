/**
 * Keeps a node in step with the network: its homes tell the time, and when the machine has slept, was moved, or its
 * clock was set, everything that waited for a timer is done at once.
 */

import { steadyClock, systemClock } from './lib/clock.ts'
import { makeLog } from './lib/log.ts'
import { Wakefulness } from './lib/wakefulness.ts'
import { Whereabouts } from './lib/whereabouts.ts'
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
  /** Keeps whom we are connected to, to find them again. */
  remember(): void
  /** Whatever else was measured where we were before is to be measured again. */
  resumed(): void
}

export class Timekeeping {
  readonly #parts: TimekeepingParts
  readonly #wakefulness = new Wakefulness(systemClock, steadyClock)
  readonly #whereabouts = new Whereabouts(steadyClock)

  constructor(parts: TimekeepingParts) {
    this.#parts = parts
    const { time, homes, registration, supernode } = parts
    homes.on('time', (peerId, told) => time.heard(peerId, told, this.#standing()))
    homes.on('change', () => time.keepOnly((peerId) => homes.isHome(peerId)))
    time.on('step', () => registration?.renew())
    this.#wakefulness.on('wake', (sleptMs) => {
      supernode.unsettle()
      this.#resume(`slept ${Math.round(sleptMs / 1000)} s`)
    })
    this.#whereabouts.on('move', () => this.#resume('moved'))
    this.#wakefulness.on('setBack', () => void homes.beat()) // cannot reject
  }

  start(): void {
    this.#wakefulness.start()
    this.#whereabouts.start()
  }

  stop(): void {
    this.#wakefulness.stop()
    this.#whereabouts.stop()
  }

  #resume(why: string): void {
    log('resumes', { why })
    const { overlay, homes, joining, registration } = this.#parts
    this.#parts.resumed() // first: a call waits for it
    this.#parts.remember()
    void homes.beat() // cannot reject
    homes.nudge()
    joining.nudge()
    void overlay.checkConnections().then(() => joining.nudge()) // cannot reject
    registration?.renew()
  }

  #standing(): { isServing: boolean; others: number } {
    const { overlay, homes, supernode } = this.#parts
    const isServing = supernode.role === 'supernode'
    return { isServing, others: Math.max(overlay.supernodes().length, homes.supernodesTold() - Number(isServing)) }
  }
}
