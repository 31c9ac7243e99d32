/**
 * One test file in one Node process: its counts, and whether it may be called passed. uvu alone stays green when
 * `run()` was forgotten, when nothing matched, and hangs for ever on a leaked socket; each of these fails here.
 */

import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'

export interface FileResult {
  path: string
  passed: number
  failed: number
  skipped: number
  ms: number
  /** Why the file failed, beside failed tests: hung, crashed, ran nothing. */
  fault: string | undefined
  output: string
}

export const ROOT = join(import.meta.dirname, '../..')

/** How long a file may stay after its last test: a handle that is still open keeps it alive. */
const LINGER_MAX_MS = 10_000
/** How long a file that was asked what is open may take to say so. */
const LAST_WORDS_MS = 3_000

const running = new Set<number>()

/** Every test file whose path contains one of `words`; all of them when there are none. Sorted, relative to the root. */
export function findTestFiles(words: string[]): string[] {
  const files = globSync('test/**/*.test.ts', { cwd: ROOT }).sort()
  return words.length === 0 ? files : files.filter((file) => words.some((word) => file.includes(word)))
}

export async function runTestFile(path: string, limitMs: number, env: NodeJS.ProcessEnv = {}): Promise<FileResult> {
  const startedAt = performance.now()
  // A process group of its own, so that what a hung test started goes with it.
  const child = spawn(process.execPath, ['--import', join(import.meta.dirname, 'watchdog.ts'), join(ROOT, path)], {
    cwd: ROOT,
    env: { ...process.env, ...env, NO_COLOR: '1', FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const { pid } = child
  if (pid !== undefined) running.add(pid)
  let output = ''
  let hung: string | undefined
  let linger: NodeJS.Timeout | undefined
  const giveUp = (why: string) => {
    hung ??= why
    child.kill('SIGUSR2')
    setTimeout(() => endGroup(pid), LAST_WORDS_MS).unref()
  }
  const limit = setTimeout(giveUp, limitMs, `not finished after ${limitMs / 1000} s`)
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (/^ {2}Duration:/m.test(output)) {
        linger ??= setTimeout(giveUp, LINGER_MAX_MS, `still running ${LINGER_MAX_MS / 1000} s after its last test`)
      }
    })
  }
  const exit = await new Promise<string | number>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => {
      // What the test started and left behind would hold the pipes open.
      endGroup(pid)
      child.once('close', () => resolve(code ?? signal ?? 'unknown'))
    })
  })
  clearTimeout(limit)
  clearTimeout(linger)
  if (pid !== undefined) running.delete(pid)
  return { path, ms: performance.now() - startedAt, output, ...judge(output, exit, hung) }
}

/** Reads uvu's totals. A file is good only when it ran something, passed all of it and ended by itself. */
export function judge(output: string, exit: string | number, hung?: string) {
  const total = count(output, 'Total')
  const passed = count(output, 'Passed') ?? 0
  const skipped = count(output, 'Skipped') ?? 0
  let fault: string | undefined
  if (hung !== undefined) fault = hung
  else if (total === undefined && exit === 0) fault = 'ended before its tests were done: is run() called?'
  else if (total === undefined) fault = `ended with ${exit} before its tests were done`
  else if (total === 0 && skipped === 0) fault = 'ran no test: is run() called?'
  else if (exit !== 0 && passed === total) fault = `ended with ${exit} though its tests passed`
  const failed = (total ?? 0) - passed
  return { passed, skipped, failed: failed === 0 && fault !== undefined ? 1 : failed, fault }
}

const count = (output: string, word: string): number | undefined => {
  const found = new RegExp(`^ {2}${word}: +(\\d+)$`, 'm').exec(output)?.[1]
  return found === undefined ? undefined : Number(found)
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The group has ended by itself.
  }
}

/** Ends every test process that is running, with all it started. */
export function endRunning(): void {
  for (const pid of running) endGroup(pid)
}
