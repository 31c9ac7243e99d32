/** What a process uses while time passes. */

import type { Actor } from '../test/support/actor.ts'
import type { Person } from '../test/support/actors/person.ts'

export async function usageDuring(person: Actor<Person>, durationMs: number): Promise<{ cpuMs: number; ms: number }> {
  const before = await person.ask('usage')
  await new Promise((done) => setTimeout(done, durationMs))
  const after = await person.ask('usage')
  return { cpuMs: after.cpuMs - before.cpuMs, ms: after.atMs - before.atMs }
}
