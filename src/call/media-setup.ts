/**
 * How the media of a call is agreed, and agreed anew.
 *
 * A callee that trusts its caller answers the offer while it rings; the answer leaves with a second `ringing`, candidates
 * follow, and a path may stand before anybody accepts. A caller that invited one device alone uses that answer; otherwise
 * the accept, which repeats it, is the first it uses. Nobody else learns of the callee's addresses before the accept.
 *
 * When the media fails while the call rings, nobody is told: that end closes its session. At the accept
 * - a callee without a session answers the offer again, with a new session;
 * - a caller without one, or whose session goes by another answer, invites the device that accepted once more, with a new
 *   offer; that device answers with another accept. Once a call, within the time that any set-up has.
 */

import { strict as assert } from 'node:assert'

import { releaseCandidates, releaseWaiting } from './candidates.ts'
import { type Draft, closeMedia, end, isMediaInUse, sayGoodbye, sendToPeer, setRecord } from './draft.ts'
import type { Description, Offered } from './machine.ts'
import { activate } from './silence.ts'

// The callee

/** Its addresses leave from here on. */
function answerOffer(draft: Draft): void {
  const { machine } = draft
  const { chosen, offer } = machine
  assert.ok(chosen !== undefined && offer !== undefined, 'a callee knows who calls, and the offer')
  machine.hasSession = true
  tellRelays(draft, chosen)
  draft.outputs.push({ type: 'describe', as: 'answer', offer })
  releaseCandidates(draft, chosen)
}

export function onTrusted(draft: Draft): void {
  const { role, phase, hasSession } = draft.machine
  if (role === 'callee' && phase === 'ringing' && !hasSession) answerOffer(draft)
}

/** The user has accepted: with what there is of the media already. */
export function acceptOffer(draft: Draft): void {
  const { machine } = draft
  if (machine.answer !== undefined) sendAccept(draft, machine.answer)
  else if (!machine.hasSession) answerOffer(draft)
  if (machine.isConnected) activate(draft)
}

/** The caller's media has failed while we rang: ours begins anew as well, under a call that goes on. */
export function onNewOffer(draft: Draft, { offer, relays }: Offered): void {
  const { machine } = draft
  if (machine.role !== 'callee' || !machine.isAccepted || machine.isRenewed || machine.offer === offer) return
  machine.isRenewed = true
  closeMedia(draft)
  machine.isDescribed = false
  machine.offer = offer
  if (machine.chosen !== undefined) hearRelays(draft, machine.chosen, relays)
  answerOffer(draft)
}

function sendAccept(draft: Draft, answer: string): void {
  draft.machine.isAccepted = true
  sendToPeer(draft, { type: 'accept', answer })
}

// The caller

/** What the chosen device accepts with. */
export function takeAnswer(draft: Draft, device: string, answer: string): void {
  const { machine } = draft
  if (!machine.hasSession || (machine.answer !== undefined && machine.answer !== answer)) renew(draft, device, answer)
  else if (machine.answer === undefined) useAnswer(draft, device, answer)
  else if (machine.isConnected) activate(draft)
}

export function takeEarlyAnswer(draft: Draft, device: string, answer: string): void {
  const { devices, hasSession, answer: known } = draft.machine
  if (devices.size === 1 && hasSession && known === undefined) useAnswer(draft, device, answer)
}

/** To the offer that we made anew. */
export function takeNewAnswer(draft: Draft, device: string, answer: string): void {
  const { phase, isRenewed, isDescribed, answer: known, spentAnswer } = draft.machine
  if (phase !== 'connecting' || !isRenewed || !isDescribed || known !== undefined || answer === spentAnswer) return
  useAnswer(draft, device, answer)
}

function useAnswer(draft: Draft, device: string, answer: string): void {
  draft.machine.answer = answer
  tellRelays(draft, device)
  draft.outputs.push({ type: 'set-answer', answer })
  releaseCandidates(draft, device)
}

function renew(draft: Draft, device: string, spentAnswer: string): void {
  const { machine } = draft
  closeMedia(draft)
  machine.isRenewed = true
  machine.isDescribed = false
  machine.spentAnswer = spentAnswer
  const record = machine.devices.get(device)
  if (record !== undefined) setRecord(draft, device, { ...record, candidates: [] })
  machine.hasSession = true
  draft.outputs.push({ type: 'describe', as: 'offer' })
}

// Both

export function onDescribed(draft: Draft, as: Description, sdp: string): void {
  const { machine } = draft
  if (as !== (machine.role === 'caller' ? 'offer' : 'answer') || !machine.hasSession || machine.isDescribed) return
  if (as === 'offer') sendToPeer(draft, { type: 'invite', offer: sdp })
  else {
    machine.answer = sdp
    if (machine.phase === 'ringing') sendToPeer(draft, { type: 'ringing', answer: sdp })
    else sendAccept(draft, sdp)
  }
  releaseWaiting(draft)
}

/** What comes over the session counts from the accept on: its keys came in sealed signals of the chosen device. */
export function onConnected(draft: Draft): void {
  const { machine } = draft
  if (machine.answer === undefined) return
  machine.isConnected = true
  if (machine.phase === 'connecting') activate(draft)
}

export function onMediaFailed(draft: Draft): void {
  const { machine } = draft
  if (!machine.hasSession) return
  const isEarly = machine.role === 'callee' ? machine.phase === 'ringing' : machine.chosen === undefined
  if (isEarly && isMediaInUse(machine)) {
    closeMedia(draft)
    if (machine.role === 'callee') machine.isDescribed = false
    return
  }
  const cause = machine.phase === 'active' ? 'lost' : 'failed'
  sayGoodbye(draft, cause)
  end(draft, cause)
}

export function hearRelays(draft: Draft, device: string, relays: Uint8Array | undefined): void {
  const record = draft.machine.devices.get(device)
  if (record === undefined || relays === undefined) return
  if (record.relays !== undefined && Buffer.compare(record.relays, relays) === 0) return
  setRecord(draft, device, { ...record, relays })
  if (isMediaInUse(draft.machine)) tellRelays(draft, device)
}

function tellRelays(draft: Draft, device: string): void {
  const relays = draft.machine.devices.get(device)?.relays
  if (relays !== undefined) draft.outputs.push({ type: 'peer-relays', device, relays })
}
