/** Somebody with a node in a process of its own, whose clock is off. */

import * as assert from 'uvu/assert'

import type { NodeStatus } from '../../src/index.ts'
import { hire, type Actor } from './actor.ts'
import type { Outcome, Residents } from './actors/residents.ts'
import { until } from './wait.ts'

export class ShiftedPerson implements AsyncDisposable {
  readonly actor: Actor<Residents> = hire<Residents>('residents')

  async status(): Promise<NodeStatus> {
    return (await this.actor.ask('statuses'))[0] as NodeStatus
  }

  async online(): Promise<void> {
    await until('they are online', async () => (await this.status()).online)
  }

  /** A call there is set up and heard. */
  async assertReaches(name: string): Promise<void> {
    let call: Outcome | undefined
    // who talked a moment ago may not have heard the hanging up yet
    await until('they are free', async () => (call = await this.actor.ask('call', 0, name)).code !== 'BUSY')
    assert.is(call?.code, undefined, `${name} cannot be called: ${call?.code}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.actor[Symbol.asyncDispose]()
  }
}

/** `offMs`: how far their clock is ahead, from the start. */
export async function shiftedPerson(
  username: string,
  offMs: number,
  { network, bootstrap, supernode }: { network: string; bootstrap: string[]; supernode?: boolean },
): Promise<ShiftedPerson> {
  const person = new ShiftedPerson()
  await person.actor.ask('setClock', offMs)
  await person.actor.ask('join', network, bootstrap)
  await person.actor.ask('add', [{ username, supernode }])
  return person
}
