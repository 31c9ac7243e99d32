/** One end of a ping: an ICE agent, the candidates it finds on their way to the other end, and the packets that measure. */

import { randomBytes } from 'node:crypto'
import type { Clock } from '../lib/clock.ts'
import type { Candidate } from '../ice/candidate.ts'
import type { IceAgent } from '../ice/ice.ts'
import { readEcho, writeEcho } from './echo.ts'

/** Candidates that are found together travel together. */
const TOGETHER_MS = 50
const WORD_BYTES = 8
/** Pongs a second: a peer that asks faster measures nothing more. */
const PONGS_MAX = 20

export interface LegParts {
  agent: IceAgent
  clock: Clock
  sendCandidates: (candidates: Candidate[]) => void
}

export class Leg {
  readonly agent: IceAgent
  readonly #clock: Clock
  readonly #sendCandidates: (candidates: Candidate[]) => void
  readonly #expected = new Map<number, { word: Buffer; sentMs: number; pong: (rttMs: number) => void }>()
  #found: Candidate[] = []
  #isTelling = false
  #cancel: (() => void) | undefined
  #second = { atMs: -Infinity, pongs: 0 }

  constructor({ agent, clock, sendCandidates }: LegParts) {
    this.agent = agent
    this.#clock = clock
    this.#sendCandidates = sendCandidates
    agent.on('candidate', (candidate) => {
      this.#found.push(candidate)
      this.#tellSoon()
    })
    agent.on('data', (data) => this.#take(data))
  }

  /** The other end may know our candidates from now on, those found before included. */
  tell(): void {
    this.#isTelling = true
    this.#tellSoon()
  }

  /** The round trip over the path there is, or undefined when nothing comes back in time. */
  async measure(sequence: number, withinMs: number): Promise<number | undefined> {
    const word = randomBytes(WORD_BYTES)
    const { promise, resolve } = Promise.withResolvers<number | undefined>()
    this.#expected.set(sequence, { word, sentMs: this.#clock.now(), pong: resolve })
    this.agent.send(writeEcho({ kind: 'ping', sequence, word }))
    const cancel = this.#clock.after(withinMs, () => resolve(undefined))
    const rttMs = await promise
    cancel()
    this.#expected.delete(sequence)
    return rttMs
  }

  async stop(): Promise<void> {
    this.#cancel?.()
    await this.agent.stop()
  }

  #tellSoon(): void {
    if (!this.#isTelling || this.#found.length === 0 || this.#cancel !== undefined) return
    this.#cancel = this.#clock.after(TOGETHER_MS, () => {
      this.#cancel = undefined
      this.#sendCandidates(this.#found.splice(0))
    })
  }

  #take(data: Buffer): void {
    const echo = readEcho(data)
    if (echo === undefined) return
    const { kind, sequence, word } = echo
    if (kind === 'ping') return this.#pong(sequence, word)
    const expected = this.#expected.get(sequence)
    if (expected?.word.equals(word) === true) expected.pong(this.#clock.now() - expected.sentMs)
  }

  #pong(sequence: number, word: Uint8Array): void {
    const nowMs = this.#clock.now()
    if (nowMs - this.#second.atMs >= 1_000) this.#second = { atMs: nowMs, pongs: 0 }
    if (this.#second.pongs++ < PONGS_MAX) this.agent.send(writeEcho({ kind: 'pong', sequence, word }))
  }
}
