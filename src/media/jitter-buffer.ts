/**
 * The jitter buffer: packets go in as they arrive, one decision per 20 ms comes out. Pure: time is an argument.
 * Here are the interface and the plain maker with a fixed delay; decoding is the caller's.
 *
 * Packets are placed by sequence number, one per frame. Position moves one frame per decision, with four exceptions:
 * an empty buffer waits (the delay grows by what it lacked), a gap that was concealed while waiting is not concealed
 * twice, a level that stays too high is cut, and a jump in the numbers (sender restarted, long outage) starts anew.
 */

import { FRAME_MS } from './frame.ts'
import { hasFec } from './opus-packet.ts'
import { sequenceDistance } from './sequence.ts'
import type { RtpPacket } from './session.ts'

/** What to play for the next 20 ms. */
export type Playout =
  | { readonly kind: 'packet'; readonly packet: RtpPacket }
  /** The frame is lost, but `packet`, the one after it, carries a copy. It comes out as `packet` next. */
  | { readonly kind: 'fec'; readonly packet: RtpPacket }
  | { readonly kind: 'conceal' }
  /** Nothing has come yet, or nothing for so long that concealing would be a lie. */
  | { readonly kind: 'silence' }

export interface JitterBuffer {
  /** Never throws and never grows past its bound, whatever the numbers in the packet. */
  put(packet: RtpPacket, nowMs: number): void
  /** Called once per 20 ms. */
  next(nowMs: number): Playout
  stats(): JitterBufferStats
}

export interface JitterBufferStats {
  /** How long packets lately stay in the buffer before they are played; 0 before the first. */
  delayMs: number
  /** Packets held at this moment. */
  held: number
  /** Came after their frame had been played or concealed. */
  late: number
  duplicates: number
  /** Thrown away to bring a level that ran away back down. */
  skipped: number
  /** Times the buffer began anew after a jump in the sequence numbers. */
  resyncs: number
}

/** 1.28 s of sound: more than any delay worth having, little enough for a stranger to fill. A power of two. */
const CAPACITY = 64
/** Older than this is not late but from another numbering (RFC 3550 §A.1: MAX_MISORDER). */
const LATE_MAX = 100
/** After 100 ms without a packet Opus has faded out; go silent and wait for a new start. */
const CONCEAL_MAX = 5
/** A level must stay high this long (2 s) before sound is cut: bursts go by themselves. */
const LEVEL_WINDOW = 100
/** Frames above the wanted level that are left alone; ticks and arrivals may lie a frame apart. */
const LEVEL_SLACK = 2

const SILENCE: Playout = { kind: 'silence' }
const CONCEAL: Playout = { kind: 'conceal' }

interface Slot {
  packet: RtpPacket | undefined
  arrivedAtMs: number
  /** The position this slot was last filled for; tells a duplicate from a late packet. */
  position: number
}

export interface FixedJitterBufferOptions {
  /** How long the first packet waits; 20–1000. */
  delayMs: number
}

export function fixedJitterBuffer(options: FixedJitterBufferOptions): JitterBuffer {
  return new FixedJitterBuffer(Math.min(1000, Math.max(FRAME_MS, options.delayMs)))
}

