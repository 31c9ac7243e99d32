import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TincanError } from '../../../src/errors.ts'
import { readSamples } from '../../../src/media/sources/file-frames.ts'
import { openSource } from '../../../src/media/sources/open.ts'
import type { AudioSource } from '../../../src/media/sources/source.ts'
import { voicePath } from '../../../src/media/voices.ts'

const sources = suite('sources')

let directory = ''
sources.before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tincan-sources-'))
})
sources.after(() => rm(directory, { recursive: true }))

interface WavShape {
  rate?: number
  channels?: number
  bits?: 8 | 16 | 24 | 32
  isFloat?: boolean
}

/** A WAV file whose channels each hold `sample(second)`, −1 … 1, scaled by the channel's number from 1 on. */
function wav(seconds: number, sample: (second: number) => number, shape: WavShape = {}): Buffer {
  const { rate = 48_000, channels = 1, bits = 16, isFloat = false } = shape
  const frames = Math.round(seconds * rate)
  const data = Buffer.alloc((frames * channels * bits) / 8)
  for (let at = 0; at < frames * channels; at += 1) {
    const value = sample(Math.floor(at / channels) / rate) / ((at % channels) + 1)
    const offset = (at * bits) / 8
    if (isFloat) data.writeFloatLE(value, offset)
    else if (bits === 8) data.writeUInt8(Math.round(127.5 + 127 * value), offset)
    else data.writeIntLE(Math.round(value * (2 ** (bits - 1) - 1)), offset, bits / 8)
  }
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + data.length, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(isFloat ? 3 : 1, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(rate, 24)
  header.writeUInt32LE((rate * channels * bits) / 8, 28)
  header.writeUInt16LE((channels * bits) / 8, 32)
  header.writeUInt16LE(bits, 34)
  header.write('data', 36)
  header.writeUInt32LE(data.length, 40)
  return Buffer.concat([header, data])
}

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(directory, name)
  await writeFile(path, bytes)
  return path
}

const level = (samples: Int16Array): number => Math.sqrt(samples.reduce((sum, s) => sum + s * s, 0) / samples.length)
const sine = (second: number): number => 0.5 * Math.sin(2 * Math.PI * 440 * second)
const frame = (source: AudioSource): Int16Array => {
  const samples = source.read()
  assert.instance(samples, Int16Array)
  assert.is(samples?.length, 960)
  return samples as Int16Array
}

sources('a tone is 440 Hz, moderate and without a click between frames', async () => {
  const tone = await openSource('tone')
  let crossings = 0
  let last = 0
  let step = 0
  for (let at = 0; at < 100; at += 1) {
    for (const sample of frame(tone)) {
      if (last < 0 && sample >= 0) crossings += 1
      step = Math.max(step, Math.abs(sample - last))
      last = sample
    }
  }
  assert.ok(Math.abs(crossings - 880) <= 1, String(crossings)) // 2 s
  assert.ok(step < 500, String(step))
  await tone.stop()
})

for (const spec of ['silence', 'null']) {
  sources(`${spec} is silent for ever`, async () => {
    const silence = await openSource(spec)
    for (let at = 0; at < 1000; at += 1) assert.ok(frame(silence).every((sample) => sample === 0))
  })
}

sources('an echo gives back what it hears, and silence before', async () => {
  const echo = await openSource('echo')
  assert.ok(frame(echo).every((sample) => sample === 0))
  const said = Int16Array.from({ length: 960 }, (_, at) => at)
  echo.hear?.(said)
  assert.equal([...frame(echo)], [...said])
})

const shapes: [name: string, shape: WavShape, expected: number][] = [
  ['16 bits', {}, 1],
  ['8 bits at 8 kHz', { bits: 8, rate: 8000 }, 1],
  ['24 bits at 44.1 kHz', { bits: 24, rate: 44_100 }, 1],
  ['32 bits at 22.05 kHz', { bits: 32, rate: 22_050 }, 1],
  ['float at 96 kHz', { bits: 32, isFloat: true, rate: 96_000 }, 1],
  ['stereo, mixed down', { channels: 2 }, 0.75],
]
for (const [name, shape, expected] of shapes) {
  sources(`a WAV of ${name} is read as 48 kHz mono`, async () => {
    const samples = await readSamples(await file('shape.wav', wav(1.1, sine, shape)))
    assert.is(samples.length, 55 * 960)
    const ratio = level(samples.subarray(4800, -4800)) / ((0.5 * 32_767 * expected) / Math.SQRT2)
    assert.ok(Math.abs(ratio - 1) < 0.02, String(ratio))
  })
}

