/**
 * What arrived and how evenly (RFC 3550 §6.4.1, §A.1, §A.3, §A.8), and what became of it on playing. Pure; the packets
 * are a stranger's, so each number they carry is bounded before it counts.
 */

import { sequenceDistance, timestampDistance } from './sequence.ts'
import type { RtpPacket } from './session.ts'

/** RFC 3550 §A.1: a larger step forward or back is another numbering, once a second packet confirms it. */
const DROPOUT_MAX = 3000
const MISORDER_MAX = 100
const UNITS_PER_MS = 48
/** A timestamp further off than this is a pause or nonsense, not jitter. */
const JITTER_STEP_MAX_MS = 5000

export class ReceiveStatistics {
  #received = 0
  /** Expected in numberings that were given up. */
  #expectedBefore = 0
  #base = 0
  #highest: number | undefined
  #stray: number | undefined
  #lastArrivedAtMs = 0
  #lastTimestamp: number | undefined
  #jitterMs = 0
  #frames = 0
  #concealed = 0
  #runs = 0
  #inRun = false
  #recovered = 0

  /** Counts a packet; duplicates count too, as RFC 3550 wants it. */
  arrived(packet: RtpPacket, atMs: number): void {
    if (!this.#count(packet.sequenceNumber & 0xffff)) return
    this.#received += 1
    if (this.#lastTimestamp !== undefined) {
      const sentMs = timestampDistance(this.#lastTimestamp, packet.timestamp) / UNITS_PER_MS
      const step = Math.abs(atMs - this.#lastArrivedAtMs - sentMs)
      if (step < JITTER_STEP_MAX_MS) this.#jitterMs += (step - this.#jitterMs) / 16
    }
    this.#lastTimestamp = packet.timestamp
    this.#lastArrivedAtMs = atMs
  }

  /** Counts one frame of playout, from the first that was heard on. */
  played(how: 'decoded' | 'recovered' | 'concealed'): void {
    this.#frames += 1
    if (how === 'recovered') this.#recovered += 1
    const lost = how === 'concealed'
    if (lost) this.#concealed += 1
    if (lost && !this.#inRun) this.#runs += 1
    this.#inRun = lost
  }

  get packetsReceived(): number {
    return this.#received
  }

  /** Expected minus received, and never below 0 (duplicates can outnumber losses). */
  get packetsLost(): number {
    const expected = this.#highest === undefined ? 0 : this.#highest - this.#base + 1
    return Math.max(0, this.#expectedBefore + expected - this.#received)
  }

  get jitterMs(): number {
    return this.#jitterMs
  }

  get fecRecovered(): number {
    return this.#recovered
  }

  get framesPlayed(): number {
    return this.#frames
  }

  /** Share of played time that was made up, FEC not counted: 0–100. */
  get concealedPercent(): number {
    return this.#frames === 0 ? 0 : (100 * this.#concealed) / this.#frames
  }

  /** Mean run of concealed frames over that of random loss at the same rate (G.107); 1 without loss. */
  get burstRatio(): number {
    if (this.#runs === 0) return 1
    return Math.max(1, (this.#concealed / this.#runs) * (1 - this.concealedPercent / 100))
  }

  /** RFC 3550 §A.1, without probation: SRTP has authenticated the packet. False = not counted. */
  #count(sequenceNumber: number): boolean {
    if (this.#highest === undefined) {
      this.#base = sequenceNumber
      this.#highest = sequenceNumber
      return true
    }
    const step = sequenceDistance(this.#highest & 0xffff, sequenceNumber)
    if (step >= -MISORDER_MAX && step < DROPOUT_MAX) {
      this.#stray = undefined
      this.#base = Math.min(this.#base, this.#highest + step)
      this.#highest = Math.max(this.#highest, this.#highest + step)
      return true
    }
    if (this.#stray !== undefined && sequenceDistance(this.#stray, sequenceNumber) === 1) {
      this.#expectedBefore += this.#highest - this.#base + 1
      this.#base = sequenceNumber
      this.#highest = sequenceNumber
      this.#stray = undefined
      this.#lastTimestamp = undefined
      return true
    }
    this.#stray = sequenceNumber
    return false
  }
}
