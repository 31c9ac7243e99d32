/** `tincan netcheck`: what kind of network this is, whether calls will go straight, and what would help. */

import { Command } from 'commander'

import { type CommandContext, examples, runCommand } from './command.ts'
import { EXIT } from './failure.ts'
import { adviceLines, callsLine, networkRows } from './netcheck-words.ts'
import { reachLine } from './own-node.ts'

const NEXT_LINE = `\n${' '.repeat(10)}`

export function netcheckCommand(): Command {
  return new Command('netcheck')
    .summary('see what kind of network this is, and how calls will go')
    .description(
      'Asks supernodes how they see this machine: NAT, firewall, UDP, open ports. Without a running node it starts one to look around. Exit 0: calls will work; 5: no network.',
    )
    .addHelpText('before', examples('tincan netcheck', 'tincan netcheck --json'))
    .action(runCommand(netcheck))
}

async function netcheck({ flags, settings, output, interrupt }: CommandContext<object>): Promise<number> {
  // a node of our own asks the router as well: it is what one would be told about
  const own = { ...settings, portMapping: settings.portMapping ?? settings.profile === 'internet' }
  const line = await reachLine(own, flags, undefined, interrupt.signal)
  try {
    output.live('Asking supernodes …')
    const report = await line.netcheck(interrupt.signal)
    output.live('')
    output.tell(report)
    for (const [name, lines] of networkRows(report)) output.say(`${name.padEnd(9)} ${lines.join(NEXT_LINE)}`)
    output.say(`calls     ${callsLine(report)}`)
    for (const advice of adviceLines(report)) output.say(`advice    ${advice}`)
    return report.isOnline ? EXIT.done : EXIT.noNetwork
  } finally {
    output.live('')
    await line.stop()
  }
}
