/** `tincan verify NAME`: the number, the words and the picture that two people compare to know that it is them. */

import { Command } from 'commander'
import { renderUnicodeCompact } from 'uqr'

import { groupsOf, matchesCode } from '../contacts/safety-number.ts'
import type { Verification } from '../index.ts'
import { type CommandContext, examples, runCommand } from './command.ts'
import { checkName, withContacts } from './contact-reach.ts'
import { quoted } from './contacts.ts'
import { EXIT } from './failure.ts'
import type { Output } from './output.ts'

interface VerifyFlags {
  confirm?: boolean
  compare?: string
}

const GROUPS_A_LINE = 6

export function verifyCommand(): Command {
  return new Command('verify')
    .summary('make sure that somebody is who you think')
    .description(
      'Shows a safety number of both your keys. Read it to each other by another way, in person at best: when both see the same, nobody sits between you. For contacts it needs no network.',
    )
    .argument('<name>', 'what you call them, their username or full address')
    .option('--compare <code>', 'check what they read out: the digits or the words. Exit 1: it is not the same')
    .option('--confirm', 'remember that you have compared (with --compare: if it is the same)')
    .addHelpText(
      'before',
      examples(
        'tincan verify bob',
        'tincan verify bob --compare "12345 67890 …"',
        'tincan verify bob --compare "river need album …" --confirm',
        'tincan verify bob --confirm',
      ),
    )
    .action(runCommand(verify))
}

async function verify(context: CommandContext<VerifyFlags>, name: string): Promise<number> {
  const { flags, settings, output, interrupt } = context
  await checkName(name, settings.home)
  return withContacts(
    context,
    (contacts) => contacts.get(name) !== undefined,
    async (line) => {
      const found = await line.verify(name, interrupt.signal)
      const matches = flags.compare === undefined ? undefined : matchesCode(found, flags.compare)
      const isConfirmed = flags.confirm === true && matches !== false
      if (isConfirmed) await line.confirm(found)
      const isVerified = isConfirmed || found.isVerified
      const { contact, username, address, accountKey, digits, words } = found
      output.tell({ contact, username, address, accountKey, verified: isVerified, number: digits, words, matches })
      if (matches === undefined) show(found, output)
      return conclude({ ...found, isVerified }, output, { matches, isConfirmed })
    },
  )
}

function show(found: Verification, output: Output): void {
  const groups = groupsOf(found)
  output.say(`Safety number with ${found.address}`)
  output.say('')
  for (let i = 0; i < groups.length; i += GROUPS_A_LINE) output.say(`  ${groups.slice(i, i + GROUPS_A_LINE).join(' ')}`)
  output.say('')
  for (let i = 0; i < found.words.length; i += GROUPS_A_LINE)
    output.say(`  ${found.words.slice(i, i + GROUPS_A_LINE).join(' ')}`)
  output.say('')
  output.say(renderUnicodeCompact(found.digits))
}

function conclude(
  { contact, address, isVerified }: Verification,
  output: Output,
  { matches, isConfirmed }: { matches: boolean | undefined; isConfirmed: boolean },
): number {
  if (matches === false) {
    output.note(
      `That is NOT the safety number with ${address}. Read it again; if it stays so, somebody sits between you, or you talk to somebody else.`,
    )
    return EXIT.failed
  }
  if (matches === true) output.say(`That is the safety number with ${address}.`)
  if (isConfirmed) output.say(`${address} is verified.`)
  else if (isVerified) output.note('You have verified them before.')
  else
    output.note(
      `${matches === true ? 'Remember it' : 'When both of you see the same'}: tincan verify ${quoted(contact ?? address)} --confirm`,
    )
  return EXIT.done
}
