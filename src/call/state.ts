/**
 * One call at one end, as a pure state machine: idle → inviting → ringing → connecting → active → ended.
 * `step` takes an input and the time, and returns the next state and what to do; it owns no timer, socket or promise.
 * Signals may come late, twice, out of order or from the wrong device, and none of that may do harm.
 * Left out: hold and transfer.
 */

import { strict as assert } from 'node:assert'

import { isSameTag } from './binding.ts'
import { keep, offerCandidate, releaseCandidates, releaseWaiting, takeCandidate } from './candidates.ts'
import {
  type Draft,
  end,
  enter,
  sayGoodbye,
  send,
  sendToOpen,
  sendToPeer,
  setStatus,
  settle,
  startTimer,
  stopTimer,
} from './draft.ts'
import { END_OF_BYE, END_OF_CANCEL, VERDICT_OF_BYE } from './goodbyes.ts'
import {
  ANSWER_LIMIT_MS,
  DEVICES_MAX,
  LOST_AFTER_MS,
  RESTART_AFTER_MS,
  RESTART_EVERY_MS,
  RINGING_GRACE_MS,
  SETUP_LIMIT_MS,
  WATCH_EVERY_MS,
  isOpen,
} from './machine.ts'
import type { CallMachine, Description, DeviceRecord, Input, Rival, Step, TimerName } from './machine.ts'
import type { SignalBody } from './signal.ts'

/** Never changes the machine it is given. */
export function step(machine: CallMachine, input: Input, nowMs: number): Step {
  const draft: Draft = { machine: { ...machine }, outputs: [], nowMs }
  take(draft, input)
  return { machine: draft.machine, outputs: draft.outputs }
}

function take(draft: Draft, input: Input): void {
  const { machine } = draft
  if (machine.phase === 'ended') {
    if (input.type === 'signal') onLateSignal(draft, input.device, input.body)
    return
  }
  switch (input.type) {
    case 'dial':
      return onDial(draft, input.devices)
    case 'invited':
      return onInvited(draft, input.device, input.offer)
    case 'glare':
      return onGlare(draft, input)
    case 'accept':
      if (machine.role === 'callee' && machine.phase === 'ringing') beginAnswer(draft)
      return
    case 'hangup':
      return onHangup(draft)
    case 'decline-here':
      if (machine.role !== 'callee' || machine.phase !== 'ringing') return
      sendToPeer(draft, { type: 'decline', isHereOnly: true })
      return end(draft, 'declined')
    case 'stop':
      sayGoodbye(draft, 'stopped')
      return end(draft, 'stopped')
    case 'signal':
      return onSignal(draft, input.device, input.body)
    case 'delivered':
      if (machine.devices.get(input.device)?.status === 'invited') setStatus(draft, input.device, 'delivered')
      return
    case 'undeliverable':
      return onUndeliverable(draft, input.device)
    case 'described':
      return onDescribed(draft, input.as, input.sdp)
    case 'local-candidate':
      return offerCandidate(draft, input.candidate)
    case 'connected':
      return onConnected(draft, input.tag, input.expectedTag)
    case 'media-failed':
      return onMediaFailed(draft)
    case 'heard':
      machine.heardAtMs = draft.nowMs
      return
    case 'timer':
      return onTimer(draft, input.name)
  }
}

// Local acts

function onDial(draft: Draft, devices: readonly string[]): void {
  const { machine } = draft
  assert.ok(machine.phase === 'idle' && machine.role === 'caller', 'a call is dialled once')
  assert.ok(devices.length > 0 && devices.length <= DEVICES_MAX, 'a call goes to 1–16 devices')
  machine.devices = new Map(devices.map((device) => [device, { status: 'invited', candidates: [] }]))
  enter(draft, 'inviting')
  startTimer(draft, 'answer', ANSWER_LIMIT_MS)
  draft.outputs.push({ type: 'describe', as: 'offer' })
}

/** The callee's accept, made by its user or, in glare, by its having called too. Its addresses leave from here on. */
function beginAnswer(draft: Draft): void {
  const { machine } = draft
  const { chosen, offer } = machine
  assert.ok(chosen !== undefined && offer !== undefined, 'a callee knows who calls, and the offer')
  stopTimer(draft, 'answer')
  enter(draft, 'connecting')
  startTimer(draft, 'setup', SETUP_LIMIT_MS)
  draft.outputs.push({ type: 'describe', as: 'answer', offer })
  releaseCandidates(draft, chosen)
}

function onHangup(draft: Draft): void {
  const { machine } = draft
  sayGoodbye(draft, 'hangup')
  if (machine.phase === 'connecting' || machine.phase === 'active') end(draft, 'hangup')
  else end(draft, machine.role === 'caller' ? 'cancelled' : 'declined')
}

// Invites

