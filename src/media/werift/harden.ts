/**
 * Everything that werift 0.25.2 leaves open, closed: one patch for each hole, each in its own file, with a test that fails
 * without it. Installed once in a process, before the first session. Refuses when werift is not what the patches were
 * written for.
 */

import { gatherInBackground } from './background-gathering.ts'
import { requirePossession } from './dtls-possession.ts'
import { filterRecords } from './dtls-records.ts'
import { startHandshakeEarly } from './early-hello.ts'
import { shortenFlights } from './flight-timers.ts'
import { orderHandshakes } from './handshake-order.ts'
import { restartIce } from './ice-restart.ts'
import { assertInternals } from './internals.ts'
import { pairLateRelays } from './late-relay.ts'
import { askNoPublicStun } from './no-public-stun.ts'
import { boundPackets } from './packet-firewall.ts'
import { closePromptly } from './prompt-close.ts'
import { trackRollover } from './rollover.ts'
import { prepareKeys } from './session-keys.ts'
import { surviveSocketErrors } from './socket-errors.ts'
import { filterSources } from './source-filter.ts'
import { refuseReplays } from './srtp-replay.ts'
import { authenticateStun } from './stun-authentication.ts'
import { triggerChecks } from './triggered-checks.ts'
import { releaseAllocations } from './turn-release.ts'

/** In order: filters of packets are asked, and sockets dressed, from the top. */
const PATCHES = {
  'stun-authentication': authenticateStun,
  'source-filter': filterSources,
  'packet-firewall': boundPackets,
  'dtls-possession': requirePossession,
  'handshake-order': orderHandshakes,
  'dtls-records': filterRecords,
  'early-hello': startHandshakeEarly,
  'flight-timers': shortenFlights,
  rollover: trackRollover,
  'srtp-replay': refuseReplays,
  'session-keys': prepareKeys,
  'no-public-stun': askNoPublicStun,
  'socket-errors': surviveSocketErrors,
  'background-gathering': gatherInBackground,
  'late-relay': pairLateRelays,
  'triggered-checks': triggerChecks,
  'ice-restart': restartIce,
  'turn-release': releaseAllocations,
  'prompt-close': closePromptly,
}

export type PatchName = keyof typeof PATCHES

export const PATCH_NAMES = Object.keys(PATCHES) as PatchName[]

let isInstalled = false

/**
 * @param options.except for tests alone, which show the hole that is left.
 * @throws TincanError CALL_FAILED when werift has changed.
 */
export function installHardening({ except }: { except?: PatchName } = {}): void {
  if (isInstalled) return
  assertInternals()
  isInstalled = true
  for (const name of PATCH_NAMES) if (name !== except) PATCHES[name]()
}
