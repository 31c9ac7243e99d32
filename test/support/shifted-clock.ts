/**
 * Imported, or preloaded with `--import`: a process whose clock is off, by `CLOCK_OFF_MS` or as it is told later. The
 * steady clock goes on as if nothing was.
 */

const trueNow = Date.now
let offMs = Number(process.env['CLOCK_OFF_MS'] ?? 0)
let next: { offMs: number; fromMs: number } | undefined

Date.now = () => {
  const nowMs = trueNow()
  if (next !== undefined && nowMs >= next.fromMs) {
    offMs = next.offMs
    next = undefined
  }
  return nowMs + offMs
}

/** From that (true) moment on, or at once; the process need not be running then. */
export function setClock(toOffMs: number, fromMs = trueNow()): void {
  next = { offMs: toOffMs, fromMs }
}