function onInvited(draft: Draft, device: string, offer: string): void {
  const { machine } = draft
  assert.ok(machine.phase === 'idle' && machine.role === 'callee', 'an invite begins a call')
  machine.devices = new Map([[device, { status: 'chosen', candidates: [] }]])
  machine.chosen = device
  machine.offer = offer
  enter(draft, 'ringing')
  send(draft, device, { type: 'ringing' })
  startTimer(draft, 'answer', ANSWER_LIMIT_MS + RINGING_GRACE_MS)
}

/**
 * The lower call id survives, if the other side has ours at all: a device that our invite does not reach cannot take
 * part in our call, but we can take part in its own.
 */
function onGlare(draft: Draft, rival: Rival): void {
  const { machine } = draft
  if (machine.role !== 'caller' || machine.chosen !== undefined) return
  const record = machine.devices.get(rival.device)
  const isReached = machine.isDescribed && record !== undefined && isOpen(record.status)
  if (!isReached || rival.callId < machine.callId) return yieldTo(draft, rival)
  machine.rival = { callId: rival.callId, device: rival.device, offer: rival.offer }
}

/** Our own invite loses: this call goes on as the callee of theirs, and accepts at once. */
function yieldTo(draft: Draft, { callId, device, offer }: Rival): void {
  const { machine } = draft
  if (machine.isDescribed) sendToOpen(draft, { type: 'cancel', reason: 'answered-elsewhere' })
  draft.outputs.push({ type: 'close-media' }, { type: 'renamed', callId })
  delete machine.rival
  machine.role = 'callee'
  machine.callId = callId
  machine.devices = new Map([[device, { status: 'chosen', candidates: [] }]])
  machine.chosen = device
  machine.offer = offer
  machine.isDescribed = false
  machine.waiting = []
  beginAnswer(draft)
}

function onUndeliverable(draft: Draft, device: string): void {
  const { machine } = draft
  if (machine.devices.get(device)?.status !== 'invited') return
  if (machine.rival?.device === device) yieldTo(draft, machine.rival)
  else settle(draft, device, 'offline')
}

// Signals

function onSignal(draft: Draft, device: string, body: SignalBody): void {
  const { machine } = draft
  const record = machine.devices.get(device)
  if (record === undefined) return
  if (machine.chosen === device) return onPeerSignal(draft, device, record, body)
  if (machine.chosen !== undefined) {
    if (body.type === 'accept') send(draft, device, { type: 'cancel', reason: 'answered-elsewhere' })
    return
  }
  if (machine.isDescribed) onAnsweringSignal(draft, device, record, body)
}

/** Caller only: from a device that was invited, while none has been chosen. */
function onAnsweringSignal(draft: Draft, device: string, record: DeviceRecord, body: SignalBody): void {
  const { machine } = draft
  switch (body.type) {
    case 'ringing':
      if (!isOpen(record.status)) return
      setStatus(draft, device, 'ringing')
      if (machine.phase === 'inviting') enter(draft, 'ringing')
      return
    case 'accept':
      // It may have taken an invite whose delivery was never confirmed.
      if (isOpen(record.status) || record.status === 'offline') choose(draft, device, body.answer)
      return
    case 'decline':
      settle(draft, device, 'declined')
      // a person has said no, at whichever device was nearest: the others need not go on
      if (machine.phase !== 'ended' && body.isHereOnly !== true) {
        sendToOpen(draft, { type: 'cancel', reason: 'declined-elsewhere' })
        end(draft, 'declined')
      }
      return
    case 'busy':
      return settle(draft, device, 'busy')
    case 'bye':
      return settle(draft, device, VERDICT_OF_BYE[body.reason])
    case 'candidate':
    case 'binding':
      return keep(draft, device, record, body)
    default:
      return
  }
}

function choose(draft: Draft, device: string, answer: string): void {
  const { machine } = draft
  setStatus(draft, device, 'chosen')
  machine.chosen = device
  delete machine.rival
  sendToOpen(draft, { type: 'cancel', reason: 'answered-elsewhere' })
  stopTimer(draft, 'answer')
  enter(draft, 'connecting')
  startTimer(draft, 'setup', SETUP_LIMIT_MS)
  draft.outputs.push({ type: 'set-answer', answer })
  releaseCandidates(draft, device)
}

/** From the device that the call is with. */
function onPeerSignal(draft: Draft, device: string, record: DeviceRecord, body: SignalBody): void {
  const { machine } = draft
  switch (body.type) {
    case 'cancel':
      if (machine.role === 'callee') end(draft, END_OF_CANCEL[body.reason])
      return
    case 'bye':
      return end(draft, machine.phase === 'ringing' ? 'cancelled' : END_OF_BYE[body.reason])
    case 'candidate':
      if (machine.phase === 'ringing') keep(draft, device, record, body)
      else takeCandidate(draft, body.candidate)
      return
    case 'binding':
      if (machine.phase !== 'connecting') return
      machine.peerTag ??= body.tag
      return verifyBinding(draft)
    case 'restart':
      return onRestart(draft, body.offer)
    case 'restart-answer':
      if (machine.phase !== 'active' || !machine.isRestarting) return
      machine.isRestarting = false
      machine.candidatesTaken = 0
      draft.outputs.push({ type: 'set-answer', answer: body.answer })
      return
    default:
      return
  }
}

