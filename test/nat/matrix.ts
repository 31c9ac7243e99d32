/** Calls between many pairs, several at once: each person is in one call at a time. */

import { expectedPath, type Pair } from './expectations.ts'
import { type CallPlan, type CallResult, place } from './lab-call.ts'
import { peopleOf } from './residents.ts'
import type { Settlement } from './settlement.ts'

const ABREAST = 3
const TALK_MS = 1_000

export interface PairResult extends Pair, CallResult {}

/** Who must live where for these calls. */
export const peopleOfPairs = (pairs: Pair[]): string[] => [...new Set(pairs.flatMap(peopleOf))]

/** The results in the order of the pairs. `ok` tells too whether the path is the one it must be. */
export async function callAll(
  settlement: Settlement,
  pairs: Pair[],
  heard: (result: PairResult) => void,
): Promise<PairResult[]> {
  const results: PairResult[] = []
  const waiting = pairs.map((pair, at) => ({ pair, at }))
  const busy = new Set<string>()
  let wake = () => {}
  const work = async () => {
    while (waiting.length > 0) {
      const next = waiting.findIndex(({ pair }) => peopleOf(pair).every((name) => !busy.has(name)))
      const [chosen] = next < 0 ? [] : waiting.splice(next, 1)
      if (chosen === undefined) {
        const { promise, resolve } = Promise.withResolvers<void>()
        const others = wake
        wake = () => {
          others()
          resolve()
        }
        await promise
        continue
      }
      const people = peopleOf(chosen.pair)
      for (const name of people) busy.add(name)
      const result = judged(chosen.pair, await place(settlement, planOf(chosen.pair)))
      for (const name of people) busy.delete(name)
      results[chosen.at] = result
      heard(result)
      const waked = wake
      wake = () => {}
      waked()
    }
  }
  await Promise.all(Array.from({ length: ABREAST }, work))
  return results
}

function planOf(pair: Pair): CallPlan {
  const [caller, callee] = peopleOf(pair)
  return { caller, callee, talkMs: TALK_MS, wanted: expectedPath(pair.a, pair.b) === 'direct' ? 'direct' : undefined }
}

function judged(pair: Pair, result: CallResult): PairResult {
  const wanted = expectedPath(pair.a, pair.b)
  const isRight = wanted === 'either' || result.path === wanted
  if (!result.ok || isRight) return { ...pair, ...result }
  return { ...pair, ...result, ok: false, why: `the path is ${result.path}, and should be ${wanted}` }
}
