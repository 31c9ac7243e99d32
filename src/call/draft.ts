/** A step of the call state machine while it is being taken, and the moves that every transition is made of. */

import { isOpen, newRecord } from './machine.ts'
import type { CallMachine, CallState, DeviceRecord, DeviceStatus, EndReason, Output, TimerName } from './machine.ts'
import type { ByeCause, SignalBody } from './signal.ts'

/** A copy of the machine, free to change, and what to do about the change. */
export interface Draft {
  machine: CallMachine
  outputs: Output[]
  nowMs: number
}

/** What the other side is told depends on how far the call has come. */
export function sayGoodbye(draft: Draft, cause: ByeCause): void {
  const { machine } = draft
  if (machine.chosen === undefined) {
    if (machine.isDescribed) sendToOpen(draft, { type: 'cancel', reason: 'gave-up' })
  } else if (machine.role === 'callee' && !machine.isAccepted && cause === 'hangup') {
    sendToPeer(draft, { type: 'decline' })
  } else sendToPeer(draft, { type: 'bye', reason: cause })
}

/** Worst news last: a call is offline only if nothing better is known of any device. */
const VERDICTS = ['declined', 'busy', 'remote-hangup', 'failed', 'offline'] as const

export function settle(draft: Draft, device: string, verdict: DeviceStatus): void {
  setStatus(draft, device, verdict)
  const statuses = new Set([...draft.machine.devices.values()].map(({ status }) => status))
  if ([...statuses].some(isOpen)) return
  end(draft, VERDICTS.find((each) => statuses.has(each)) ?? 'offline')
}

export function end(draft: Draft, reason: EndReason): void {
  const { machine } = draft
  for (const name of machine.timers) draft.outputs.push({ type: 'stop-timer', name })
  machine.timers = new Set()
  machine.reason = reason
  delete machine.offer
  delete machine.rival
  delete machine.spentAnswer
  for (const [device, { status }] of machine.devices) setRecord(draft, device, newRecord(status))
  closeMedia(draft)
  enter(draft, 'ended')
  draft.outputs.push({ type: 'ended', reason })
}

/** The peer's candidates go to the session that we have, not only into our memory. */
export const isMediaInUse = ({ role, hasSession, answer }: CallMachine): boolean =>
  role === 'callee' ? hasSession : answer !== undefined

export function closeMedia(draft: Draft): void {
  const { machine } = draft
  stopTimer(draft, 'candidates')
  machine.waiting = []
  machine.hasSession = false
  machine.isConnected = false
  machine.hasPath = true
  delete machine.answer
  draft.outputs.push({ type: 'close-media' })
}

export function enter(draft: Draft, state: CallState): void {
  draft.machine.phase = state
  draft.outputs.push({ type: 'state', state })
}

export function startTimer(draft: Draft, name: TimerName, delayMs: number): void {
  draft.machine.timers = new Set([...draft.machine.timers, name])
  draft.outputs.push({ type: 'start-timer', name, delayMs })
}

export function stopTimer(draft: Draft, name: TimerName): void {
  if (!draft.machine.timers.has(name)) return
  draft.machine.timers = new Set([...draft.machine.timers].filter((other) => other !== name))
  draft.outputs.push({ type: 'stop-timer', name })
}

export function setRecord(draft: Draft, device: string, record: DeviceRecord): void {
  draft.machine.devices = new Map(draft.machine.devices).set(device, record)
}

export function setStatus(draft: Draft, device: string, status: DeviceStatus): void {
  const record = draft.machine.devices.get(device)
  if (record !== undefined) setRecord(draft, device, { ...record, status })
}

export function send(draft: Draft, device: string, body: SignalBody): void {
  draft.outputs.push({ type: 'send', device, callId: draft.machine.callId, body })
}

export function sendToOpen(draft: Draft, body: SignalBody): void {
  for (const [device, { status }] of draft.machine.devices) if (isOpen(status)) send(draft, device, body)
}

/** To the chosen device, or to every one that may yet be. */
export function sendToPeer(draft: Draft, body: SignalBody): void {
  if (draft.machine.chosen === undefined) sendToOpen(draft, body)
  else send(draft, draft.machine.chosen, body)
}
