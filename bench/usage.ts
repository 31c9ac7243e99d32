/** What a process uses while time passes, or while something is done. */

import type { Actor } from '../test/support/actor.ts'
import type { Usage } from '../test/support/usage.ts'

type Usable = Pick<Actor<{ usage: () => Usage }>, 'ask'>

export interface Used {
  cpuMs: number
  ms: number
}

export const usageDuring = (actor: Usable, durationMs: number): Promise<Used> =>
  usageWhile(actor, () => new Promise((done) => setTimeout(done, durationMs)))

export async function usageWhile(actor: Usable, act: () => Promise<void>): Promise<Used> {
  const before = await actor.ask('usage')
  await act()
  const after = await actor.ask('usage')
  return { cpuMs: after.cpuMs - before.cpuMs, ms: after.atMs - before.atMs }
}
