import { once } from 'node:events'
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { claimControl, dialControl, socketPlace } from '../../src/cli/control-socket.ts'
import { jsonLines, type Message } from '../../src/cli/json-lines.ts'
import { numberedSinks } from '../../src/cli/media-spec.ts'
import { readSettings, rememberUsername } from '../../src/cli/settings.ts'
import { holds } from '../support/property.ts'
import { Homes } from './tincan.ts'

const local = suite('cli local socket')

local('the socket and its directory are for their owner alone', async () => {
  using homes = new Homes()
  const home = homes.path('alice')
  mkdirSync(join(home, 'run'), { recursive: true })
  chmodSync(join(home, 'run'), 0o777)
  const server = await claimControl(home)
  const { directory, path } = socketPlace(home)
  assert.is(statSync(directory).mode & 0o777, 0o700)
  assert.is(statSync(path).mode & 0o777, 0o600)
  server.close()
})

local('a home that is held is refused, a socket left by the dead is taken over', async () => {
  using homes = new Homes()
  const home = homes.path('alice')
  assert.is(await dialControl(home), undefined)
  const server = await claimControl(home)
  try {
    await claimControl(home)
    assert.unreachable()
  } catch (error) {
    assert.is((error as { code?: string }).code, 'ALREADY_RUNNING')
  }
  await new Promise((resolve) => server.close(resolve))

  // What a killed process leaves: a socket nobody listens at.
  const { path } = socketPlace(home)
  const left = createServer()
  await new Promise<void>((resolve) => left.listen(`${path}.tmp`, resolve))
  const { linkSync } = await import('node:fs')
  linkSync(`${path}.tmp`, path)
  await new Promise((resolve) => left.close(resolve))
  assert.is(await dialControl(home), undefined)
  const again = await claimControl(home)
  const socket = await dialControl(home)
  assert.ok(socket)
  socket?.destroy()
  again.close()
})

local('a path too long for a socket goes to a private directory, the same one each time', () => {
  const home = `/home/somebody/${'deep/'.repeat(30)}`
  const env = { XDG_RUNTIME_DIR: '/run/user/1000' }
  const place = socketPlace(home, env)
  assert.ok(place.path.startsWith('/run/user/1000/tincan/'))
  assert.ok(Buffer.byteLength(place.path) <= 103)
  assert.equal(socketPlace(home, env), place)
  assert.is.not(socketPlace(`${home}/x`, env).path, place.path)
  assert.match(socketPlace(home, {}).path, /\/tincan-\d+\/[0-9a-f]{16}\.sock$/)
  assert.ok(Buffer.byteLength(socketPlace(home, { XDG_RUNTIME_DIR: `/${'x'.repeat(120)}` }).path) <= 103)
})

local('messages come through whole however the bytes are cut', () => {
  const values = fc.array(
    fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()), { noNullPrototype: true }),
    { maxLength: 5 },
  )
  return holds(
    fc.asyncProperty(values, fc.integer({ min: 1, max: 20 }), async (messages, cut) => {
      const stream = new PassThrough()
      const heard: Message[] = []
      jsonLines(
        stream,
        (message) => heard.push(message),
        () => {},
      )
      const bytes = Buffer.from(messages.map((message) => `${JSON.stringify(message)}\n`).join(''))
      for (let at = 0; at < bytes.length; at += cut) stream.write(bytes.subarray(at, at + cut))
      await new Promise<void>((resolve) => stream.end(() => resolve()))
      await new Promise((resolve) => setImmediate(resolve))
      assert.equal(heard, JSON.parse(JSON.stringify(messages)))
    }),
  )
})

local('nonsense and a line without an end close the connection', async () => {
  for (const bytes of ['nonsense\n', '[]\n', 'null\n', 'x'.repeat(300 * 1024)]) {
    const stream = new PassThrough()
    const heard: Message[] = []
    let goneCount = 0
    const closed = new Promise<void>((resolve) =>
      jsonLines(
        stream,
        (message) => heard.push(message),
        () => {
          goneCount++
          resolve()
        },
      ),
    )
    stream.write(bytes)
    await closed
    assert.ok(stream.destroyed)
    assert.equal([heard.length, goneCount], [0, 1])
  }
})

