/** `node test/support/run.ts [word…]`: runs the test files whose path contains a word (all without one), two at a time. */

import { endRunning, type FileResult, findTestFiles, runTestFile } from './test-file.ts'

const FILE_MAX_MS = 300_000
const ABREAST = 2
/** They judge the sound of calls between many processes: beside another test they would judge the machine. */
const ALONE = new Set(['test/cli/demo.test.ts', 'test/nat/lab.test.ts'])

const words = process.argv.slice(2)
const files = findTestFiles(words)
if (files.length === 0) {
  console.error(words.length === 0 ? 'There are no tests.' : `No test file has ${words.join(' or ')} in its path.`)
  process.exit(1)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    endRunning()
    process.exit(130)
  })
}

const results: FileResult[] = []
const [alone, waiting] = [files.filter((file) => ALONE.has(file)), files.filter((file) => !ALONE.has(file))]
await Promise.all(Array.from({ length: ABREAST }, () => work(waiting)))
await work(alone)

const sum = (key: 'passed' | 'failed' | 'skipped') => results.reduce((total, result) => total + result[key], 0)
for (const { path, fault, failed } of results) {
  if (failed > 0) console.log(`failed: ${path}${fault === undefined ? '' : ` (${fault})`}`)
}
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`)
process.exitCode = sum('failed') > 0 ? 1 : 0

async function work(waiting: string[]): Promise<void> {
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const result = await runTestFile(path, FILE_MAX_MS)
    results.push(result)
    const why = /^skipped: (.*)$/m.exec(result.output)?.[1]
    const skipped = result.skipped > 0 ? `, ${result.skipped} skipped${why === undefined ? '' : ` (${why})`}` : ''
    const seconds = (result.ms / 1000).toFixed(1)
    console.log(`${result.failed > 0 ? 'FAIL' : 'ok  '} ${path}  ${result.passed} passed${skipped}  ${seconds} s`)
    if (result.failed > 0) console.log(`${result.fault ?? ''}\n${result.output}`.trim())
  }
}
