/** Waiting for an event, but not for ever, and not longer than somebody wants to. */

import { TincanError } from './errors.ts'
import type { Clock } from './lib/clock.ts'

export interface WaitOptions {
  clock: Clock
  maxMs: number
  signal?: AbortSignal | undefined
}

/** Resolves when `arm`'s callback is called, or it is too late. Rejects ABORTED. */
export async function waitFor(arm: (done: () => void) => void, { clock, maxMs, signal }: WaitOptions): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const done = (): void => resolve()
  const cancel = clock.after(maxMs, done)
  signal?.addEventListener('abort', done, { once: true })
  if (signal?.aborted === true) done()
  arm(done)
  await promise
  cancel()
  signal?.removeEventListener('abort', done)
  if (isAborted(signal)) throw new TincanError('ABORTED', 'Aborted.')
}

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted ?? false
