/** A call in words: the line that changes while it lasts, and what is said when it is over. */

import type { CallStats, CallSummary } from '../index.ts'

/** The full address; with what you call them in front, when that is something else. */
export const peerWords = (address: string, contact: string | undefined): string =>
  contact === undefined || contact === address.split('.')[0] ? address : `${contact} (${address})`

/** Said loudly of a caller whose key is not the one that their name is pinned to. */
export const impostorLine = (address: string): string =>
  `WARNING: whoever calls as ${address} has another key than your contact of that name. It may not be them: do not trust what they say before you have asked in another way. Compare: tincan verify ${address}`

export function qualityLine(peer: string, seconds: number, stats: CallStats): string {
  return [peer, clock(seconds), ...qualities(stats)].join('  ')
}

export function summaryLine(peer: string, summary: CallSummary): string {
  return `Talked to ${peer} for ${summary.seconds.toFixed(1)} s: ${qualities(summary.media).join(', ')}.`
}

/** Why a call did not come to be, or broke: what happened, then what to do. */
export function endingLine(peer: string, reason: CallSummary['reason'], message?: string): string {
  switch (reason) {
    case 'declined':
      return `${peer} declined.`
    case 'busy':
      return `${peer} is in another call. Try again later.`
    case 'no-answer':
      return `${peer} did not answer.`
    case 'offline':
      return `${peer} is offline. Try again when they are back.`
    case 'cancelled':
      return 'Cancelled before there was an answer.'
    case 'answered-elsewhere':
      return `Answered ${peer} on another of your devices.`
    case 'lost':
      return `The connection to ${peer} was lost. Call again.`
    case 'stopped':
      return 'The node was stopped.'
    case 'failed':
      return message ?? `No connection to ${peer} could be made. Call again.`
    case 'hangup':
      return 'You hung up.'
    case 'remote-hangup':
      return `${peer} hung up.`
  }
}

/** The same for the side that was called. */
export function missedLine(peer: string, reason: CallSummary['reason'], message?: string): string {
  switch (reason) {
    case 'declined':
      return `Declined the call from ${peer}.`
    case 'cancelled':
    case 'no-answer':
      return `Missed a call from ${peer}.`
    case 'busy':
      return `${peer} called in the middle of another call.`
    default:
      return endingLine(peer, reason, message)
  }
}

function qualities(stats: CallStats): string[] {
  const heard = stats.packetsReceived + stats.packetsLost
  return [
    stats.path ?? 'no path',
    ...(stats.rttMs === undefined ? [] : [`rtt ${Math.round(stats.rttMs)} ms`]),
    `loss ${(heard === 0 ? 0 : (100 * stats.packetsLost) / heard).toFixed(1)} %`,
    `MOS ${stats.mos.toFixed(1)} (estimate)`,
  ]
}

const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
