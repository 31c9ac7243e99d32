/**
 * Pings of both kinds: those that we send, to see how media gets to a person, and those of contacts, which are answered
 * without a sound. Nobody learns an address of ours who would not be told one in a call: an answer says that we are a
 * contact of theirs, so ours follow after it. Delivery, servers and the ICE agent come from outside.
 */

import { randomBytes } from 'node:crypto'
import { TincanError } from '../errors.ts'
import type { Candidate } from '../ice/candidate.ts'
import type { IceAgent, IceRole, IceServers } from '../ice/ice.ts'
import { addressText } from '../lib/ip.ts'
import type { Clock } from '../lib/clock.ts'
import { waitFor } from '../waiting.ts'
import { Answers, PING_MS_MAX } from './answers.ts'
import { Leg } from './leg.ts'
import { PING_ID_BYTES, type PingBody, readPing, writePing } from './ping-signal.ts'

/** From the ask: sealed messages there and back, and a moment for a machine that is busy. */
const ANSWER_MS_MAX = 5_000
const PATH_MS_MAX = 12_000
const EVERY_MS = 1_000
const FIRST_TRIES_MAX = 8
const FIRST_MS = 250
const DEVICES_MAX = 4
const EARLY_MAX = 16
const PINGS_MAX = 25

export interface PingDevice {
  peerId: string
  accountKey: string
  username: string
  /** Full: `bob.k7q2m`. */
  address: string
}

/** One probe. */
export interface Pong {
  sequence: number
  /** Who answers, by full address. */
  from: string
  /** Undefined: nothing came back in time. */
  rttMs: number | undefined
  path: 'direct' | 'relay' | undefined
  /** Where packets go, when they go straight: host and port. */
  remote: string | undefined
  /** The supernodes whose relays they take. */
  relays: string[]
  /** Since the ping was begun. */
  ms: number
}

export interface PingOptions {
  /** Probes, a second apart; at most 25. Default 10. */
  count?: number | undefined
  signal?: AbortSignal | undefined
}

export interface PingsParts {
  clock: Clock
  /** Delivers a word to a device. Rejects OFFLINE, NO_NETWORK, ABORTED. */
  send: (to: PingDevice, ping: Uint8Array) => Promise<void>
  /** Somebody whose key is pinned, and not blocked. */
  isContact: (device: PingDevice) => boolean
  createAgent: (role: IceRole) => IceAgent
  /** Gives servers as they become known; the function that comes back ends it. */
  servers: (pingId: string, give: (servers: IceServers) => void) => () => void
}

interface Asked {
  devices: PingDevice[]
  leg: Leg
  answerer: PingDevice | undefined
  /** By device: candidates that overtook its answer. */
  early: Map<string, Candidate[]>
  onAnswer: () => void
}

interface Answered {
  device: PingDevice
  leg: Leg
  end: () => void
}

export class Pings {
  readonly #parts: PingsParts
  readonly #answers = new Answers()
  readonly #asked = new Map<string, Asked>()
  readonly #answered = new Map<string, Answered>()
  /** Words that could not be used. */
  dropped = 0

  constructor(parts: PingsParts) {
    this.#parts = parts
  }

