/** When a node is of use: attached to a home, and known by its username if it has one. */

import type { TincanError } from './errors.ts'
import type { Clock } from './lib/clock.ts'
import type { Overlay, ProfileName } from './overlay/overlay.ts'
import type { Homes } from './supernode/homes.ts'
import type { Registration } from './supernode/registration.ts'
import { noNetwork } from './supernode/resolver.ts'
import { waitFor, type WaitOptions } from './waiting.ts'

const READY_MS_MAX: Record<ProfileName, number> = { local: 10_000, internet: 10_000 }

export interface ReadinessParts {
  overlay: Overlay
  homes: Homes
  /** Undefined without a username. */
  registration: Registration | undefined
  profile: ProfileName
  clock: Clock
}

export class Readiness {
  readonly #parts: ReadinessParts

  constructor(parts: ReadinessParts) {
    this.#parts = parts
  }

  /** Waits a moment for a home where there are peers; rejects NO_NETWORK, ABORTED. */
  async attached(signal: AbortSignal | undefined): Promise<void> {
    const { overlay, homes } = this.#parts
    if (homes.list().length > 0) return
    if (overlay.connectionCount() > 0) await waitFor((done) => homes.once('change', done), this.#within(signal))
    if (homes.list().length === 0) throw noNetwork()
  }

  /**
   * Waits until the node is registered, or without a username attached, but for a moment only; not at all where nobody
   * is. Rejects NAME_TAKEN, DEVICE_REVOKED, ABORTED.
   */
  async ready(signal: AbortSignal | undefined): Promise<void> {
    const { overlay, homes, registration } = this.#parts
    let refusal: TincanError | undefined
    // nobody there: up, and waiting for others
    if (overlay.connectionCount() === 0) return
    await waitFor((done) => {
      if (registration === undefined) {
        if (homes.list().length > 0) done()
        homes.once('change', done)
      } else {
        if (registration.isRegistered) done()
        for (const event of ['registered', 'pending', 'work'] as const) registration.once(event, done)
        registration.once('taken', (error) => {
          refusal = error
          done()
        })
      }
    }, this.#within(signal))
    if (refusal !== undefined) throw refusal
  }

  #within(signal: AbortSignal | undefined): WaitOptions {
    const { clock, profile } = this.#parts
    return { clock, maxMs: READY_MS_MAX[profile], signal }
  }
}
