/**
 * Time as an interface with three makers: the system's, one that nobody can set, and a virtual one that moves only
 * when told to. Core modules never see any: they take `now` as an argument. Shells own a Clock.
 */

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Runs `act` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, act: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, act) {
    const timer = setTimeout(act, delayMs)
    return () => clearTimeout(timer)
  },
}

/**
 * For intervals: set by nobody, so that nothing waits for a day because a clock was put back by one. It may stand
 * still while the machine sleeps, and is not to be compared with another machine's.
 */
export const steadyClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after: (delayMs, act) => systemClock.after(delayMs, act),
}

export interface VirtualClock extends Clock {
  /** Moves time forward, running what falls due in order of time, then of arrival. */
  advance(byMs: number): void
}

export function virtualClock(startMs = 0): VirtualClock {
  let nowMs = startMs
  let order = 0
  const due: { atMs: number; order: number; act: () => void }[] = []
  return {
    now: () => nowMs,
    after(delayMs, act) {
      const entry = { atMs: nowMs + Math.max(0, delayMs), order: order++, act }
      due.push(entry)
      return () => {
        const at = due.indexOf(entry)
        if (at >= 0) due.splice(at, 1)
      }
    },
    advance(byMs) {
      const untilMs = nowMs + byMs
      for (;;) {
        due.sort((a, b) => a.atMs - b.atMs || a.order - b.order)
        const next = due[0]
        if (next === undefined || next.atMs > untilMs) break
        due.shift()
        nowMs = Math.max(nowMs, next.atMs)
        next.act()
      }
      nowMs = untilMs
    },
  }
}
