/** Asking several at once until enough have answered: some are slow, some hang, some have nothing to say. */

import type { Clock } from './clock.ts'

export interface PollOptions<T> {
  /** How many are asked at first; the next when one of them has nothing, when so many are not enough, or each `slowMs`. */
  abreast: number
  slowMs: number
  /** Whether these answers are enough to stop. */
  isEnough: (answers: T[]) => boolean
  clock: Clock
}

/** The answers so far, when there are enough or all have been asked and are settled. Asks must not reject. */
export function poll<T>(asks: (() => Promise<T | undefined>)[], options: PollOptions<T>): Promise<T[]> {
  const { abreast, slowMs, isEnough, clock } = options
  return new Promise((resolve) => {
    const answers: T[] = []
    let started = 0
    let settled = 0
    let isOver = false
    let cancel: (() => void) | undefined
    const finish = () => {
      isOver = true
      cancel?.()
      resolve(answers)
    }
    const startNext = () => {
      const ask = asks[started]
      if (isOver || ask === undefined) return
      started++
      void ask().then((answer) => {
        settled++
        if (isOver) return
        if (answer !== undefined) answers.push(answer)
        if (settled === asks.length || isEnough(answers)) finish()
        else if (answer === undefined || answers.length >= abreast) startNext() // no answer, or answers that differ
      })
    }
    const startLate = () => {
      if (isOver || started >= asks.length) return
      cancel = clock.after(slowMs, () => {
        startNext()
        startLate()
      })
    }
    if (asks.length === 0) return finish()
    for (let i = 0; i < abreast; i++) startNext()
    startLate()
  })
}
