/** Where things are said: the answer on stdout, progress on stderr, and nothing animated unless stderr is a terminal. */

import { styleText } from 'node:util'

export interface Output {
  isJson: boolean
  /** A line of the answer for a person; nothing with --json. */
  say(text: string): void
  /** The answer for a program, or one event of it; nothing without --json. `v` goes first. */
  tell(fields: object): void
  /** A line of progress on stderr. */
  note(text: string): void
  /** Text that the next call replaces, on a terminal only; an empty one clears it. */
  live(text: string): void
}

type Style = Parameters<typeof styleText>[0]

export function makeOutput(isJson: boolean): Output {
  const isTerminal = process.stderr.isTTY
  let isLive = false
  const clear = () => {
    if (isLive) process.stderr.write('\r\u001b[2K')
    isLive = false
  }
  return {
    isJson,
    say(text) {
      if (isJson) return
      clear()
      process.stdout.write(`${text}\n`)
    },
    tell(fields) {
      if (isJson) process.stdout.write(`${JSON.stringify({ v: 1, ...fields })}\n`)
    },
    note(text) {
      clear()
      process.stderr.write(`${text}\n`)
    },
    live(text) {
      if (!isTerminal) return
      clear()
      if (text === '') return
      // Cut, not wrapped: a second row could not be taken back.
      process.stderr.write(text.slice(0, (process.stderr.columns || 80) - 1))
      isLive = true
    },
  }
}

/** Colours where stderr or stdout is a terminal that wants them. */
export const paint = (style: Style, text: string, stream: NodeJS.WriteStream = process.stderr): string =>
  styleText(style, text, { stream })
