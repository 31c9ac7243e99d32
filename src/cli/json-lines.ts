/** One JSON object a line over a stream, with a bound on the line. Whatever is not an object ends the conversation. */

import type { Duplex } from 'node:stream'

/** A status with hundreds of calls stays far below; a peer that never ends its line must not fill the memory. */
const LINE_BYTES_MAX = 256 * 1024

export type Message = Record<string, unknown>

export interface JsonLines {
  send(message: object): void
  close(): void
}

/** `hear` gets each object; `gone` is called once, when the other side has left or spoke nonsense. */
export function jsonLines(stream: Duplex, hear: (message: Message) => void, gone: () => void): JsonLines {
  let rest: Buffer = Buffer.alloc(0)
  let isGone = false
  const leave = () => {
    if (isGone) return
    isGone = true
    gone()
  }
  stream.on('error', leave)
  stream.on('close', leave)
  stream.on('end', leave)
  stream.on('data', (bytes: Buffer) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    for (let end = rest.indexOf(10); end >= 0 && !isGone; end = rest.indexOf(10)) {
      const message = parse(rest.toString('utf8', 0, end))
      rest = rest.subarray(end + 1)
      if (message === undefined) stream.destroy()
      else hear(message)
    }
    if (rest.length > LINE_BYTES_MAX) stream.destroy()
  })
  return {
    send(message) {
      if (!stream.destroyed && stream.writable) stream.write(`${JSON.stringify(message)}\n`)
    },
    close: () => stream.end(),
  }
}

function parse(line: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Message) : undefined
  } catch {
    return undefined
  }
}
