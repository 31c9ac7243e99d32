/**
 * Preloaded into every test process. When the runner gives up waiting it sends SIGUSR2: say what is still open. In a
 * fuzz run it tells fast-check how many cases, and from which seed.
 */

import { FUZZ } from './fuzz-settings.ts'

if (FUZZ !== undefined) {
  const { configureGlobal } = await import('fast-check')
  configureGlobal(FUZZ)
}

process.on('SIGUSR2', () => {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const open = [...counts].map(([kind, count]) => `${kind} ×${count}`).join(', ')
  process.stderr.write(`Still open: ${open || 'nothing: a promise that never settles'}\n`, () => process.exit(1))
})
