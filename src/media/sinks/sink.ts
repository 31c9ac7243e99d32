/** Where the sound we hear goes. */

export interface PlayedFrame {
  /** 20 ms: 960 samples, good until `write` returns. */
  samples: Int16Array
  /** The Opus packet they were decoded from; undefined where a frame was lost, recovered or not there at all. */
  packet: Uint8Array | undefined
}

export interface AudioSink {
  /** Called once per 20 ms; never waits. */
  write(frame: PlayedFrame): void
  /** Idempotent. Rejects with BAD_MEDIA when what was written could not be kept. */
  stop(): Promise<void>
}

/** `null`, the path of a .wav or .ogg file to record to, or a sink of one's own. */
export type SinkSpec = string | AudioSink
