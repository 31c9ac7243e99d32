/**
 * Runs the real command line in a process, with a home of its own under a temporary directory. `within` goes in front
 * of the command.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const CLI = join(import.meta.dirname, '../../src/cli.ts')
/** A busy machine may be slow; a test that waits this long has failed. */
const WAIT_MAX_MS = 60_000

export type Event = Record<string, unknown>

export interface Ending {
  code: number | null
  stdout: string
  stderr: string
}

export class Homes implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'tincan-cli-'))
  path(name: string): string {
    return join(this.directory, name)
  }
  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}

export class Tincan implements AsyncDisposable {
  readonly ended: Promise<Ending>
  readonly child: ChildProcess
  stdout = ''
  stderr = ''
  #wake: (() => void)[] = []
  #hasEnded = false

  /** `input` is all that stdin says. */
  constructor(words: string[], env: NodeJS.ProcessEnv = {}, within: string[] = [], input?: string) {
    const clean = Object.entries(process.env).filter(([key]) => !key.startsWith('TINCAN_') && !key.startsWith('XDG_'))
    const [command, ...rest] = [...within, process.execPath, CLI, ...words] as [string, ...string[]]
    this.child = spawn(command, rest, {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: { ...Object.fromEntries(clean), ...env },
    })
    this.child.stdin?.end(input)
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
      this.#wakeAll()
    })
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
      this.#wakeAll()
    })
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code) => {
        this.#hasEnded = true
        this.#wakeAll()
        resolve({ code, stdout: this.stdout, stderr: this.stderr })
      })
    })
  }

  get events(): Event[] {
    return eventsOf(this.stdout)
  }

  /** The first event that fits, or throws when the process ends or time runs out before. */
  async event(fits: (event: Event) => boolean): Promise<Event> {
    await this.until(() => this.events.some(fits))
    return this.events.find(fits) as Event
  }

  async until(holds: () => boolean): Promise<void> {
    const deadline = performance.now() + WAIT_MAX_MS
    while (!holds()) {
      const leftMs = deadline - performance.now()
      if (this.#hasEnded || leftMs <= 0) {
        throw new Error(`${this.#hasEnded ? 'ended' : 'timed out'} before that\n${this.stdout}\n${this.stderr}`)
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs)
        this.#wake.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#hasEnded) return
    this.child.kill('SIGKILL')
    await this.ended
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake()
  }
}

/** Runs a command to its end; one that takes too long ends with the code null. */
export async function tincan(words: string[], env: NodeJS.ProcessEnv = {}, within: string[] = []): Promise<Ending> {
  await using running = new Tincan(words, env, within)
  const timer = setTimeout(() => running.kill('SIGKILL'), WAIT_MAX_MS)
  const ending = await running.ended
  clearTimeout(timer)
  return ending
}

/** The lines of `--json`. */
export const eventsOf = (stdout: string): Event[] =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Event)
