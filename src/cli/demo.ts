/**
 * `tincan demo`: a small real network on this machine, in several processes; alice calls bob by username, a spoken
 * voice goes each way and is recorded, measured and compared with what was said. Nothing in it is pretended.
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { Command } from 'commander'

import type { CallSummary } from '../index.ts'
import { type CommandContext, examples, runCommand } from './command.ts'
import { Cast, type Player } from './demo-cast.ts'
import { DEMO_NETWORK } from './demo-network.ts'
import { type DemoReport, reportLines } from './demo-report.ts'
import { likeness, voiceFor } from './demo-voice.ts'
import { EXIT, UsageError } from './failure.ts'
import type { Message } from './json-lines.ts'
import type { CallProgress } from './line.ts'
import type { Output } from './output.ts'

interface DemoFlags {
  nodes: string
  seconds: string
  keep?: string
}

/** Fewer do not make a network worth the name. */
const NODES_MIN = 12
/** More than one machine carries in time. */
const NODES_MAX = 200
const SECONDS_MAX = 3600
/** Each step of the start; a busy two-core machine needs about ten seconds. */
const STEP_MAX_MS = 60_000
/** A call that was set up has as much again as it should last, and this. */
const CALL_SLACK_MS = 30_000

export function demoCommand(): Command {
  return new Command('demo')
    .summary('see it work: a small network on this machine, and a call')
    .description(
      'Starts real nodes in several processes on loopback; alice calls bob by username and both record what they hear.',
    )
    .option('--nodes <count>', `how many nodes, alice and bob included, from ${NODES_MIN}`, '14')
    .option('--seconds <seconds>', 'how long they talk', '12')
    .option(
      '--keep <directory>',
      'put recordings and homes here and keep them (default: recordings in a temporary directory)',
    )
    .addHelpText(
      'before',
      examples('tincan demo', 'tincan demo --nodes 24 --seconds 30 --keep ./demo', 'tincan demo --json'),
    )
    .action(runCommand(demo))
}

async function demo({ flags, output, interrupt }: CommandContext<DemoFlags>): Promise<number> {
  const nodes = readNumber('--nodes', flags.nodes, NODES_MIN, NODES_MAX)
  const seconds = readNumber('--seconds', flags.seconds, 1, SECONDS_MAX)
  const directory = flags.keep === undefined ? mkdtempSync(join(tmpdir(), 'tincan-demo-')) : resolve(flags.keep)
  mkdirSync(directory, { recursive: true })
  const homes = ['alice', 'bob'].map((name) => join(directory, `${name}-home`))
  const cast = new Cast(interrupt.signal)
  let isDone = false
  try {
    const report = await play({ cast, output, directory, nodes, seconds })
    output.live('')
    const { call, ...network } = report
    output.tell({ ...network, call })
    for (const line of reportLines(report)) output.say(line)
    isDone = true
    if (Math.min(...call.likeness) >= LIKENESS_MIN) return EXIT.done
    output.note('The sound came through badly: this machine was too busy to keep time. Try again when it is idle.')
    return EXIT.failed
  } finally {
    await cast.stop()
    if (flags.keep === undefined)
      for (const path of isDone ? homes : [directory]) rmSync(path, { recursive: true, force: true })
  }
}

/** Other speech reaches about 0.4. */
export const LIKENESS_MIN = 0.7

interface Stage {
  cast: Cast
  output: Output
  directory: string
  nodes: number
  seconds: number
}

