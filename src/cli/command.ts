/** What every command has in common: settings, output, interrupts, and turning what is thrown into an exit code. */

import { debuglog } from 'node:util'

import type { Command } from 'commander'

import { describe, EXIT, exitCodeOf } from './failure.ts'
import { type Interrupt, watchInterrupt } from './interrupt.ts'
import { makeOutput, type Output } from './output.ts'
import { type GlobalFlags, readSettings, type Settings } from './settings.ts'

const debug = debuglog('tincan:cli')

export interface CommandContext<Flags> {
  flags: Flags & GlobalFlags
  settings: Settings
  output: Output
  interrupt: Interrupt
}

/** Makes a commander action of `act`, whose result is the exit code. */
export function runCommand<Flags, Arguments extends unknown[]>(
  act: (context: CommandContext<Flags>, ...rest: Arguments) => Promise<number>,
): (...rest: unknown[]) => Promise<void> {
  return async (...rest) => {
    const command = rest.at(-1) as Command
    const flags = command.optsWithGlobals<Flags & GlobalFlags & { json?: boolean }>()
    const output = makeOutput(flags.json === true)
    const interrupt = watchInterrupt()
    // The reader of a pipe may leave, as `head` does: there is nobody left to tell.
    process.stdout.on('error', () => process.exit(EXIT.done))
    try {
      const settings = readSettings(flags)
      process.exitCode = await act({ flags, settings, output, interrupt }, ...(rest.slice(0, -2) as Arguments))
    } catch (error) {
      process.exitCode = interrupt.signal.aborted ? EXIT.interrupted : fail(error, output)
    }
  }
}

function fail(error: unknown, output: Output): number {
  const { code, message } = describe(error)
  output.live('')
  output.tell({ event: 'error', code, message })
  output.note(`tincan: ${message}`)
  debug('%s', error instanceof Error ? error.stack : error)
  return exitCodeOf(error)
}

/** Examples stand first in the help. */
export const examples = (...lines: string[]): string => `Examples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`
