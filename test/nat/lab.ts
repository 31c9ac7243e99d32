/**
 * `npm run lab`: builds homes behind real NATs in network namespaces, has their people call each other with the real
 * command line, and tells which calls connected, how, and how fast. Exit code 1 when one is not as it should be.
 */

import { parseArgs } from 'node:util'

import { seededRandom } from '../../src/lib/random.ts'
import { ALL_PAIRS, expectedPath, FAULT_NAMES, type Pair } from './expectations.ts'
import { peopleOfFaults, sufferAll } from './faults.ts'
import { callAll, peopleOfPairs } from './matrix.ts'
import { asFaultTable, asJson, asTable, summary } from './report.ts'
import { PLACES, type Place } from './residents.ts'
import { Settlement } from './settlement.ts'
import { whyNoWorld } from './world.ts'
import type { Impairment } from './wire.ts'

const HELP = `Calls between people behind NATs of every kind, on this machine alone. Needs root, iproute2, nftables, conntrack.

  npm run lab                                           every pair of kinds, in both orders: about 8 minutes
  npm run lab -- --pairs full-cone:symmetric,web-only:cgnat
  npm run lab -- --pairs symmetric:port-restricted --loss 5 --rtt 100 --jitter 30
  npm run lab -- --only-faults
  npm run -s lab -- --json > lab.json

  --pairs A:B,…        these pairs only, each in both orders
  --loss PERCENT       from end to end, each way
  --rtt MS             from home to home and back
  --jitter MS          each way, more or less than the delay
  --rate KBITS         of each home's connection, each way
  --no-relay           with STUN alone: pairs that find a direct path without a relay to begin on
  --answer-after S     seconds from ringing to answering, or a range of which each call draws: 0-3
  --faults             also what happens to a call in progress: ${FAULT_NAMES.join(', ')}
  --only-faults        nothing but that
  --json               one object on stdout; progress is on stderr
  --seed N             of the order of the calls
  --help

  kinds: ${PLACES.join(' ')}
`

interface Request {
  pairs: Pair[]
  hasFaults: boolean
  isJson: boolean
  impairment: Impairment | undefined
  answerAfter: string | undefined
  isWithoutRelays: boolean
}

class UsageError extends Error {}

function readRequest(): Request | undefined {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const options = { pairs: text, loss: text, rtt: text, jitter: text, rate: text, seed: text, 'answer-after': text }
  const flags = { faults: flag, 'only-faults': flag, 'no-relay': flag, json: flag, help: flag }
  const { values } = parseArgs({ options: { ...options, ...flags } })
  if (values.help) return undefined
  const isWithoutRelays = values['no-relay']
  const everybody = isWithoutRelays ? ALL_PAIRS.filter(({ a, b }) => expectedPath(a, b) === 'direct') : ALL_PAIRS
  const pairs = values['only-faults'] ? [] : values.pairs === undefined ? everybody : readPairs(values.pairs)
  const seed = values.seed === undefined ? undefined : number('--seed', values.seed)
  const answerAfter = values['answer-after']
  if (answerAfter !== undefined && !/^\d+(\.\d+)?(-\d+(\.\d+)?)?$/.test(answerAfter)) {
    throw new UsageError(`--answer-after ${answerAfter}: give seconds, or a range of them like 0-3.`)
  }
  return {
    pairs: seed === undefined ? pairs : shuffled(pairs, seed),
    hasFaults: values.faults || values['only-faults'],
    isJson: values.json,
    impairment: readImpairment(values),
    answerAfter,
    isWithoutRelays,
  }
}

function readPairs(words: string): Pair[] {
  const pairs = words.split(',').flatMap((word) => {
    const [a, b, ...more] = word.split(':')
    if (!isPlace(a) || !isPlace(b) || more.length > 0) {
      throw new UsageError(`--pairs ${word}: name two kinds like full-cone:symmetric, of ${PLACES.join(' ')}.`)
    }
    if ((a === 'one-lan') !== (b === 'one-lan')) throw new UsageError('Who lives at one-lan calls one-lan.')
    return a === b
      ? [{ a, b }]
      : [
          { a, b },
          { a: b, b: a },
        ]
  })
  return pairs.filter((pair, at) => pairs.findIndex(({ a, b }) => a === pair.a && b === pair.b) === at)
}

