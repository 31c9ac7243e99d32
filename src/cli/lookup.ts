/** `tincan lookup NAME`: who holds a username, and where they can be reached. */

import { Command } from 'commander'

import type { FoundHolder } from '../index.ts'
import { type CommandContext, examples, runCommand } from './command.ts'
import { checkName } from './contact-reach.ts'
import { EXIT } from './failure.ts'
import type { Output } from './output.ts'
import { reachLine } from './own-node.ts'

export function lookupCommand(): Command {
  return new Command('lookup')
    .summary('see who holds a username')
    .description(
      'Shows the account that holds a username and the devices it can be reached at. Exit 3: nobody holds it.',
    )
    .argument('<name>', 'username or full address')
    .addHelpText('before', examples('tincan lookup bob', 'tincan lookup bob --json'))
    .action(runCommand(lookup))
}

async function lookup({ flags, settings, output, interrupt }: CommandContext<object>, name: string): Promise<number> {
  await checkName(name, settings.home)
  const line = await reachLine(settings, flags, undefined, interrupt.signal)
  try {
    const found = await line.lookup(name, interrupt.signal)
    output.tell({ ...found })
    if (found.verdict === 'conflict') {
      output.say(
        `Several accounts go by “${found.username}”, the one that was seen first in front. Call them by full address.`,
      )
    }
    for (const holder of found.holders) describeHolder(holder, output)
    if (found.verdict === 'weak') output.note('Only one of those asked knows this name: compare the five letters.')
    output.note(`Found in ${Math.round(found.ms)} ms.`)
    return EXIT.done
  } finally {
    await line.stop()
  }
}

function describeHolder({ address, accountKey, sinceMs, devices }: FoundHolder, output: Output): void {
  output.say(address)
  output.say(`  account key  ${accountKey}`)
  output.say(`  known since  ${dateOf(sinceMs)}`)
  for (const { peerId, online, lastSeenMs, homes } of devices) {
    const state = online ? 'online' : `last seen ${lastSeenMs === undefined ? 'never' : dateOf(lastSeenMs)}`
    output.say(`  device       ${peerId} (${state}), ${homesIn(homes.length)}`)
  }
  if (!devices.some(({ online }) => online)) output.say('  no device is online')
}

const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ')

const homesIn = (count: number): string => (count === 1 ? '1 home' : `${count} homes`)
