/** What a server relayed, refused and dropped: numbers only, for its owner. */

export type DropReason =
  | 'malformed' // no message at all, or one that nobody asked for
  | 'replay' // a request that moves an allocation, a second time
  | 'rate' // strangers' questions beyond their share
  | 'amplification' // an answer larger than the question
  | 'no-allocation'
  | 'no-permission'
  | 'no-channel'
  | 'forbidden' // a peer that may not be reached
  | 'bandwidth'
  | 'congestion' // a stream whose client does not read
  | 'stream' // one too many, silent, or none of TURN

export interface TurnStats {
  allocations: number
  streams: number
  /** Once for each packet, whichever way. */
  relayedPackets: number
  relayedBytes: number
  /** By the code of the answer. */
  refused: Record<number, number>
  dropped: Record<DropReason, number>
}

export class Counters {
  relayedPackets = 0
  relayedBytes = 0
  readonly refused: Record<number, number> = {}
  readonly dropped: Record<DropReason, number> = {
    malformed: 0,
    replay: 0,
    rate: 0,
    amplification: 0,
    'no-allocation': 0,
    'no-permission': 0,
    'no-channel': 0,
    forbidden: 0,
    bandwidth: 0,
    congestion: 0,
    stream: 0,
  }

  relay(bytes: number): void {
    this.relayedPackets++
    this.relayedBytes += bytes
  }

  refuse(code: number): void {
    this.refused[code] = (this.refused[code] ?? 0) + 1
  }

  drop(reason: DropReason): void {
    this.dropped[reason]++
  }
}
