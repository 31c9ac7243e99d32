/**
 * Properties for tests and, with more runs, for the fuzz: `FC_RUNS` sets how many cases, `FC_SEED` repeats a run.
 * A failure names its seed and path.
 */

import fc from 'fast-check'

const runs = Number(process.env['FC_RUNS'] ?? 100)
const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)
let isSeedSaid = false

/**
 * Checks a property over arbitrary cases; with `fc.asyncProperty`, await it. `runsMin` is for one whose rare cases
 * a hundred would not meet.
 */
export function holds<T>(property: fc.IProperty<T>, runsMin?: number): void
export function holds<T>(property: fc.IAsyncProperty<T>, runsMin?: number): Promise<void>
export function holds<T>(property: fc.IProperty<T> | fc.IAsyncProperty<T>, runsMin = 0): void | Promise<void> {
  if (!isSeedSaid) console.error(`FC_SEED=${seed} FC_RUNS=${runs}`)
  isSeedSaid = true
  return fc.assert(property as fc.IProperty<T>, { numRuns: Math.max(runs, runsMin), seed, endOnFailure: false })
}
