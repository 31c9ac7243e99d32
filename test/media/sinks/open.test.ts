import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TincanError } from '../../../src/errors.ts'
import { VoiceDecoder, VoiceEncoder } from '../../../src/media/opus.ts'
import { similarity } from '../../../src/media/similarity.ts'
import { openSink } from '../../../src/media/sinks/open.ts'
import type { AudioSink, PlayedFrame } from '../../../src/media/sinks/sink.ts'
import { readSamples } from '../../../src/media/sources/file-frames.ts'
import { voicePath } from '../../../src/media/voices.ts'

const sinks = suite('sinks')

let directory = ''
sinks.before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tincan-sinks-'))
})
sinks.after(() => rm(directory, { recursive: true }))

const voice = await readSamples(voicePath('alice'))

/** Four seconds of a voice as it is played: every tenth frame is lost. */
async function played(): Promise<PlayedFrame[]> {
  using encoder = await VoiceEncoder.create()
  using decoder = await VoiceDecoder.create()
  const frames: PlayedFrame[] = []
  for (let at = 0; at < 48_000 * 4; at += 960) {
    const packet = encoder.encode(voice.subarray(at, at + 960))
    const isLost = frames.length % 10 === 9
    const samples = isLost ? decoder.conceal() : decoder.decode(packet)
    frames.push({ samples: samples as Int16Array, packet: isLost ? undefined : packet })
  }
  return frames
}
const frames = await played()

const hasTool = (name: string): boolean => spawnSync(name, ['--version']).error === undefined

sinks('null takes everything and keeps nothing', async () => {
  const sink = await openSink('null')
  for (const frame of frames) sink.write(frame)
  await sink.stop()
})

sinks('a WAV recording holds each sample that was played', async () => {
  const path = join(directory, 'heard.wav')
  const sink = await openSink(path)
  for (const frame of frames) sink.write(frame)
  await sink.stop()
  const bytes = await readFile(path)
  assert.is(bytes.length, 44 + frames.length * 1920)
  const heard = new Int16Array(bytes.buffer.slice(bytes.byteOffset + 44, bytes.byteOffset + bytes.length))
  frames.forEach((frame, at) => assert.equal([...heard.subarray(at * 960, at * 960 + 960)], [...frame.samples]))
  if (hasTool('soxi')) assert.is(execFileSync('soxi', ['-D', path]).toString().trim(), '4.000000')
})

sinks('an Ogg recording holds the packets as they came, and plays with the gaps concealed', async () => {
  const path = join(directory, 'heard.ogg')
  const sink = await openSink(path)
  for (const frame of frames) sink.write(frame)
  await sink.stop()
  const bytes = await readFile(path)
  for (const { packet } of frames) assert.ok(packet === undefined || bytes.includes(Buffer.from(packet)))
  const heard = await readSamples(path)
  assert.is(heard.length, frames.length * 960) // the pre-skip is cut from the start, the last frame filled up
  const { correlation } = similarity(voice.subarray(0, 48_000 * 4), heard)
  assert.ok(correlation > 0.9, String(correlation))
  if (!hasTool('opusinfo')) return
  const report = execFileSync('opusinfo', [path]).toString()
  assert.match(report, /Playback length: 0m:03\.99/)
  assert.not.match(report, /WARNING|ERROR/i, report)
})

sinks('packets of the largest size are kept, too', async () => {
  const path = join(directory, 'large.ogg')
  const sink = await openSink(path)
  // CELT, 20 ms, one frame, as large as a packet may be.
  const packet = new Uint8Array(1275).fill(0x55)
  packet[0] = 0xf8
  for (let at = 0; at < 120; at += 1) sink.write({ samples: new Int16Array(960), packet })
  await sink.stop()
  assert.is((await readSamples(path)).length, 120 * 960)
})

