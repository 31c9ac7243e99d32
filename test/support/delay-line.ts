/**
 * A one-way delay on everything that this process receives, by TCP and by udx (HyperDHT's transport over UDP), as if the
 * machines were that far apart. Every process of a network must have it.
 *
 * A line of fixed length: what comes in is handed on that much later, in order, whole, with no limit of bandwidth and no
 * loss. A TCP connection is open for whoever dialled it one round trip later. What it leaves out: the kernels still
 * acknowledge at once, so windows open as on a short path, which only what is longer than ten packets would notice.
 */

import { Socket } from 'node:net'

let delayMs = 0

/** From now on; what is under way keeps its place. */
export function setDelay(oneWayMs: number): void {
  delayMs = oneWayMs
}

const lines = new WeakMap<object, (() => void)[]>()

/** Has `act` done when it has come through the line that leads to `receiver`. */
export function delayed(receiver: object, act: () => void, trips = 1): void {
  const line = lines.get(receiver) ?? []
  if (delayMs === 0 && line.length === 0) return act()
  lines.set(receiver, line)
  line.push(act)
  // whichever timer is first delivers whatever is first
  setTimeout(() => line.shift()?.(), trips * delayMs)
}

export interface Emitter {
  emit: (this: Emitter, event: string, ...args: unknown[]) => boolean
}

interface Receiver {
  destroyed: boolean
  push: (this: Receiver, chunk: unknown) => boolean
}

/** Delays what a class of streams receives. */
export function delayReceived(prototype: object): void {
  const stream = prototype as Receiver
  const { push } = stream
  stream.push = function (chunk) {
    delayed(this, () => {
      if (!this.destroyed) push.call(this, chunk)
    })
    return true
  }
}

delayReceived(Socket.prototype)

const emitter = Socket.prototype as unknown as Emitter
const { emit } = emitter
emitter.emit = function (event, ...args) {
  // SYN and its answer; `ready` follows `connect`, and the line keeps them in order
  if (event === 'connect') delayed(this, () => void emit.call(this, event, ...args), 2)
  else if (event === 'ready') delayed(this, () => void emit.call(this, event, ...args), 2)
  else return emit.call(this, event, ...args)
  return true
}
