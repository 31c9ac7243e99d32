/** What can happen to a call while it lasts, each once, and how long it was silent for it. */

import { FAULT_NAMES, type FaultName, SILENCE_MS_MAX } from './expectations.ts'
import { type OngoingPath, place } from './lab-call.ts'
import { peopleOf, type Place } from './residents.ts'
import type { Resident, Settlement } from './settlement.ts'

/** So long they talk undisturbed, and so long after what happened has passed. */
const BEFORE_MS = 3_000
const AFTER_MS = 6_000
const BLACKOUT_MS = 5_000

interface Fault {
  a: Place
  b: Place
  /** Happens to the caller, or to what the call depends on. */
  happen: (settlement: Settlement, caller: Resident, path: OngoingPath) => Promise<void>
}

/** All but the last concern different people, and are tried at once; the last leaves a supernode less. */
const FAULTS: Record<FaultName, Fault> = {
  'nat-forgets': {
    a: 'random-ports',
    b: 'hairpin',
    happen: async ({ world }, { home }) => world.forget(home),
  },
  'address-changed': {
    a: 'port-restricted',
    b: 'full-cone',
    happen: async ({ world }, { home, host }) => world.replug(host, home),
  },
  blackout: {
    a: 'dual-stack',
    b: 'address-restricted',
    async happen({ world }, { home }) {
      world.setDark(home, true)
      await after(BLACKOUT_MS)
      world.setDark(home, false)
    },
  },
  'relay-killed': {
    a: 'symmetric',
    b: 'symmetric',
    async happen({ supernodes }, _caller, { path, relays }) {
      const supernode = supernodes.get(relays[0] ?? '')
      if (supernode === undefined) throw new Error(`no relay to kill: the path is ${path ?? 'none'}`)
      supernode.node.kill('SIGKILL')
    },
  },
}

export interface FaultResult {
  name: FaultName
  /** The call went on, and both heard each other at its end. */
  kept: boolean
  silenceMs?: number
  /** It was kept, and silent no longer than it may be. */
  ok: boolean
  why?: string
}

export const peopleOfFaults = (names: FaultName[]): string[] => names.flatMap((name) => peopleOf(FAULTS[name]))

export async function sufferAll(
  settlement: Settlement,
  names: FaultName[],
  heard: (result: FaultResult) => void,
): Promise<FaultResult[]> {
  const tell = async (name: FaultName) => {
    const result = await suffer(settlement, name)
    heard(result)
    return result
  }
  const ordered = FAULT_NAMES.filter((name) => names.includes(name))
  const [last, gentle] = [
    ordered.filter((name) => name === 'relay-killed'),
    ordered.filter((name) => name !== 'relay-killed'),
  ]
  return [...(await Promise.all(gentle.map(tell))), ...(await Promise.all(last.map(tell)))]
}

async function suffer(settlement: Settlement, name: FaultName): Promise<FaultResult> {
  const { a, b, happen } = FAULTS[name]
  const [caller, callee] = peopleOf({ a, b })
  const result = await place(settlement, {
    caller,
    callee,
    talkMs: AFTER_MS,
    async during(path) {
      await after(BEFORE_MS)
      await happen(settlement, settlement.resident(caller), path)
    },
  })
  const { ok, why, silenceMs, isHeardAtEnd } = result
  const kept = ok && isHeardAtEnd === true
  const most = SILENCE_MS_MAX[name]
  const isShort = silenceMs !== undefined && silenceMs <= most
  const fault = why ?? (!kept ? 'silent at the end' : !isShort ? `silent for longer than ${most} ms` : undefined)
  return {
    name,
    kept,
    ok: kept && isShort,
    ...(silenceMs !== undefined && { silenceMs }),
    ...(fault !== undefined && { why: fault }),
  }
}

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
