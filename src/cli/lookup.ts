/** `tincan lookup NAME`: who holds a username, and where they can be reached. */

import { Command } from 'commander'

import { parseAddress } from '../supernode/username.ts'
import { type CommandContext, examples, runCommand } from './command.ts'
import { EXIT } from './failure.ts'
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
  parseAddress(name)
  const line = await reachLine(settings, flags, undefined, interrupt.signal)
  try {
    const found = await line.lookup(name, interrupt.signal)
    const { username, address, accountKey, devices, ms } = found
    output.tell({ username, address, accountKey, devices, ms })
    output.say(address)
    output.say(`  account key  ${accountKey}`)
    for (const device of devices) {
      output.say(
        `  device       ${device.peerId} (${device.online ? 'online' : 'offline'}), ${homes(device.homes.length)}`,
      )
    }
    if (devices.length === 0) output.say('  no device is online')
    output.note(`Found in ${Math.round(ms)} ms.`)
    return EXIT.done
  } finally {
    await line.stop()
  }
}

const homes = (count: number): string => (count === 1 ? '1 home' : `${count} homes`)
