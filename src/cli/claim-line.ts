/**
 * What `tincan claim` asks of the node of this home, in this process or over its socket (`control-server.ts`):
 *
 *   {"do":"claim","username","recoveryKeyHash"?: hexadecimal,"isContest"?: true}, answered first with any number of
 *   {"event":"work", …}; hanging up leaves the work to the node
 */

import { TincanError } from '../errors.ts'
import type { ClaimStatus, ClaimWork, Node } from '../index.ts'
import type { Message } from './json-lines.ts'

export interface ClaimRequest {
  username: string
  /** SHA-256, hexadecimal: the recovery key itself never leaves the command that made it. */
  recoveryKeyHash?: string | undefined
  isContest?: boolean | undefined
}

export interface ClaimLine {
  /** Resolves when the claim is as asked for and, where there is a network, placed. `hear` gets the work meanwhile. */
  settle(request: ClaimRequest, hear: (work: ClaimWork) => void, signal: AbortSignal): Promise<ClaimStatus>
}

export const localClaim = (node: Node): ClaimLine => ({
  async settle({ username, recoveryKeyHash, isContest }, hear, signal) {
    if (node.username !== username)
      throw new TincanError(
        'BAD_USERNAME',
        `The node running in this home goes by ${node.username === undefined ? 'no name' : `“${node.username}”`}. Stop it first, or give “${username}” a home of its own: TINCAN_HOME=DIR`,
      )
    const hash = recoveryKeyHash === undefined ? undefined : new Uint8Array(Buffer.from(recoveryKeyHash, 'hex'))
    node.claim.on('work', hear)
    try {
      return await node.claim.settle({ recoveryKeyHash: hash, isContest, signal })
    } finally {
      node.claim.off('work', hear)
    }
  },
})

type Ask = (request: object, signal?: AbortSignal, hear?: (event: Message) => void) => Promise<unknown>

export const remoteClaim = (ask: Ask): ClaimLine => ({
  settle: async (request, hear, signal) => {
    const hearEvent = ({ event: _event, ...work }: Message) => hear(work as unknown as ClaimWork)
    return (await ask({ do: 'claim', ...request }, signal, hearEvent)) as ClaimStatus
  },
})

/** The running node's side of `remoteClaim`. */
export async function serveClaim(
  claim: ClaimLine,
  message: Message,
  hear: (event: object) => void,
  signal: AbortSignal,
): Promise<unknown> {
  const { username, recoveryKeyHash, isContest } = message
  if (typeof username !== 'string' || !(recoveryKeyHash === undefined || typeof recoveryKeyHash === 'string'))
    throw new Error('The running node does not know this command. Is it of another version?')
  const request = { username, recoveryKeyHash, isContest: isContest === true }
  return claim.settle(request, (work) => hear({ event: 'work', ...work }), signal)
}
