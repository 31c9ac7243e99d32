/** `tincan status`: the running node of this home; without one, what a node started here sees of the network. */

import { Command } from 'commander'

import { type CommandContext, examples, runCommand } from './command.ts'
import { clockLine } from './clock-words.ts'
import { EXIT } from './failure.ts'
import { reachLine } from './own-node.ts'
import { supernodeRows } from './status-words.ts'

const NEXT_LINE = `\n${' '.repeat(10)}`

export function statusCommand(): Command {
  return new Command('status')
    .summary('see how the node of this home is doing')
    .description('Shows the node running in this home. When none runs, starts one to look around, then stops it.')
    .addHelpText('before', examples('tincan status', 'tincan status --json'))
    .action(runCommand(status))
}

async function status({ flags, settings, output, interrupt }: CommandContext<object>): Promise<number> {
  const line = await reachLine(settings, flags, undefined, interrupt.signal)
  try {
    const now = await line.status()
    output.tell(now)
    const rows: [string, string][] = [
      ['name', now.address ?? 'none yet: tincan up NAME'],
      ['peer', now.peerId],
      ['homes', String(now.homes.length)],
      ...supernodeRows(now).map(([name, lines]): [string, string] => [name, lines.join(NEXT_LINE)]),
      ['listens', now.listen.join(NEXT_LINE) || 'nowhere'],
      ['up', `${Math.round(now.upSeconds)} s`],
      ...(now.clockOffsetMs === 0 ? [] : [['clock', clockLine(now.clockOffsetMs)] as [string, string]]),
      ...now.warnings.map((message): [string, string] => ['warning', message]),
      ['calls', now.calls.map((call) => `${call.direction} ${call.peer} (${call.state})`).join(NEXT_LINE) || 'none'],
    ]
    for (const [name, value] of rows) output.say(`${name.padEnd(9)} ${value}`)
    return EXIT.done
  } finally {
    await line.stop()
  }
}
