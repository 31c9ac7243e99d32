/** What strangers, and hostile peers, sent in vain: one counter a reason, for the whole process. */

export type DropReason =
  | 'stun-unauthenticated'
  | 'stun-wrong-user'
  | 'stun-too-many-sources'
  | 'foreign-source'
  | 'rtp-header'
  | 'packet-size'
  | 'dtls-record'
  | 'dtls-handshake'
  | 'srtp-replay'
  | 'srtp-too-many-sources'
  | 'candidate-nonsense'
  | 'candidate-refused'
  | 'candidate-too-many'

const counts = new Map<DropReason, number>()

export function drop(reason: DropReason): void {
  counts.set(reason, dropped(reason) + 1)
}

export const dropped = (reason: DropReason): number => counts.get(reason) ?? 0
