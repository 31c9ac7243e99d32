/**
 * The watch over an active call: when nothing is heard, or no path lives, the user is told, paths are looked for anew, and
 * in the end the call is lost. The timer fires when the next of these is due, so packets themselves set none.
 */

import { type Draft, end, enter, sayGoodbye, startTimer, stopTimer } from './draft.ts'

const INTERRUPTED_AFTER_MS = 1_000
/** One packet out of a silence is not the end of it. */
const RESUMED_AFTER_MS = 200
const REFRESH_EVERY_MS = 2_500
/** Long enough for a machine to find another network. */
export const LOST_AFTER_MS = 20_000

export function activate(draft: Draft): void {
  const { machine, nowMs } = draft
  stopTimer(draft, 'setup')
  machine.heardAtMs = nowMs
  machine.heardSinceMs = nowMs
  enter(draft, 'active')
  startTimer(draft, 'watch', INTERRUPTED_AFTER_MS)
  if (!machine.hasPath) interrupt(draft)
}

export function onHeard(draft: Draft): void {
  const { machine, nowMs } = draft
  if (machine.phase !== 'active') return
  if (nowMs - machine.heardAtMs >= INTERRUPTED_AFTER_MS) machine.heardSinceMs = nowMs
  machine.heardAtMs = nowMs
  if (!machine.isInterrupted || !machine.hasPath || nowMs - machine.heardSinceMs < RESUMED_AFTER_MS) return
  machine.isInterrupted = false
  draft.outputs.push({ type: 'interrupted', isInterrupted: false })
  startTimer(draft, 'watch', INTERRUPTED_AFTER_MS)
}

export function onPath(draft: Draft, isAlive: boolean): void {
  const { machine } = draft
  machine.hasPath = isAlive
  if (isAlive) machine.heardSinceMs = draft.nowMs
  else if (machine.phase === 'active') interrupt(draft)
}

export function onWatch(draft: Draft): void {
  const { machine, nowMs } = draft
  // the machine's clock may have been put back
  machine.heardAtMs = Math.min(machine.heardAtMs, nowMs)
  machine.heardSinceMs = Math.min(machine.heardSinceMs, nowMs)
  machine.refreshedAtMs = Math.min(machine.refreshedAtMs, nowMs)
  const quietMs = nowMs - machine.heardAtMs
  if (quietMs >= LOST_AFTER_MS) {
    sayGoodbye(draft, 'lost')
    return end(draft, 'lost')
  }
  if (quietMs >= INTERRUPTED_AFTER_MS) interrupt(draft)
  if (quietMs >= REFRESH_EVERY_MS && nowMs - machine.refreshedAtMs >= REFRESH_EVERY_MS) {
    machine.refreshedAtMs = nowMs
    draft.outputs.push({ type: 'refresh-media' })
  }
  const refreshInMs = REFRESH_EVERY_MS - Math.min(quietMs, nowMs - machine.refreshedAtMs)
  const nextMs = machine.isInterrupted ? refreshInMs : INTERRUPTED_AFTER_MS - quietMs
  startTimer(draft, 'watch', Math.max(1, Math.min(nextMs, LOST_AFTER_MS - quietMs)))
}

function interrupt(draft: Draft): void {
  if (draft.machine.isInterrupted) return
  draft.machine.isInterrupted = true
  draft.outputs.push({ type: 'interrupted', isInterrupted: true })
}