class FixedJitterBuffer implements JitterBuffer {
  readonly #delayMs: number
  readonly #levelMax: number
  readonly #slots: Slot[] = Array.from({ length: CAPACITY }, () => ({
    packet: undefined,
    arrivedAtMs: 0,
    position: -1,
  }))
  /** Positions are sequence numbers that do not wrap. `#next` is the one to play; undefined before any packet. */
  #next: number | undefined
  #highest = -1
  #held = 0
  /** Playing starts at this time; undefined while waiting for a packet to start from. */
  #startAtMs: number | undefined
  #playing = false
  /** Frames concealed while the buffer was empty, without moving on. */
  #waited = 0
  /** A packet from far away: believed only when its successor follows. */
  #stray: { packet: RtpPacket; arrivedAtMs: number } | undefined
  #levelLow = CAPACITY
  #levelTicks = 0
  #delaySmoothMs = 0
  #late = 0
  #duplicates = 0
  #skipped = 0
  #resyncs = 0

  constructor(delayMs: number) {
    this.#delayMs = delayMs
    this.#levelMax = Math.ceil(delayMs / FRAME_MS) + LEVEL_SLACK
  }

  put(packet: RtpPacket, nowMs: number): void {
    const sequenceNumber = packet.sequenceNumber & 0xffff
    if (this.#next === undefined) {
      // Room below for packets that the first one overtook.
      this.#restart(packet, sequenceNumber + 0x10000, nowMs)
      return
    }
    const ahead = sequenceDistance(this.#next & 0xffff, sequenceNumber)
    const waiting = this.#startAtMs === undefined
    if (ahead < -LATE_MAX || (ahead >= CAPACITY && !waiting)) {
      this.#putStray(packet, nowMs)
      return
    }
    this.#stray = undefined
    const position = this.#next + ahead
    if (waiting && ahead >= 0) {
      this.#restart(packet, position, nowMs)
      return
    }
    if (this.#slot(position).position === position) {
      this.#duplicates += 1
      return
    }
    if (ahead < 0 && (this.#playing || this.#highest - position >= CAPACITY)) {
      this.#late += 1
      return
    }
    if (ahead < 0) this.#next = position // reordered at the very start, before anything was played
    this.#store(packet, position, nowMs)
  }

  next(nowMs: number): Playout {
    if (this.#next === undefined || this.#startAtMs === undefined) return SILENCE
    if (!this.#playing) {
      if (nowMs < this.#startAtMs) return SILENCE
      this.#playing = true
    }
    if (this.#held === 0) return this.#underrun()
    this.#cutLevel()
    // Frames that are missing were already filled in while the buffer was empty.
    while (this.#waited > 0 && this.#slot(this.#next).packet === undefined) {
      this.#next += 1
      this.#waited -= 1
    }
    this.#waited = 0
    const slot = this.#slot(this.#next)
    this.#next += 1
    if (slot.packet !== undefined) return this.#take(slot, slot.packet, nowMs)
    const following = this.#slot(this.#next).packet
    if (following !== undefined && hasFec(following.payload)) return { kind: 'fec', packet: following }
    return CONCEAL
  }

  stats(): JitterBufferStats {
    return {
      delayMs: this.#delaySmoothMs,
      held: this.#held,
      late: this.#late,
      duplicates: this.#duplicates,
      skipped: this.#skipped,
      resyncs: this.#resyncs,
    }
  }

  #slot(position: number): Slot {
    return this.#slots[position & (CAPACITY - 1)] as Slot
  }

  #store(packet: RtpPacket, position: number, nowMs: number): void {
    const slot = this.#slot(position)
    if (slot.packet === undefined) this.#held += 1
    slot.packet = packet
    slot.arrivedAtMs = nowMs
    slot.position = position
    this.#highest = Math.max(this.#highest, position)
  }

  #take(slot: Slot, packet: RtpPacket, nowMs: number): Playout {
    slot.packet = undefined
    this.#held -= 1
    const stayedMs = Math.max(0, nowMs - slot.arrivedAtMs)
    this.#delaySmoothMs += (stayedMs - this.#delaySmoothMs) / (this.#delaySmoothMs === 0 ? 1 : 16)
    return { kind: 'packet', packet }
  }

  /** Empty: conceal without moving on, so that what is merely slow is still heard; after a while, wait for a start. */
  #underrun(): Playout {
    this.#levelLow = 0
    if (this.#waited < CONCEAL_MAX) {
      this.#waited += 1
      return CONCEAL
    }
    this.#startAtMs = undefined
    return SILENCE
  }

  /** The path became faster, or the sender's clock runs faster than ours: the oldest frames go, in one cut. */
  #cutLevel(): void {
    const level = this.#highest - (this.#next ?? 0) + 1
    this.#levelLow = Math.min(this.#levelLow, level)
    this.#levelTicks += 1
    if (this.#levelTicks < LEVEL_WINDOW) return
    let excess = this.#levelLow - this.#levelMax
    this.#levelTicks = 0
    this.#levelLow = CAPACITY
    if (excess <= 0 || this.#next === undefined) return
    // Down to where slack is left on both sides.
    for (excess += LEVEL_SLACK - 1; excess > 0; excess -= 1) {
      const slot = this.#slot(this.#next)
      if (slot.packet !== undefined) {
        slot.packet = undefined
        this.#held -= 1
        this.#skipped += 1
      }
      this.#next += 1
    }
  }

  /** One packet from nowhere is noise; two in a row are a sender that restarted (RFC 3550 §A.1). */
  #putStray(packet: RtpPacket, nowMs: number): void {
    const stray = this.#stray
    if (stray === undefined || sequenceDistance(stray.packet.sequenceNumber, packet.sequenceNumber) !== 1) {
      this.#stray = { packet, arrivedAtMs: nowMs }
      return
    }
    this.#resyncs += 1
    this.#restart(stray.packet, (stray.packet.sequenceNumber & 0xffff) + 0x10000, stray.arrivedAtMs)
    this.put(packet, nowMs)
  }

  #restart(packet: RtpPacket, position: number, nowMs: number): void {
    for (const slot of this.#slots) {
      slot.packet = undefined
      slot.position = -1
    }
    this.#held = 0
    this.#waited = 0
    this.#playing = false
    this.#stray = undefined
    this.#levelLow = CAPACITY
    this.#levelTicks = 0
    this.#next = position
    this.#highest = position
    this.#startAtMs = nowMs + this.#delayMs
    this.#store(packet, position, nowMs)
  }
}
