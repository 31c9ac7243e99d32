import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { eventsOf, Homes, Tincan, tincan } from './tincan.ts'

const home = suite('cli home')
const LOCAL = ['--profile', 'local', '--network', 'cli-home', '--listen', '/ip4/127.0.0.1/tcp/0']
const isReady = (event: Record<string, unknown>) => event['event'] === 'ready'

home('up remembers its name, shows its status and leaves in good order', async () => {
  using homes = new Homes()
  const env = { TINCAN_HOME: homes.path('alice') }
  await using first = new Tincan(['up', 'alice', '--json', ...LOCAL], env)
  const ready = await first.event(isReady)
  assert.is(Object.keys(ready)[0], 'v')
  assert.match(String(ready['address']), /^alice\.[a-z2-7]{5}$/)
  assert.match((ready['listen'] as string[])[0] as string, /^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\/12D3/)

  const [status, words, twice] = await Promise.all([
    tincan(['status', '--json'], env),
    tincan(['status'], env),
    tincan(['up', 'alice', ...LOCAL], env),
  ])
  assert.is(status.code, 0)
  const [answer] = eventsOf(status.stdout)
  assert.is(Object.keys(answer ?? {})[0], 'v')
  assert.is(answer?.['peerId'], ready['peerId'])
  for (const key of ['role', 'homes', 'networkSize', 'leasesHeld', 'calls']) assert.ok(answer?.[key] !== undefined, key)
  assert.match(words.stdout, /^name +alice\./)
  assert.is(twice.code, 1)
  assert.match(twice.stderr, /already running in .*TINCAN_HOME=DIR/)

  first.kill('SIGTERM')
  assert.is((await first.ended).code, 0)

  await using again = new Tincan(['up', '--json', ...LOCAL], env)
  const readyAgain = await again.event(isReady)
  assert.equal([readyAgain['address'], readyAgain['peerId']], [ready['address'], ready['peerId']])
  // Killed, it can tidy nothing up, and the home is free all the same.
  again.kill('SIGKILL')
  await again.ended
  await using third = new Tincan(['up', '--json', ...LOCAL], env)
  await third.event(isReady)
  third.kill('SIGINT')
  assert.is((await third.ended).code, 130)
})

home('a corrupt key file stops the start and is left as it is', async () => {
  using homes = new Homes()
  for (const file of ['account.key', 'device.key']) {
    const directory = homes.path(file)
    mkdirSync(directory)
    writeFileSync(join(directory, file), 'not a key')
    const { code, stderr } = await tincan(['up', 'alice', ...LOCAL], { TINCAN_HOME: directory })
    assert.is(code, 1)
    assert.match(stderr, new RegExp(file.replace('.', '\\.')))
    assert.is(readFileSync(join(directory, file), 'utf8'), 'not a key')
  }
})

home('a port in use and an address that is none are told', async () => {
  using homes = new Homes()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const local = ['--profile', 'local', '--network', 'cli-home', '--home', homes.path('alice')]
  const [taken, wrong] = await Promise.all([
    tincan(['up', 'alice', ...local, '--listen', `/ip4/127.0.0.1/tcp/${port}`]),
    tincan(['up', 'bob', ...local, '--home', homes.path('bob'), '--listen', '127.0.0.1:80']),
  ])
  server.close()
  assert.is(taken.code, 1)
  assert.match(taken.stderr, new RegExp(`${port}`))
  assert.is(wrong.code, 2)
  assert.match(wrong.stderr, /127\.0\.0\.1:80/)
})

home('without a network, and without a name, the commands say so', async () => {
  using homes = new Homes()
  // A port that was free a moment ago: nobody is there.
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  const nobody = `/ip4/127.0.0.1/tcp/${port}/p2p/12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5`
  const flags = (name: string) => [...LOCAL, '--home', homes.path(name), '--bootstrap', nobody]
  const [lookup, call, nameless] = await Promise.all([
    tincan(['lookup', 'bob', ...flags('a')]),
    tincan(['call', 'bob', '--json', ...flags('b')], { TINCAN_USERNAME: 'alice' }),
    tincan(['call', 'bob', ...flags('c')]),
  ])
  assert.is(lookup.code, 5, lookup.stderr)
  assert.is(call.code, 5, call.stderr)
  assert.is(eventsOf(call.stdout).at(-1)?.['code'], 'NO_NETWORK')
  assert.is(nameless.code, 2, nameless.stderr)
  assert.match(nameless.stderr, /tincan up NAME/)
})

home.run()
