/** `tincan call NAME`: through the running node of this home, or with one of its own for the length of the call. */

import { Command } from 'commander'

import { TincanError } from '../errors.ts'
import type { CallSummary } from '../index.ts'
import { endingLine, peerWords, qualityLine, summaryLine } from './call-words.ts'
import { type CommandContext, examples, runCommand } from './command.ts'
import { checkName } from './contact-reach.ts'
import { EXIT, exitCodeOfCall, UsageError } from './failure.ts'
import type { CallProgress, CallRequest, Line, OngoingCall } from './line.ts'
import { isFile, readSink, readSource } from './media-spec.ts'
import { reachLine } from './own-node.ts'

interface CallFlags {
  source: string
  sink: string
  for?: string
  relayOnly?: boolean
}

/** After a file has been played to its end, time for its last words to arrive. */
const AFTER_SOURCE_MS = 1_000

export function callCommand(): Command {
  return new Command('call')
    .summary('call somebody by username')
    .description(
      'Calls somebody by what you call them, username (bob) or full address (bob.k7q2m). Ctrl-C hangs up, a second one quits.',
    )
    .argument('<name>', 'a contact, username or full address')
    .option('--source <spec>', 'what to send: tone, silence, echo, null, or a sound file', 'tone')
    .option('--sink <spec>', 'where what is heard goes: null, or a .wav or .ogg file', 'null')
    .option('--for <seconds>', 'hang up after so many seconds of talk (default: when the source file has ended)')
    .option('--relay-only', 'media through supernodes only: the other side does not learn your address')
    .addHelpText(
      'before',
      examples(
        'tincan call bob',
        'tincan call bob --source hello.wav --sink reply.wav',
        'tincan call bob --source tone --for 10 --json',
      ),
    )
    .action(runCommand(call))
}

async function call(context: CommandContext<CallFlags>, name: string): Promise<number> {
  const { flags, settings, output, interrupt } = context
  await checkName(name, settings.home)
  const request = {
    username: name,
    source: readSource(flags.source),
    sink: readSink(flags.sink),
    relayOnly: flags.relayOnly ?? settings.relayOnly,
  }
  const forMs = flags.for === undefined ? undefined : readSeconds(flags.for) * 1000

  const line = await reachLine(settings, flags, settings.username, interrupt.signal)
  try {
    if (settings.username === undefined && (await line.status()).username === undefined) throw noUsername()
    output.live(`Looking for ${name} …`)
    return conclude(context, await follow(context, line, request, forMs))
  } finally {
    output.live('')
    await line.stop()
  }
}

interface Outcome {
  /** With suffix, once the callee is known. */
  peer: string
  summary: CallSummary
  message: string | undefined
}

async function follow(
  { output, interrupt }: CommandContext<CallFlags>,
  line: Line,
  request: CallRequest,
  forMs: number | undefined,
): Promise<Outcome> {
  const timers: NodeJS.Timeout[] = []
  let ongoing: OngoingCall | undefined
  let peer = request.username
  let activeAtMs = 0
  let message: string | undefined
  let isOver = false
  const hangupAfter = (ms: number) => {
    // The call may be active before `line.call` has resolved.
    timers.push(setTimeout(() => (ongoing === undefined ? hangupAfter(10) : ongoing.hangup()), ms))
  }

  const hear = (progress: CallProgress) => {
    output.tell(progress)
    switch (progress.event) {
      case 'calling':
        peer = peerWords(progress.to, progress.contact)
        output.live(`Calling ${peer} …`)
        break
      case 'state':
        if (progress.state === 'active') {
          activeAtMs = progress.ms
          if (forMs !== undefined) hangupAfter(forMs)
        }
        if (progress.state === 'ringing' || progress.state === 'active') output.note(stateLine(peer, progress.state))
        break
      case 'path':
        output.note(`The path is ${progress.path}.`)
        break
      case 'quality':
        output.live(qualityLine(peer, (progress.ms - activeAtMs) / 1000, progress))
        break
      case 'source-ended':
        if (forMs === undefined && isFile(request.source)) hangupAfter(AFTER_SOURCE_MS)
        break
      case 'ended':
        ;({ message } = progress)
        isOver = true
        break
    }
  }

  try {
    ongoing = await line.call(request, hear, interrupt.signal)
    if (interrupt.signal.aborted && !isOver) ongoing.hangup()
    interrupt.onFirst = () => ongoing?.hangup()
    const summary = await ongoing.ended
    return { peer, summary, message }
  } finally {
    interrupt.onFirst = undefined
    for (const timer of timers) clearTimeout(timer)
  }
}

function conclude({ output, flags }: CommandContext<CallFlags>, { peer, summary, message }: Outcome): number {
  const code = exitCodeOfCall(summary.reason)
  output.live('')
  if (code !== EXIT.done) {
    output.note(endingLine(peer, summary.reason, message))
    return code
  }
  output.say(summaryLine(peer, summary))
  if (flags.sink !== 'null') output.say(`What was heard is in ${flags.sink}.`)
  return code
}

const stateLine = (peer: string, state: 'ringing' | 'active'): string =>
  state === 'ringing' ? `Ringing ${peer}.` : `${peer} answered.`

function readSeconds(text: string): number {
  const seconds = Number(text)
  if (Number.isFinite(seconds) && seconds > 0) return seconds
  throw new UsageError(`--for ${text}: give a number of seconds above zero.`)
}

const noUsername = (): TincanError =>
  new TincanError('NO_USERNAME', 'Callers need a username, and this home has none yet. Claim one first: tincan up NAME')