async function play({ cast, output, directory, nodes, seconds }: Stage): Promise<DemoReport> {
  const startedAt = performance.now()
  const at = () => `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s  `
  const say = (text: string) => output.note(at() + text)

  // Half of the network first; the other half, alice and bob join through it.
  const half = Math.ceil((nodes - 2) / 2)
  const counts = new Map<Player, { nodes: number; supernodes: number }>()
  const count = (key: 'nodes' | 'supernodes') => [...counts.values()].reduce((sum, one) => sum + one[key], 0)
  const watch = (player: Player) =>
    player.follow((event) => {
      if (event['event'] !== 'nodes') return
      counts.set(player, { nodes: Number(event['nodes']), supernodes: Number(event['supernodes']) })
      output.live(`${at()}${count('nodes')} nodes up, ${supernodes(count('supernodes'))} …`)
    })
  say(`Starting ${nodes} nodes in 4 processes on 127.0.0.1 …`)
  const first = cast.play('The network', ['demo-network', String(half)])
  watch(first)
  const { bootstrap } = (await first.hear('ready', is('ready'), STEP_MAX_MS)) as { bootstrap?: string[] }
  const join2 = (bootstrap ?? []).flatMap((address) => ['--bootstrap', address])
  const second = cast.play('The network', ['demo-network', String(nodes - 2 - half), ...join2])
  watch(second)
  const [sources, recordings] = [
    [await voiceFor('alice', seconds, directory), await voiceFor('bob', seconds, directory)],
    [join(directory, 'bob-heard-alice.wav'), join(directory, 'alice-heard-bob.wav')],
  ] as const
  for (const path of recordings) rmSync(path, { force: true })
  const common = ['--network', DEMO_NETWORK, '--profile', 'local', '--listen', '/ip4/127.0.0.1/tcp/0', ...join2]
  const [aliceHome, bobHome] = [join(directory, 'alice-home'), join(directory, 'bob-home')]
  const alice = cast.play('alice', ['up', 'alice', '--home', aliceHome, '--answer', 'never', ...common])
  const bobMedia = ['--source', sources[1], '--sink', recordings[0]]
  const bob = cast.play('bob', ['up', 'bob', '--home', bobHome, '--answer', 'auto', ...bobMedia, ...common])
  const people = [alice, bob]
  const online = people.map((person) => person.hear('place in the network', isOnline, STEP_MAX_MS))
  await Promise.all([second.hear('ready', is('ready'), STEP_MAX_MS), ...online])
  const promoted = roles(people)
  say(
    `${nodes} nodes up, ${supernodes(count('supernodes') + promoted())} by their own decision. alice and bob are online.`,
  )

  const aliceMedia = ['--source', sources[0], '--sink', recordings[1], '--for', String(seconds)]
  const caller = cast.play('The call', ['call', 'bob', '--home', aliceHome, ...aliceMedia])
  const steps = followCall(caller, { say, live: (text) => output.live(at() + text), seconds })
  const maxMs = STEP_MAX_MS + 2 * seconds * 1000 + CALL_SLACK_MS
  const ended = (await caller.hear('end of the call', is('ended'), maxMs)) as unknown as CallSummary
  if (ended.reason !== 'hangup' && ended.reason !== 'remote-hangup')
    throw new Error(`The call came to nothing: ${ended.reason}.`)
  const heardByBob = await bob.hear(
    'recording',
    (event) => event['event'] === 'call' && event['state'] === 'ended',
    CALL_SLACK_MS,
  )
  say('Hung up. Comparing the recordings with what was said …')

  const { setup, media } = ended
  return {
    nodes,
    supernodes: count('supernodes') + promoted(),
    call: {
      from: ended.from,
      to: ended.to,
      resolveMs: setup.resolveMs,
      ringMs: setup.ringMs,
      setupMs: steps.activeMs,
      firstAudioMs: setup.acceptToAudioMs === undefined ? undefined : (steps.acceptedMs ?? 0) + setup.acceptToAudioMs,
      seconds: ended.seconds,
      path: media.path,
      codec: media.codec,
      packetsSent: media.packetsSent,
      packetsReceived: media.packetsReceived,
      packetsLost: media.packetsLost,
      rttMs: media.rttMs,
      jitterMs: media.jitterMs,
      mos: media.mos,
      mosAtBob: (heardByBob as unknown as CallSummary).media.mos,
      sources: [...sources],
      recordings: [...recordings],
      likeness: [await likeness(sources[0], recordings[0]), await likeness(sources[1], recordings[1])],
    },
  }
}

interface Steps {
  acceptedMs: number | undefined
  activeMs: number | undefined
}

function followCall(
  caller: Player,
  { say, live, seconds }: { say: (text: string) => void; live: (text: string) => void; seconds: number },
): Steps {
  const steps: Steps = { acceptedMs: undefined, activeMs: undefined }
  caller.follow((event) => {
    const step = event as unknown as CallProgress
    if (step.event === 'calling')
      say(`alice calls bob by username: found ${step.to}, invite delivered after ${step.ms} ms.`)
    if (step.event === 'path') say(`Media is encrypted end to end, path ${step.path}.`)
    if (step.event === 'quality') {
      const talk = Math.round((step.ms - (steps.activeMs ?? step.ms)) / 1000)
      live(
        `talking ${talk} of ${seconds} s, ${step.packetsReceived} packets, ${step.packetsLost} lost, MOS ${step.mos.toFixed(1)}`,
      )
    }
    if (step.event !== 'state') return
    if (step.state === 'connecting') steps.acceptedMs ??= step.ms
    if (step.state === 'ringing') say(`bob rings after ${step.ms} ms.`)
    if (step.state !== 'active') return
    steps.activeMs = step.ms
    steps.acceptedMs ??= step.ms
    say(`bob answered: the call is up after ${step.ms} ms.`)
  })
  return steps
}

/** How many of these are supernodes now. */
function roles(people: Player[]): () => number {
  const now = people.map((person) => {
    const state = { role: 'client' }
    person.follow((event) => {
      if (typeof event['role'] === 'string') state.role = event['role']
    })
    return state
  })
  return () => now.filter(({ role }) => role === 'supernode').length
}

const is = (name: string) => (event: Message) => event['event'] === name
const isOnline = (event: Message): boolean =>
  event['event'] === 'online' || (event['event'] === 'ready' && event['online'] === true)
const supernodes = (count: number): string => (count === 1 ? '1 supernode' : `${count} supernodes`)

function readNumber(flag: string, text: string, min: number, max: number): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= min && number <= max) return number
  throw new UsageError(`${flag} ${text}: give a whole number from ${min} to ${max}.`)
}
