import { writeFileSync } from 'node:fs'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { type Call, type Lookup, readSamples, similarity, testnet, type Testnet, voicePath } from '../../src/index.ts'
import { type Event, eventsOf, Homes, Tincan, tincan } from './tincan.ts'

interface Context {
  net: Testnet
  homes: Homes
  alice: Tincan
  bob: Tincan
  ringing: Call[]
}

const NETWORK = 'cli-calls'
const calls = suite<Context>('cli calls')

const is = (name: string) => (event: Event) => event['event'] === name
const isState = (state: string) => (event: Event) => event['state'] === state
const flags = ({ net, homes }: Context, name: string) => [
  ...['--home', homes.path(name), '--profile', 'local', '--network', NETWORK, '--listen', '/ip4/127.0.0.1/tcp/0'],
  ...['--bootstrap', ...net.bootstrap],
]
const isOnline = (event: Event) =>
  event['event'] === 'online' || (event['event'] === 'ready' && event['online'] === true)

calls.before(async (context) => {
  context.net = await testnet(4, { network: NETWORK })
  context.homes = new Homes()
  context.ringing = []
  // Somebody who lets it ring.
  const erin = await context.net.add({ username: 'erin' })
  erin.on('call', (call) => {
    call.active.catch(() => {})
    context.ringing.push(call)
  })
  context.alice = new Tincan(['up', 'alice', '--json', ...flags(context, 'alice')])
  const media = ['--source', voicePath('bob'), '--sink', context.homes.path('bob.wav')]
  context.bob = new Tincan(['up', 'bob', '--answer', 'auto', '--json', ...media, ...flags(context, 'bob')])
  await Promise.all([context.alice.event(isOnline), context.bob.event(isOnline)])
})

calls.after(async ({ net, homes, alice, bob }) => {
  await Promise.all([alice[Symbol.asyncDispose](), bob[Symbol.asyncDispose](), net.stop()])
  homes[Symbol.dispose]()
})

calls(
  'a call through the running node tells its steps, records the voice and ends with its measures',
  async (context) => {
    const { homes, bob } = context
    const sink = homes.path('heard.wav')
    const { code, stdout, stderr } = await tincan([
      'call',
      'bob',
      '--json',
      '--sink',
      sink,
      '--for',
      '3',
      '--home',
      homes.path('alice'),
    ])
    assert.is(code, 0, stderr)
    const events = eventsOf(stdout)
    for (const event of events) assert.equal(Object.entries(event)[0], ['v', 1])
    const states = events.filter(is('state')).map((event) => event['state'])
    assert.equal(
      states,
      ['ringing', 'connecting', 'active', 'ended'].filter((state) => states.includes(state)),
    )
    const ended = events.at(-1) as Event & { setup: Event; media: Event }
    assert.equal([ended['event'], ended['reason']], ['ended', 'hangup'])
    for (const key of ['resolveMs', 'ringMs', 'acceptToAudioMs']) assert.type(ended.setup[key], 'number', key)
    for (const key of ['packetsSent', 'packetsReceived', 'packetsLost', 'jitterMs', 'mos']) {
      assert.type(ended.media[key], 'number', key)
    }
    assert.equal([ended.media['path'], ended.media['codec']], ['direct', 'opus'])

    const theirs = await bob.event(isState('ended'))
    assert.is(theirs['reason'], 'remote-hangup')
    assert.match(String(theirs['from']), /^alice/)
    assert.is(theirs['sink'], homes.path('bob.wav'))
    const heard = await readSamples(sink)
    const said = await readSamples(voicePath('bob'))
    assert.ok(similarity(said.subarray(0, heard.length), heard).correlation > 0.7, 'alice should have heard bob')
  },
)

calls('a call ends by itself a second after its source file', async ({ homes }) => {
  const hello = homes.path('hello.wav')
  writeFileSync(hello, beep(1))
  const { code, stdout } = await tincan(['call', 'bob', '--source', hello, '--home', homes.path('alice')])
  assert.is(code, 0)
  assert.match(stdout, /^Talked to bob\.[a-z2-7]{5} for [\d.]+ s: direct, .*MOS/)
})

calls('a node of its own will do for a call, and for a look', async (context) => {
  const dave = flags(context, 'dave')
  const call = await tincan(['call', 'bob', '--for', '1', ...dave], { TINCAN_USERNAME: 'dave' })
  assert.is(call.code, 0, call.stderr)
  const lookup = await tincan(['lookup', 'bob', '--json', ...dave])
  assert.is(lookup.code, 0, lookup.stderr)
  const [found] = eventsOf(lookup.stdout)
  assert.equal(Object.keys(found ?? {}), [
    'v',
    'username',
    'address',
    'accountKey',
    'sinceMs',
    'devices',
    'verdict',
    'holders',
    'ms',
  ])
  assert.match(String(found?.['accountKey']), /^[0-9a-f]{64}$/)
  const [device] = (found as unknown as Lookup).devices
  assert.is(device?.online, true)
  assert.ok((device?.homes.length ?? 0) > 0)
})

