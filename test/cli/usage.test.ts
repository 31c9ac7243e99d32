import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { repeatFlags } from '../../src/cli/program.ts'
import { ROOT } from '../support/test-file.ts'
import { eventsOf, Homes, tincan } from './tincan.ts'

const usage = suite('cli usage')
const COMMANDS = [
  'up',
  'call',
  'lookup',
  'status',
  'netcheck',
  'ping',
  'claim',
  'recover',
  'contacts',
  'verify',
  'invite',
  'device',
  'demo',
  'completion',
]

usage('help of the program and of each command shows examples before flags, on stdout', async () => {
  const endings = await Promise.all(
    [[], ...COMMANDS.map((command) => [command])].map((words) => tincan([...words, '--help'])),
  )
  for (const { code, stdout } of endings) {
    assert.is(code, 0)
    assert.match(stdout, /^Examples:\n {2}\$ /)
    assert.ok(stdout.indexOf('Examples:') < stdout.indexOf('Options:'))
    assert.match(stdout, /--json/)
  }
  for (const command of COMMANDS) assert.match(endings[0]?.stdout ?? '', new RegExp(`^  ${command}\\b`, 'm'))
  assert.not.match(endings[0]?.stdout ?? '', /demo-network/)
})

usage('wrong usage exits with 2 and says what is wrong on stderr', async () => {
  using homes = new Homes()
  const table: [words: string[], says: RegExp][] = [
    [[], /Usage: tincan/],
    [['cal', 'bob'], /Did you mean call\?/],
    [['call'], /missing required argument 'name'/],
    [['call', 'bob', '--sorce', 'tone'], /Did you mean --source\?/],
    [['call', 'bob', '--for', 'ever'], /--for ever: give a number/],
    [['up', 'bob', '--relay-megabits', '0'], /--relay-megabits 0: give a number/],
    [['up', 'bob', '--relay-only', '--no-relay'], /leave media no way at all/],
    [['call', 'bob', '--sink', 'tone'], /“tone” is a source/],
    [['call', 'bob', '--sink', 'reply.mp3'], /should end in \.wav or \.ogg/],
    [['call', 'Bob'], /character “B”.*lower case/],
    [['ping', 'bob', '--count', '26'], /--count 26: give a whole number from 1 to 25/],
    [['lookup', 'b b'], /character “ ”/],
    [['up', 'zoë'], /character “ë”/],
    [['up', 'al'], /3 to 32/],
    [['up'], /no username yet.*tincan up NAME/],
    [['up', 'alice', '--answer', 'maybe'], /auto, ask, never/],
    [['up', 'alice', '--profile', 'lokal'], /local, internet/],
    [['status', '--network', 'Ä'], /cannot name a network/],
    [['demo', '--nodes', '3'], /whole number from 12/],
    [['contacts', 'ad', 'bob'], /Did you mean add\?/],
    [['contacts'], /Usage: tincan contacts/],
    [['contacts', 'add', 'Bob'], /character “B”/],
    [['contacts', 'rename', 'bob'], /missing required argument 'new'/],
    [['verify', 'bob.k'], /five letters/],
    [['invite', 'acept', 'x'], /too many arguments/],
    [['completion', 'csh'], /bash, zsh, fish/],
    [['device'], /Usage: tincan device/],
    [['device', 'ad'], /Did you mean add\?/],
    [['device', 'revoke'], /missing required argument 'device'/],
    [['device', 'join'], /no code/],
  ]
  const env = { TINCAN_HOME: homes.path('alice') }
  const endings = await Promise.all(table.map(([words]) => tincan(words, env)))
  endings.forEach(({ code, stdout, stderr }, at) => {
    const [words, says] = table[at] as (typeof table)[number]
    assert.is(code, 2, `${words.join(' ')}: ${stderr}`)
    assert.match(stderr, says)
    assert.is(stdout, '')
  })
})

usage('a failure is one JSON object with --json, and words on stderr', async () => {
  using homes = new Homes()
  const { code, stdout, stderr } = await tincan(['call', 'BOB', '--json'], { TINCAN_HOME: homes.path('alice') })
  assert.is(code, 2)
  const [event] = eventsOf(stdout)
  assert.equal(Object.keys(event ?? {}), ['v', 'event', 'code', 'message'])
  assert.is(event?.['code'], 'BAD_USERNAME')
  assert.match(stderr, /^tincan: “BOB”/)
})

