/** What the registrars said to one claim and lease, in one answer to whoever had them placed. */

import { GrantOutcome, type GrantReply } from './index.pb.js'
import { PlaceReply } from './home.pb.js'
import { WITNESSES_MAX } from './registrar.ts'

const HELD = new Set<GrantOutcome>([GrantOutcome.GRANTED, GrantOutcome.CONTESTED])

/** `undefined` for a registrar that did not answer. */
export function placeReply(replies: (GrantReply | undefined)[]): Uint8Array {
  const count = (...outcomes: GrantOutcome[]) =>
    replies.filter((reply) => reply !== undefined && outcomes.includes(reply.outcome)).length
  const claimOf = (outcome: GrantOutcome) => replies.find((reply) => reply?.outcome === outcome)?.claim
  const [granted, pending, stale] = [count(...HELD), count(GrantOutcome.PENDING), count(GrantOutcome.STALE)]
  const taken = count(GrantOutcome.TAKEN)
  const [takenBy, contestedBy] = [claimOf(GrantOutcome.TAKEN), claimOf(GrantOutcome.CONTESTED)]
  const heir = replies.find((reply) => reply !== undefined && reply.heir.length > 0)?.heir
  return PlaceReply.encode({
    granted,
    pending,
    stale,
    failed: replies.length - granted - pending - stale - taken,
    witnesses: replies.flatMap((reply) => (reply?.witness.length ? [reply.witness] : [])).slice(0, WITNESSES_MAX),
    pendingUntilMs: Math.max(0, ...replies.map((reply) => reply?.pendingUntilMs ?? 0)),
    ...(takenBy && { takenBy }),
    ...(contestedBy && { contestedBy }),
    ...(heir && { heir }),
  })
}
