/** Ctrl-C and its kin: the first one ends what is going on in good order, the second quits at once. */

import { EXIT } from './failure.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface Interrupt {
  /** Aborts at the first signal, for those who wait. */
  signal: AbortSignal
  /** Which signal came; undefined before the first. */
  by: (typeof SIGNALS)[number] | undefined
  /** Puts another act in place of the abort for the first signal, as hanging up an active call is. */
  onFirst: (() => void) | undefined
}

export function watchInterrupt(): Interrupt {
  const aborter = new AbortController()
  const interrupt: Interrupt = { signal: aborter.signal, by: undefined, onFirst: undefined }
  for (const name of SIGNALS) {
    process.on(name, () => {
      if (interrupt.by !== undefined) process.exit(EXIT.interrupted)
      interrupt.by = name
      if (interrupt.onFirst === undefined) aborter.abort()
      else interrupt.onFirst()
    })
  }
  // Started by a program that has gone, as the demo's nodes are when it is killed.
  process.once('disconnect', () => {
    interrupt.by ??= 'SIGHUP'
    aborter.abort()
  })
  return interrupt
}
