/** Hedged requests (Dean & Barroso, The Tail at Scale, 2013): the next choice starts when the last fails or is slow. */

import type { Clock } from './clock.ts'

/**
 * Runs `attempts` in order, each started once the one before has failed or `slowMs` has passed. Resolves to the first
 * success; rejects with the last failure, or RangeError when there is nothing to try.
 */
export function hedged<T>(attempts: (() => Promise<T>)[], slowMs: number, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    let started = 0
    let failed = 0
    let isSettled = false
    let cancel: (() => void) | undefined
    const startNext = () => {
      cancel?.()
      const attempt = attempts[started]
      if (isSettled || attempt === undefined) return
      started++
      cancel = clock.after(slowMs, startNext)
      attempt().then(
        (value) => {
          isSettled = true
          cancel?.()
          resolve(value)
        },
        (error: unknown) => {
          failed++
          if (failed === attempts.length) {
            cancel?.()
            reject(error as Error)
          } else if (failed === started) startNext()
        },
      )
    }
    if (attempts.length === 0) reject(new RangeError('nothing to try'))
    else startNext()
  })
}
