import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { duration, phraseLines, settledLines, workLine } from '../../src/cli/claim-words.ts'
import { eventsOf, Homes, Tincan, tincan } from './tincan.ts'

const claim = suite('cli claim')
const LOCAL = ['--profile', 'local', '--network', 'cli-claim', '--listen', '/ip4/127.0.0.1/tcp/0']

/** A node for others to join through. */
async function network(homes: Homes) {
  const node = new Tincan(['up', 'zoe', '--json', ...LOCAL], { TINCAN_HOME: homes.path('zoe') })
  const ready = await node.event(({ event }) => event === 'ready')
  const join = [...LOCAL, '--bootstrap', (ready['listen'] as string[])[0] as string]
  return { node, join }
}

const claimJson = (homes: Homes, name: string) =>
  (JSON.parse(readFileSync(join(homes.path(name), 'claim.json'), 'utf8')) as { claims: Record<string, unknown>[] })
    .claims

claim('a name is claimed with a recovery key, which is shown once; the second time it is ours already', async () => {
  using homes = new Homes()
  const { node, join: flags } = await network(homes)
  await using _node = node
  const env = { TINCAN_HOME: homes.path('alice') }
  const first = await tincan(['claim', 'alice', ...flags], env)
  assert.is(first.code, 0, first.stderr)
  const rows = first.stdout.split('\n')
  assert.is(
    rows
      .slice(0, 6)
      .join(' ')
      .match(/\d+ [a-z]+/g)?.length,
    24,
  )
  assert.match(rows[6] as string, /^alice\.[a-z2-7]{5} is yours\.$/)
  assert.match(first.stderr, /Write these words down/)
  const words = rows
    .slice(0, 6)
    .join(' ')
    .replaceAll(/[\d\s]+/g, ' ')
    .trim()
    .split(' ')
  for (const file of readdirSync(homes.path('alice'), { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue
    const text = readFileSync(join(file.parentPath, file.name), 'utf8')
    assert.not.ok(text.includes(words.slice(0, 3).join(' ')), `the words are not in ${file.name}`)
  }

  const second = await tincan(['claim', 'alice', '--json', ...flags], env)
  assert.is(second.code, 0, second.stderr)
  const [said, ...more] = eventsOf(second.stdout)
  assert.equal(more, [])
  assert.equal([said?.['event'], said?.['hasRecovery'], said?.['isOnline'], said?.['seq']], ['claimed', true, true, 2])
  const again = await tincan(['claim', 'alice', '--recovery', ...flags], env)
  assert.is(again.code, 1)
  assert.match(again.stderr, /has a recovery key already/)
})

claim('with nobody there the claim is made ready, and up registers it', async () => {
  using homes = new Homes()
  const env = { TINCAN_HOME: homes.path('alice') }
  const { code, stdout, stderr } = await tincan(['claim', 'alice', '--no-recovery', ...LOCAL], env)
  assert.is(code, 0, stderr)
  assert.match(stdout, /^alice\.[a-z2-7]{5} is ready, but nobody is here yet/)
  assert.match(stderr, /tincan up alice/)
})

claim('the running node of the home is asked; a name that it does not go by is refused', async () => {
  using homes = new Homes()
  const { node, join: flags } = await network(homes)
  await using _node = node
  const env = { TINCAN_HOME: homes.path('alice') }
  await using up = new Tincan(['up', 'alice', '--json', ...flags], env)
  await up.event(({ event }) => event === 'ready')
  await up.until(() => /There is no recovery key.*tincan claim alice --recovery/.test(up.stderr))
  const [made, other, rotated] = [
    await tincan(['claim', 'alice', '--json'], env),
    await tincan(['claim', 'bob'], env),
    await tincan(['claim', 'alice', '--rotate'], env),
  ]
  assert.is(made.code, 0, made.stderr)
  const [recovery, claimed] = eventsOf(made.stdout)
  assert.is(String(recovery?.['words']).split(' ').length, 24)
  assert.is(claimed?.['hasRecovery'], true)
  assert.is(other.code, 2)
  assert.match(other.stderr, /goes by “alice”/)
  assert.is(rotated.code, 1)
  assert.match(rotated.stderr, /already running/)
})

claim('a rotated key keeps the name, and a recovery waits for its window', async () => {
  using homes = new Homes()
  const { node, join: flags } = await network(homes)
  await using _node = node
  const env = { TINCAN_HOME: homes.path('alice') }
  const first = await tincan(['claim', 'alice', '--json', ...flags], env)
  assert.is(first.code, 0, first.stderr)
  const [recovery, claimed] = eventsOf(first.stdout)
  const rotated = await tincan(['claim', 'alice', '--rotate', '--json', ...flags], env)
  assert.is(rotated.code, 0, rotated.stderr)
  const [passing, now] = eventsOf(rotated.stdout)
  assert.is(passing?.['from'], claimed?.['address'])
  assert.is(now?.['address'], passing?.['to'])
  assert.is(now?.['isOnline'], true)
  assert.is(readdirSync(homes.path('alice')).filter((name) => /^account-[a-z2-7]{5}\.key$/.test(name)).length, 1)

  const elsewhere = { TINCAN_HOME: homes.path('new machine') }
  await using recovering = new Tincan(
    ['recover', 'alice', '--json', ...flags],
    elsewhere,
    [],
    String(recovery?.['words']),
  )
  const { code, stdout, stderr } = await recovering.ended
  assert.is(code, 0, stderr)
  const [waiting] = eventsOf(stdout)
  assert.is(waiting?.['from'], now?.['address'])
  assert.ok(Number(waiting?.['pendingUntilMs']) > Date.now() - 60_000, stdout)
  assert.is(waiting?.['isOnline'], false)
})

claim('words that are none are refused before anything is asked, and never by argument', async () => {
  using homes = new Homes()
  const env = { TINCAN_HOME: homes.path('alice') }
  await using none = new Tincan(['recover', 'alice', ...LOCAL], env, [], 'abandon abandon')
  const { code, stderr } = await none.ended
  assert.is(code, 2)
  assert.match(stderr, /2 words; a recovery key has 24/)
  assert.not(existsSync(join(homes.path('alice'), 'account.key')), 'no account is made')
  const inArguments = await tincan(['recover', 'alice', 'abandon', 'abandon'], env)
  assert.is(inArguments.code, 2)
})

claim('a claim file that is corrupt is told and left as it is', async () => {
  using homes = new Homes()
  mkdirSync(homes.path('alice'))
  const path = join(homes.path('alice'), 'claim.json')
  writeFileSync(path, 'not a claim')
  for (const words of [
    ['claim', 'alice'],
    ['up', 'alice'],
  ]) {
    const { code, stderr } = await tincan([...words, ...LOCAL], { TINCAN_HOME: homes.path('alice') })
    assert.is(code, 1)
    assert.match(stderr, /claim\.json cannot be used/)
  }
  assert.is(readFileSync(path, 'utf8'), 'not a claim')
})

claim('work that is interrupted goes on the next time', async () => {
  using homes = new Homes()
  const env = { TINCAN_HOME: homes.path('abc') }
  // three letters: 32,768 tries are expected, some minutes
  const flags = [
    '--json',
    '--no-recovery',
    '--profile',
    'internet',
    '--network',
    'cli-claim',
    '--listen',
    '/ip4/127.0.0.1/tcp/0',
  ]
  const searched = () => (claimJson(homes, 'abc')[0]?.['search'] ?? { tries: Infinity }) as { tries: number }
  const work = async () => {
    await using running = new Tincan(['claim', 'abc', ...flags], env)
    // of many names one is found at once: then there is nothing to interrupt
    const event = await running.event(({ event }) => event === 'work' || event === 'claimed')
    running.kill('SIGINT')
    const { code } = await running.ended
    return { event, code }
  }
  const first = await work()
  if (first.event['event'] === 'claimed') return
  assert.is(first.event['expected'], 32_768)
  assert.is(first.code, 130)
  const tries = searched().tries
  assert.ok(tries >= Number(first.event['tries']), `${tries} tries are kept`)
  const second = await work()
  if (second.event['event'] === 'work') assert.ok(Number(second.event['tries']) > tries, 'it goes on from there')
})

claim('work, waiting and words are told in words', () => {
  const work = { tries: 512, expected: 1024, chance: 0.393, remainingMs: 5_400 }
  assert.is(workLine('alice', work), 'Work for “alice”: 512 tries of about 1024, chance so far 39 %, about 5 s to go')
  assert.is(
    workLine('alice', { ...work, remainingMs: undefined }),
    'Work for “alice”: 512 tries of about 1024, chance so far 39 %',
  )
  const table: [ms: number, words: string][] = [
    [1, '1 s'],
    [99_000, '99 s'],
    [150_000, '3 min'],
    [7_200_000, '2 h'],
  ]
  for (const [ms, words] of table) assert.is(duration(ms), words)
  const rows = phraseLines(Array.from({ length: 24 }, (_, i) => `word${String.fromCharCode(97 + i)}`).join(' '))
  assert.is(rows.length, 6)
  assert.is(rows[0], ' 1 worda       2 wordb       3 wordc       4 wordd')
  const status = {
    username: 'alice',
    address: 'alice.k7q2m',
    seq: 1,
    isGranted: true,
    hasRecovery: false,
    needsWork: false,
  }
  assert.match(settledLines({ ...status, isOnline: true })[0], /is yours/)
  assert.match(settledLines({ ...status, isOnline: false })[0], /nobody is here yet/)
  assert.match(
    settledLines({ ...status, isOnline: false, pendingUntilMs: 1e12 })[0],
    /takes “alice” over at 2001-09-09/,
  )
})

claim.run()
