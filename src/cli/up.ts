/** `tincan up [NAME]`: claims the name on first use, stays online and takes calls until Ctrl-C. */

import { Command, Option } from 'commander'

import { TincanError } from '../errors.ts'
import type { Call, Node } from '../index.ts'
import { parseUsername } from '../supernode/username.ts'
import { type Answering, makeAnswering, readDelay, readPolicy } from './answering.ts'
import { clockLine } from './clock-words.ts'
import { impostorLine, missedLine, peerWords, summaryLine } from './call-words.ts'
import { tellClaim } from './claim-words.ts'
import { type CommandContext, examples, runCommand } from './command.ts'
import { EXIT, exitCodeOf, exitCodeOfCall } from './failure.ts'
import { numberedSinks, readSink, readSource } from './media-spec.ts'
import { type Output, paint } from './output.ts'
import { startNode } from './own-node.ts'
import { rememberUsername } from './settings.ts'

interface UpFlags {
  answer: string
  answerAfter: string
  source: string
  sink: string
}

export function upCommand(): Command {
  return new Command('up')
    .summary('go online under a username and take calls')
    .description('Goes online and takes calls until Ctrl-C. The name is claimed once; later `tincan up` is enough.')
    .argument('[username]', '3 to 32 of a-z, 0-9, - and _')
    .addOption(
      new Option('--answer <how>', 'what to do with calls coming in; ask needs a terminal')
        .choices(['auto', 'ask', 'never'])
        .default('ask'),
    )
    .option('--answer-after <seconds>', 'with --answer auto: let it ring so long first, or between two: 0-3', '0')
    .option('--source <spec>', 'what callers hear: tone, silence, echo, null, or a sound file', 'silence')
    .option(
      '--sink <spec>',
      'where callers are recorded: null, or a .wav or .ogg file, numbered from the second call on',
      'null',
    )
    .option('--no-supernode', 'never serve the network as a supernode')
    .option('--metered', 'this connection is paid by volume: no supernode while it is used')
    .option('--no-port-mapping', 'do not ask the router to open ports (PCP, NAT-PMP, UPnP)')
    .option('--relay-only', 'media through supernodes only: nobody you talk to learns your address')
    .option('--no-relay', 'media straight to the other side or not at all')
    .option('--relay-megabits <n>', 'as a supernode, what relayed calls may take of this connection (default: 5)')
    .addHelpText(
      'before',
      examples('tincan up alice', 'tincan up bob --answer auto --source echo --sink calls.wav', 'tincan up --json'),
    )
    .action(runCommand(up))
}

async function up({ flags, settings, output, interrupt }: CommandContext<UpFlags>, name?: string): Promise<number> {
  const username = name ?? settings.username
  if (username === undefined) {
    throw new TincanError('NO_USERNAME', 'This home has no username yet. Choose one: tincan up NAME')
  }
  parseUsername(username)
  const source = readSource(flags.source)
  const nextSink = numberedSinks(readSink(flags.sink))
  const answering = makeAnswering(readPolicy(flags.answer, output), readDelay(flags.answerAfter))

  output.live('Going online …')
  const own = await startNode(settings, username, interrupt.signal)
  try {
    const { node } = own
    const refused = new Promise<TincanError>((resolve) => node.once('refused', resolve))
    const interrupted = aborted(interrupt.signal)
    rememberUsername(settings.home, username)
    announce(node, output)
    node.on('call', (call) => void take(call, { answering, output, source, nextSink })) // cannot reject

    const refusal = await Promise.race([refused, interrupted])
    if (refusal === undefined) return interrupt.by === 'SIGTERM' ? EXIT.done : EXIT.interrupted
    output.tell({ event: 'error', code: refusal.code, message: refusal.message })
    output.note(`tincan: ${refusal.message}`)
    return exitCodeOf(refusal)
  } finally {
    answering.stop()
    output.live('')
    await own.stop()
  }
}

function announce(node: Node, output: Output): void {
  const { username, address, peerId, listen, role, online } = node
  output.tell({ event: 'ready', username, address, peerId, listen, role, online })
  output.say(`${address} is up. Others call you with: tincan call ${username}`)
  for (const place of listen) output.note(`Listening on ${place}`)
  tellClaim(node, output)
  const { needsWork, pendingUntilMs } = node.claim.status() ?? {}
  const isWaiting = needsWork === true || pendingUntilMs !== undefined
  if (!online && !(isWaiting && node.status().connections > 0)) {
    output.note(
      'Nobody is here yet to be found through. Still trying. Join others with --bootstrap, or let them join you:',
    )
    output.note(`  tincan up NAME --bootstrap ${listen[0] ?? 'ADDRESS'}`)
  }
  const warnOfClock = (offsetMs: number) => {
    output.tell({ event: 'clock', offsetMs })
    output.note(offsetMs === 0 ? 'This machine’s clock is right again.' : clockLine(offsetMs))
  }
  const { clockOffsetMs, warnings } = node.status()
  if (clockOffsetMs !== 0) warnOfClock(clockOffsetMs)
  node.on('clock', warnOfClock)
  const warn = (message: string) => {
    output.tell({ event: 'warning', message })
    output.note(message)
  }
  warnings.forEach(warn)
  node.on('warning', warn)
  node.on('role', ({ role, reason }) => {
    output.tell({ event: 'role', role, reason })
    output.note(role === 'supernode' ? `Now a supernode: ${reason}.` : `No longer a supernode: ${reason}.`)
  })
  node.on('online', () => {
    output.tell({ event: 'online' })
    output.note('Online.')
  })
  node.on('offline', () => {
    output.tell({ event: 'offline' })
    output.note('Offline: no supernode holds us. Trying again.')
  })
}

interface Taking {
  answering: Answering
  output: Output
  source: string
  nextSink: () => string
}

async function take(call: Call, { answering, output, source, nextSink }: Taking): Promise<void> {
  const { id, direction, peer } = call
  const { contact, warning, verified } = peer
  const from = peerWords(peer.address, contact)
  const about = { event: 'call', id, direction, from: peer.address, verified, contact, warning }
  output.tell({ ...about, state: call.state })
  output.note(`${from} ${verified ? '' : '(not verified) '}is calling.`)
  if (warning !== undefined) output.note(paint(['bold', 'red'], impostorLine(peer.address)))
  let sink = 'null'
  let fault: string | undefined
  call.active.catch((error: Error) => (fault = error.message))
  call.on('state', (state) => {
    if (state !== 'ended') output.tell({ ...about, state })
    if (state === 'active') output.note(`Talking to ${from}.`)
  })
  try {
    const decision = await answering.decide(call)
    if (decision === 'accept') {
      sink = nextSink()
      await call.accept({ source, sink })
    } else if (call.state !== 'ended') {
      call.decline({ isHereOnly: decision === 'pass' })
    }
  } catch (error) {
    fault = (error as Error).message
    output.note(`The call from ${from} could not be answered: ${fault}`)
    if (call.state === 'ringing') call.decline({ isHereOnly: true })
  }
  const summary = await call.ended
  const recording = sink === 'null' || exitCodeOfCall(summary.reason) !== EXIT.done ? undefined : sink
  const { reason, setup, media, seconds } = summary
  output.tell({ ...about, state: 'ended', reason, setup, media, seconds, sink: recording, message: fault })
  if (exitCodeOfCall(summary.reason) === EXIT.done) output.say(summaryLine(from, summary))
  else output.note(missedLine(from, summary.reason, fault))
  if (recording !== undefined) output.say(`Recorded in ${recording}.`)
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}
