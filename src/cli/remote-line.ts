/** The running node of this home, over its local socket: see `control-server.ts` for what is said. */

import type { Socket } from 'node:net'

import { TincanError, type TincanErrorCode } from '../errors.ts'
import type { CallSummary, Lookup, NetworkReport, NodeStatus, Pong } from '../index.ts'
import { remoteClaim } from './claim-line.ts'
import { remoteContacts } from './contact-line.ts'
import { dialControl } from './control-socket.ts'
import { jsonLines, type JsonLines, type Message } from './json-lines.ts'
import { remoteDevices } from './device-line.ts'
import type { CallProgress, Line } from './line.ts'

/** A node that is alive greets at once; one that was stopped in its tracks (SIGSTOP) never does. */
const HELLO_MAX_MS = 25_000 // a node that is starting answers once it is up

export interface RunningNode {
  line: Line
  pid: number
  network: string
}

/** The node that runs in this home, or undefined. */
export async function findRunning(home: string): Promise<RunningNode | undefined> {
  const talk = await open(home)
  if (talk === undefined) return undefined
  talk.end()
  const { pid, network } = talk
  return { pid, network, line: remoteLine(home) }
}

interface Talk {
  pid: number
  network: string
  send: JsonLines['send']
  /** The next message, or undefined when the node has closed the connection. */
  next(): Promise<Message | undefined>
  end(): void
}

async function open(home: string): Promise<Talk | undefined> {
  const socket = await dialControl(home)
  if (socket === undefined) return undefined
  const talk = converse(socket)
  const timer = setTimeout(() => socket.destroy(), HELLO_MAX_MS)
  const hello = await talk.next()
  clearTimeout(timer)
  if (hello?.['event'] !== 'hello') {
    socket.destroy()
    throw new Error(`A node uses ${home}, but does not answer. Try again in a moment; if it goes on, end that process.`)
  }
  return { ...talk, pid: Number(hello['pid']), network: String(hello['network']) }
}

function converse(socket: Socket): Pick<Talk, 'send' | 'next' | 'end'> {
  const messages: Message[] = []
  let isGone = false
  let wake = () => {}
  const lines = jsonLines(
    socket,
    (message) => {
      messages.push(message)
      wake()
    },
    () => {
      isGone = true
      wake()
    },
  )
  return {
    send: (message) => lines.send(message),
    end: () => socket.destroy(),
    async next() {
      while (messages.length === 0 && !isGone) await new Promise<void>((resolve) => (wake = resolve))
      return messages.shift()
    },
  }
}

function remoteLine(home: string): Line {
  const mustOpen = async (): Promise<Talk> => {
    const talk = await open(home)
    if (talk === undefined) throw gone()
    return talk
  }

  /** `hear` gets the events that come before the answer. */
  async function ask(request: object, signal?: AbortSignal, hear?: (event: Message) => void): Promise<unknown> {
    const talk = await mustOpen()
    const abort = () => talk.end()
    signal?.addEventListener('abort', abort)
    try {
      talk.send({ v: 1, ...request })
      for (;;) {
        const message = await talk.next()
        if (signal?.aborted) throw new TincanError('ABORTED', 'Interrupted.')
        const { event, answer, ...fields } = answerOf(message)
        if (event === undefined) return answer
        hear?.({ event, ...fields })
      }
    } finally {
      signal?.removeEventListener('abort', abort)
      talk.end()
    }
  }

  return {
    status: async () => (await ask({ do: 'status' })) as NodeStatus,
    netcheck: async (signal) => (await ask({ do: 'netcheck' }, signal)) as NetworkReport,
    async ping(request, hear, signal) {
      await ask({ do: 'ping', ...request }, signal, ({ event: _event, v: _v, ...pong }) =>
        hear(pong as unknown as Pong),
      )
    },
    lookup: async (username, signal) => (await ask({ do: 'lookup', username }, signal)) as Lookup,
    async call(request, hear, signal) {
      const talk = await mustOpen()
      const hangup = () => talk.send({ v: 1, do: 'hangup' })
      signal.addEventListener('abort', hangup, { once: true })
      talk.send({ v: 1, do: 'call', ...request })
      const first = answerOf(await talk.next())
      signal.removeEventListener('abort', hangup)
      hear(progressOf(first))
      return { hangup, ended: followCall(talk, hear) }
    },
    claim: remoteClaim(ask),
    contacts: remoteContacts(ask),
    devices: remoteDevices(ask),
    stop: () => Promise.resolve(),
  }
}

async function followCall(talk: Talk, hear: (progress: CallProgress) => void): Promise<CallSummary> {
  try {
    for (;;) {
      const progress = progressOf(answerOf(await talk.next()))
      hear(progress)
      if (progress.event === 'ended') {
        const { event: _event, ms: _ms, message: _message, ...summary } = progress
        return summary
      }
    }
  } finally {
    talk.end()
  }
}

/** Throws what the node answered with, when that is an error. */
function answerOf(message: Message | undefined): Message {
  if (message === undefined) throw gone()
  const error = message['error'] as { code: string; message: string } | undefined
  if (error === undefined) return message
  if (error.code === 'FAILED' || error.code === 'USAGE') throw new Error(error.message)
  throw new TincanError(error.code as TincanErrorCode, error.message)
}

function progressOf(message: Message): CallProgress {
  const { v: _v, ...progress } = message
  return progress as CallProgress
}

const gone = (): TincanError =>
  new TincanError('STOPPED', 'The node running in this home has stopped. Start it again: tincan up')
