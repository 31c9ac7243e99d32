/** The voices of the demo: as they ship, or said over and over for a long call; and whether they came through. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SAMPLE_RATE = 48_000
/** The call lasts a little less than it was meant to: what is compared must fit. */
const FIT_SECONDS_MIN = 1

/** A file with at least `seconds` of the voice; what ships is used as it is when it is long enough. */
export async function voiceFor(name: 'alice' | 'bob', seconds: number, directory: string): Promise<string> {
  const { readSamples, voicePath } = await import('../index.ts')
  const path = voicePath(name)
  const samples = await readSamples(path)
  if (samples.length >= seconds * SAMPLE_RATE) return path
  const long = new Int16Array(Math.ceil(seconds * SAMPLE_RATE))
  for (let at = 0; at < long.length; at += samples.length) long.set(samples.subarray(0, long.length - at), at)
  const longPath = join(directory, `${name}-says.wav`)
  writeFileSync(longPath, wav(long))
  return longPath
}

/** 1 when the recording is what was sent, about 0.4 or less when it is something else. */
export async function likeness(sentPath: string, heardPath: string): Promise<number> {
  const { readSamples, similarity } = await import('../index.ts')
  const [sent, heard] = await Promise.all([readSamples(sentPath), readSamples(heardPath)])
  const length = Math.max(heard.length, FIT_SECONDS_MIN * SAMPLE_RATE)
  return Math.round(similarity(sent.subarray(0, length), heard).correlation * 1000) / 1000
}

/** Mono 16-bit PCM in a RIFF file. */
function wav(samples: Int16Array): Buffer {
  const body = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + body.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16) // length of the format
  head.writeUInt16LE(1, 20) // PCM
  head.writeUInt16LE(1, 22) // one channel
  head.writeUInt32LE(SAMPLE_RATE, 24)
  head.writeUInt32LE(SAMPLE_RATE * 2, 28) // bytes a second
  head.writeUInt16LE(2, 32) // bytes a frame
  head.writeUInt16LE(16, 34) // bits a sample
  head.write('data', 36)
  head.writeUInt32LE(body.length, 40)
  return Buffer.concat([head, body])
}
