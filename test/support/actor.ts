/**
 * Processes of their own, for whatever must be killed or frozen without a word of good-bye, as a machine that loses
 * power would, and for whatever must not share a core's time, a heap or an event loop with the measuring: `hire` starts
 * one and asks it for deeds, `act` is the other end. They end with whoever hired them.
 */

import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Then it is killed. */
const LEAVE_MS_MAX = 5_000

/** What an actor can be asked for; arguments and results are structured-cloned. */
export type Deeds = Record<string, (...args: any[]) => unknown>

interface Ask {
  id: number
  deed: string
  args: unknown[]
}

interface Answer {
  id: number
  result?: unknown
  failure?: string
}

interface Pending {
  resolve: (result: any) => void
  reject: (error: Error) => void
}

/** Time by a clock that all processes of a machine share, in milliseconds. */
export const machineMs = (): number => Number(process.hrtime.bigint()) / 1e6

export class Actor<D extends Deeds> implements AsyncDisposable {
  readonly hiredAtMs = machineMs()
  readonly #child: ChildProcess
  readonly #pending = new Map<number, Pending>()
  #lastId = 0

  constructor(child: ChildProcess) {
    this.#child = child
    child.on('message', (message) => {
      const { id, result, failure } = message as Answer
      const pending = this.#pending.get(id)
      this.#pending.delete(id)
      if (failure === undefined) pending?.resolve(result)
      else pending?.reject(new Error(failure))
    })
    child.on('exit', (code, signal) => {
      for (const { reject } of this.#pending.values())
        reject(new Error(`an actor left in the middle, ${signal ?? `code ${code}`}`))
      this.#pending.clear()
    })
  }

  get hasLeft(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal)
  }

  /** Rejects with what the deed threw, or when the process is gone. */
  ask<K extends keyof D & string>(deed: K, ...args: Parameters<D[K]>): Promise<Awaited<ReturnType<D[K]>>> {
    if (this.hasLeft || !this.#child.connected) return Promise.reject(new Error('the actor has left'))
    return new Promise((resolve, reject) => {
      this.#pending.set(++this.#lastId, { resolve, reject })
      this.#child.send({ id: this.#lastId, deed, args } satisfies Ask, () => {}) // its exit says so
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.hasLeft) return
    const left = once(this.#child, 'exit')
    this.kill('SIGCONT')
    if (this.#child.connected) this.#child.disconnect()
    const late = setTimeout(() => this.kill('SIGKILL'), LEAVE_MS_MAX)
    await left
    clearTimeout(late)
  }
}

/** Starts `actors/<name>.ts`; it is asked from its first moment on and answers when it can. */
export function hire<D extends Deeds>(name: string, execArgv: string[] = []): Actor<D> {
  const path = join(import.meta.dirname, 'actors', `${name}.ts`)
  // their stdout is our stderr: ours is for the figures
  return new Actor<D>(fork(path, { execArgv, serialization: 'advanced', stdio: ['ignore', 2, 2, 'ipc'] }))
}

/** The hired end: carries out what it is asked for. */
export function act(deeds: Deeds): void {
  const perform = async ({ id, deed, args }: Ask): Promise<Answer> => {
    try {
      return { id, result: await deeds[deed]?.(...args) }
    } catch (error) {
      return { id, failure: `${deed}: ${String(error)}` }
    }
  }
  process.on('message', (message) => {
    void perform(message as Ask).then((answer) => process.send?.(answer)) // cannot reject
  })
  process.on('disconnect', () => process.exit(0))
}
