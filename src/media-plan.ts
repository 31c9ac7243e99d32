/**
 * The media of one call, as this node can have it: sessions with the supernodes' STUN and relays, nearest first, and
 * better ones while the call has to stay on a relay.
 */

import type { MediaPlan, SessionPurpose } from './call/parts.ts'
import type { Clock } from './lib/clock.ts'
import type { MediaSession } from './media/session.ts'
import { createWeriftSession } from './media/werift/session.ts'
import type { IceServers } from './ice/ice.ts'
import type { Relays } from './relays.ts'

const LOOPBACK = ['127.0.0.1']
/** A direct path opens within this time, if it does at all without probing. */
const IMPROVE_AFTER_MS = 2_500

export interface MediaPlanParts {
  relays: Relays
  clock: Clock
  /** This node listens on loopback alone, and keeps its media there too. */
  isLoopbackOnly: boolean
  isUdpBlocked(): boolean
}

export function planMedia(parts: MediaPlanParts, callId: string, isRelayOnly: boolean): MediaPlan {
  const { relays, clock, isLoopbackOnly } = parts
  let session: MediaSession | undefined
  let servers: IceServers | undefined
  let cancelImproving = (): void => {}
  const lent = relays.forCall(callId, (given) => {
    servers = given
    session?.setServers(given)
  })

  /** Only where we do not hide: a relay that the peer names may be the peer's own machine. */
  const improveOnRelay = (opened: MediaSession): void => {
    opened.on('path', (path) => {
      cancelImproving()
      if (path !== 'relay' || isRelayOnly) return
      cancelImproving = clock.after(IMPROVE_AFTER_MS, () => void lent.improve()) // cannot reject
    })
  }

  return {
    openSession(_purpose: SessionPurpose) {
      session = createWeriftSession({
        ...(isLoopbackOnly && { hostAddresses: LOOPBACK }),
        ...(servers !== undefined && { servers }),
        relayOnly: isRelayOnly,
        isUdpBlocked: parts.isUdpBlocked(),
      })
      improveOnRelay(session)
      return session
    },
    // how far supernodes are from us tells about where we are
    relays: () => (isRelayOnly ? undefined : lent.hints()),
    hear: (_device, hints) => lent.hear(hints),
    stop() {
      cancelImproving()
      lent.stop()
    },
  }
}
