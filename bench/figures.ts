/** What was measured, and how it is written down. */

import { availableParallelism, loadavg } from 'node:os'

export type Unit = 'ms' | '/s' | 'µs' | 'MB' | 'KB' | '% of a core' | 'bytes' | '×'

export interface Figure {
  value: number
  unit: Unit
  /** What was measured, in a line. */
  how: string
}

export type Figures = Record<string, Figure>

/** One noun that is measured. */
export interface Benchmark {
  /** The figures it gives. */
  names: readonly string[]
  measure(stage: Stage): Promise<Figures>
}

/** What benchmarks share. */
export interface Stage {
  /** The same for all benchmarks of a run. */
  readonly run: object
  /** Says on stderr how far it is. */
  note: (text: string) => void
  /** Ends with the run. */
  keep: <T extends AsyncDisposable>(held: T) => T
}

/** The nearest rank; `share` from 0 to 1. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = Math.max(0, Math.ceil(share * sorted.length) - 1)
  const value = sorted[at]
  if (value === undefined) throw new RangeError('nothing was measured')
  return value
}

export const median = (samples: readonly number[]): number => percentile(samples, 0.5)

/** `least to most`, for a line about samples. */
export const spread = (samples: readonly number[]): string =>
  `${written(Math.min(...samples))} to ${written(Math.max(...samples))}`

export function asJson(figures: Figures): string {
  const results = Object.entries(figures).map(([name, { value, unit }]) => [name, { value: rounded(value), unit }])
  return JSON.stringify({ v: 1, results: Object.fromEntries(results) })
}

const loadBefore = loadavg()[0] ?? 0

/** The load is that of the minute before: what else runs on the machine is in every figure. */
export function asTable(figures: Figures): string {
  const rows = Object.entries(figures).map(([name, { value, unit, how }]) => [name, written(value), unit, how] as const)
  const widths = ([0, 1, 2] as const).map((column) => Math.max(...rows.map((row) => row[column].length)))
  const [name = 0, value = 0, unit = 0] = widths
  const lines = rows.map((row) => `${row[0].padEnd(name)}  ${row[1].padStart(value)} ${row[2].padEnd(unit)}  ${row[3]}`)
  const machine = `${availableParallelism()} cores, Node ${process.versions.node}, ${process.platform} ${process.arch}, load ${loadBefore.toFixed(1)} before the run`
  return [machine, '', ...lines].join('\n')
}

/** Three digits are more than a second run would repeat. */
const rounded = (value: number): number => (value >= 1000 ? Math.round(value) : Number(value.toPrecision(3)))

const written = (value: number): string => rounded(value).toLocaleString('en', { maximumFractionDigits: 3 })
