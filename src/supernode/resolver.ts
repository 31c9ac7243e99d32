/** Resolving usernames through our homes: the first valid answer wins; only when all say so is there nobody. */

import { TincanError } from '../errors.ts'
import { decoded } from '../lib/decoded.ts'
import type { Overlay } from '../overlay/overlay.ts'
import { HomeRequest, ResolveReply } from './home.pb.js'
import type { Homes } from './homes.ts'
import { nameKey, SALTS } from './placement.ts'
import { merge, openHeld, type Held } from './registrars.ts'

const RESOLVE_DEADLINE_MS = 6_000
const LEASES_MAX = 8

export class Resolver {
  readonly #overlay: Overlay
  readonly #homes: Homes

  constructor(overlay: Overlay, homes: Homes) {
    this.#overlay = overlay
    this.#homes = homes
  }

  /**
   * Who holds `name`: undefined when nobody does. With `isThorough` the newest of all answers instead of the first.
   * Rejects NO_NETWORK when no home answered, ABORTED.
   */
  async resolve(
    name: string,
    { isThorough = false, signal }: { isThorough?: boolean; signal?: AbortSignal | undefined } = {},
  ): Promise<Held | undefined> {
    const homes = this.#homes.list()
    if (homes.length === 0) throw noNetwork()
    let answered = 0
    const answers = homes.map(async (home, i) => {
      const key = nameKey(this.#overlay.network, name, i % SALTS)
      const body = HomeRequest.encode({ resolve: { key, isThorough } })
      const bytes = await this.#overlay.call(home, 'home', body, { deadlineMs: RESOLVE_DEADLINE_MS, signal })
      const reply = decoded(() => ResolveReply.decode(bytes, { limits: { leases: LEASES_MAX } }))
      if (reply === undefined) throw new Error('no answer of ours')
      answered++
      const held = reply.claim.length > 0 ? openHeld(reply, this.#overlay.network) : undefined
      if (held === undefined || held.claim.name !== name) throw new Error('not held')
      return held
    })
    let found: Held | undefined
    if (isThorough) {
      for (const each of await Promise.allSettled(answers))
        if (each.status === 'fulfilled') found = found === undefined ? each.value : merge(found, each.value)
    } else found = await Promise.any(answers).catch(() => undefined)
    if (found === undefined && signal?.aborted) throw new TincanError('ABORTED', 'Aborted.')
    if (found === undefined && answered === 0) throw noNetwork()
    return found
  }
}

export const noNetwork = (): TincanError =>
  new TincanError(
    'NO_NETWORK',
    'No supernode answers. Check the network, or name a node that is up with --bootstrap ADDR.',
  )
