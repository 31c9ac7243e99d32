/** Why a call never became active, as the error its user sees. */

import { TincanError, type TincanErrorCode } from '../errors.ts'
import type { EndReason } from './machine.ts'

export interface EndFacts {
  /** Username of the other side. */
  peer: string
  /** The user's AbortSignal ended it. */
  isAborted: boolean
  /** No invite could leave this node at all. */
  isNetworkDown: boolean
}

export function errorOf(reason: EndReason, facts: EndFacts): TincanError {
  const [code, message] = verdictOf(reason, facts)
  return new TincanError(code, message)
}

function verdictOf(reason: EndReason, { peer, isAborted, isNetworkDown }: EndFacts): [TincanErrorCode, string] {
  if (isAborted) return ['ABORTED', 'The call was aborted before it was answered.']
  switch (reason) {
    case 'declined':
      return ['DECLINED', `The call with “${peer}” was declined.`]
    case 'busy':
      return ['BUSY', `“${peer}” is in another call. Try again later.`]
    case 'no-answer':
      return ['NO_ANSWER', `The call with “${peer}” was not answered in 45 seconds. Try again later.`]
    case 'offline':
      if (isNetworkDown) return ['NO_NETWORK', 'No supernode can be reached. Check your connection.']
      return ['OFFLINE', `“${peer}” is not online. Try again later.`]
    case 'cancelled':
      return ['CANCELLED', `The call with “${peer}” was cancelled.`]
    case 'answered-elsewhere':
      return ['CANCELLED', `The call with “${peer}” was answered on another of your devices.`]
    case 'hangup':
      return ['CANCELLED', `You hung up before the call with “${peer}” was connected.`]
    case 'remote-hangup':
      return ['CANCELLED', `“${peer}” hung up before the call was connected.`]
    case 'failed':
      return ['CALL_FAILED', `No media path to “${peer}” could be set up. Try again, or from another network.`]
    case 'lost':
      return ['LOST', `Nothing more was heard of “${peer}”. Call again.`]
    case 'stopped':
      return ['STOPPED', 'This node was stopped.']
  }
}
