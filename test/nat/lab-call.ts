/** One call between two residents, and what was heard of it at both ends. */

import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

import type { CallProgress } from '../../src/cli/line.ts'
import type { CallSummary } from '../../src/index.ts'
import { readSamples } from '../../src/media/sources/file-frames.ts'
import type { Event } from '../cli/tincan.ts'
import type { Resident, Settlement } from './settlement.ts'
import { type Heard, toneIn } from './tone.ts'

/** From the dial to the talk; the product gives up before. */
const SETUP_MAX_MS = 60_000
/** From the accept until both have heard enough of each other; a call that is silent for so long is hung up. */
const SOUND_MAX_MS = 20_000
/** Until the path is the one that is wanted: a busy machine probes slowly. */
const PATH_MAX_MS = 12_000
const LOOK_EVERY_MS = 500
/** For the callee to have heard that the call is over, and to have written down what it heard. */
const CLOSING_MAX_MS = 60_000
/** How much of the other's tone each must have heard. */
const HEARD_MS_MIN = 1_000
/** Whoever has not heard the other for so long does not hear it now. */
const PAUSE_MS_MAX = 400
/** Until both hear each other again, before the call is hung up. */
const AGAIN_MAX_MS = 3_000

export interface CallPlan {
  caller: string
  callee: string
  /** How long they go on talking once they have heard each other, and it has happened what should. */
  talkMs: number
  /** The path that they wait for, when it is not there at once. */
  wanted?: 'direct' | undefined
  during?: (path: OngoingPath) => Promise<void>
}

export interface OngoingPath {
  path: 'direct' | 'relay' | undefined
  /** The peer ids of the supernodes that relay. */
  relays: string[]
}

export interface CallResult {
  caller: string
  callee: string
  ok: boolean
  /** What went wrong, when something did. */
  why?: string
  /** At the end of the call. */
  path?: 'direct' | 'relay'
  ringMs?: number
  /** From the accept to the first sound, at the end that waited longer. */
  firstAudioMs?: number
  /** The longest silence that either end heard, once it had heard something. */
  silenceMs?: number
  /** Both still heard the other when the call was hung up. */
  isHeardAtEnd?: boolean
}

let made = 0

/** Never rejects. */
export async function place(settlement: Settlement, plan: CallPlan): Promise<CallResult> {
  const { caller, callee } = plan
  try {
    return await tryToPlace(settlement, plan)
  } catch (error) {
    return { caller, callee, ok: false, why: (error as Error).message.split('\n')[0] as string }
  }
}

async function tryToPlace(settlement: Settlement, plan: CallPlan): Promise<CallResult> {
  const { caller, callee, talkMs, wanted, during } = plan
  const sink = settlement.path(`call-${++made}.wav`)
  const startedMs = Date.now()
  const line = await settlement.line(caller)
  const state: OngoingPath = { path: undefined, relays: [] }
  let id = ''
  let reachedMs: number | undefined
  const { promise: isActive, resolve: activate } = Promise.withResolvers<void>()
  const hear = (progress: CallProgress) => {
    if (progress.event === 'calling') id = progress.id
    if (progress.event === 'state' && progress.state !== 'inviting') reachedMs ??= progress.ms
    if (progress.event === 'state' && progress.state === 'active') activate()
    if (progress.event === 'path' || progress.event === 'quality') {
      state.path = progress.path ?? state.path
    }
    if (progress.event === 'quality') state.relays = progress.relays
  }
  const call = await line.call({ username: callee, source: 'tone', sink }, hear, AbortSignal.timeout(SETUP_MAX_MS))
  const setup = setTimeout(() => call.hangup(), SETUP_MAX_MS)
  await Promise.race([isActive, call.ended])
  clearTimeout(setup)
  let isHeardAtEnd = false
  await whileItLasts(call.ended, async () => {
    const both = () => [sink, newestRecording(settlement.resident(callee), startedMs)]
    const isSo = async (holdsFor: (heard: Heard) => boolean) => (await Promise.all(both().map(heardIn))).every(holdsFor)
    await holds(() => isSo(({ toneMs }) => toneMs >= HEARD_MS_MIN), SOUND_MAX_MS)
    await during?.(state)
    await after(talkMs)
    await holds(async () => wanted === undefined || state.path === wanted, PATH_MAX_MS)
    isHeardAtEnd = await holds(() => isSo(({ endedMs }) => endedMs <= PAUSE_MS_MAX), AGAIN_MAX_MS)
  })
  call.hangup()
  const summary = await call.ended
  const ending = await endingAt(settlement.resident(callee), id)
  return judge({ caller, callee, summary, sink, ending, isHeardAtEnd, reachedMs })
}