for (const extension of ['wav', 'ogg']) {
  for (const count of [1, 49, 50, 51, 123]) {
    sinks(`a .${extension} stopped after ${count} frames is a valid file of that length`, async () => {
      const path = join(directory, `stopped-${count}.${extension}`)
      const sink = await openSink(path)
      for (const frame of frames.slice(0, count)) sink.write(frame)
      await sink.stop()
      await sink.stop()
      assert.is((await readSamples(path)).length, count * 960)
    })
  }

  sinks(`a .${extension} that is never stopped is good up to its last second`, async () => {
    const path = join(directory, `killed.${extension}`)
    const script = `
      import { openSink } from ${JSON.stringify(new URL('../../../src/media/sinks/open.ts', import.meta.url).href)}
      const sink = await openSink(${JSON.stringify(path)})
      for (let at = 0; at < 125; at += 1) sink.write({ samples: new Int16Array(960).fill(1000), packet: Uint8Array.of(0xf8, 1, 2, at) })
      const { stat } = await import('node:fs/promises')
      for (let size = -1, last = -2; size !== last || size === 0; ) {
        last = size
        await new Promise((resolve) => setTimeout(resolve, 100))
        size = (await stat(${JSON.stringify(path)})).size
      }
      process.kill(process.pid, 'SIGKILL')`
    const { signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script])
    assert.is(signal, 'SIGKILL', stderr.toString())
    assert.is((await readSamples(path)).length, 100 * 960)
  })

  sinks(`a .${extension} that nothing was written to leaves no file behind`, async () => {
    const path = join(directory, `unused.${extension}`)
    const sink = await openSink(path)
    assert.ok((await stat(path)).isFile())
    await sink.stop()
    assert.is(await stat(path).catch(() => undefined), undefined)
  })

  sinks(`a .${extension} replaces an older recording, but only once there is something to record`, async () => {
    const path = join(directory, `older.${extension}`)
    await writeFile(path, Buffer.alloc(1_000_000, 7))
    const unused = await openSink(path)
    await unused.stop()
    assert.is((await stat(path)).size, 1_000_000)
    const sink = await openSink(path)
    for (const frame of frames.slice(0, 10)) sink.write(frame)
    await sink.stop()
    assert.is((await readSamples(path)).length, 10 * 960)
  })
}

sinks('a link to a file is followed', async () => {
  await writeFile(join(directory, 'target.wav'), '')
  await symlink(join(directory, 'target.wav'), join(directory, 'link.wav'))
  const sink = await openSink(join(directory, 'link.wav'))
  sink.write(frames[0] as PlayedFrame)
  await sink.stop()
  assert.is((await stat(join(directory, 'target.wav'))).size, 44 + 1920)
})

sinks('an object with write and stop is a sink', async () => {
  const own: AudioSink = { write() {}, stop: async () => {} }
  assert.is(await openSink(own), own)
})

async function rejection(spec: unknown): Promise<TincanError> {
  try {
    const sink = await openSink(spec as AudioSink)
    await sink.stop()
  } catch (error) {
    assert.instance(error, TincanError)
    return error as TincanError
  }
  return assert.unreachable(`${String(spec)} was opened`) as never
}

const bad: [name: string, make: () => unknown, says: RegExp][] = [
  ['a missing directory', () => join(directory, 'none', 'x.wav'), /no directory .*Create it/],
  ['a path through a file', () => join(directory, 'file.txt', 'x.ogg'), /no directory .*Create it/],
  ['a directory', () => join(directory, 'd.wav'), /is a directory/],
  ['a device', () => join(directory, 'device.wav'), /not a regular file/],
  ['an extension we do not write', () => join(directory, 'x.mp3'), /ending in .wav or .ogg/],
  ['an empty word', () => '', /ending in .wav or .ogg/],
  ['an object that is no sink', () => ({ write: 1 }), /object with write and stop/],
]
sinks.before(async () => {
  await writeFile(join(directory, 'file.txt'), 'x')
  await mkdir(join(directory, 'd.wav'))
  await symlink('/dev/null', join(directory, 'device.wav'))
})
for (const [name, make, says] of bad) {
  sinks(`${name} is BAD_MEDIA, and the message says what to do`, async () => {
    const error = await rejection(make())
    assert.is(error.code, 'BAD_MEDIA')
    assert.match(error.message, says)
  })
}

sinks.run()
