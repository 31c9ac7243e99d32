/** Several ways to one thing, begun one after the other; the first that leads there wins (RFC 8305, in its spirit). */

export interface Attempt<T> {
  /** After the start of the race, or sooner: when all that were begun before have failed. */
  afterMs: number
  begin(signal: AbortSignal): Promise<T>
}

/**
 * Resolves to the first success; the others are aborted, and what one of them still brings goes to `release`. Rejects
 * with the first failure's reason when all failed, or with the signal's.
 */
export function race<T>(attempts: readonly Attempt<T>[], release: (late: T) => void, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController()
    const waiting = attempts.toSorted((a, b) => a.afterMs - b.afterMs)
    const startedMs = performance.now()
    let timer: NodeJS.Timeout | undefined
    let running = 0
    let failure: Error | undefined
    let isOver = false

    const over = (): void => {
      isOver = true
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      controller.abort()
    }
    const onAbort = (): void => {
      over()
      reject(signal.reason as Error)
    }
    const next = (): void => {
      clearTimeout(timer)
      const [attempt] = waiting
      if (attempt === undefined) {
        if (running > 0) return
        over()
        reject(failure ?? new Error('there is no way'))
        return
      }
      const inMs = running === 0 ? 0 : attempt.afterMs - (performance.now() - startedMs)
      if (inMs > 0) {
        timer = setTimeout(next, inMs)
        return
      }
      waiting.shift()
      running++
      void begin(attempt) // cannot reject
      next()
    }
    const begin = async (attempt: Attempt<T>): Promise<void> => {
      try {
        const won = await attempt.begin(controller.signal)
        if (isOver) return release(won)
        over()
        resolve(won)
      } catch (error) {
        running--
        failure ??= error as Error
        if (!isOver) next()
      }
    }
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    next()
  })
}
