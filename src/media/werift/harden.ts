/**
 * Everything that werift 0.25.2 leaves open in DTLS and SRTP, closed: one patch for each hole, each in its own file, with a
 * test that fails without it. Refuses when werift is not what the patches were written for.
 */

import { requirePossession } from './dtls-possession.ts'
import { filterRecords } from './dtls-records.ts'
import { shortenFlights } from './flight-timers.ts'
import { orderHandshakes } from './handshake-order.ts'
import { assertInternals } from './internals.ts'
import type { DtlsSocket, SecureSessions } from './internals.ts'
import { boundPackets } from './packet-firewall.ts'
import { trackRollover } from './rollover.ts'
import { prepareKeys } from './session-keys.ts'
import { refuseReplays } from './srtp-replay.ts'

/** For the process, once. */
const GENERAL = { 'flight-timers': shortenFlights }

/** For each DTLS socket, before a record arrives. What comes in meets the last of them first. */
const OF_SOCKETS = {
  'dtls-possession': requirePossession,
  'handshake-order': orderHandshakes,
  'dtls-records': filterRecords,
} satisfies Record<string, (socket: DtlsSocket) => void>

/** For each pair of SRTP and SRTCP sessions, before a packet arrives. What comes in meets the last of them first. */
const OF_SESSIONS = {
  rollover: trackRollover,
  'srtp-replay': refuseReplays,
  'session-keys': prepareKeys,
  'packet-firewall': boundPackets,
} satisfies Record<string, (sessions: SecureSessions) => void>

export type PatchName = keyof typeof GENERAL | keyof typeof OF_SOCKETS | keyof typeof OF_SESSIONS

export const PATCH_NAMES = [GENERAL, OF_SOCKETS, OF_SESSIONS].flatMap((patches) => Object.keys(patches) as PatchName[])

let isInstalled = false
let left: PatchName | undefined

/**
 * @param options.except for tests alone, which show the hole that is left.
 * @throws TincanError CALL_FAILED when werift has changed.
 */
export function installHardening({ except }: { except?: PatchName } = {}): void {
  if (isInstalled) return
  assertInternals()
  isInstalled = true
  left = except
  for (const [name, patch] of Object.entries(GENERAL)) if (name !== left) patch()
}

export function hardenSocket(socket: DtlsSocket): void {
  for (const [name, patch] of Object.entries(OF_SOCKETS)) if (name !== left) patch(socket)
}

export function hardenSessions(sessions: SecureSessions): void {
  for (const [name, patch] of Object.entries(OF_SESSIONS)) if (name !== left) patch(sessions)
}
