/**
 * ICE candidates of both sides, at any time of the call: ours leave in batches once we may tell them, the peer's are kept
 * until its media is in use, and beyond that for media that has to begin anew. Both are bounded by rate.
 */

import { CANDIDATES_AT_ONCE, CANDIDATES_PER_SECOND, refilled, spend } from './allowance.ts'
import { type Draft, isMediaInUse, sendToPeer, setRecord, startTimer, stopTimer } from './draft.ts'
import type { DeviceRecord } from './machine.ts'
import { CANDIDATES_PER_SIGNAL_MAX } from './signal.ts'

/** An envelope is dear, and what is found together arises within this time. */
const BATCH_AFTER_MS = 20
/** After a pause: the first ones may be all that is needed. */
const FIRST_BATCH_AFTER_MS = 5
/** Of ours that wait, and of each device's. The newest are worth most. */
const CANDIDATES_KEPT_MAX = 64

export function offerCandidate(draft: Draft, candidate: string): void {
  const { machine, nowMs } = draft
  machine.waiting = [...machine.waiting, candidate].slice(-CANDIDATES_KEPT_MAX)
  if (!machine.isDescribed || machine.timers.has('candidates')) return
  const isRested = refilled(machine.telling, nowMs).left === CANDIDATES_AT_ONCE
  startTimer(draft, 'candidates', isRested ? FIRST_BATCH_AFTER_MS : BATCH_AFTER_MS)
}

/** Our description has just left, or a batch is due. */
export function releaseWaiting(draft: Draft): void {
  const { machine, nowMs } = draft
  stopTimer(draft, 'candidates')
  machine.isDescribed = true
  const { count, allowance } = spend(machine.telling, machine.waiting.length, nowMs)
  machine.telling = allowance
  for (let at = 0; at < count; at += CANDIDATES_PER_SIGNAL_MAX) {
    const candidates = machine.waiting.slice(at, Math.min(count, at + CANDIDATES_PER_SIGNAL_MAX))
    sendToPeer(draft, { type: 'candidates', candidates })
  }
  machine.waiting = machine.waiting.slice(count)
  if (machine.waiting.length > 0) startTimer(draft, 'candidates', 1000 / CANDIDATES_PER_SECOND)
}

export function hearCandidates(draft: Draft, device: string, record: DeviceRecord, heard: readonly string[]): void {
  const { count, allowance } = spend(record.hearing, heard.length, draft.nowMs)
  const taken = heard.slice(0, count)
  const candidates = [...record.candidates, ...taken].slice(-CANDIDATES_KEPT_MAX)
  setRecord(draft, device, { ...record, hearing: allowance, candidates })
  if (isMediaInUse(draft.machine)) for (const candidate of taken) addCandidate(draft, candidate)
}

/** The device's media is in use from here on. */
export function releaseCandidates(draft: Draft, device: string): void {
  for (const candidate of draft.machine.devices.get(device)?.candidates ?? []) addCandidate(draft, candidate)
}

function addCandidate(draft: Draft, candidate: string): void {
  draft.outputs.push({ type: 'add-candidate', candidate })
}
