/** What a run of the lab says: a table of places for people, one object for programs. Pure. */

import type { FaultResult } from './faults.ts'
import type { PairResult } from './matrix.ts'
import { PLACES } from './residents.ts'

/** How long it took from the dial to the first sound, without the time that the callee let it ring. */
const setupMs = ({ ringMs, firstAudioMs }: PairResult): number | undefined =>
  ringMs === undefined || firstAudioMs === undefined ? undefined : ringMs + firstAudioMs

export function asJson(pairs: PairResult[], faults: FaultResult[]): string {
  return JSON.stringify({
    v: 1,
    pairs: pairs.map(({ a, b, ok, path, ringMs, firstAudioMs }) => ({ a, b, ok, path, ringMs, firstAudioMs })),
    faults: faults.map(({ name, kept, silenceMs }) => ({ name, kept, silenceMs })),
  })
}

/** Markdown: callers down, callees across; `D` direct, `R` relayed, `×` failed, and the set-up time in milliseconds. */
export function asTable(pairs: PairResult[]): string {
  const rows = PLACES.filter((place) => pairs.some(({ a }) => a === place))
  const columns = PLACES.filter((place) => pairs.some(({ b }) => b === place))
  const cell = (result: PairResult | undefined): string => {
    if (result === undefined) return ''
    const { ok, path } = result
    return `${ok ? '' : '× '}${path === undefined ? '' : path === 'direct' ? 'D' : 'R'} ${setupMs(result) ?? ''}`.trim()
  }
  const lines = rows.map((a) => [a, ...columns.map((b) => cell(pairs.find((pair) => pair.a === a && pair.b === b)))])
  const head = ['caller ↓ callee →', ...columns]
  return [head, head.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n')
}

export function asFaultTable(faults: FaultResult[]): string {
  const lines = faults.map(({ name, kept, silenceMs }) => [name, kept ? 'yes' : 'no', silenceMs ?? ''])
  return [['fault', 'call kept', 'silence, ms'], ['---', '---', '---'], ...lines]
    .map((line) => `| ${line.join(' | ')} |`)
    .join('\n')
}

/** In a line: how many calls connected, and how fast. */
export function summary(pairs: PairResult[]): string {
  const good = pairs.filter(({ ok }) => ok)
  const direct = good.filter(({ path }) => path === 'direct').length
  const times = good.flatMap((pair) => setupMs(pair) ?? []).sort((a, b) => a - b)
  const rings = good.flatMap(({ ringMs }) => ringMs ?? []).sort((a, b) => a - b)
  const sounds = good.flatMap(({ firstAudioMs }) => firstAudioMs ?? []).sort((a, b) => a - b)
  const spread = (list: number[]) => `p50 ${percentile(list, 50)} ms, p95 ${percentile(list, 95)} ms`
  return [
    `${good.length} of ${pairs.length} calls are as they should be: ${direct} direct, ${good.length - direct} relayed.`,
    `Set-up (ringing, and from the accept to sound at both ends): ${spread(times)}.`,
    `Ringing: ${spread(rings)}. Accept to sound: ${spread(sounds)}.`,
  ].join('\n')
}

const percentile = (sorted: number[], share: number): number | string =>
  sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * share) / 100))] ?? '–'
