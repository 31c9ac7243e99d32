/** `tincan device …`: several machines under one username. The first one has the account's key; it adds and removes. */

import { hostname } from 'node:os'
import { createInterface } from 'node:readline/promises'

import { Command } from 'commander'
import { renderUnicodeCompact } from 'uqr'

import { labelFrom, parseLabel } from '../devices/label.ts'
import type { DeviceInfo } from '../index.ts'
import { type CommandContext, examples, runCommand } from './command.ts'
import { EXIT, UsageError } from './failure.ts'
import type { Line } from './line.ts'
import { reachLine, startNode } from './own-node.ts'
import { rememberUsername } from './settings.ts'

export function deviceCommand(): Command {
  const device = new Command('device')
    .summary('use one username on several machines')
    .description(
      'Adds machines to your account, shows and removes them. A call rings all of them; the first to answer has it.',
    )
    .addHelpText(
      'before',
      examples('tincan device add', 'tincan device join', 'tincan device list', 'tincan device revoke laptop'),
    )
  device
    .command('add')
    .summary('print a code that adds one machine')
    .description(
      'Prints a code for one new machine, good for ten minutes, and waits until it has joined. Ctrl-C cancels the code. Only where the account was made.',
    )
    .addHelpText('before', examples('tincan device add', 'tincan device add --json'))
    .action(runCommand(add))
  device
    .command('join')
    .summary('make this machine one of an account, by its code')
    .description(
      'Makes this machine one of the account that printed the code. It asks for the code, or reads it from stdin; as an argument other users of this machine can see it.',
    )
    .argument('[code]', 'what `tincan device add` prints on the other machine')
    .option('--name <label>', 'what this machine is to be called (default: its host name)')
    .addHelpText('before', examples('tincan device join', 'tincan device join --name "my laptop"'))
    .action(runCommand(join))
  device
    .command('list')
    .summary('show the machines of this account')
    .description('Shows the machines of this account, and when each was seen last.')
    .addHelpText('before', examples('tincan device list', 'tincan device list --json'))
    .action(runCommand(list))
  device
    .command('revoke')
    .summary('remove a machine from this account, for ever')
    .description(
      'Removes a machine, lost or sold, from this account for ever. It takes effect as soon as the network has been told. Only where the account was made.',
    )
    .argument('<device>', 'its name, its five letters or its peer id')
    .addHelpText('before', examples('tincan device revoke laptop', 'tincan device revoke k7q2m'))
    .action(runCommand(revoke))
  device
    .command('rename')
    .summary('call a machine something else')
    .description('Calls a machine something else in this list. Only where the account was made.')
    .argument('<device>', 'its name, its five letters or its peer id')
    .argument('<name>', 'what it is to be called')
    .addHelpText('before', examples('tincan device rename laptop "old laptop"'))
    .action(runCommand(rename))
  return device
}

type Context<Flags = object> = CommandContext<Flags>

async function withLine(context: Context, act: (line: Line) => Promise<number>): Promise<number> {
  const { flags, settings, output, interrupt } = context
  const line = await reachLine(settings, flags, settings.username, interrupt.signal)
  try {
    return await act(line)
  } finally {
    output.live('')
    await line.stop()
  }
}

function add(context: Context): Promise<number> {
  const { output, interrupt } = context
  return withLine(context, async ({ devices }) => {
    const joined = await devices.add(({ code, expiresMs }) => {
      output.tell({ event: 'code', code, expiresMs })
      output.say(code)
      if (!output.isJson) output.note(`\n${renderUnicodeCompact(code)}\n`)
      output.note('On the new machine run: tincan device join')
      output.note(
        'The code is for one machine and ten minutes. Whoever has it joins your account: keep it to yourself.',
      )
      output.live('Waiting for the new machine … Ctrl-C cancels the code.')
    }, interrupt.signal)
    output.tell({ event: 'joined', ...joined })
    output.say(`“${joined.label}” (${joined.letters}) has joined.`)
    return EXIT.done
  })
}

async function join(context: Context<{ name?: string }>, argument?: string): Promise<number> {
  const { flags, settings, output, interrupt } = context
  const label = flags.name === undefined ? labelFrom(hostname()) : parseLabel(flags.name)
  const code = argument ?? (await askForCode(interrupt.signal))
  output.live('Going online …')
  const own = await startNode({ ...settings, supernode: false }, undefined, interrupt.signal)
  try {
    output.live('Joining …')
    const { username, address } = await own.node.devices.join(code, { label, signal: interrupt.signal })
    rememberUsername(settings.home, username)
    output.tell({ event: 'joined', username, address, label })
    output.say(`This machine is now “${label}” of ${address}. Go online with: tincan up`)
    return EXIT.done
  } finally {
    output.live('')
    await own.stop()
  }
}

async function askForCode(signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: process.stdin.isTTY })
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    if (process.stdin.isTTY) return await terminal.question('Code: ', { signal })
    for await (const line of terminal) if (line.trim() !== '') return line
  } finally {
    terminal.close()
  }
  throw new UsageError('There is no code. Give it on stdin, or after: tincan device join')
}

function list(context: Context): Promise<number> {
  const { output, interrupt } = context
  return withLine(context, async (line) => {
    const devices = await line.devices.list(interrupt.signal)
    output.tell({ devices })
    const width = Math.max(...devices.map(({ label }) => (label ?? UNNAMED).length))
    for (const device of devices)
      output.say(`${(device.label ?? UNNAMED).padEnd(width)}  ${device.letters}  ${about(device).join(', ')}`)
    return EXIT.done
  })
}

function revoke(context: Context, name: string): Promise<number> {
  const { output } = context
  return withLine(context, async (line) => {
    const device = await line.devices.revoke(name)
    output.tell({ event: 'revoked', ...device })
    output.say(`“${device.label}” (${device.letters}) speaks for you no longer.`)
    if (!device.isPlaced)
      output.note('The network could not be told yet. It will be as soon as this node is online: keep it up.')
    return EXIT.done
  })
}

function rename(context: Context, name: string, label: string): Promise<number> {
  parseLabel(label)
  return withLine(context, async (line) => {
    const device = await line.devices.rename(name, label)
    context.output.tell({ event: 'renamed', ...device })
    context.output.say(`${device.letters} is now called “${label}”.`)
    return EXIT.done
  })
}

/** The machine with the account's key knows the names. */
const UNNAMED = '(unnamed)'

function about({ isOwn, addedMs, isOnline, lastSeenMs, revokedMs }: DeviceInfo): string[] {
  if (revokedMs !== undefined) return [`removed ${day(revokedMs)}`]
  const seen = lastSeenMs === undefined ? 'not seen lately' : `last seen ${minute(lastSeenMs)}`
  return [
    ...(isOwn ? ['this machine'] : []),
    isOnline ? 'online' : seen,
    ...(addedMs === undefined ? [] : [`added ${day(addedMs)}`]),
  ]
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
const minute = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
