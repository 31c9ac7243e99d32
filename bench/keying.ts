/**
 * How soon two sessions hear each other once both descriptions are known: keys in sealed descriptions against a DTLS
 * handshake on the path, over a line of 50 ms one way that loses packets.
 */

import { type MediaSession, type Keying } from '../src/media/session.ts'
import { makePair, packet, pairOf } from '../test/media/werift/pair.ts'
import { openWire } from '../test/media/werift/wire.ts'
import { type Benchmark, type Figures, percentile } from './figures.ts'

const CALLS = 48
const ABREAST = 4
const DELAY_MS = 50
const FRAME_MS = 20
const LOSSES = [0, 5, 10]
const KEYINGS: Keying[] = ['sealed', 'dtls']

const figureOf = (keying: Keying, loss: number): string => `${keying}KeyingAt${loss}PercentP50`

export const keying: Benchmark = {
  names: KEYINGS.flatMap((each) => LOSSES.map((loss) => figureOf(each, loss))),
  async measure(stage) {
    const figures: Figures = {}
    for (const loss of LOSSES) {
      for (const each of KEYINGS) {
        stage.note(`${CALLS} sessions, ${each}, ${loss} % lost`)
        const took = await setUps(each, loss / 100)
        const made = took.filter((ms) => ms !== undefined)
        figures[figureOf(each, loss)] = {
          value: percentile(made, 0.5),
          unit: 'ms',
          how:
            `${made.length} of ${CALLS} sessions, ${DELAY_MS} ms one way, ${loss} % lost each way: from both descriptions ` +
            `known until both ends heard the other; p95 ${percentile(made, 0.95).toFixed(0)} ms`,
        }
      }
    }
    return figures
  },
}

/** Undefined where set-up failed. */
async function setUps(each: Keying, loss: number): Promise<(number | undefined)[]> {
  const seeds = Array.from({ length: CALLS }, (_, i) => i + 1)
  const took: (number | undefined)[] = []
  await Promise.all(
    Array.from({ length: ABREAST }, async () => {
      for (let seed = seeds.pop(); seed !== undefined; seed = seeds.pop()) took.push(await setUp(each, loss, seed))
    }),
  )
  return took
}

async function setUp(each: Keying, loss: number, seed: number): Promise<number | undefined> {
  const wire = await openWire({ delayMs: DELAY_MS, loss, seed })
  const pair = makePair({ ...pairOf(each), carry: wire.rewrite })
  const ends = [pair.a, pair.b]
  const talking = ends.map(talk)
  const heard = Promise.all(ends.map((end) => new Promise<void>((resolve) => end.once('packet', () => resolve()))))
  const failed = Promise.race(
    ends.map((end) => new Promise<'failed'>((done) => end.once('failed', () => done('failed')))),
  )
  const answer = await pair.b.createAnswer(await pair.a.createOffer())
  const knownMs = performance.now()
  await pair.a.setAnswer(answer)
  const outcome = await Promise.race([heard, failed])
  const tookMs = performance.now() - knownMs
  for (const timer of talking) clearInterval(timer)
  await pair.stop()
  await wire.stop()
  return outcome === 'failed' ? undefined : tookMs
}

function talk(end: MediaSession): NodeJS.Timeout {
  let number = 0
  return setInterval(() => end.send(packet(++number)), FRAME_MS)
}
