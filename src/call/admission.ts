/** What becomes of an invite: it rings, it meets a call of ours to the same person, or we are busy. Pure. */

export interface KnownCall {
  callId: string
  /** Of the other side. */
  accountKey: string
  /** Ours, and nobody has accepted it yet. */
  isUnanswered: boolean
}

export type Admission = { type: 'ring' } | { type: 'busy' } | { type: 'meet'; callId: string }

/** `calls` are those that have not ended; at most `callsMax` run at a time. */
export function admit(accountKey: string, calls: readonly KnownCall[], callsMax: number): Admission {
  const crossing = calls.find((call) => call.isUnanswered && call.accountKey === accountKey)
  if (crossing !== undefined) return { type: 'meet', callId: crossing.callId }
  return calls.length < callsMax ? { type: 'ring' } : { type: 'busy' }
}
