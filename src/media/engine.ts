/**
 * The audio engine: one call of `tick` is 20 ms of call, heard and said. It owns the codec, the jitter buffer and the
 * counters, but neither timer nor clock, and what leaves it are plain messages: it can be put into a worker thread.
 */

import { FRAME_SAMPLES } from './frame.ts'
import { ReceiveStatistics } from './receive-statistics.ts'
import type { JitterBuffer } from './jitter-buffer.ts'
import type { VoiceDecoder, VoiceEncoder } from './opus.ts'
import type { RtpPacket } from './session.ts'
import type { AudioSink } from './sinks/sink.ts'
import type { AudioSource } from './sources/source.ts'

export interface AudioStats {
  packetsSent: number
  /** As RFC 3550 counts: duplicates and late packets included. */
  packetsReceived: number
  /** Expected minus received, never below 0. */
  packetsLost: number
  /** Interarrival jitter (RFC 3550 §6.4.1). */
  jitterMs: number
  /** Share of played time that was made up: neither received in time nor recovered by FEC. 0–100. */
  concealedPercent: number
  /** Lost frames had back from the redundancy in the packet after them. */
  fecRecovered: number
  /** How long packets lately wait in the jitter buffer. */
  delayMs: number
  /** Packets that came too late to be played. */
  late: number
  /** Packets that were not 20 ms of Opus. */
  corrupt: number
  /** How bunched the concealed frames are; 1 = at random. For `estimateQuality`. */
  burstRatio: number
}

export type EngineMessage =
  | { readonly kind: 'packet'; readonly packet: RtpPacket }
  /** The first received frame has been played. */
  | { readonly kind: 'audio' }
  | { readonly kind: 'source-ended' }
  /** A source or sink threw, or a source gave something that is not a frame: it is not used any more. */
  | { readonly kind: 'broken'; readonly part: 'source' | 'sink'; readonly error: unknown }

export interface EngineParts {
  source: AudioSource
  sink: AudioSink
  encoder: VoiceEncoder
  decoder: VoiceDecoder
  jitterBuffer: JitterBuffer
  /** First numbers of our RTP stream: random, the sequence number below 2¹⁵ (RFC 3550 §5.1, RFC 3711 §3.3.1). */
  sequenceNumber: number
  timestamp: number
  emit: (message: EngineMessage) => void
}

export class AudioEngine {
  readonly #parts: EngineParts
  readonly #received = new ReceiveStatistics()
  readonly #silence = new Int16Array(FRAME_SAMPLES)
  readonly #played: { samples: Int16Array; packet: Uint8Array | undefined }
  #sequenceNumber: number
  #timestamp: number
  #sent = 0
  #isHeard = false
  #isSourceUp = true
  #isSinkUp = true

  constructor(parts: EngineParts) {
    this.#parts = parts
    this.#sequenceNumber = parts.sequenceNumber & 0xffff
    this.#timestamp = parts.timestamp >>> 0
    this.#played = { samples: this.#silence, packet: undefined }
  }

  receive(packet: RtpPacket, atMs: number): void {
    this.#received.arrived(packet, atMs)
    this.#parts.jitterBuffer.put(packet, atMs)
  }

  /** The next 20 ms: play one frame, then send one, so that an echo goes out in the same tick. */
  tick(nowMs: number): void {
    this.#play(nowMs)
    this.#send()
  }

  /** What the peer reports of our packets, 0–100. */
  expectLoss(percent: number): void {
    this.#parts.encoder.expectLoss(percent)
  }

  stats(): AudioStats {
    const { delayMs, late } = this.#parts.jitterBuffer.stats()
    return {
      packetsSent: this.#sent,
      packetsReceived: this.#received.packetsReceived,
      packetsLost: this.#received.packetsLost,
      jitterMs: this.#received.jitterMs,
      concealedPercent: this.#received.concealedPercent,
      fecRecovered: this.#received.fecRecovered,
      delayMs,
      late,
      corrupt: this.#parts.decoder.corrupt,
      burstRatio: this.#received.burstRatio,
    }
  }

  /** Frees the codec; source and sink are the owner's. */
  free(): void {
    this.#parts.encoder[Symbol.dispose]()
    this.#parts.decoder[Symbol.dispose]()
  }

  #play(nowMs: number): void {
    this.#decode(nowMs)
    const { source, sink, emit } = this.#parts
    if (this.#isSinkUp) {
      try {
        sink.write(this.#played)
      } catch (error) {
        this.#isSinkUp = false
        emit({ kind: 'broken', part: 'sink', error })
      }
    }
    if (this.#isSourceUp && source.hear !== undefined) {
      try {
        source.hear(this.#played.samples)
      } catch (error) {
        this.#breakSource(error)
      }
    }
  }

  /** Puts the next frame to be played into `#played`. */
  #decode(nowMs: number): void {
    const { decoder, emit } = this.#parts
    const played = this.#played
    const playout = this.#parts.jitterBuffer.next(nowMs)
    played.packet = undefined
    switch (playout.kind) {
      case 'silence':
        played.samples = this.#silence
        // Nothing to hear after there was something is as bad as a concealed frame; before that it is just early.
        if (this.#isHeard) this.#received.played('concealed')
        return
      case 'packet': {
        const samples = decoder.decode(playout.packet.payload)
        if (samples === undefined) break
        played.samples = samples
        played.packet = playout.packet.payload
        this.#received.played('decoded')
        if (!this.#isHeard) {
          this.#isHeard = true
          emit({ kind: 'audio' })
        }
        return
      }
      case 'fec': {
        const samples = decoder.recover(playout.packet.payload)
        if (samples === undefined) break
        played.samples = samples
        this.#received.played('recovered')
        return
      }
      case 'conceal':
    }
    played.samples = decoder.conceal()
    this.#received.played('concealed')
  }

  #send(): void {
    const { encoder, emit } = this.#parts
    const payload = encoder.encode(this.#read())
    const packet: RtpPacket = {
      sequenceNumber: this.#sequenceNumber,
      timestamp: this.#timestamp,
      marker: this.#sent === 0,
      payload,
    }
    this.#sent += 1
    this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff
    this.#timestamp = (this.#timestamp + FRAME_SAMPLES) >>> 0
    emit({ kind: 'packet', packet })
  }

  #read(): Int16Array {
    if (!this.#isSourceUp) return this.#silence
    try {
      const frame = this.#parts.source.read()
      if (frame === undefined) {
        this.#isSourceUp = false
        this.#parts.emit({ kind: 'source-ended' })
        return this.#silence
      }
      if (frame instanceof Int16Array && frame.length === FRAME_SAMPLES) return frame
      throw new TypeError(`a source gives frames of ${FRAME_SAMPLES} samples`)
    } catch (error) {
      this.#breakSource(error)
      return this.#silence
    }
  }

  #breakSource(error: unknown): void {
    this.#isSourceUp = false
    this.#parts.emit({ kind: 'broken', part: 'source', error })
  }
}
