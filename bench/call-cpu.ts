/** What a call costs while it lasts. */

import type { Actor } from '../test/support/actor.ts'
import type { Person } from '../test/support/actors/person.ts'
import type { Benchmark } from './figures.ts'
import { townOf } from './town.ts'
import { usageDuring } from './usage.ts'

const IDLE_MS = 8_000
const SETTLED_AFTER_MS = 1_000
const TALK_MS = 12_000

export const callCpu: Benchmark = {
  names: ['cpuPerPacket'],
  async measure(stage) {
    const { alice, bob } = await townOf(stage)
    stage.note('the cost of a call')
    const people = [alice, bob]
    const idle = await usageOf(people, IDLE_MS)
    await alice.ask('dial', 'bob')
    await bob.ask('accept')
    await Promise.all(people.map((person) => person.ask('heard')))
    await new Promise((done) => setTimeout(done, SETTLED_AFTER_MS))
    const sent = async () => (await alice.ask('packetsSent')) + (await bob.ask('packetsSent'))
    const sentBefore = await sent()
    const talking = await usageOf(people, TALK_MS)
    const packets = (await sent()) - sentBefore
    await alice.ask('hangUp')
    const ends = await Promise.all(people.map((person) => person.ask('ended')))
    const received = ends.reduce((sum, { media }) => sum + media.packetsReceived, 0)
    if (received < packets) throw new Error('the call lost more than it carried')
    const cpuMs = talking.cpuMs - idle.cpuMs * (talking.ms / idle.ms)
    const how =
      `made, sealed, sent, received, opened and played: the CPU of both ends, less ${((100 * idle.cpuMs) / idle.ms / 2).toFixed(1)} % idle each, ` +
      `over ${packets} packets of both ways, tone ↔ tone; ${((50 * cpuMs) / talking.ms).toFixed(1)} % of a core an end`
    return { cpuPerPacket: { value: (cpuMs * 1000) / packets, unit: 'µs', how } }
  },
}

/** Of all of them together, side by side. */
async function usageOf(people: Actor<Person>[], durationMs: number): Promise<{ cpuMs: number; ms: number }> {
  const usages = await Promise.all(people.map((person) => usageDuring(person, durationMs)))
  const cpuMs = usages.reduce((sum, usage) => sum + usage.cpuMs, 0)
  return { cpuMs, ms: Math.max(...usages.map(({ ms }) => ms)) }
}
