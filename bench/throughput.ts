/** How often something can be done, with so many of it under way at any moment. */

export interface Load {
  atOnce: number
  /** Not counted: code is compiled, caches fill. */
  warmUpMs: number
  measuredMs: number
}

export async function perSecond(act: () => Promise<void>, { atOnce, warmUpMs, measuredMs }: Load): Promise<number> {
  await repeat(act, atOnce, warmUpMs)
  const startedMs = performance.now()
  const done = await repeat(act, atOnce, measuredMs)
  return (done * 1000) / (performance.now() - startedMs)
}

async function repeat(act: () => Promise<void>, atOnce: number, durationMs: number): Promise<number> {
  const startedMs = performance.now()
  let done = 0
  const worker = async () => {
    while (performance.now() - startedMs < durationMs) {
      await act()
      done++
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return done
}

/** Does each of `acts` once, so many at a time. */
export async function each<T>(acts: Iterable<T>, atOnce: number, act: (each: T) => Promise<void>): Promise<void> {
  const waiting = acts[Symbol.iterator]()
  const worker = async () => {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) await act(next.value)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
