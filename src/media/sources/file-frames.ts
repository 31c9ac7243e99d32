/**
 * A WAV or Ogg Opus file as frames of 48 kHz mono, read and decoded piece by piece. The file is known by its content;
 * its name only decides what we say when the content is neither.
 */

import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { createDecoder } from 'libopus-wasm'
import { AudioSampleSink, EncodedPacketSink, FilePathSource, Input, OGG, WAVE } from 'mediabunny'
import type { InputAudioTrack } from 'mediabunny'
import { TincanError } from '../../errors.ts'
import { FRAME_SAMPLES, SAMPLE_RATE } from '../frame.ts'
import { Resampler } from '../resampler.ts'

const EXTENSIONS = new Set(['.wav', '.ogg', '.opus', '.oga'])
const CHANNELS_MAX = 8
const RATE_MIN = 4000
const RATE_MAX = 384_000
/** The longest Opus packet, 120 ms at 48 kHz (RFC 6716 §3.2.5). */
const OPUS_SAMPLES_MAX = 5760
/** What the reader may keep of the file; 1 MiB is minutes of Opus and five seconds of WAV. */
const CACHE_BYTES_MAX = 1 << 20

export interface FrameFile {
  /** Frames of exactly 960 samples, the last one padded with silence. Throws BAD_MEDIA where the file is broken. */
  frames: AsyncGenerator<Int16Array, void, undefined>
  close(): void
}

/** Rejects with BAD_MEDIA when the file is missing, unreadable, empty, or not a WAV or Ogg Opus file. */
export async function openFrames(path: string): Promise<FrameFile> {
  await checkFile(path)
  const input = new Input({
    formats: [WAVE, OGG],
    source: new FilePathSource(path, { maxCacheSize: CACHE_BYTES_MAX, handleUnhandledError: () => {} }),
  })
  try {
    const track = await findTrack(input, path)
    const pieces = track.codec === 'opus' ? opusPieces(track, path) : wavPieces(track, path)
    return { frames: toFrames(pieces, path), close: () => input.dispose() }
  } catch (error) {
    input.dispose()
    throw error instanceof TincanError ? error : notSound(path, error)
  }
}

/** The whole file as samples, for comparing and measuring. Rejects with BAD_MEDIA as `openFrames`, or when too long. */
export async function readSamples(path: string, options: { secondsMax?: number } = {}): Promise<Int16Array> {
  const framesMax = Math.ceil(((options.secondsMax ?? 600) * SAMPLE_RATE) / FRAME_SAMPLES)
  const file = await openFrames(path)
  try {
    const frames: Int16Array[] = []
    for await (const frame of file.frames) {
      if (frames.length === framesMax) {
        throw new TincanError(
          'BAD_MEDIA',
          `“${path}” is too long to compare. Cut it to ${options.secondsMax ?? 600} s.`,
        )
      }
      frames.push(frame)
    }
    const samples = new Int16Array(frames.length * FRAME_SAMPLES)
    frames.forEach((frame, at) => samples.set(frame, at * FRAME_SAMPLES))
    return samples
  } finally {
    file.close()
  }
}

async function checkFile(path: string): Promise<void> {
  if (!EXTENSIONS.has(extname(path).toLowerCase())) {
    throw new TincanError(
      'BAD_MEDIA',
      `“${path}” is no source of sound. Use tone, silence, echo, or a file ending in .wav, .ogg or .opus.`,
    )
  }
  const facts = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new TincanError(
      'BAD_MEDIA',
      error.code === 'ENOENT'
        ? `There is no file “${path}”. Check the path.`
        : `“${path}” cannot be read (${error.code}). Check its path and permissions.`,
      { cause: error },
    )
  })
  if (facts.isDirectory()) throw new TincanError('BAD_MEDIA', `“${path}” is a directory. Name a file in it.`)
  if (!facts.isFile()) throw new TincanError('BAD_MEDIA', `“${path}” is not a regular file. Name one that is.`)
  if (facts.size === 0) throw new TincanError('BAD_MEDIA', `“${path}” is empty. Choose a file with sound in it.`)
  await access(path, constants.R_OK).catch((error: unknown) => {
    throw new TincanError('BAD_MEDIA', `“${path}” may not be read. Check its permissions.`, { cause: error })
  })
}

async function findTrack(input: Input, path: string): Promise<InputAudioTrack> {
  const track = await input.getPrimaryAudioTrack()
  if (track === null) throw notSound(path)
  const codec = track.codec
  if (codec !== 'opus' && !(codec?.startsWith('pcm-') || codec === 'alaw' || codec === 'ulaw')) throw notSound(path)
  if (track.numberOfChannels > CHANNELS_MAX || track.sampleRate < RATE_MIN || track.sampleRate > RATE_MAX) {
    throw new TincanError(
      'BAD_MEDIA',
      `“${path}” has ${track.numberOfChannels} channels at ${track.sampleRate} Hz. Convert it to 48 kHz mono.`,
    )
  }
  return track
}

