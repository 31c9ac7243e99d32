/** Records what is heard to a WAV file: what was concealed is in it as it sounded. */

import { FRAME_SAMPLES, SAMPLE_RATE } from '../frame.ts'
import { WAV_DATA_BYTES_MAX, WAV_HEADER_BYTES, wavHeader } from '../wav.ts'
import { RecordingFile } from './recording-file.ts'
import type { AudioSink, PlayedFrame } from './sink.ts'

/** Rejects with BAD_MEDIA when the file cannot be written. */
export async function openWavSink(path: string): Promise<AudioSink> {
  return new WavSink(await RecordingFile.open(path))
}

/** Written once a second, header included: a file that is never closed is good up to its last second. */
const PIECE_SAMPLES = SAMPLE_RATE

class WavSink implements AudioSink {
  readonly #file: RecordingFile
  #piece = new Int16Array(PIECE_SAMPLES)
  #filled = 0

  constructor(file: RecordingFile) {
    this.#file = file
  }

  write(frame: PlayedFrame): void {
    if (this.#file.length === 0) this.#file.append(wavHeader(0))
    if (this.#file.length > WAV_DATA_BYTES_MAX - PIECE_SAMPLES * 2) return
    this.#piece.set(frame.samples, this.#filled)
    this.#filled += FRAME_SAMPLES
    if (this.#filled < PIECE_SAMPLES) return
    this.#flush()
    this.#piece = new Int16Array(PIECE_SAMPLES)
  }

  async stop(): Promise<void> {
    if (this.#filled > 0) this.#flush()
    await this.#file.close()
  }

  #flush(): void {
    // WAV is little-endian, as is every machine Node runs on.
    this.#file.append(new Uint8Array(this.#piece.buffer, 0, this.#filled * 2))
    this.#filled = 0
    this.#file.overwrite(wavHeader(this.#file.length - WAV_HEADER_BYTES), 0)
  }
}
