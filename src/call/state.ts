/**
 * One call at one end, as a pure state machine: idle → inviting → ringing → connecting → active → ended.
 * `step` takes an input and the time, and returns the next state and what to do; it owns no timer, socket or promise.
 * Signals may come late, twice, out of order or from the wrong device, and none of that may do harm.
 * How media is agreed, also while the call rings, is in `media-setup.ts`; what an active call does about silence in
 * `silence.ts`. Left out: hold and transfer.
 */

import { strict as assert } from 'node:assert'

import { hearCandidates, offerCandidate, releaseWaiting } from './candidates.ts'
import {
  type Draft,
  closeMedia,
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
import { ANSWER_LIMIT_MS, DEVICES_MAX, RINGING_GRACE_MS, SETUP_LIMIT_MS, isOpen, newRecord } from './machine.ts'
import type { CallMachine, DeviceRecord, Input, Offered, Rival, Step, TimerName } from './machine.ts'
import {
  acceptOffer,
  hearRelays,
  onConnected,
  onDescribed,
  onMediaFailed,
  onNewOffer,
  onTrusted,
  takeAnswer,
  takeEarlyAnswer,
  takeNewAnswer,
} from './media-setup.ts'
import type { SignalBody } from './signal.ts'
import { onHeard, onPath, onWatch } from './silence.ts'

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
      return onInvited(draft, input.device, input)
    case 'trusted':
      return onTrusted(draft)
    case 'glare':
      return onGlare(draft, input)
    case 'accept':
      if (machine.role === 'callee' && machine.phase === 'ringing') onAccept(draft)
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
      return onConnected(draft)
    case 'media-failed':
      return onMediaFailed(draft)
    case 'heard':
      return onHeard(draft)
    case 'path':
      return onPath(draft, input.isAlive)
    case 'timer':
      return onTimer(draft, input.name)
  }
}

// Local acts

function onDial(draft: Draft, devices: readonly string[]): void {
  const { machine } = draft
  assert.ok(machine.phase === 'idle' && machine.role === 'caller', 'a call is dialled once')
  assert.ok(devices.length > 0 && devices.length <= DEVICES_MAX, 'a call goes to 1–16 devices')
  machine.devices = new Map(devices.map((device) => [device, newRecord('invited')]))
  machine.hasSession = true
  enter(draft, 'inviting')
  startTimer(draft, 'answer', ANSWER_LIMIT_MS)
  draft.outputs.push({ type: 'describe', as: 'offer' })
}

/** The callee's accept, made by its user or, in glare, by its having called too. */
function onAccept(draft: Draft): void {
  stopTimer(draft, 'answer')
  enter(draft, 'connecting')
  startTimer(draft, 'setup', SETUP_LIMIT_MS)
  acceptOffer(draft)
}

function onHangup(draft: Draft): void {
  const { machine } = draft
  sayGoodbye(draft, 'hangup')
  if (machine.phase === 'connecting' || machine.phase === 'active') end(draft, 'hangup')
  else end(draft, machine.role === 'caller' ? 'cancelled' : 'declined')
}

// Invites

function onInvited(draft: Draft, device: string, { offer, relays }: Offered): void {
  const { machine } = draft
  assert.ok(machine.phase === 'idle' && machine.role === 'callee', 'an invite begins a call')
  machine.devices = new Map([[device, newRecord('chosen', relays)]])
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
  const { callId, device, offer, relays } = rival
  machine.rival = { callId, device, offer, ...(relays !== undefined && { relays }) }
}

/** Our own invite loses: this call goes on as the callee of theirs, and accepts at once. */
function yieldTo(draft: Draft, { callId, device, offer, relays }: Rival): void {
  const { machine } = draft
  if (machine.isDescribed) sendToOpen(draft, { type: 'cancel', reason: 'answered-elsewhere' })
  closeMedia(draft)
  draft.outputs.push({ type: 'renamed', callId })
  delete machine.rival
  machine.role = 'callee'
  machine.callId = callId
  machine.devices = new Map([[device, newRecord('chosen', relays)]])
  machine.chosen = device
  machine.offer = offer
  machine.isDescribed = false
  onAccept(draft)
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
      hearRelays(draft, device, body.relays)
      if (body.answer !== undefined) takeEarlyAnswer(draft, device, body.answer)
      return
    case 'accept':
      // It may have taken an invite whose delivery was never confirmed.
      if (isOpen(record.status) || record.status === 'offline') choose(draft, device, body)
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
    case 'candidates':
      return hearCandidates(draft, device, record, body.candidates)
    default:
      return
  }
}

function choose(draft: Draft, device: string, { answer, relays }: Extract<SignalBody, { type: 'accept' }>): void {
  const { machine } = draft
  setStatus(draft, device, 'chosen')
  machine.chosen = device
  delete machine.rival
  sendToOpen(draft, { type: 'cancel', reason: 'answered-elsewhere' })
  stopTimer(draft, 'answer')
  enter(draft, 'connecting')
  startTimer(draft, 'setup', SETUP_LIMIT_MS)
  hearRelays(draft, device, relays)
  takeAnswer(draft, device, answer)
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
    case 'candidates':
      return hearCandidates(draft, device, record, body.candidates)
    case 'invite':
      return onNewOffer(draft, body)
    case 'accept':
      return takeNewAnswer(draft, device, body.answer)
    default:
      return
  }
}

/** An accept that crossed our goodbye: the device learns that there is nobody here any more. */
function onLateSignal(draft: Draft, device: string, body: SignalBody): void {
  if (draft.machine.role !== 'caller' || body.type !== 'accept' || !draft.machine.devices.has(device)) return
  send(draft, device, { type: 'bye', reason: 'hangup' })
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
    case 'candidates':
      return releaseWaiting(draft)
  }
}

function onNoAnswer(draft: Draft): void {
  const { machine } = draft
  if (machine.role === 'callee') return end(draft, 'no-answer')
  const isTaken = [...machine.devices.values()].some(({ status }) => status === 'delivered' || status === 'ringing')
  if (machine.isDescribed) sendToOpen(draft, { type: 'cancel', reason: 'no-answer' })
  end(draft, isTaken ? 'no-answer' : 'offline')
}
