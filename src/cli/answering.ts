/**
 * What `tincan up` does with a call coming in: answers, asks the person at the terminal, or passes. Passing speaks for
 * this machine alone, declining for all that the person has.
 */

import { createInterface } from 'node:readline/promises'

import type { Call } from '../index.ts'
import { UsageError } from './failure.ts'
import type { Output } from './output.ts'

export type AnswerPolicy = 'auto' | 'ask' | 'never'

/** `--answer`; asking needs a terminal, so without one it becomes never, with a warning. */
export function readPolicy(text: string, output: Output): AnswerPolicy {
  if (text !== 'auto' && text !== 'ask' && text !== 'never') {
    throw new UsageError(`--answer ${text}: choose auto, ask or never.`)
  }
  if (text !== 'ask' || (process.stdin.isTTY && process.stderr.isTTY)) return text
  output.note('There is no terminal to ask at, so calls will be declined. Choose with --answer auto or --answer never.')
  return 'never'
}

/** `--answer-after`: seconds, or a range of which each call draws; how long to let it ring. */
export function readDelay(text: string): () => number {
  const found = /^(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?$/.exec(text)
  if (found === null) throw new UsageError(`--answer-after ${text}: give seconds, or a range of them like 0-3.`)
  const from = Number(found[1])
  const to = Number(found[2] ?? found[1])
  return () => 1000 * (from + (to - from) * Math.random())
}

export type Decision = 'accept' | 'decline' | 'pass'

export interface Answering {
  /** Resolves `pass` as well when the caller gives up, and at once while another call is asked about. */
  decide(call: Call): Promise<Decision>
  stop(): void
}

/** `delayMs`: how long to let a call ring that is answered without asking. */
export function makeAnswering(policy: AnswerPolicy, delayMs: () => number = () => 0): Answering {
  let asking: AbortController | undefined
  return {
    async decide(call) {
      if (policy === 'never') return 'pass'
      if (policy === 'auto') {
        await ringing(call, delayMs())
        return call.state === 'ended' ? 'pass' : 'accept'
      }
      if (asking !== undefined) return 'pass'
      const aborter = (asking = new AbortController())
      const giveUp = () => aborter.abort()
      call.once('ended', giveUp)
      const terminal = createInterface({ input: process.stdin, output: process.stderr })
      // While a question stands the terminal is read by us, Ctrl-C included.
      terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
      try {
        const reply = await terminal.question('Answer? [y/N] ', { signal: aborter.signal })
        return /^y(es)?$/i.test(reply.trim()) ? 'accept' : 'decline'
      } catch {
        return 'pass'
      } finally {
        terminal.close()
        call.off('ended', giveUp)
        asking = undefined
      }
    },
    stop: () => asking?.abort(),
  }
}

/** So long, or until the caller gives up. */
function ringing(call: Call, ms: number): Promise<void> {
  if (ms === 0) return Promise.resolve()
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer)
      call.off('ended', over)
      resolve()
    }
    const timer = setTimeout(over, ms)
    call.once('ended', over)
  })
}
