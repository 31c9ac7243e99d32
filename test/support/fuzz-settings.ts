/** What a fuzz run asks of fast-check, by `FC_RUNS` and `FC_SEED`; undefined in a plain test run. */

const { FC_RUNS, FC_SEED } = process.env

export const FUZZ = FC_RUNS === undefined ? undefined : { numRuns: Number(FC_RUNS), seed: Number(FC_SEED ?? 1) }