async function* wavPieces(track: InputAudioTrack, path: string): AsyncGenerator<Float32Array, void, undefined> {
  const resampler = track.sampleRate === SAMPLE_RATE ? undefined : new Resampler(track.sampleRate, SAMPLE_RATE)
  try {
    for await (const sample of new AudioSampleSink(track).samples()) {
      const mixed = new Float32Array(sample.numberOfFrames)
      const plane = new Float32Array(sample.numberOfFrames)
      for (let channel = 0; channel < sample.numberOfChannels; channel += 1) {
        sample.copyTo(plane, { planeIndex: channel, format: 'f32-planar' })
        for (let at = 0; at < plane.length; at += 1) {
          mixed[at] = (mixed[at] as number) + (plane[at] as number) / sample.numberOfChannels
        }
      }
      sample.close()
      yield resampler === undefined ? mixed : resampler.push(mixed)
    }
  } catch (error) {
    throw notSound(path, error)
  }
  if (resampler !== undefined) yield resampler.end()
}

async function* opusPieces(track: InputAudioTrack, path: string): AsyncGenerator<Float32Array, void, undefined> {
  const head = opusHead((await track.getDecoderConfig())?.description)
  if (head === undefined) throw notSound(path)
  // Decoding to one channel mixes a stereo stream down.
  const decoder = await createDecoder({ sampleRate: SAMPLE_RATE, channels: 1, maxFrameSize: OPUS_SAMPLES_MAX })
  let skip = head.preSkip
  try {
    // Where the file is cut off there is no end to be found: all that decodes is played.
    const seconds = await track.computeDuration().catch(() => Number.POSITIVE_INFINITY)
    let left = Math.round(seconds * SAMPLE_RATE)
    for await (const packet of new EncodedPacketSink(track).packets()) {
      const decoded = decoder.decodeFloat(packet.data, { maxFrameSize: OPUS_SAMPLES_MAX })
      const piece = decoded.subarray(Math.min(skip, decoded.length), Math.min(decoded.length, skip + left))
      skip = Math.max(0, skip - decoded.length)
      left -= piece.length
      for (let at = 0; at < piece.length; at += 1) piece[at] = (piece[at] as number) * head.gain
      yield piece
    }
  } catch (error) {
    throw notSound(path, error)
  } finally {
    decoder.free()
  }
}

/** RFC 7845 §5.1: pre-skip in samples and output gain as a factor; undefined when it is more than stereo, or broken. */
function opusHead(bytes: ArrayBufferLike | ArrayBufferView | undefined): { preSkip: number; gain: number } | undefined {
  if (bytes === undefined || bytes.byteLength < 19) return undefined
  const view = ArrayBuffer.isView(bytes)
    ? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new DataView(bytes)
  const mappingFamily = view.getUint8(18)
  if (mappingFamily !== 0) return undefined
  return { preSkip: view.getUint16(10, true), gain: 10 ** (view.getInt16(16, true) / 256 / 20) }
}

/** A file that breaks off is played up to there; one that never begins throws. */
async function* untilBroken<Piece>(pieces: AsyncGenerator<Piece>): AsyncGenerator<Piece, void, undefined> {
  let any = false
  try {
    for await (const piece of pieces) {
      any = true
      yield piece
    }
  } catch (error) {
    if (!any) throw error
  }
}

async function* toFrames(
  pieces: AsyncGenerator<Float32Array, void, undefined>,
  path: string,
): AsyncGenerator<Int16Array, void, undefined> {
  let frame = new Int16Array(FRAME_SAMPLES)
  let filled = 0
  let any = false
  for await (const piece of untilBroken(pieces)) {
    for (let at = 0; at < piece.length; at += 1) {
      frame[filled] = Math.round(Math.min(1, Math.max(-1, piece[at] as number)) * 32767)
      filled += 1
      if (filled < FRAME_SAMPLES) continue
      any = true
      yield frame
      frame = new Int16Array(FRAME_SAMPLES)
      filled = 0
    }
  }
  if (filled > 0) yield frame
  else if (!any) throw new TincanError('BAD_MEDIA', `“${path}” holds no sound. Choose another file.`)
}

function notSound(path: string, cause?: unknown): TincanError {
  return new TincanError(
    'BAD_MEDIA',
    `“${path}” is not a WAV or Ogg Opus file that can be played. Convert it, for example: sox IN -r 48000 -c 1 OUT.wav`,
    { cause },
  )
}
