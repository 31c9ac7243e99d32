/** What strangers, and hostile peers, sent in vain: one counter a reason, for the whole process. */

export type DropReason =
  | 'candidate-nonsense'
  | 'candidate-too-many'
  | 'packet-unknown'
  | 'packet-size'
  | 'rtp-header'
  | 'rtp-unwanted'
  | 'rtcp-nonsense'
  | 'rtcp-too-many'
  | 'srtp-refused'
  | 'srtp-replay'
  | 'srtp-too-many-sources'
  | 'dtls-record'
  | 'dtls-handshake'

const counts = new Map<DropReason, number>()

export function drop(reason: DropReason): void {
  counts.set(reason, dropped(reason) + 1)
}

export const dropped = (reason: DropReason): number => counts.get(reason) ?? 0
