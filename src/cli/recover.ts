/** `tincan recover NAME`: wins a name back with the 24 words of its recovery key, for the account of this home. */

import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

import { Command } from 'commander'

import { TincanError } from '../errors.ts'
import { parseUsername } from '../supernode/username.ts'
import { settledLines, workTeller } from './claim-words.ts'
import { type CommandContext, examples, runCommand } from './command.ts'
import { alreadyRunning } from './control-socket.ts'
import { EXIT } from './failure.ts'
import { nodeOptions, startNode } from './own-node.ts'
import { findRunning } from './remote-line.ts'
import { rememberUsername } from './settings.ts'

const WORDS = 24
/** 24 words are at most 215 characters; more is some other file. */
const PHRASE_CHARACTERS_MAX = 4_096

export function recoverCommand(): Command {
  return new Command('recover')
    .summary('win a username back with its recovery key')
    .description(
      'Reads the 24 words from the terminal, or from stdin. The name passes to this home after 72 hours, unless its old key objects.',
    )
    .argument('<username>', 'the name that was lost')
    .addHelpText('before', examples('tincan recover alice', 'tincan recover alice --home ~/new-home < words.txt'))
    .action(runCommand(recover))
}

async function recover({ settings, output, interrupt }: CommandContext<object>, username: string): Promise<number> {
  parseUsername(username)
  if ((await findRunning(settings.home)) !== undefined) throw alreadyRunning(settings.home)
  const phrase = process.stdin.isTTY ? await askWords(username) : await readWords(process.stdin)
  output.live(`Looking for who holds “${username}” …`)
  const { recoverName } = await import('../index.ts')
  const options = { ...nodeOptions(settings), signal: interrupt.signal }
  const { from, to } = await recoverName({ ...options, username, phrase })
  const own = await startNode({ ...settings, supernode: false }, username, interrupt.signal)
  try {
    rememberUsername(settings.home, username)
    const status = await own.line.claim.settle({ username }, workTeller(username, output), interrupt.signal)
    output.tell({ event: 'recovering', from, to, ...status })
    const [said, next] = settledLines(status)
    output.say(said)
    output.note(next)
    return EXIT.done
  } finally {
    output.live('')
    await own.stop()
  }
}

async function readWords(stdin: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of stdin) {
    text += String(chunk)
    if (text.length > PHRASE_CHARACTERS_MAX) break
  }
  return text.slice(0, PHRASE_CHARACTERS_MAX)
}

/** Line by line until there are enough, or an empty one; what is typed is not shown. */
function askWords(username: string): Promise<string> {
  process.stderr.write(`The 24 words of “${username}” (not shown; on one line or several, an empty one ends): `)
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: silence, terminal: true })
  return new Promise<string>((resolve, reject) => {
    let text = ''
    terminal.on('line', (line) => {
      text += `${line} `
      if (line.trim() === '' || text.split(/\s+/).length > WORDS || text.length > PHRASE_CHARACTERS_MAX) resolve(text)
    })
    terminal.on('close', () => resolve(text))
    terminal.on('SIGINT', () => reject(new TincanError('ABORTED', 'Interrupted.')))
  }).finally(() => {
    terminal.close()
    process.stderr.write('\n')
  })
}