/** An accept that crossed our goodbye: the device learns that there is nobody here any more. */
function onLateSignal(draft: Draft, device: string, body: SignalBody): void {
  if (draft.machine.role !== 'caller' || body.type !== 'accept' || !draft.machine.devices.has(device)) return
  send(draft, device, { type: 'bye', reason: 'hangup' })
}

// Media

function onDescribed(draft: Draft, as: Description, sdp: string): void {
  const { machine } = draft
  switch (as) {
    case 'offer':
      if (machine.role !== 'caller' || machine.isDescribed) return
      sendToOpen(draft, { type: 'invite', offer: sdp })
      return releaseWaiting(draft)
    case 'answer':
      if (machine.role !== 'callee' || machine.isDescribed) return
      sendToPeer(draft, { type: 'accept', answer: sdp })
      return releaseWaiting(draft)
    case 'restart':
      if (machine.phase === 'active' && machine.isRestarting) sendToPeer(draft, { type: 'restart', offer: sdp })
      return
    case 'restart-answer':
      if (machine.phase === 'active') sendToPeer(draft, { type: 'restart-answer', answer: sdp })
      return
  }
}

/** Our tag leaves at once, without waiting for the peer's: one trip less before the first word. */
function onConnected(draft: Draft, tag: Uint8Array, expectedTag: Uint8Array): void {
  const { machine } = draft
  if (machine.phase !== 'connecting' || machine.expectedTag !== undefined) return
  machine.expectedTag = expectedTag
  sendToPeer(draft, { type: 'binding', tag })
  verifyBinding(draft)
}

function verifyBinding(draft: Draft): void {
  const { machine } = draft
  if (machine.expectedTag === undefined || machine.peerTag === undefined) return
  if (!isSameTag(machine.expectedTag, machine.peerTag)) {
    sayGoodbye(draft, 'failed')
    return end(draft, 'failed')
  }
  stopTimer(draft, 'setup')
  machine.heardAtMs = draft.nowMs
  enter(draft, 'active')
  startTimer(draft, 'watch', WATCH_EVERY_MS)
}

function onMediaFailed(draft: Draft): void {
  const cause = draft.machine.phase === 'active' ? 'lost' : 'failed'
  sayGoodbye(draft, cause)
  end(draft, cause)
}

/** The peer offers a new path. When both do at once, the caller's offer stands. */
function onRestart(draft: Draft, offer: string): void {
  const { machine, nowMs } = draft
  if (machine.phase !== 'active' || nowMs - machine.restartTakenAtMs < RESTART_EVERY_MS) return
  if (machine.isRestarting && machine.role === 'caller') return
  machine.isRestarting = false
  machine.restartTakenAtMs = nowMs
  machine.candidatesTaken = 0
  draft.outputs.push({ type: 'describe', as: 'restart-answer', offer })
}

// Time

function onTimer(draft: Draft, name: TimerName): void {
  const { machine } = draft
  if (!machine.timers.has(name)) return
  machine.timers = new Set([...machine.timers].filter((other) => other !== name))
  switch (name) {
    case 'answer':
      return onNoAnswer(draft)
    case 'setup':
      sayGoodbye(draft, 'failed')
      return end(draft, 'failed')
    case 'watch':
      return onWatch(draft)
  }
}

function onNoAnswer(draft: Draft): void {
  const { machine } = draft
  if (machine.role === 'callee') return end(draft, 'no-answer')
  const isTaken = [...machine.devices.values()].some(({ status }) => status === 'delivered' || status === 'ringing')
  if (machine.isDescribed) sendToOpen(draft, { type: 'cancel', reason: 'no-answer' })
  end(draft, isTaken ? 'no-answer' : 'offline')
}

function onWatch(draft: Draft): void {
  const { machine, nowMs } = draft
  const quietMs = nowMs - machine.heardAtMs
  if (quietMs >= LOST_AFTER_MS) {
    sayGoodbye(draft, 'lost')
    return end(draft, 'lost')
  }
  if (quietMs >= RESTART_AFTER_MS[machine.role] && machine.restartedAtMs < machine.heardAtMs) {
    machine.restartedAtMs = nowMs
    machine.isRestarting = true
    draft.outputs.push({ type: 'describe', as: 'restart' })
  }
  startTimer(draft, 'watch', WATCH_EVERY_MS)
}
