/**
 * Properties for tests and, with more runs, for the fuzz: `FC_RUNS` sets how many cases, `FC_SEED` repeats a run.
 * A failure names its seed and path.
 */

import fc from 'fast-check'

const runs = Number(process.env['FC_RUNS'] ?? 100)
const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)
let isSeedSaid = false

/** Checks a property over arbitrary cases; with `fc.asyncProperty`, await it. */
export function holds<T>(property: fc.IProperty<T>): void
export function holds<T>(property: fc.IAsyncProperty<T>): Promise<void>
export function holds<T>(property: fc.IProperty<T> | fc.IAsyncProperty<T>): void | Promise<void> {
  if (!isSeedSaid) console.error(`FC_SEED=${seed} FC_RUNS=${runs}`)
  isSeedSaid = true
  return fc.assert(property as fc.IProperty<T>, { numRuns: runs, seed, endOnFailure: false })
}
