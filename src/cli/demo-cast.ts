/** The processes of the demo: started, listened to, and ended by their ids, whatever happens. */

import { type ChildProcess, spawn } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

import { TincanError } from '../errors.ts'
import { jsonLines, type Message } from './json-lines.ts'

const STOP_MAX_MS = 5_000
const STDERR_CHARACTERS_MAX = 4_000

/** `src/cli.ts` in a checkout, `dist/cli.js` when installed. */
const CLI = fileURLToPath(new URL(`../cli${extname(import.meta.filename)}`, import.meta.url))

export interface Player {
  /** The next event of its output that fits, or one that has already come; rejects when it ends or time runs out. */
  hear(what: string, fits: (event: Message) => boolean, maxMs: number): Promise<Message>
  /** Called with each event as it comes, those that came before first. */
  follow(act: (event: Message) => void): void
}

export class Cast {
  readonly #children = new Set<ChildProcess>()
  readonly #signal: AbortSignal
  #isStopping = false

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  /** Starts `tincan …words --json`. `name` is for messages. */
  play(name: string, words: string[]): Player {
    // Nothing of the user's own settings may reach the demo.
    const own = Object.entries(process.env).filter(([key]) => !key.startsWith('TINCAN_'))
    // The channel tells a child that we are gone, even if we were killed.
    const child = spawn(process.execPath, [CLI, ...words, '--json'], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: Object.fromEntries(own),
    })
    this.#children.add(child)
    return this.#listen(name, child)
  }

  #listen(name: string, child: ChildProcess): Player {
    const events: Message[] = []
    const followers = new Set<() => void>()
    let complaint = ''
    let end: Error | undefined
    const wake = () => {
      for (const follower of followers) follower()
    }
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-STDERR_CHARACTERS_MAX)
    })
    if (child.stdout !== null) {
      const take = (event: Message) => {
        events.push(event)
        wake()
      }
      // Read only; jsonLines wants both ways, and never writes unless told.
      jsonLines(child.stdout as unknown as Parameters<typeof jsonLines>[0], take, () => {})
    }
    child.once('error', (error) => {
      end = error
      wake()
    })
    child.once('close', (code, signal) => {
      this.#children.delete(child)
      const last = complaint.trim().split('\n').slice(-5).join('\n')
      end ??= new Error(`${name} ended early (${signal ?? `exit ${code}`}).${last === '' ? '' : ` It said:\n${last}`}`)
      wake()
    })

    const hear: Player['hear'] = (what, fits, maxMs) =>
      new Promise((resolve, reject) => {
        let at = 0
        const finish = (settle: () => void) => {
          followers.delete(look)
          clearTimeout(timer)
          this.#signal.removeEventListener('abort', abort)
          settle()
        }
        const abort = () => finish(() => reject(new TincanError('ABORTED', 'Interrupted.')))
        const timer = setTimeout(
          () =>
            finish(() =>
              reject(new Error(`${name}: no ${what} in ${maxMs / 1000} s. Is the machine very busy? Try --nodes 12.`)),
            ),
          maxMs,
        )
        const look = () => {
          for (; at < events.length; at++) {
            const event = events[at] as Message
            if (fits(event)) return finish(() => resolve(event))
          }
          const why = end
          if (why !== undefined) finish(() => reject(why))
        }
        followers.add(look)
        this.#signal.addEventListener('abort', abort)
        if (this.#signal.aborted) abort()
        else look()
      })

    const follow: Player['follow'] = (act) => {
      let at = 0
      const tell = () => {
        while (at < events.length) act(events[at++] as Message)
      }
      followers.add(tell)
      tell()
    }
    return { hear, follow }
  }

  /** Asks all to stop, then makes them. Never rejects. */
  async stop(): Promise<void> {
    if (this.#isStopping) return
    this.#isStopping = true
    const ends = [...this.#children].map(
      (child) =>
        new Promise<void>((resolve) => {
          if (child.exitCode !== null || child.signalCode !== null) return resolve()
          child.once('exit', () => resolve())
          child.kill('SIGTERM')
        }),
    )
    const timer = setTimeout(() => {
      for (const child of this.#children) child.kill('SIGKILL')
    }, STOP_MAX_MS)
    await Promise.all(ends)
    clearTimeout(timer)
  }
}
