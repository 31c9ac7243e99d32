/**
 * Records the packets themselves, undecoded, to an Ogg Opus file: no loss of quality and hardly any work. Where a frame
 * is missing a packet of one byte stands in its place, and the player conceals it as we did.
 */

import { randomInt } from 'node:crypto'
import { OggOpusPages } from '../ogg-opus.ts'
import { lostPacket } from '../opus-packet.ts'
import { RecordingFile } from './recording-file.ts'
import type { AudioSink, PlayedFrame } from './sink.ts'

/** Rejects with BAD_MEDIA when the file cannot be written. */
export async function openOggSink(path: string): Promise<AudioSink> {
  return new OggSink(await RecordingFile.open(path))
}

class OggSink implements AudioSink {
  readonly #file: RecordingFile
  readonly #pages = new OggOpusPages(randomInt(2 ** 32))
  #previous: Uint8Array | undefined
  #isStopped = false

  constructor(file: RecordingFile) {
    this.#file = file
  }

  write(frame: PlayedFrame): void {
    if (this.#isStopped) return
    if (this.#file.length === 0) this.#file.append(this.#pages.begin())
    this.#previous = frame.packet ?? this.#previous
    const page = this.#pages.add(frame.packet ?? lostPacket(this.#previous))
    if (page !== undefined) this.#file.append(page)
  }

  async stop(): Promise<void> {
    if (!this.#isStopped && this.#file.length > 0) this.#file.append(this.#pages.end())
    this.#isStopped = true
    await this.#file.close()
  }
}
