/**
 * The network's time as a clock: for what is signed and for what expires. Delays are by the steady clock, which nobody
 * can set.
 */

import { EventEmitter } from 'node:events'
import { type Clock, steadyClock, systemClock } from '../lib/clock.ts'
import { makeLog } from '../lib/log.ts'
import { type ClockReading, NetworkTime, OFFSET_MS_MIN, type Standing } from './network-time.ts'

const log = makeLog('time')

export interface NetworkClockEvents {
  /** What was signed by the old time is dated wrong: our time moved by this much. */
  step: [byMs: number]
  /** This machine's clock is ahead of the network's by this much, or behind it; told when that begins and when it ends. */
  off: [aheadMs: number]
}

export class NetworkClock extends EventEmitter<NetworkClockEvents> implements Clock {
  readonly #system: Clock
  readonly #steady: Clock
  readonly #time: NetworkTime
  #isOff = false

  constructor(peerId: string, system: Clock = systemClock, steady: Clock = steadyClock) {
    super()
    this.#system = system
    this.#steady = steady
    this.#time = new NetworkTime(peerId, this.#reading())
  }

  now(): number {
    return this.#time.now(this.#reading())
  }

  after(delayMs: number, act: () => void): () => void {
    return this.#steady.after(delayMs, act)
  }

  /** How far this machine's clock is ahead of the network's; 0 when they agree. */
  get aheadMs(): number {
    return this.#time.aheadMs
  }

  heard(peerId: string, told: { theirMs: number; rttMs: number }, of: Standing): void {
    const reading = this.#reading()
    const beforeMs = this.#time.now(reading)
    this.#time.heard(peerId, told, reading, of)
    const byMs = this.#time.now(reading) - beforeMs
    const { aheadMs } = this.#time
    if (Math.abs(byMs) >= OFFSET_MS_MIN) {
      log('step', { byMs })
      this.emit('step', byMs)
    }
    if ((aheadMs !== 0) === this.#isOff) return
    this.#isOff = aheadMs !== 0
    this.emit('off', aheadMs)
  }

  keepOnly(isHome: (peerId: string) => boolean): void {
    this.#time.keepOnly(isHome)
  }

  #reading(): ClockReading {
    return { systemMs: this.#system.now(), steadyMs: this.#steady.now() }
  }
}
