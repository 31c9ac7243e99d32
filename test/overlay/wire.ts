/** Two ends of a stream in this process, for what speaks over a FrameStream: frames arrive whole, in order, later. */

import type { FrameStream } from '../../src/overlay/rpc.ts'

export interface WireEnd extends FrameStream {
  /** Why this end or the other gave up; undefined while the stream is open. */
  readonly abortedFor: string | undefined
}

export function wire(): [WireEnd, WireEnd] {
  let abortedFor: string | undefined
  const closeActs: (() => void)[] = []
  const takers: ((frame: Uint8Array) => void)[] = []
  const end = (own: number): WireEnd => ({
    get abortedFor() {
      return abortedFor
    },
    send(frame) {
      const copy = Uint8Array.from(frame)
      setImmediate(() => {
        if (abortedFor === undefined) takers[1 - own]?.(copy)
      })
    },
    onFrame(take) {
      takers[own] = take
    },
    onClose(act) {
      closeActs.push(act)
    },
    abort(reason) {
      if (abortedFor !== undefined) return
      abortedFor = reason
      setImmediate(() => closeActs.forEach((act) => act()))
    },
  })
  return [end(0), end(1)]
}
