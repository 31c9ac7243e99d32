/** How a command ends: exit codes, and what is said when it fails. */

import { TincanError, type TincanErrorCode } from '../errors.ts'
import type { CallSummary } from '../index.ts'

export const EXIT = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  noSuchUser: 3,
  notAnswered: 4,
  noNetwork: 5,
  offline: 6,
  interrupted: 130,
} as const

/** The command line cannot mean anything: exit 2. */
export class UsageError extends Error {
  override name = 'UsageError'
}

const EXIT_OF: Partial<Record<TincanErrorCode, number>> = {
  BAD_USERNAME: EXIT.wrongUsage,
  BAD_ADDRESS: EXIT.wrongUsage,
  NO_USERNAME: EXIT.wrongUsage,
  BAD_PHRASE: EXIT.wrongUsage,
  NO_SUCH_USER: EXIT.noSuchUser,
  DECLINED: EXIT.notAnswered,
  BUSY: EXIT.notAnswered,
  NO_ANSWER: EXIT.notAnswered,
  NO_NETWORK: EXIT.noNetwork,
  OFFLINE: EXIT.offline,
  ABORTED: EXIT.interrupted,
  CANCELLED: EXIT.interrupted,
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof TincanError) return EXIT_OF[error.code] ?? EXIT.failed
  if (error instanceof UsageError) return EXIT.wrongUsage
  return EXIT.failed
}

/** A call that was active and was hung up, by whichever side and also by Ctrl-C, has done what it should. */
export function exitCodeOfCall(reason: CallSummary['reason']): number {
  switch (reason) {
    case 'hangup':
    case 'remote-hangup':
      return EXIT.done
    case 'declined':
    case 'busy':
    case 'no-answer':
      return EXIT.notAnswered
    case 'offline':
      return EXIT.offline
    case 'cancelled':
    case 'answered-elsewhere':
      return EXIT.interrupted
    default:
      return EXIT.failed
  }
}

/** One line for a person; programs read the code. */
export function describe(error: unknown): { code: string; message: string } {
  if (error instanceof TincanError) return { code: error.code, message: error.message }
  if (error instanceof UsageError) return { code: 'USAGE', message: error.message }
  return { code: 'FAILED', message: error instanceof Error ? error.message : String(error) }
}
