/**
 * Whoever carries a command out: a node of our own, or the one that already runs in this home, reached over its
 * socket (`remote-line.ts`). What a call tells on its way is the same in both, and the same in `--json`.
 */

import type { Call, CallStats, CallSummary, Lookup, NetworkReport, Node, NodeStatus, Pong } from '../index.ts'
import { type ClaimLine, localClaim } from './claim-line.ts'
import { type ContactLine, nodeContacts } from './contact-line.ts'
import { type DeviceLine, localDevices } from './device-line.ts'

export interface CallRequest {
  username: string
  source: string
  sink: string
  relayOnly?: boolean
}

export interface PingRequest {
  username: string
  count: number
  /** Stop at the first probe that went straight. */
  untilDirect: boolean
}

/** `ms` counts from the moment the call was asked for. */
export type CallProgress =
  | { event: 'calling'; id: string; to: string; verified: boolean; contact?: string; ms: number }
  | { event: 'state'; state: Call['state']; ms: number }
  | { event: 'path'; path: 'direct' | 'relay'; ms: number }
  | ({ event: 'quality'; ms: number } & CallStats)
  | { event: 'source-ended'; ms: number }
  /** With what went wrong in words, when something did. */
  | ({ event: 'ended'; ms: number; message?: string } & CallSummary)

export interface OngoingCall {
  /** Hangs up, or cancels what nobody has answered yet. */
  hangup(): void
  /** Never rejects while the line stands; rejects when the running node goes away. */
  ended: Promise<CallSummary>
}

export interface Line {
  /** Resolves when the callee's device has the invite; rejects like `Node.call`. `hear` gets every step, `ended` last. */
  call(request: CallRequest, hear: (progress: CallProgress) => void, signal: AbortSignal): Promise<OngoingCall>
  lookup(username: string, signal: AbortSignal): Promise<Lookup>
  status(): Promise<NodeStatus>
  netcheck(signal: AbortSignal): Promise<NetworkReport>
  /** `hear` gets each probe. Rejects like `Node.ping`. */
  ping(request: PingRequest, hear: (pong: Pong) => void, signal: AbortSignal): Promise<void>
  claim: ClaimLine
  contacts: ContactLine
  devices: DeviceLine
  stop(): Promise<void>
}

export function localLine(node: Node): Line {
  return {
    async call({ username, source, sink, relayOnly = false }, hear, signal) {
      const startedAt = performance.now()
      const ms = () => Math.round(performance.now() - startedAt)
      const call = await node.call(username, { source, sink, signal, ...(relayOnly && { relayOnly }) })
      const { address: to, verified, contact } = call.peer
      hear({ event: 'calling', id: call.id, to, verified, ...(contact !== undefined && { contact }), ms: ms() })
      if (call.state !== 'inviting') hear({ event: 'state', state: call.state, ms: ms() })
      call.on('state', (state) => hear({ event: 'state', state, ms: ms() }))
      call.on('path', (path) => hear({ event: 'path', path, ms: ms() }))
      call.on('quality', (stats) => hear({ event: 'quality', ms: ms(), ...stats }))
      call.on('sourceEnded', () => hear({ event: 'source-ended', ms: ms() }))
      const answered = call.active.then(
        () => ({}),
        (error: Error) => ({ message: error.message }),
      )
      const ended = call.ended.then(async (summary) => {
        hear({ event: 'ended', ms: ms(), ...summary, ...(await answered) })
        return summary
      })
      return { hangup: () => call.hangup(), ended }
    },
    lookup: (username, signal) => node.lookup(username, { signal }),
    status: () => Promise.resolve(node.status()),
    netcheck: (signal) => node.netcheck({ signal }),
    async ping({ username, count, untilDirect }, hear, signal) {
      for await (const pong of node.ping(username, { count, signal })) {
        hear(pong)
        if (untilDirect && pong.path === 'direct' && pong.rttMs !== undefined) return
      }
    },
    claim: localClaim(node),
    contacts: nodeContacts(node),
    devices: localDevices(node),
    stop: () => node.stop(),
  }
}
