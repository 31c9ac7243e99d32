/**
 * Opus over libopus: 32 kb/s, voice, with in-band FEC. At these settings every voiced packet carries a coarse copy of
 * the one before it at full band; below 32 kb/s libopus drops the copy or the bandwidth.
 */

import { Application, createDecoder, createEncoder, Signal } from 'libopus-wasm'
import type { OpusDecoderHandle, OpusEncoderHandle } from 'libopus-wasm'
import { FRAME_SAMPLES, SAMPLE_RATE } from './frame.ts'

const BITRATE = 32_000
/** 9 costs 0.4 ms of a 20 ms frame; below 7 the voice activity detection that FEC leans on is off. */
const COMPLEXITY = 9
/** What libopus is told at least: it puts FEC into packets only when it expects loss. */
export const EXPECTED_LOSS_MIN_PERCENT = 10
/** Above this an honest 20 ms packet does not go; also fits any path's MTU. */
export const PACKET_BYTES_MAX = 1275

export class VoiceEncoder implements Disposable {
  readonly #encoder: OpusEncoderHandle
  #lossPercent = EXPECTED_LOSS_MIN_PERCENT

  private constructor(encoder: OpusEncoderHandle) {
    this.#encoder = encoder
  }

  static async create(): Promise<VoiceEncoder> {
    return new VoiceEncoder(
      await createEncoder({
        sampleRate: SAMPLE_RATE,
        channels: 1,
        application: Application.Voip,
        signal: Signal.Voice,
        bitrate: BITRATE,
        complexity: COMPLEXITY,
        fec: true,
        packetLossPercent: EXPECTED_LOSS_MIN_PERCENT,
      }),
    )
  }

  /** One frame of exactly 960 samples to one packet of its own memory. */
  encode(frame: Int16Array): Uint8Array {
    return this.#encoder.encode(frame, { maxPacketBytes: PACKET_BYTES_MAX })
  }

  /** What the peer reports of our packets, 0–100: more loss, more of the bits go into redundancy. */
  expectLoss(percent: number): void {
    const rounded = Math.round(Math.min(100, Math.max(EXPECTED_LOSS_MIN_PERCENT, percent || 0)))
    if (rounded === this.#lossPercent) return
    this.#lossPercent = rounded
    this.#encoder.setPacketLossPercent(rounded)
  }

  get expectedLossPercent(): number {
    return this.#lossPercent
  }

  [Symbol.dispose](): void {
    this.#encoder.free()
  }
}

/** Packets come from the other end of the network: whatever they hold, a frame comes out and nothing is thrown. */
export class VoiceDecoder implements Disposable {
  readonly #decoder: OpusDecoderHandle
  #corrupt = 0

  private constructor(decoder: OpusDecoderHandle) {
    this.#decoder = decoder
  }

  static async create(): Promise<VoiceDecoder> {
    return new VoiceDecoder(await createDecoder({ sampleRate: SAMPLE_RATE, channels: 1 }))
  }

  /** Packets that were not one 20 ms Opus frame, and were concealed instead. */
  get corrupt(): number {
    return this.#corrupt
  }

  /** The packet's 960 samples, or undefined when it is not 20 ms of Opus: conceal then. */
  decode(packet: Uint8Array): Int16Array | undefined {
    return this.#attempt(packet, () => this.#decoder.decode(packet, { maxFrameSize: FRAME_SAMPLES }))
  }

  /** The frame before `packet`, from the redundancy in it (see `hasFec`); undefined as for `decode`. */
  recover(packet: Uint8Array): Int16Array | undefined {
    return this.#attempt(packet, () => this.#decoder.decode(packet, { decodeFec: true, frameSize: FRAME_SAMPLES }))
  }

  /** A frame made up from what was heard last, fading out when called again and again. */
  conceal(): Int16Array {
    return this.#decoder.decodePacketLoss(FRAME_SAMPLES)
  }

  [Symbol.dispose](): void {
    this.#decoder.free()
  }

  #attempt(packet: Uint8Array, decode: () => Int16Array): Int16Array | undefined {
    if (packet.length > 0 && packet.length <= PACKET_BYTES_MAX) {
      try {
        const samples = decode()
        if (samples.length === FRAME_SAMPLES) return samples
      } catch {
        // libopus says no by a typed error; its state stays good for the next packet.
      }
    }
    this.#corrupt += 1
    return undefined
  }
}
