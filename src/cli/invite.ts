/** `tincan invite`: a link that carries who you are and where the network begins; `invite accept` takes one. */

import { Command } from 'commander'
import { renderUnicodeCompact } from 'uqr'

import { type CommandContext, examples, runCommand } from './command.ts'
import type { AddFlags } from './contact-line.ts'
import { notRunning, withContacts } from './contact-reach.ts'
import { pickFlags, tellAdded } from './contacts.ts'
import { EXIT } from './failure.ts'
import { findRunning } from './remote-line.ts'

export function inviteCommand(): Command {
  const invite = new Command('invite')
    .summary('print a link by which somebody adds you')
    .description(
      'Prints a link, and a code for a camera, with your key and your homes: whoever accepts it needs no look-up to know you and no list to join. Give it to people by a way that you trust. Needs the running node.',
    )
    .addHelpText('before', examples('tincan invite', 'tincan invite accept tincan:invite/…'))
    .action(runCommand(give))
  invite
    .command('accept')
    .summary('add whoever made a link')
    .description('Adds whoever made the link, with their key, and joins the network through their homes from then on.')
    .argument('<link>', 'what `tincan invite` prints')
    .option('--as <petname>', 'what you call them (default: their username)')
    .option('--replace', 'take the key in the link in place of the pinned one')
    .addHelpText(
      'before',
      examples('tincan invite accept tincan:invite/…', 'tincan invite accept LINK --as "Uncle Bob"'),
    )
    .action(runCommand(accept))
  return invite
}

async function give({ settings, output }: CommandContext<object>): Promise<number> {
  const running = await findRunning(settings.home)
  const link = running === undefined ? notRunning() : await running.line.contacts.invite()
  output.tell({ link })
  output.say(link)
  if (!output.isJson) output.note(`\n${renderUnicodeCompact(link)}\n`)
  output.note('Whoever has the link: tincan invite accept LINK')
  return EXIT.done
}

async function accept(context: CommandContext<AddFlags>, link: string): Promise<number> {
  const contact = await withContacts(
    context,
    () => true,
    (line) => line.accept(link, pickFlags(context.flags)),
  )
  tellAdded(context, contact)
  return EXIT.done
}