usage('a source that is not there and a directory that is not there are told before anything starts', async () => {
  using homes = new Homes()
  const env = { TINCAN_HOME: homes.path('alice') }
  const source = await tincan(['call', 'bob', '--source', 'nothing.wav'], env)
  assert.is(source.code, 1)
  assert.match(source.stderr, /There is no file nothing\.wav/)
  const sink = await tincan(['up', 'alice', '--sink', homes.path('no/such/place.wav')], env)
  assert.is(sink.code, 1)
  assert.match(sink.stderr, /There is no directory .*no\/such/)
})

usage('a config file that cannot be read is told, and left as it is', async () => {
  using homes = new Homes()
  const home = homes.path('alice')
  mkdirSync(home)
  for (const [text, says] of [
    ['{"username":', /config\.json is not JSON/],
    ['{"bootstrap":"x"}', /“bootstrap” should be a list/],
    ['[]', /one object/],
  ] as const) {
    writeFileSync(join(home, 'config.json'), text)
    const { code, stderr } = await tincan(['up'], { TINCAN_HOME: home })
    assert.is(code, 1)
    assert.match(stderr, says)
  }
})

usage('a name may follow the addresses of --bootstrap', () => {
  assert.equal(repeatFlags(['up', '--bootstrap', '/ip4/1', '/ip4/2', 'alice']), [
    ...['up', '--bootstrap', '/ip4/1', '--bootstrap', '/ip4/2', 'alice'],
  ])
  assert.equal(repeatFlags(['call', '--source', '/tmp/a.wav', '--listen', '/ip4/1']), [
    ...['call', '--source', '/tmp/a.wav', '--listen', '/ip4/1'],
  ])
  assert.equal(repeatFlags(['--listen', '/a', '--sink', '/b.wav']), ['--listen', '/a', '--sink', '/b.wav'])
})

usage('the version is that of the package', async () => {
  const { code, stdout } = await tincan(['--version'])
  assert.is(code, 0)
  assert.match(stdout, /^\d+\.\d+\.\d+/)
})

usage('completion scripts know the commands, the flags and their values', async () => {
  const [bash, zsh, fish] = await Promise.all(['bash', 'zsh', 'fish'].map((shell) => tincan(['completion', shell])))
  for (const ending of [bash, zsh, fish]) {
    assert.is(ending?.code, 0)
    for (const word of [...COMMANDS, 'answer', 'bootstrap'])
      assert.match(ending?.stdout ?? '', new RegExp(`\\b${word}\\b`))
    assert.not.match(ending?.stdout ?? '', /demo-network/)
  }
  const complete = (...words: string[]) => {
    const script = `${bash?.stdout}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})\nCOMP_CWORD=${words.length - 1}\n_tincan\necho "\${COMPREPLY[@]}"`
    const run = spawnSync('bash', ['-c', script], { encoding: 'utf8' })
    assert.is(run.stderr, '')
    return run.stdout.trim().split(' ')
  }
  assert.equal(complete('tincan', 'st'), ['status'])
  assert.equal(complete('tincan', 'up', '--ans'), ['--answer', '--answer-after'])
  assert.equal(complete('tincan', 'up', '--answer', ''), ['auto', 'ask', 'never'])
  assert.equal(complete('tincan', 'completion', 'f'), ['fish'])
  assert.equal(complete('tincan', 'call', 'bob', '--source', `${ROOT}/tsconf`), [`${ROOT}/tsconfig.json`])
})

usage('an old Node is told what is needed, without a syntax error', () => {
  // The version is all that the launcher looks at.
  const pretend = `Object.defineProperty(process.versions, 'node', { value: '20.1.0' })`
  const launcher = join(ROOT, 'bin/tincan.js')
  using homes = new Homes()
  // Alone in a directory it is as installed: no sources and no Node of its own beside it.
  const copy = spawnSync('bash', [
    '-c',
    `mkdir -p ${homes.path('bin')} && cp ${launcher} ${homes.path('bin/tincan.mjs')}`,
  ])
  assert.is(copy.status, 0)
  const run = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, homes.path('bin/tincan.mjs')],
    {
      encoding: 'utf8',
    },
  )
  assert.is(run.status, 1)
  assert.match(run.stderr, /needs Node 22\.18 or newer, and this is 20\.1\.0/)
})

usage.run()
