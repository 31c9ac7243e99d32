/** Plays a file once, then ends. A few seconds are decoded ahead; a read never waits for the disk. */

import { FRAME_SAMPLES } from '../frame.ts'
import { openFrames } from './file-frames.ts'
import type { FrameFile } from './file-frames.ts'
import type { AudioSource } from './source.ts'

/** 2 s ahead are 190 kB; refilling from half of it takes a few milliseconds of decoding. */
const AHEAD_MAX = 100
const AHEAD_MIN = 50

/** Rejects with BAD_MEDIA when the file cannot be played; the first frames are decoded before it resolves. */
export async function openFileSource(path: string): Promise<AudioSource> {
  const file = await openFrames(path)
  try {
    const first = await file.frames.next()
    return new FileSource(file, first.done ? undefined : first.value)
  } catch (error) {
    file.close()
    throw error
  }
}

class FileSource implements AudioSource {
  readonly #file: FrameFile
  readonly #ahead: Int16Array[] = []
  #isFilling = false
  #isDone = false
  /** Resolves when no filling runs; cannot reject. */
  #filling: Promise<void> = Promise.resolve()

  constructor(file: FrameFile, first: Int16Array | undefined) {
    this.#file = file
    if (first === undefined) this.#isDone = true
    else this.#ahead.push(first)
    this.#fill()
  }

  read(): Int16Array | undefined {
    const frame = this.#ahead.shift()
    if (this.#ahead.length < AHEAD_MIN) this.#fill()
    if (frame !== undefined) return frame
    // The disk did not keep up: a frame of silence, and the sound goes on where it was.
    return this.#isDone ? undefined : new Int16Array(FRAME_SAMPLES)
  }

  async stop(): Promise<void> {
    this.#isDone = true
    this.#ahead.length = 0
    await this.#filling
    this.#file.close()
  }

  #fill(): void {
    if (this.#isFilling || this.#isDone) return
    this.#isFilling = true
    this.#filling = this.#fillInBackground()
  }

  async #fillInBackground(): Promise<void> {
    try {
      while (!this.#isDone && this.#ahead.length < AHEAD_MAX) {
        const next = await this.#file.frames.next()
        if (next.done) this.#isDone = true
        else if (!this.#isDone) this.#ahead.push(next.value)
      }
    } catch {
      this.#isDone = true // broken in the middle: what came before it has been played
    }
    this.#isFilling = false
  }
}