local('flags win over the environment, the environment over the config file', () => {
  using homes = new Homes()
  const home = homes.path('alice')
  mkdirSync(home)
  writeFileSync(
    join(home, 'config.json'),
    JSON.stringify({ username: 'alice', network: 'filed', profile: 'local', listen: ['/ip4/127.0.0.1/tcp/1'] }),
  )
  const env = { TINCAN_HOME: home, TINCAN_NETWORK: 'named', TINCAN_BOOTSTRAP: '/a, /b  /c' }
  const settings = readSettings({ network: 'flagged' }, env)
  assert.equal(settings, {
    home,
    username: 'alice',
    network: 'flagged',
    profile: 'local',
    bootstrap: ['/a', '/b', '/c'],
    listen: ['/ip4/127.0.0.1/tcp/1'],
    supernode: true,
    metered: false,
    portMapping: undefined,
    relayOnly: false,
    relay: true,
    relayMegabits: undefined,
  })
  assert.is(readSettings({}, env).network, 'named')
  assert.is(readSettings({}, { TINCAN_HOME: home }).network, 'filed')
  assert.is(readSettings({ home: homes.path('other') }, env).username, undefined)
  assert.is(readSettings({ supernode: false }, env).supernode, false)
  rememberUsername(home, 'alice2')
  assert.is(readSettings({}, env).username, 'alice2')
  assert.is(readSettings({}, { TINCAN_HOME: home }).network, 'filed')
})

local('a second recording gets a number, and none is written over', () => {
  using homes = new Homes()
  const next = numberedSinks(homes.path('bob.wav'))
  assert.is(next(), homes.path('bob.wav'))
  writeFileSync(homes.path('bob-2.wav'), '')
  assert.is(next(), homes.path('bob-3.wav'))
  assert.is(numberedSinks('null')(), 'null')
})

const never = () => Promise.reject(new Error('not here'))
const deaf = {
  call: never,
  lookup: never,
  status: never,
  netcheck: never,
  ping: never,
  claim: { settle: never },
  contacts: {
    ...{ list: never, add: never, rename: never, remove: never, block: never },
    ...{ unblock: never, verify: never, confirm: never, invite: never, accept: never },
  },
  devices: { add: never, list: never, revoke: never, rename: never },
  stop: () => Promise.resolve(),
}

local('a command that comes while the node is starting is answered once it is up', async () => {
  using homes = new Homes()
  const home = homes.path('alice')
  const server = await claimControl(home)
  const { holdConnections, serveControl } = await import('../../src/cli/control-server.ts')
  const waiting = holdConnections(server)
  const early = connect(socketPlace(home).path)
  await once(early, 'connect')
  const heard = once(early, 'data')
  const control = serveControl(server, waiting, deaf, 'main')
  assert.match(String((await heard)[0]), /"event":"hello"/)
  control.stop()
  early.destroy()
})

local('a stranger to the protocol cannot stop the server', async () => {
  using homes = new Homes()
  const home = homes.path('alice')
  const server = await claimControl(home)
  const { serveControl } = await import('../../src/cli/control-server.ts')
  const control = serveControl(server, [], deaf, 'main')
  const ask = (text: string) =>
    new Promise<string>((resolve) => {
      let heard = ''
      const socket = connect(socketPlace(home).path)
      socket.on('data', (bytes) => (heard += String(bytes)))
      socket.on('error', () => {})
      socket.on('close', () => resolve(heard))
      socket.write(text)
    })
  for (const text of [
    '{}\n',
    '{"do":"dance"}\n',
    '{"do":"call"}\n',
    '{"do":"device"}\n',
    '{"do":"device","act":"revoke","device":7}\n',
    '{"do":"call","source":1,"sink":2}\n',
    '\u0000\n',
    'x'.repeat(300_000),
  ]) {
    assert.match(await ask(text), /^\{"v":1,"event":"hello"/, text.slice(0, 20))
  }
  assert.match(await ask('{"do":"status"}\n'), /"error":\{"code":"FAILED","message":"not here"\}/)
  control.stop()
})

local.run()
