/** `tincan contacts …`: the people you know, under the names you give them, each pinned to a key. */

import { Command } from 'commander'

import type { Contact } from '../index.ts'
import { fullAddress } from '../supernode/username.ts'
import { type CommandContext, examples, runCommand } from './command.ts'
import type { AddFlags } from './contact-line.ts'
import { checkName, withContacts } from './contact-reach.ts'
import { EXIT } from './failure.ts'

const NAME = 'what you call them, their username or full address'

export function contactsCommand(): Command {
  const contacts = new Command('contacts')
    .summary('keep the people you know, and block those you do not want to')
    .description(
      'Whoever you talk to becomes a contact, pinned to their key: should their name lead to another key one day, nobody is called and you are told.',
    )
    .addHelpText(
      'before',
      examples(
        'tincan contacts list',
        'tincan contacts add bob --as "Uncle Bob"',
        'tincan call "Uncle Bob"',
        'tincan contacts block mallory',
      ),
    )
  contacts
    .command('add')
    .summary('look somebody up and pin their key')
    .description('Looks somebody up and pins the key that is found. Where the name is pinned to another key, exit 1.')
    .argument('<name>', 'username or full address')
    .option('--as <petname>', 'what you call them (default: their username)')
    .option('--replace', 'take the key that is found now in place of the pinned one')
    .addHelpText(
      'before',
      examples(
        'tincan contacts add bob',
        'tincan contacts add bob.k7q2m --as "Uncle Bob"',
        'tincan contacts add bob --replace',
      ),
    )
    .action(runCommand(add))
  contacts
    .command('list')
    .summary('show everybody')
    .description('Shows everybody by name, with their full address and how you met.')
    .addHelpText('before', examples('tincan contacts list', 'tincan contacts list --json'))
    .action(runCommand(list))
  contacts
    .command('rename')
    .summary('call somebody something else')
    .description('Calls somebody something else, on this machine only.')
    .argument('<old>', NAME)
    .argument('<new>', 'letters, digits, spaces, - and _, at most 40')
    .addHelpText('before', examples('tincan contacts rename bob "Uncle Bob"'))
    .action(runCommand(rename))
  contacts
    .command('remove')
    .summary('forget somebody, and their key')
    .description('Forgets somebody. The next time their name leads to whatever key it leads to.')
    .argument('<name>', NAME)
    .addHelpText('before', examples('tincan contacts remove bob'))
    .action(runCommand(remove))
  contacts
    .command('block')
    .summary('never hear of somebody again')
    .description('Calls of somebody who is blocked do not ring, and they are not told. Works for whoever called, too.')
    .argument('<name>', NAME)
    .addHelpText('before', examples('tincan contacts block mallory', 'tincan contacts block bob.k7q2m'))
    .action(runCommand(block))
  contacts
    .command('unblock')
    .summary('let somebody call again')
    .description('Lets somebody call again who was blocked.')
    .argument('<name>', NAME)
    .addHelpText('before', examples('tincan contacts unblock mallory'))
    .action(runCommand(unblock))
  return contacts
}

type Context<Flags = object> = CommandContext<Flags>

async function add(context: Context<AddFlags>, name: string): Promise<number> {
  const { flags, settings, interrupt } = context
  await checkName(name, settings.home)
  const contact = await withContacts(
    context,
    () => false,
    (line) => line.add(name, pickFlags(flags), interrupt.signal),
  )
  tellAdded(context, contact)
  return EXIT.done
}

async function list(context: Context): Promise<number> {
  const { output } = context
  const contacts = await withContacts(
    context,
    () => true,
    (line) => line.list(),
  )
  output.tell({ contacts: contacts.map(toldOf) })
  if (contacts.length === 0) output.note('You have no contacts yet. Add somebody: tincan contacts add NAME')
  else for (const line of table(contacts)) output.say(line)
  return EXIT.done
}

async function rename(context: Context, name: string, to: string): Promise<number> {
  const contact = await withContacts(
    context,
    () => true,
    (line) => line.rename(name, to),
  )
  return tellChange(context, contact, `${addressOf(contact)} is called “${contact.name}” now.`)
}

async function remove(context: Context, name: string): Promise<number> {
  const contact = await withContacts(
    context,
    () => true,
    (line) => line.remove(name),
  )
  return tellChange(context, contact, `“${contact.name}” (${addressOf(contact)}) is forgotten.`)
}

async function block(context: Context, name: string): Promise<number> {
  const { interrupt } = context
  const contact = await withContacts(
    context,
    (contacts) => contacts.get(name) !== undefined,
    (line) => line.block(name, interrupt.signal),
  )
  return tellChange(context, contact, `“${contact.name}” (${addressOf(contact)}) is blocked, and is not told.`)
}

async function unblock(context: Context, name: string): Promise<number> {
  const contact = await withContacts(
    context,
    () => true,
    (line) => line.unblock(name),
  )
  return tellChange(context, contact, `“${contact.name}” (${addressOf(contact)}) can call again.`)
}

/** Of the flags those that a contact line knows. */
export const pickFlags = ({ as, replace }: AddFlags): AddFlags => ({
  ...(as !== undefined && { as }),
  ...(replace === true && { replace }),
})

export function tellAdded({ output }: Pick<Context, 'output'>, contact: Contact): void {
  output.tell(toldOf(contact))
  output.say(`${addressOf(contact)} is your contact “${contact.name}”.`)
  if (!contact.isVerified) output.note(`To be sure that it is them: tincan verify ${quoted(contact.name)}`)
}

function tellChange({ output }: Context, contact: Contact, words: string): number {
  output.tell(toldOf(contact))
  output.say(words)
  return EXIT.done
}

const addressOf = ({ username, accountKey }: Contact): string => fullAddress(username, Buffer.from(accountKey, 'hex'))

/** A contact in `--json`. */
function toldOf(contact: Contact): object {
  const { name, username, accountKey, origin, addedMs, isVerified, isBlocked } = contact
  const address = addressOf(contact)
  return { name, username, address, accountKey, verified: isVerified, blocked: isBlocked, origin, addedMs }
}

const MET: Record<Contact['origin'], string> = { added: 'by hand', invite: 'by invite', call: 'in a call' }

function table(contacts: Contact[]): string[] {
  const rows = contacts.map((contact) => [
    contact.name,
    addressOf(contact),
    contact.isVerified ? 'yes' : 'no',
    contact.isBlocked ? 'yes' : 'no',
    MET[contact.origin],
  ])
  const all = [['NAME', 'ADDRESS', 'VERIFIED', 'BLOCKED', 'MET'], ...rows]
  const widths = all.reduce<number[]>((most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, cell.length)), [])
  return all.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] as number))
      .join('  ')
      .trimEnd(),
  )
}

/** For a command line that is to be typed as it stands. */
export const quoted = (name: string): string => (/^[\p{L}\p{N}_-]+$/u.test(name) ? name : `"${name}"`)
