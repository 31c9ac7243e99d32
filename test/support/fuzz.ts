/**
 * `node test/support/fuzz.ts [runs] [word…]`: the properties of the tests with many more cases (10,000 unless told),
 * one file at a time. It prints the seed first; `FC_SEED=<seed>` repeats the run.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { endRunning, findTestFiles, ROOT, runTestFile } from './test-file.ts'

const FILE_MAX_MS = 30 * 60_000

const words = process.argv.slice(2)
const runs = /^\d+$/.test(words[0] ?? '') ? Number(words.shift()) : 10_000
const seed = process.env['FC_SEED'] ?? String(Date.now() % 2 ** 31)
const files = findTestFiles(words).filter((file) => readFileSync(join(ROOT, file), 'utf8').includes('fast-check'))
if (files.length === 0) {
  console.error('No such test file has properties.')
  process.exit(1)
}
process.once('SIGINT', () => {
  endRunning()
  process.exit(130)
})

console.log(`seed ${seed}, ${runs} cases a property`)
for (const path of files) {
  const result = await runTestFile(path, FILE_MAX_MS, { FC_RUNS: String(runs), FC_SEED: seed })
  console.log(`${result.failed > 0 ? 'FAIL' : 'ok  '} ${path}  ${(result.ms / 1000).toFixed(1)} s`)
  if (result.failed > 0) {
    console.log(`${result.fault ?? ''}\n${result.output}`.trim())
    process.exitCode = 1
  }
}
