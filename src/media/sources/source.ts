/** Where the sound we send comes from. */

export interface AudioSource {
  /** The next 20 ms: exactly 960 samples, good until the next call. Undefined: the source has ended. Never waits. */
  read(): Int16Array | undefined
  /** For a source that listens (echo): each frame as it is played, before the `read` of the same 20 ms. */
  hear?(samples: Int16Array): void
  /** Idempotent. */
  stop(): Promise<void>
}

/** `tone`, `silence` (or `null`), `echo`, the path of a .wav, .ogg or .opus file, or a source of one's own. */
export type SourceSpec = string | AudioSource
