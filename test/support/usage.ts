/** What this process uses. */

export interface Usage {
  cpuMs: number
  rssBytes: number
  atMs: number
}

export interface Memory {
  rssBytes: number
  /** Objects, and what lies outside of the heap but belongs to them. */
  heldBytes: number
}

export function usage(): Usage {
  const { user, system } = process.cpuUsage()
  return { cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss(), atMs: performance.now() }
}

/** After all garbage is gone; the process must have been started with --expose-gc. */
export function cleanMemory(): Memory {
  if (globalThis.gc === undefined) throw new Error('start it with --expose-gc')
  for (let i = 0; i < 3; i++) globalThis.gc()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rssBytes: rss, heldBytes: heapUsed + external }
}