const isPlace = (word: string | undefined): word is Place => PLACES.some((place) => place === word)

/** A path has two cables, and a round trip passes each twice. */
function readImpairment(values: Partial<Record<'loss' | 'rtt' | 'jitter' | 'rate', string>>): Impairment | undefined {
  const { loss, rtt, jitter, rate } = values
  const impairment: Impairment = {}
  if (loss !== undefined)
    impairment.lossPercent = 100 * (1 - Math.sqrt(1 - Math.min(100, number('--loss', loss)) / 100))
  if (rtt !== undefined) impairment.delayMs = number('--rtt', rtt) / 4
  if (jitter !== undefined) impairment.jitterMs = number('--jitter', jitter) / 2
  if (rate !== undefined) impairment.kilobits = number('--rate', rate)
  return Object.keys(impairment).length === 0 ? undefined : impairment
}

function number(flag: string, text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value
  throw new UsageError(`${flag} ${text}: give a number, zero or more.`)
}

function shuffled(pairs: Pair[], seed: number): Pair[] {
  const random = seededRandom(seed)
  return pairs
    .map((pair) => ({ pair, at: random() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ pair }) => pair)
}

async function run({ pairs, hasFaults, isJson, impairment, ...request }: Request): Promise<void> {
  const startedMs = performance.now()
  const note = (text: string) => {
    process.stderr.write(`${((performance.now() - startedMs) / 1000).toFixed(1).padStart(6)} s  ${text}\n`)
  }
  const faultNames = hasFaults ? FAULT_NAMES : []
  await using settlement = await Settlement.found({ isImpairable: impairment !== undefined, ...request, note })
  const people = [...peopleOfPairs(pairs), ...peopleOfFaults(faultNames)]
  await Promise.all([settlement.served(), settlement.settle(people)])
  if (impairment !== undefined) for (const home of settlement.world.homes) settlement.world.impair(home, impairment)
  const results = await callAll(settlement, pairs, ({ a, b, ok, path, ringMs, firstAudioMs, why }) => {
    const times = `rings in ${ringMs ?? '–'} ms, sounds ${firstAudioMs ?? '–'} ms after the accept`
    note(
      `${ok ? 'ok  ' : 'FAIL'} ${a} calls ${b}: ${path ?? 'no path'}, ${times}${why === undefined ? '' : `: ${why}`}`,
    )
  })
  const faults = await sufferAll(settlement, faultNames, ({ name, ok, silenceMs, why }) => {
    note(`${ok ? 'ok  ' : 'FAIL'} ${name}: silent for ${silenceMs ?? '–'} ms${why === undefined ? '' : `: ${why}`}`)
  })
  if (isJson) process.stdout.write(`${asJson(results, faults)}\n`)
  else {
    if (results.length > 0) process.stdout.write(`${asTable(results)}\n\n${summary(results)}\n`)
    if (faults.length > 0) process.stdout.write(`\n${asFaultTable(faults)}\n`)
  }
  note('done')
  if ([...results, ...faults].some(({ ok }) => !ok)) process.exitCode = 1
}

try {
  const request = readRequest()
  const missing = whyNoWorld()
  if (request === undefined) process.stdout.write(HELP)
  else if (missing !== undefined) throw new Error(`The lab cannot be built here: ${missing}.`)
  else {
    // the namespaces and processes go with us
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
    await run(request)
  }
} catch (error) {
  const isUsage = error instanceof UsageError || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS')
  process.stderr.write(`${(error as Error).message}\n${isUsage ? 'npm run lab -- --help says more.\n' : ''}`)
  process.exitCode = isUsage ? 2 : 1
}