calls('nobody of that name is 3, declined is 4, offline is 6, a file that is no sound is 1', async (context) => {
  const { homes } = context
  const atAlice = ['--home', homes.path('alice')]
  await using carol = new Tincan(['up', 'carol', '--json', ...flags(context, 'carol')])
  await carol.event(isOnline)
  // No terminal to ask at.
  assert.match(carol.stderr, /no terminal to ask at/)
  const noise = homes.path('noise.wav')
  writeFileSync(noise, 'this is not a sound')
  const [unknown, call, declined] = await Promise.all([
    tincan(['lookup', 'nobody-here', '--json', ...atAlice]),
    tincan(['call', 'nobody-here', ...atAlice]),
    tincan(['call', 'carol', '--json', ...atAlice]),
  ])
  // One call at a time: after the others.
  const source = await tincan(['call', 'erin', '--source', noise, ...atAlice])
  assert.is(unknown.code, 3)
  assert.is(eventsOf(unknown.stdout)[0]?.['code'], 'NO_SUCH_USER')
  assert.is(call.code, 3)
  assert.is(declined.code, 4, declined.stderr)
  assert.is(eventsOf(declined.stdout).at(-1)?.['reason'], 'declined')
  assert.is(source.code, 1, source.stderr)
  assert.match(source.stderr, /noise\.wav/)

  carol.kill('SIGTERM')
  await carol.ended
  const offline = await tincan(['call', 'carol', ...atAlice])
  assert.is(offline.code, 6, offline.stderr)
})

calls('Ctrl-C cancels a call that rings, and hangs up one that is active', async ({ homes, ringing }) => {
  const atAlice = ['--json', '--home', homes.path('alice')]
  await using first = new Tincan(['call', 'erin', ...atAlice])
  await first.event(isState('ringing'))
  first.kill('SIGINT')
  const { code, stdout } = await first.ended
  assert.is(code, 130)
  assert.is(eventsOf(stdout).at(-1)?.['reason'], 'cancelled')
  assert.is((await ringing.at(-1)?.ended)?.reason, 'cancelled')

  await using second = new Tincan(['call', 'bob', ...atAlice])
  await second.event(isState('active'))
  second.kill('SIGINT')
  const ending = await second.ended
  assert.is(ending.code, 0)
  assert.is(eventsOf(ending.stdout).at(-1)?.['reason'], 'hangup')
})

calls('a call whose process dies is hung up by the running node', async ({ homes, bob, alice }) => {
  const before = bob.events.filter(isState('ended')).length
  await using caller = new Tincan(['call', 'bob', '--json', '--home', homes.path('alice')])
  await caller.event(isState('active'))
  caller.kill('SIGKILL')
  await bob.until(() => bob.events.filter(isState('ended')).length > before)
  assert.is(bob.events.filter(isState('ended')).at(-1)?.['reason'], 'remote-hangup')
  assert.is(alice.child.exitCode, null)
})

calls('a name that somebody else holds is refused', async (context) => {
  const { code, stderr } = await tincan(['up', 'bob', ...flags(context, 'mallory')])
  assert.is(code, 1)
  assert.match(stderr, /“bob” is taken/)
})

calls('a node that stops in mid-call ends the command', async ({ homes, alice }) => {
  await using caller = new Tincan(['call', 'bob', '--json', '--home', homes.path('alice')])
  await caller.event(isState('active'))
  alice.kill('SIGTERM')
  const { code } = await caller.ended
  assert.is(code, 1)
  assert.is((await alice.ended).code, 0)
})

calls.run()

/** Mono 16-bit 48 kHz WAV of so many seconds of 440 Hz. */
function beep(seconds: number): Buffer {
  const samples = Int16Array.from(
    { length: seconds * 48_000 },
    (_, at) => 8000 * Math.sin((2 * Math.PI * 440 * at) / 48_000),
  )
  const head = Buffer.from(
    'RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xbb\0\0\0\x77\x01\0\x02\0\x10\0data\0\0\0\0',
    'latin1',
  )
  head.writeUInt32LE(36 + samples.byteLength, 4)
  head.writeUInt32LE(samples.byteLength, 40)
  return Buffer.concat([head, Buffer.from(samples.buffer)])
}
