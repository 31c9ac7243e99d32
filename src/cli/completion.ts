/** `tincan completion SHELL`: a script for the shell, made from the very commands and flags there are. */

import { Argument, Command, type Option } from 'commander'

import { examples, runCommand } from './command.ts'
import { EXIT } from './failure.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

export function completionCommand(): Command {
  const command = new Command('completion')
  return command
    .summary('print a completion script for a shell')
    .description('Prints a script that completes commands, flags and files.')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText(
      'before',
      examples(
        'source <(tincan completion bash)',
        'tincan completion zsh > ~/.zfunc/_tincan',
        'tincan completion fish > ~/.config/fish/completions/tincan.fish',
      ),
    )
    .action(
      runCommand<object, [Shell]>((_context, shell) => {
        process.stdout.write(scriptFor(shell, command.parent as Command))
        return Promise.resolve(EXIT.done)
      }),
    )
}

interface Flag {
  long: string
  text: string
  takesValue: boolean
  values: string[]
  isFile: boolean
}

interface Entry {
  name: string
  text: string
  flags: Flag[]
  values: string[]
}

function entriesOf(program: Command): Entry[] {
  const common = program.options.map(flagOf)
  const help = { long: '--help', text: 'show help', takesValue: false, values: [], isFile: false }
  return program.commands
    .filter((command) => !(command as unknown as { _hidden: boolean })._hidden)
    .map((command) => ({
      name: command.name(),
      text: command.summary(),
      flags: [...ownFlags(command), ...common.filter((flag) => flag.long !== '--version'), help],
      values: [
        ...command.commands.map((each) => each.name()),
        ...command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
      ],
    }))
}

/** Those of its subcommands too: a script does not tell which of them stands on the line. */
const ownFlags = (command: Command): Flag[] => [
  ...command.options.map(flagOf),
  ...command.commands.flatMap((each) => each.options.map(flagOf)),
]

function flagOf(option: Option): Flag {
  const long = option.long ?? ''
  return {
    long,
    text: option.description,
    takesValue: option.required || option.optional,
    values: option.argChoices ?? [],
    isFile: ['--home', '--source', '--sink', '--keep'].includes(long),
  }
}

function scriptFor(shell: Shell, program: Command): string {
  const entries = entriesOf(program)
  switch (shell) {
    case 'bash':
      return bash(entries)
    case 'zsh':
      return zsh(entries)
    case 'fish':
      return fish(entries)
  }
}

function bash(entries: Entry[]): string {
  const flags = [...new Map(entries.flatMap((entry) => entry.flags).map((flag) => [flag.long, flag])).values()]
  const valued = flags.filter((flag) => flag.takesValue)
  const values = valued.map((flag) => {
    const words = flag.values.length > 0 ? `compgen -W '${flag.values.join(' ')}' -- "$word"` : ''
    return `    ${flag.long}) COMPREPLY=(${flag.isFile ? '$(compgen -f -- "$word")' : words === '' ? '' : `$(${words})`}); return ;;`
  })
  const words = entries.map(
    (entry) => `    ${entry.name}) words='${[...entry.values, ...entry.flags.map((flag) => flag.long)].join(' ')}' ;;`,
  )
  return `# bash completion for tincan: source <(tincan completion bash)
_tincan() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command='' words='' i
  COMPREPLY=()
  case "$previous" in
${values.join('\n')}
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      ${entries.map((entry) => entry.name).join('|')}) command="\${COMP_WORDS[i]}"; break ;;
    esac
  done
  case "$command" in
    '') words='${entries.map((entry) => entry.name).join(' ')} --help --version' ;;
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o filenames -F _tincan tincan
`
}

function zsh(entries: Entry[]): string {
  const escape = (text: string) => text.replaceAll("'", '’').replace(/([[\]:])/g, '\\$1')
  const spec = (flag: Flag) => {
    const value = flag.isFile
      ? ':file:_files'
      : flag.values.length > 0
        ? `:value:(${flag.values.join(' ')})`
        : ':value: '
    return `'${flag.long}[${escape(flag.text)}]${flag.takesValue ? value : ''}'`
  }
  const cases = entries.map((entry) => {
    const values = entry.values.length > 0 ? ` '1:value:(${entry.values.join(' ')})'` : ''
    return `    ${entry.name}) _arguments${values} ${entry.flags.map(spec).join(' ')} ;;`
  })
  return `#compdef tincan
# zsh completion for tincan: put it as _tincan in a directory of $fpath
_tincan() {
  local line state
  _arguments -C '1: :->command' '*:: :->rest'
  case "$state" in
    command)
      local -a commands=(${entries.map((entry) => `'${entry.name}:${escape(entry.text)}'`).join(' ')})
      _describe 'command' commands ;;
    rest)
      case "$line[1]" in
${cases.map((line) => `    ${line}`).join('\n')}
      esac ;;
  esac
}
if [ "$funcstack[1]" = _tincan ]; then _tincan "$@"; else compdef _tincan tincan; fi
`
}

function fish(entries: Entry[]): string {
  const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const lines = ['# fish completion for tincan', 'complete -c tincan -f']
  for (const entry of entries) {
    lines.push(`complete -c tincan -n __fish_use_subcommand -a ${entry.name} -d ${quote(entry.text)}`)
    const here = `complete -c tincan -n '__fish_seen_subcommand_from ${entry.name}'`
    if (entry.values.length > 0) lines.push(`${here} -a ${quote(entry.values.join(' '))}`)
    for (const flag of entry.flags) {
      const value = !flag.takesValue
        ? ''
        : flag.isFile
          ? ' -r -F'
          : flag.values.length > 0
            ? ` -x -a ${quote(flag.values.join(' '))}`
            : ' -x'
      lines.push(`${here} -l ${flag.long.slice(2)}${value} -d ${quote(flag.text)}`)
    }
  }
  return `${lines.join('\n')}\n`
}
