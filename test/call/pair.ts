/**
 * Two call machines with a network and a clock that exist only in numbers: what one sends reaches the other after a
 * random delay, unless the faults say otherwise. Media comes up once the two sessions have each other's descriptions, and
 * only those two: a session of before is nobody's peer.
 */

import { type CallMachine, type EndReason, type Input, type Output, newMachine } from '../../src/call/machine.ts'
import { step } from '../../src/call/state.ts'
import { seededRandom } from '../../src/lib/random.ts'

export interface Faults {
  /** Share of signals that never arrive, in 0–1; its sender learns nothing. */
  loss: number
  /** Share of signals that arrive twice. */
  duplication: number
  /** Signals overtake each other. */
  reordering: boolean
}

/** A user's act at a side, at a time in ms since the dial. */
export interface Plan {
  side: 0 | 1
  atMs: number
  act: 'accept' | 'trusted' | 'hangup' | 'stop' | 'media-failed' | 'dial'
}

export interface Side {
  machine: CallMachine
  timers: Map<string, number>
  reasons: EndReason[]
  /** Bodies sent after the end. */
  late: string[]
  states: string[]
  /** The media session there is now, if any. */
  session: Session | undefined
  /** When the call became active, in ms since the dial. */
  activeAtMs: number | undefined
}

/** Descriptions are told apart by a number; a pair of sessions fits when each has the other's. */
interface Session {
  own: string
  others: string | undefined
  isConnected: boolean
}

interface Event {
  atMs: number
  order: number
  run: () => void
}

const DEVICES = ['a', 'b'] as const
const IDS = ['11'.repeat(16), 'ee'.repeat(16)] as const
const FOREVER_MS = 200_000

/** Side 0 dials at 0. With a plan to dial at side 1, the two invites may cross. Returns both sides after 200 s. */
export function runPair(seed: number, plans: readonly Plan[], faults: Faults): [Side, Side] {
  const random = seededRandom(seed)
  const isLower = random() < 0.5
  const ids = isLower ? IDS : ([IDS[1], IDS[0]] as const)
  const sides: [Side, Side] = [newSide(ids[0], 'caller'), newSide(ids[1], 'callee')]
  const events: Event[] = []
  const lastArrivalMs = [0, 0]
  let nowMs = 0
  let order = 0
  let sessions = 0

  const at = (atMs: number, run: () => void) => events.push({ atMs, order: order++, run })

  function feed(who: 0 | 1, input: Input): void {
    const side = sides[who]
    const wasEnded = side.machine.phase === 'ended'
    const { machine, outputs } = step(side.machine, input, nowMs)
    side.machine = machine
    for (const output of outputs) perform(who, output, wasEnded)
  }

  function perform(who: 0 | 1, output: Output, wasEnded: boolean): void {
    const side = sides[who]
    switch (output.type) {
      case 'send':
        if (wasEnded) side.late.push(output.body.type)
        return transmit(who, output)
      case 'start-timer': {
        const dueMs = nowMs + output.delayMs
        side.timers.set(output.name, dueMs)
        at(dueMs, () => {
          if (side.timers.get(output.name) !== dueMs) return
          side.timers.delete(output.name)
          feed(who, { type: 'timer', name: output.name })
        })
        return
      }
      case 'stop-timer':
        side.timers.delete(output.name)
        return
      case 'describe': {
        const session: Session = { own: `${output.as} ${sessions++}`, others: output.offer, isConnected: false }
        side.session = session
        at(nowMs + 5, () => {
          if (side.session !== session) return
          feed(who, { type: 'described', as: output.as, sdp: session.own })
          tryMedia()
        })
        at(nowMs + 1 + random() * 20, () => {
          if (side.session === session) feed(who, { type: 'local-candidate', candidate: session.own })
        })
        return
      }
      case 'set-answer':
        if (side.session !== undefined) side.session.others = output.answer
        return tryMedia()
      case 'close-media':
        side.session = undefined
        return
      case 'state':
        side.states.push(output.state)
        if (output.state === 'active') side.activeAtMs = nowMs
        return
      case 'ended':
        side.reasons.push(output.reason)
        return
      default:
    }
  }

  function transmit(who: 0 | 1, { callId, body }: Extract<Output, { type: 'send' }>): void {
    if (random() < faults.loss) return
    const other = who === 0 ? 1 : 0
    const copies = random() < faults.duplication ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      const soonestMs = nowMs + 10 + random() * 200
      const atMs = faults.reordering ? soonestMs : Math.max(soonestMs, lastArrivalMs[other] ?? 0)
      lastArrivalMs[other] = atMs
      at(atMs, () => {
        arrive(other, callId, { type: 'signal', device: DEVICES[who], body })
        if (body.type === 'invite') at(nowMs + 10, () => feed(who, { type: 'delivered', device: DEVICES[other] }))
      })
    }
  }

  /** The registry in a sentence: an invite begins a call or meets our own; other ids are nobody's. */
  function arrive(who: 0 | 1, callId: string, input: Extract<Input, { type: 'signal' }>): void {
    const side = sides[who]
    if (side.machine.callId === callId) return feed(who, input)
    if (input.body.type !== 'invite') return
    const { offer } = input.body
    if (side.machine.phase === 'idle') {
      side.machine = newMachine(callId, 'callee')
      return feed(who, { type: 'invited', device: input.device, offer })
    }
    feed(who, { type: 'glare', callId, device: input.device, offer })
  }

  function tryMedia(): void {
    if (!doFit()) return
    for (const who of [0, 1] as const) {
      const { session } = sides[who]
      if (session === undefined || session.isConnected) continue
      session.isConnected = true
      at(nowMs + 20 + random() * 100, () => {
        if (sides[who].session === session) feed(who, { type: 'connected' })
      })
    }
  }

  function doFit(): boolean {
    const [one, other] = [sides[0].session, sides[1].session]
    return one !== undefined && one.own === other?.others && one.others === other.own
  }

  function dial(who: 0 | 1): void {
    if (sides[who].machine.phase !== 'idle') return
    sides[who].machine = newMachine(ids[who], 'caller')
    feed(who, { type: 'dial', devices: [DEVICES[who === 0 ? 1 : 0]] })
  }

  at(0, () => dial(0))
  for (const { side, atMs, act } of plans) {
    at(atMs, () => {
      if (act === 'dial') dial(side)
      else if (sides[side].machine.phase !== 'idle' && (act !== 'media-failed' || sides[side].session !== undefined))
        feed(side, { type: act })
    })
  }
  // Each side hears the other while both have media.
  for (let atMs = 0; atMs < FOREVER_MS; atMs += 1000) {
    at(atMs, () => {
      for (const who of [0, 1] as const) if (doFit()) feed(who, { type: 'heard' })
    })
  }
  for (;;) {
    const next = takeNext(events)
    if (next === undefined || next.atMs > FOREVER_MS) return sides
    nowMs = next.atMs
    next.run()
  }
}

const newSide = (callId: string, role: 'caller' | 'callee'): Side => ({
  machine: newMachine(callId, role),
  timers: new Map(),
  reasons: [],
  late: [],
  states: [],
  session: undefined,
  activeAtMs: undefined,
})

function takeNext(events: Event[]): Event | undefined {
  let best = 0
  for (let i = 1; i < events.length; i++) {
    const one = events[i]!
    const other = events[best]!
    if (one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)) best = i
  }
  return events.splice(best, 1)[0]
}
