import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TincanError } from '../../src/errors.ts'
import { virtualClock } from '../../src/lib/clock.ts'
import type { VirtualClock } from '../../src/lib/clock.ts'
import { startAudio } from '../../src/media/audio.ts'
import type { RtpPacket } from '../../src/media/session.ts'
import { similarity } from '../../src/media/similarity.ts'
import { nullSink } from '../../src/media/sinks/null.ts'
import { openSink } from '../../src/media/sinks/open.ts'
import type { AudioSink } from '../../src/media/sinks/sink.ts'
import { readSamples } from '../../src/media/sources/file-frames.ts'
import { openSource } from '../../src/media/sources/open.ts'
import { silenceSource } from '../../src/media/sources/silence.ts'
import { toneSource } from '../../src/media/sources/tone.ts'
import { voicePath } from '../../src/media/voices.ts'

const audio = suite('audio')

let directory = ''
audio.before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tincan-audio-'))
})
audio.after(() => rm(directory, { recursive: true }))

/** Turns of the event loop, and of a virtual clock that stands still, until something holds. */
async function until(holds: () => boolean, clock?: VirtualClock): Promise<void> {
  while (!holds()) {
    await turn()
    clock?.advance(0)
  }
}

audio('a frame goes out every 20 ms from the start on, the first with the marker and a number below 2¹⁵', async () => {
  const clock = virtualClock(1e6)
  const sent: RtpPacket[] = []
  const stream = startAudio({ source: toneSource(), sink: nullSink(), send: (packet) => sent.push(packet), clock })
  await until(() => sent.length > 0, clock)
  assert.ok((sent[0] as RtpPacket).sequenceNumber < 2 ** 15)
  assert.ok((sent[0] as RtpPacket).marker)
  clock.advance(1000)
  assert.is(sent.length, 51)
  await stream.stop()
  clock.advance(1000)
  assert.is(sent.length, 51)
  assert.is(stream.stats().packetsSent, 51)
})

audio('two streams hear each other in real time, and the recordings are what was said', async () => {
  const [aliceHears, bobHears] = [join(directory, 'alice.wav'), join(directory, 'bob.ogg')]
  const [aliceSays, bobSays] = [await openSource(voicePath('alice')), await openSource(voicePath('bob'))]
  const [aliceSink, bobSink] = [await openSink(aliceHears), await openSink(bobHears)]
  const alice = startAudio({
    source: aliceSays,
    sink: aliceSink,
    send: (packet) => bob.receive(packet, Date.now()),
  })
  const bob = startAudio({
    source: bobSays,
    sink: bobSink,
    send: (packet) => alice.receive(packet, Date.now()),
  })
  await Promise.all([once(alice, 'audio'), once(bob, 'audio')])
  while (Math.min(bob.stats().packetsReceived, alice.stats().packetsReceived) < 150) await wait(50)
  await Promise.all([alice.stop(), bob.stop()])
  for (const [voice, heardPath] of [
    ['alice', bobHears],
    ['bob', aliceHears],
  ] as const) {
    const said = (await readSamples(voicePath(voice))).subarray(0, 150 * 960)
    const { correlation } = similarity(said, await readSamples(heardPath))
    assert.ok(correlation > 0.6, `${voice} ${correlation}`)
  }
  assert.is(alice.stats().packetsLost, 0)
})

audio('a file that has been said is followed by silence, and said to have ended', async () => {
  const clock = virtualClock()
  let left = 3
  let sent = 0
  const source = { read: () => (left-- > 0 ? new Int16Array(960) : undefined), stop: async () => {} }
  const stream = startAudio({ source, sink: nullSink(), send: () => (sent += 1), clock })
  let ended = 0
  stream.on('sourceEnded', () => (ended += 1))
  await until(() => sent > 0, clock)
  clock.advance(200)
  assert.is(ended, 1)
  assert.is(sent, 11)
  await stream.stop()
})

audio('packets that arrive before the codec is ready are played', async () => {
  const clock = virtualClock()
  const sent: RtpPacket[] = []
  const sender = startAudio({ source: toneSource(), sink: nullSink(), send: (packet) => sent.push(packet), clock })
  await until(() => sent.length > 0, clock)
  const receiver = startAudio({ source: silenceSource(), sink: nullSink(), send: () => {}, clock })
  receiver.receive(sent[0] as RtpPacket, clock.now())
  const heard = once(receiver, 'audio')
  await until(() => receiver.stats().packetsReceived === 1)
  clock.advance(100)
  await heard
  await Promise.all([sender.stop(), receiver.stop()])
})

audio('an arrival time by another clock does not hold the sound up', async () => {
  const clock = virtualClock(1e9)
  const sent: RtpPacket[] = []
  const stream = startAudio({ source: toneSource(), sink: nullSink(), send: (packet) => sent.push(packet), clock })
  await until(() => sent.length > 0, clock)
  const heard = once(stream, 'audio')
  stream.receive(sent[0] as RtpPacket, 4e12)
  clock.advance(100)
  await heard
  await stream.stop()
})

audio('stopping stops source and sink once each, and twice is as good', async () => {
  const stopped: string[] = []
  const stream = startAudio({
    source: { ...silenceSource(), stop: async () => void stopped.push('source') },
    sink: { ...nullSink(), stop: async () => void stopped.push('sink') },
    send: () => {},
  })
  await Promise.all([stream.stop(), stream.stop()])
  await stream[Symbol.asyncDispose]()
  assert.equal(stopped, ['source', 'sink'])
})

audio('a stream stopped at the first sound, from within, sends nothing more', async () => {
  const clock = virtualClock()
  const sent: RtpPacket[] = []
  const path = join(directory, 'short.wav')
  const sink = await openSink(path)
  const stream = startAudio({ source: toneSource(), sink, send: (packet) => sent.push(packet), clock })
  await until(() => sent.length > 0, clock)
  let stopping: Promise<void> | undefined
  stream.on('audio', () => {
    stopping = stream.stop()
  })
  stream.receive(sent[0] as RtpPacket, clock.now())
  clock.advance(100)
  const count = sent.length
  clock.advance(100)
  assert.is(sent.length, count)
  await stopping
  assert.ok((await stat(path)).size > 44)
})

audio('a recording that cannot be kept is told by an event; stop does not reject', async () => {
  const failure = new TincanError('BAD_MEDIA', 'The disk is full.')
  const sink: AudioSink = { write() {}, stop: () => Promise.reject(failure) }
  const stream = startAudio({ source: silenceSource(), sink, send: () => {} })
  const told: TincanError[] = []
  stream.on('broken', (error) => told.push(error))
  await stream.stop()
  assert.equal(told, [failure])
})

audio('a source that throws is told by an event, as a TincanError', async () => {
  const source = {
    read: (): Int16Array => {
      throw new Error('unplugged')
    },
    stop: async () => {},
  }
  const stream = startAudio({ source, sink: nullSink(), send: () => {} })
  const [error] = (await once(stream, 'broken')) as [TincanError]
  assert.is(error.code, 'BAD_MEDIA')
  assert.match(error.message, /unplugged/)
  await stream.stop()
})

audio.run()
