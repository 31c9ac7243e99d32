/** ICE candidates of both sides, kept until they may be used: ours until we may tell, the peer's until it is chosen. */

import { type Draft, sendToPeer, setRecord } from './draft.ts'
import { CANDIDATES_MAX, type DeviceRecord } from './machine.ts'
import type { SignalBody } from './signal.ts'

export function offerCandidate(draft: Draft, candidate: string): void {
  const { machine } = draft
  if (machine.isDescribed) sendToPeer(draft, { type: 'candidate', candidate })
  else if (machine.waiting.length < CANDIDATES_MAX) machine.waiting = [...machine.waiting, candidate]
}

/** Our invite or accept has just left. */
export function releaseWaiting(draft: Draft): void {
  const { waiting } = draft.machine
  draft.machine.isDescribed = true
  draft.machine.waiting = []
  for (const candidate of waiting) sendToPeer(draft, { type: 'candidate', candidate })
}

/** Remembers what came before it can be used. */
export function keep(draft: Draft, device: string, record: DeviceRecord, body: SignalBody): void {
  if (body.type === 'binding') setRecord(draft, device, { ...record, tag: record.tag ?? body.tag })
  if (body.type !== 'candidate' || record.candidates.length >= CANDIDATES_MAX) return
  setRecord(draft, device, { ...record, candidates: [...record.candidates, body.candidate] })
}

/** The device has just been chosen. */
export function releaseCandidates(draft: Draft, device: string): void {
  const record = draft.machine.devices.get(device)
  if (record === undefined) return
  if (record.tag !== undefined) draft.machine.peerTag = record.tag
  for (const candidate of record.candidates) takeCandidate(draft, candidate)
  setRecord(draft, device, { status: record.status, candidates: [] })
}

export function takeCandidate(draft: Draft, candidate: string): void {
  if (draft.machine.candidatesTaken >= CANDIDATES_MAX) return
  draft.machine.candidatesTaken += 1
  draft.outputs.push({ type: 'add-candidate', candidate })
}
