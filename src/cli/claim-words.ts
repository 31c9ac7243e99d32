/** A claim in words: its work, its recovery key, and when a name changes hands. */

import type { ClaimStatus, ClaimWork, Node } from '../index.ts'
import type { Output } from './output.ts'

const TOLD_EVERY_MS = 1_000

/** The line that changes while the work is looked for. */
export function workLine(name: string, { tries, expected, chance, remainingMs }: ClaimWork): string {
  const rest = remainingMs === undefined ? '' : `, about ${duration(remainingMs)} to go`
  return `Work for “${name}”: ${tries} tries of about ${expected}, chance so far ${Math.floor(100 * chance)} %${rest}`
}

/** Shows work as it goes on: said once, then a live line on a terminal, and an event a second with --json. */
export function workTeller(name: string, output: Output): (work: ClaimWork) => void {
  let toldMs = -Infinity
  return (work) => {
    if (toldMs === -Infinity)
      output.note(
        `“${name}” asks for work, so that nobody claims names by the thousand: about ${work.expected} tries. Ctrl-C stops; the next time goes on.`,
      )
    output.live(workLine(name, work))
    if (performance.now() - toldMs < TOLD_EVERY_MS) return
    toldMs = performance.now()
    output.tell({ event: 'work', ...work })
  }
}

/** What has become of a claim, then what to do. */
export function settledLines({
  username,
  address,
  isOnline,
  pendingUntilMs,
}: ClaimStatus): [said: string, next: string] {
  if (pendingUntilMs !== undefined)
    return [
      `${address} takes “${username}” over ${at(pendingUntilMs)}, unless its old key objects.`,
      `Stay up until then, or be up now and then: tincan up ${username}`,
    ]
  if (isOnline) return [`${address} is yours.`, `Take calls with: tincan up ${username}`]
  return [
    `${address} is ready, but nobody is here yet to register it with.`,
    `It is registered as soon as there is: tincan up ${username}`,
  ]
}

/** The 24 words, six a line, numbered as they are to be written down. */
export function phraseLines(phrase: string): string[] {
  const words = phrase.split(' ').map((word, i) => `${String(i + 1).padStart(2)} ${word.padEnd(10)}`)
  return Array.from({ length: 6 }, (_, row) =>
    words
      .slice(4 * row, 4 * row + 4)
      .join(' ')
      .trimEnd(),
  )
}

export const heirLine = (name: string, heir: { address: string; untilMs: number }): string =>
  `Somebody who has your recovery key takes “${name}” over as ${heir.address} ${at(heir.untilMs)}. If that is not you: tincan claim ${name} --contest`

export const rivalLine = (name: string, address: string): string =>
  `“${name}” is also held as ${address}. Callers who use the bare name are asked which is meant: give them your full address.`

export const recoveryHint = (name: string): string =>
  `There is no recovery key: who loses account.key loses the name. Make one: tincan claim ${name} --recovery`

/** What `tincan up` says of its claim, now and as it goes on. */
export function tellClaim({ claim }: Node, output: Output): void {
  const { username, hasRecovery = true, pendingUntilMs } = claim.status() ?? {}
  if (username === undefined) return // a device that was added
  const waits = (untilMs: number) => {
    output.tell({ event: 'pending', untilMs })
    output.note(`“${username}” passes to this account ${at(untilMs)}, unless its old key objects. Stay up until then.`)
  }
  if (pendingUntilMs !== undefined) waits(pendingUntilMs)
  claim.on('pending', ({ untilMs }) => waits(untilMs))
  claim.on('work', workTeller(username, output))
  claim.on('worked', () => {
    output.tell({ event: 'worked' })
    output.note('The work is found.')
  })
  claim.on('conflict', ({ address }) => {
    output.tell({ event: 'conflict', address })
    output.note(rivalLine(username, address))
  })
  claim.on('recovery', (heir) => {
    output.tell({ event: 'recovery', ...heir })
    output.note(heirLine(username, heir))
  })
  if (!hasRecovery) output.note(recoveryHint(username))
}

const at = (ms: number): string => `at ${new Date(ms).toLocaleString('sv-SE')}`

export function duration(ms: number): string {
  if (ms < 100_000) return `${Math.max(1, Math.round(ms / 1000))} s`
  return ms < 100 * 60_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`
}
