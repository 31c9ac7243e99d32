/** `tincan claim NAME`: makes a name ours for good: its work, its recovery key, a new account key, an objection. */

import { Command, Option } from 'commander'

import { TincanError } from '../errors.ts'
import { parseUsername } from '../supernode/username.ts'
import { phraseLines, settledLines, workTeller } from './claim-words.ts'
import { type CommandContext, examples, runCommand } from './command.ts'
import { alreadyRunning } from './control-socket.ts'
import { EXIT } from './failure.ts'
import type { Output } from './output.ts'
import { nodeOptions, reachLine } from './own-node.ts'
import { findRunning } from './remote-line.ts'
import { rememberUsername } from './settings.ts'

interface ClaimFlags {
  recovery?: boolean
  contest?: boolean
  rotate?: boolean
}

export function claimCommand(): Command {
  return new Command('claim')
    .summary('make a username yours, with a recovery key')
    .description(
      'Finds the work that the name asks for, registers it, and makes a recovery key: 24 words, shown once, that win the name back when account.key is lost.',
    )
    .argument('[username]', '3 to 32 of a-z, 0-9, - and _')
    .option('--recovery', 'make a recovery key, and fail when there is one')
    .addOption(new Option('--no-recovery', 'make no recovery key now').default(undefined))
    .option('--contest', 'object to a recovery of the name that is not yours')
    .option('--rotate', 'pass the name on to a new account key; the old one is kept beside it')
    .addHelpText(
      'before',
      examples('tincan claim alice', 'tincan claim alice --no-recovery', 'tincan claim alice --contest'),
    )
    .action(runCommand(claim))
}

async function claim(context: CommandContext<ClaimFlags>, name?: string): Promise<number> {
  const { flags, settings, output, interrupt } = context
  const username = name ?? settings.username
  if (username === undefined)
    throw new TincanError('NO_USERNAME', 'This home has no username yet. Choose one: tincan claim NAME')
  parseUsername(username)
  if (flags.rotate === true) await rotate(context, username)
  output.live('Going online …')
  const line = await reachLine(settings, flags, username, interrupt.signal)
  try {
    const settle = line.claim.settle.bind(line.claim)
    const hear = workTeller(username, output)
    let status = await settle({ username, isContest: flags.contest === true }, hear, interrupt.signal)
    rememberUsername(settings.home, username)
    if (flags.recovery === true && status.hasRecovery)
      throw new TincanError('BAD_KEY', `“${username}” has a recovery key already. It cannot be made or shown again.`)
    if (flags.recovery !== false && !status.hasRecovery) {
      const recoveryKeyHash = await showRecovery(username, output)
      status = await settle({ username, recoveryKeyHash }, hear, interrupt.signal)
    }
    const [said, next] = settledLines(status)
    output.tell({ event: 'claimed', ...status })
    if (flags.contest === true) output.say(`You objected to every recovery of “${username}” until now.`)
    output.say(said)
    output.note(next)
    return EXIT.done
  } finally {
    output.live('')
    await line.stop()
  }
}

async function rotate({ settings, output }: CommandContext<ClaimFlags>, username: string): Promise<void> {
  if ((await findRunning(settings.home)) !== undefined) throw alreadyRunning(settings.home)
  const { rotateAccount } = await import('../index.ts')
  const { from, to } = rotateAccount({ ...nodeOptions(settings), username })
  output.tell({ event: 'rotated', from, to })
  output.say(`${from} is now ${to}. Its old key is kept in ${settings.home}.`)
  output.note('Devices that were added must be added again.')
}

/** Shown before it counts: words that nobody has seen must never be in force. Returns what the claim commits to. */
async function showRecovery(username: string, output: Output): Promise<string> {
  const { makeRecoveryPhrase, recoveryHashOf } = await import('../index.ts')
  const phrase = makeRecoveryPhrase()
  output.tell({ event: 'recovery', username, words: phrase })
  output.live('')
  output.note(
    `The recovery key of “${username}”. Write these words down on paper, in this order: they are shown once, and kept nowhere.`,
  )
  for (const row of phraseLines(phrase)) output.say(`  ${row}`)
  output.note(`Whoever has them can take the name: tincan recover ${username}`)
  return Buffer.from(recoveryHashOf(phrase)).toString('hex')
}
