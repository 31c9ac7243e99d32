/** `tincan ping NAME`: how media gets to a person, measured without ringing; one line a probe, until the path is direct. */

import { Command } from 'commander'

import { type CommandContext, examples, runCommand } from './command.ts'
import { checkName } from './contact-reach.ts'
import { EXIT, UsageError } from './failure.ts'
import { reachLine } from './own-node.ts'
import { pongLine } from './ping-words.ts'

/** The other end answers for half a minute. */
const COUNT_MAX = 25

interface PingFlags {
  count: string
  untilDirect: boolean
}

export function pingCommand(): Command {
  return new Command('ping')
    .summary('see how media gets to somebody, without ringing')
    .description(
      'Finds a media path to a person and measures it, once a second, until it goes straight. Only people whose contact you are answer. Exit 4: no answer.',
    )
    .argument('<name>', 'username, full address, or what you call a contact')
    .option('--count <n>', 'probes at most, up to 25', '10')
    .option('--until-direct', 'stop as soon as the path is direct', true)
    .option('--no-until-direct', 'go on for all of --count')
    .addHelpText('before', examples('tincan ping bob', 'tincan ping bob --count 20 --no-until-direct --json'))
    .action(runCommand(ping))
}

async function ping(context: CommandContext<PingFlags>, name: string): Promise<number> {
  const { flags, settings, output, interrupt } = context
  await checkName(name, settings.home)
  const request = { username: name, count: readCount(flags.count), untilDirect: flags.untilDirect }
  const line = await reachLine(settings, flags, settings.username, interrupt.signal)
  try {
    let heard = 0
    let isDirect = false
    output.live(`Looking for a way to ${name} …`)
    await line.ping(
      request,
      (pong) => {
        output.live('')
        output.tell({ event: 'pong', ...pong })
        output.say(pongLine(pong))
        if (pong.rttMs === undefined) return
        heard++
        isDirect = pong.path === 'direct'
      },
      interrupt.signal,
    )
    if (heard === 0) output.note(`No pong came back. What this network is like: tincan netcheck`)
    else if (!isDirect) output.note(`Still relayed. Why that may be: tincan netcheck, here and over there.`)
    return heard === 0 ? EXIT.notAnswered : EXIT.done
  } finally {
    output.live('')
    await line.stop()
  }
}

function readCount(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= COUNT_MAX) return count
  throw new UsageError(`--count ${text}: give a whole number from 1 to ${COUNT_MAX}.`)
}
