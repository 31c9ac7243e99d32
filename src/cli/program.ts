/** The command line as a whole: global flags, commands, and wrong usage told with what was probably meant. */

import { readFileSync } from 'node:fs'

import { Command, CommanderError, Option } from 'commander'

import { callCommand } from './call.ts'
import { claimCommand } from './claim.ts'
import { examples } from './command.ts'
import { completionCommand } from './completion.ts'
import { contactsCommand } from './contacts.ts'
import { demoNetworkCommand } from './demo-network.ts'
import { demoCommand } from './demo.ts'
import { deviceCommand } from './device.ts'
import { EXIT } from './failure.ts'
import { inviteCommand } from './invite.ts'
import { lookupCommand } from './lookup.ts'
import { netcheckCommand } from './netcheck.ts'
import { pingCommand } from './ping.ts'
import { recoverCommand } from './recover.ts'
import { statusCommand } from './status.ts'
import { upCommand } from './up.ts'
import { verifyCommand } from './verify.ts'

const EXIT_CODES = `Exit codes: 0 done, 1 failed (as when a contact's key has changed, or several accounts hold a name), 2 wrong usage,
3 no such user, 4 declined, busy or no answer, 5 no network, 6 user is offline, 130 interrupted.
Environment: TINCAN_HOME, TINCAN_USERNAME, TINCAN_NETWORK, TINCAN_PROFILE, TINCAN_BOOTSTRAP, TINCAN_LISTEN.
Flags win over the environment, the environment over config.json in the home.`

const collect = (address: string, before: string[] = []): string[] => [...before, address]

function makeProgram(): Command {
  const program = new Command('tincan')
    .description('Two tin cans and a string, for the internet: call people by username, with no server in between.')
    .version(version(), '--version', 'show the version')
    .option('--home <directory>', 'where keys and state live (default: the XDG data directory)')
    .option('--network <name>', 'the network to be on (default: main)')
    .addOption(
      new Option('--profile <name>', 'local: two machines are enough; internet: the real thresholds').choices([
        'local',
        'internet',
      ]),
    )
    .option('--bootstrap <address>', 'peers to join through, as multiaddrs', collect)
    .option('--listen <address>', 'where to listen, as multiaddrs', collect)
    .option('--json', 'answer in JSON: one object, or one line per event')
    .addHelpText(
      'before',
      examples('tincan demo', 'tincan up alice', 'tincan call bob', 'tincan call bob --source hello.wav'),
    )
    .addHelpText('after', `\n${EXIT_CODES}`)
  const commands = [
    upCommand(),
    callCommand(),
    lookupCommand(),
    statusCommand(),
    netcheckCommand(),
    pingCommand(),
    contactsCommand(),
    verifyCommand(),
    inviteCommand(),
    claimCommand(),
    recoverCommand(),
    deviceCommand(),
    demoCommand(),
    completionCommand(),
  ]
  for (const command of commands) program.addCommand(command)
  program.addCommand(demoNetworkCommand(), { hidden: true })
  for (const command of withSubcommands(program)) {
    command
      .helpOption('-h, --help', 'show help')
      .configureHelp({ showGlobalOptions: true })
      .showHelpAfterError(`See: ${pathOf(command)} --help`)
      .exitOverride()
  }
  return program.helpCommand(false)
}

const withSubcommands = (command: Command): Command[] => [command, ...command.commands.flatMap(withSubcommands)]

const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`

/** Runs the command line. Ends the process: what a library left open must not keep a finished command. */
export async function main(argv: string[]): Promise<never> {
  try {
    const program = makeProgram()
    if (argv.length === 0) {
      program.outputHelp({ error: true })
      process.exit(EXIT.wrongUsage)
    }
    await program.parseAsync(repeatFlags(argv), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.wrongUsage
  }
  process.exit()
}

/** `--bootstrap A B` as `--bootstrap A --bootstrap B`, so that a name may follow the addresses: those begin with `/`. */
export function repeatFlags(argv: string[]): string[] {
  const flags = ['--bootstrap', '--listen']
  let flag: string | undefined
  return argv.flatMap((word, at) => {
    if (flags.includes(word)) flag = word
    else if (!word.startsWith('/')) flag = undefined
    else if (flag !== undefined && argv[at - 1] !== flag) return [flag, word]
    return [word]
  })
}

function version(): string {
  // Beside src/ and dist/ alike.
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