  /** Rejects NO_ANSWER, OFFLINE, NO_NETWORK, ABORTED; ends after `count` probes, or when it is left. */
  async *ping(devices: PingDevice[], { count = 10, signal }: PingOptions = {}): AsyncGenerator<Pong, void, undefined> {
    const { clock, createAgent, servers } = this.#parts
    const startedMs = clock.now()
    const id = randomBytes(PING_ID_BYTES).toString('hex')
    const agent = createAgent('controlling')
    const asked: Asked = {
      devices: devices.slice(0, DEVICES_MAX),
      answerer: undefined,
      early: new Map(),
      onAnswer: () => {},
      leg: new Leg({ agent, clock, sendCandidates: (more) => this.#tell(asked.answerer, id, { more }) }),
    }
    this.#asked.set(id, asked)
    const stopServers = servers(id, (each) => agent.setServers(each))
    try {
      agent.gather()
      const from = await this.#answer(id, asked, signal)
      if (agent.path === undefined)
        await waitFor((done) => agent.once('path', done), { clock, maxMs: PATH_MS_MAX, signal })
      // the other end may find its way a little later
      for (let tries = 0; tries < FIRST_TRIES_MAX; tries++) {
        if ((await asked.leg.measure(0, FIRST_MS)) !== undefined || signal?.aborted === true) break
      }
      for (let sequence = 1; sequence <= Math.min(count, PINGS_MAX); sequence++) {
        const sentMs = clock.now()
        const rttMs = await asked.leg.measure(sequence, EVERY_MS)
        if (signal?.aborted === true) throw aborted()
        const { path } = agent
        yield {
          sequence,
          from: from.address,
          rttMs,
          path: path?.kind,
          remote: path?.kind === 'direct' ? addressText(path.remote) : undefined,
          relays: path?.kind === 'relay' ? path.relays : [],
          ms: Math.round(clock.now() - startedMs),
        }
        const restMs = sentMs + EVERY_MS - clock.now()
        if (sequence < count && restMs > 0) await waitFor(() => {}, { clock, maxMs: restMs, signal })
      }
    } finally {
      this.#asked.delete(id)
      stopServers()
      if (asked.answerer !== undefined) this.#tell(asked.answerer, id, { end: {} })
      await asked.leg.stop()
    }
  }

  /** A word from a device. */
  receive(from: PingDevice, bytes: Uint8Array): void {
    const word = readPing(bytes)
    if (word === undefined || !this.#take(from, word.id, word.body)) this.dropped++
  }

  stop(): void {
    for (const { end } of this.#answered.values()) end()
  }

  #take(from: PingDevice, id: string, body: PingBody): boolean {
    if ('ask' in body) return this.#reply(from, id, body.ask)
    const answered = this.#answered.get(id)
    if (answered?.device.peerId === from.peerId) {
      if ('more' in body) for (const candidate of body.more) answered.leg.agent.addCandidate(candidate)
      if ('end' in body) answered.end()
      return true
    }
    const asked = this.#asked.get(id)
    if (asked === undefined || !asked.devices.some(({ peerId }) => peerId === from.peerId)) return false
    const { answerer, early, leg } = asked
    if ('answer' in body && answerer === undefined) {
      asked.answerer = from
      leg.agent.setRemote(body.answer)
      for (const candidate of early.get(from.peerId) ?? []) leg.agent.addCandidate(candidate)
      leg.tell()
      asked.onAnswer()
    } else if ('more' in body && answerer?.peerId === from.peerId) {
      for (const candidate of body.more) leg.agent.addCandidate(candidate)
    } else if ('more' in body && answerer === undefined) {
      early.set(from.peerId, [...(early.get(from.peerId) ?? []), ...body.more].slice(0, EARLY_MAX))
    }
    return true
  }

  /** False when it is not answered: the asker cannot tell that from a device that is off. */
  #reply(from: PingDevice, id: string, credentials: { ufrag: string; password: string }): boolean {
    const { clock, isContact, createAgent, servers } = this.#parts
    const admitted = this.#answers.admit(id, { peerId: from.peerId, isContact: isContact(from) }, clock.now())
    if (!admitted) return false
    const agent = createAgent('controlled')
    const leg = new Leg({ agent, clock, sendCandidates: (more) => this.#tell(from, id, { more }) })
    const stopServers = servers(id, (each) => agent.setServers(each))
    const end = (): void => {
      if (!this.#answered.delete(id)) return
      this.#answers.ended(id)
      cancel()
      stopServers()
      void leg.stop() // never rejects
    }
    const cancel = clock.after(PING_MS_MAX, end)
    this.#answered.set(id, { device: from, leg, end })
    agent.gather()
    agent.setRemote(credentials)
    this.#tell(from, id, { answer: agent.credentials })
    leg.tell()
    return true
  }

  async #answer(id: string, asked: Asked, signal: AbortSignal | undefined): Promise<PingDevice> {
    const { devices, leg } = asked
    const word = writePing(id, { ask: leg.agent.credentials })
    const sent = await Promise.allSettled(devices.map((device) => this.#parts.send(device, word)))
    if (sent.every(({ status }) => status === 'rejected')) throw (sent[0] as PromiseRejectedResult).reason
    if (asked.answerer === undefined)
      await waitFor((done) => (asked.onAnswer = done), { clock: this.#parts.clock, maxMs: ANSWER_MS_MAX, signal })
    const { answerer } = asked
    const name = devices[0]?.username ?? 'nobody'
    if (answerer === undefined)
      throw new TincanError(
        'NO_ANSWER',
        `“${name}” does not answer. Only contacts are answered: are you one of theirs? A call asks them: tincan call ${name}`,
      )
    return answerer
  }

  /** Not waited for; what does not arrive is not missed for long. */
  #tell(to: PingDevice | undefined, id: string, body: PingBody): void {
    if (to !== undefined) this.#parts.send(to, writePing(id, body)).catch(() => {})
  }
}

const aborted = (): TincanError => new TincanError('ABORTED', 'Aborted.')