sources('a file is played once, in real time or slower, and then ends', async () => {
  const path = await file('long.wav', wav(10, sine))
  const source = await openSource(path)
  let frames = 0
  for (let samples = source.read(); samples !== undefined; samples = source.read()) {
    assert.is(samples.length, 960)
    frames += 1
    // Each 20 ms frame leaves the disk at least a turn of the loop.
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.ok(frames >= 500, String(frames))
  assert.is(source.read(), undefined)
  await source.stop()
})

sources('the last frame is filled up with silence', async () => {
  const samples = await readSamples(
    await file(
      'short.wav',
      wav(0.03, () => 0.5),
    ),
  )
  assert.is(samples.length, 1920)
  assert.ok((samples[1439] as number) > 16_000)
  assert.ok(samples.subarray(1440).every((sample) => sample === 0))
})

sources('a source can be stopped at any time, and twice', async () => {
  const source = await openSource(voicePath('alice'))
  frame(source)
  await source.stop()
  await source.stop()
  assert.is(source.read(), undefined)
})

sources('a voice from an Ogg Opus file comes out of the source frame by frame as it is in the file', async () => {
  const source = await openSource(voicePath('bob'))
  const whole = await readSamples(voicePath('bob'))
  // Frames of nothing but zeros are left out on both sides: they stand in where the disk was slow.
  const sounding = (samples: Int16Array): boolean => samples.some((sample) => sample !== 0)
  const expected = Array.from({ length: whole.length / 960 }, (_, at) => whole.subarray(at * 960, at * 960 + 960))
  const got: Int16Array[] = []
  for (let samples = source.read(); samples !== undefined; samples = source.read()) {
    if (sounding(samples)) got.push(samples)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await source.stop()
  assert.equal(
    got.map((samples) => [...samples]),
    expected.filter(sounding).map((samples) => [...samples]),
  )
})

sources('a file that breaks off is played up to there', async () => {
  const whole = wav(2, sine)
  assert.is((await readSamples(await file('cut.wav', whole.subarray(0, 44 + 96_000)))).length, 48_000)
})

sources('an object with read and stop is a source', async () => {
  const own: AudioSource = { read: () => undefined, stop: async () => {} }
  assert.is(await openSource(own), own)
})

async function rejection(spec: unknown): Promise<TincanError> {
  try {
    const source = await openSource(spec as AudioSource)
    await source.stop()
  } catch (error) {
    assert.instance(error, TincanError)
    return error as TincanError
  }
  return assert.unreachable(`${String(spec)} was opened`) as never
}

const bad: [name: string, make: () => unknown, says: RegExp][] = [
  ['a missing file', () => join(directory, 'none.wav'), /no file .*Check the path/],
  ['a file in a missing directory', () => join(directory, 'none', 'none.wav'), /no file .*Check the path/],
  [
    'a path through a file',
    () => file('a.txt', Buffer.from('x')).then((path) => join(path, 'b.wav')),
    /cannot be read/,
  ],
  ['a directory', () => mkdir(join(directory, 'd.wav')).then(() => join(directory, 'd.wav')), /is a directory/],
  ['a device', () => '/dev/null', /no source of sound/],
  ['an empty file', () => file('empty.wav', Buffer.alloc(0)), /is empty/],
  ['a WAV without sound', () => file('mute.wav', wav(0, sine)), /no sound/],
  ['a WAV that is text', () => file('text.wav', Buffer.from('not a WAV file, whatever it is called')), /not a WAV/],
  ['an Ogg that is noise', () => file('noise.ogg', Buffer.alloc(5000, 0xa5)), /not a WAV or Ogg Opus/],
  ['a header and no more', () => file('header.ogg', Buffer.from('OggS')), /not a WAV or Ogg Opus/],
  ['a WAV of 9 channels', () => file('nine.wav', wav(0.1, sine, { channels: 9 })), /Convert it to 48 kHz mono/],
  ['a WAV at 1 kHz', () => file('slow.wav', wav(0.1, sine, { rate: 1000 })), /Convert it to 48 kHz mono/],
  ['an extension we do not know', () => file('song.mp3', Buffer.from('ID3')), /Use tone, silence, echo, or a file/],
  ['a word we do not know', () => 'tune', /Use tone, silence, echo, or a file/],
  ['an empty word', () => '', /Use tone, silence, echo, or a file/],
  ['an object that is no source', () => ({}), /object with read and stop/],
  ['nothing', () => undefined, /object with read and stop/],
]
for (const [name, make, says] of bad) {
  sources(`${name} is BAD_MEDIA, and the message says what to do`, async () => {
    const error = await rejection(await make())
    assert.is(error.code, 'BAD_MEDIA')
    assert.match(error.message, says)
  })
}

sources('a file too long to compare is refused rather than held in memory', async () => {
  try {
    await readSamples(await file('long.wav', wav(3, sine)), { secondsMax: 2 })
  } catch (error) {
    assert.is((error as TincanError).code, 'BAD_MEDIA')
    return
  }
  assert.unreachable()
})

sources.run()
