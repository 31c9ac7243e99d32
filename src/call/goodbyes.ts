/** What the other side's last words mean for a call. Pure. */

import type { DeviceStatus, EndReason } from './machine.ts'
import type { ByeCause, CancelCause, SignalBody } from './signal.ts'

/** A callee that goes before it has answered. */
export const VERDICT_OF_BYE: Record<ByeCause, DeviceStatus> = {
  hangup: 'remote-hangup',
  failed: 'failed',
  lost: 'failed',
  stopped: 'offline',
}

/** What ends a call that rings here. */
export const END_OF_CANCEL: Record<CancelCause, EndReason> = {
  'gave-up': 'cancelled',
  'answered-elsewhere': 'answered-elsewhere',
  'declined-elsewhere': 'declined',
  'no-answer': 'no-answer',
}

/** What ends an accepted call. */
export const END_OF_BYE: Record<ByeCause, EndReason> = {
  hangup: 'remote-hangup',
  failed: 'failed',
  lost: 'lost',
  stopped: 'remote-hangup',
}

/** Worth delivering even when the call is over here. */
export const isGoodbye = ({ type }: SignalBody): boolean => type === 'cancel' || type === 'bye' || type === 'decline'