/** Does what it is told, but no longer than the call lasts. */
const whileItLasts = (ended: Promise<unknown>, act: () => Promise<void>): Promise<unknown> =>
  Promise.race([ended, act()])

/** Looks again and again until it is so, or time is up. */
async function holds(isSo: () => Promise<boolean>, maxMs: number): Promise<boolean> {
  const giveUpMs = performance.now() + maxMs
  while (!(await isSo())) {
    if (performance.now() >= giveUpMs) return false
    await after(LOOK_EVERY_MS)
  }
  return true
}

/** What has been heard so far: a recording is written once a second. */
const heardIn = async (recording: string | undefined): Promise<Heard> =>
  toneIn(recording === undefined ? NOTHING : await readSamples(recording).catch(() => NOTHING))

const NOTHING = new Int16Array()

/** Which one a call is recorded in is told when it is over. */
function newestRecording({ sink }: Resident, sinceMs: number): string | undefined {
  const directory = dirname(sink)
  const name = basename(sink, '.wav')
  return readdirSync(directory)
    .filter((file) => file.startsWith(name) && /^(-\d+)?\.wav$/.test(file.slice(name.length)))
    .map((file) => join(directory, file))
    .find((file) => statSync(file).birthtimeMs >= sinceMs)
}

interface Facts {
  caller: string
  callee: string
  summary: CallSummary
  sink: string
  ending: Event | undefined
  isHeardAtEnd: boolean
  /** When the caller heard of the callee, who may have answered before the word that it rings arrived. */
  reachedMs: number | undefined
}

async function judge(facts: Facts): Promise<CallResult> {
  const { caller, callee, summary, sink, ending, isHeardAtEnd, reachedMs } = facts
  const { reason, setup, media } = summary
  const ringMs = setup.ringMs ?? reachedMs
  const result: CallResult = { caller, callee, ok: false }
  if (ringMs !== undefined) result.ringMs = Math.round(ringMs)
  if (media.path !== undefined) result.path = media.path
  if (reason !== 'hangup') return { ...result, why: `ended: ${reason}` }
  const other = ending?.['setup'] as CallSummary['setup'] | undefined
  if (ending === undefined || other === undefined) return { ...result, why: 'the callee did not hear of the end' }
  const recording = ending['sink']
  if (typeof recording !== 'string') return { ...result, why: `at the callee it ended: ${String(ending['reason'])}` }
  const waits = [setup.acceptToAudioMs, other.acceptToAudioMs]
  if (waits.includes(undefined)) return { ...result, why: 'one end heard nothing' }
  result.firstAudioMs = Math.round(Math.max(...(waits as number[])))
  const heard = [toneIn(await readSamples(sink)), toneIn(await readSamples(recording))] as [Heard, Heard]
  // the callee hears of the end a little later, and nothing until then
  result.silenceMs = Math.max(...heard.map(({ gapMs, endedMs }) => Math.max(gapMs, isHeardAtEnd ? 0 : endedMs)))
  result.isHeardAtEnd = isHeardAtEnd
  const least = Math.min(...heard.map(({ toneMs }) => toneMs))
  if (least < HEARD_MS_MIN) return { ...result, why: `one end heard ${least} ms of the other` }
  return { ...result, ok: true }
}

async function endingAt({ node }: Resident, id: string): Promise<Event | undefined> {
  const isIt = (event: Event) => event['event'] === 'call' && event['id'] === id && event['state'] === 'ended'
  const giveUpMs = performance.now() + CLOSING_MAX_MS
  for (;;) {
    const ending = node.events.find(isIt)
    if (ending !== undefined || performance.now() > giveUpMs) return ending
    await after(50)
  }
}

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
