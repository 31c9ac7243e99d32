import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { hasFec } from '../../src/media/opus-packet.ts'
import { EXPECTED_LOSS_MIN_PERCENT, VoiceDecoder, VoiceEncoder } from '../../src/media/opus.ts'
import { readSamples } from '../../src/media/sources/file-frames.ts'
import { toneSource } from '../../src/media/sources/tone.ts'
import { voicePath } from '../../src/media/voices.ts'
import { holds } from '../support/property.ts'

const opus = suite('opus')

const power = (samples: Int16Array): number => samples.reduce((sum, sample) => sum + sample * sample, 0)

opus('a tone comes back as loud as it went', async () => {
  using encoder = await VoiceEncoder.create()
  using decoder = await VoiceDecoder.create()
  const tone = toneSource()
  let sent = 0
  let heard = 0
  for (let at = 0; at < 50; at += 1) {
    const frame = tone.read() as Int16Array
    const decoded = decoder.decode(encoder.encode(frame))
    assert.is(decoded?.length, 960)
    if (at < 10) continue
    sent += power(frame)
    heard += power(decoded as Int16Array)
  }
  assert.ok(heard / sent > 0.8 && heard / sent < 1.25, String(heard / sent))
})

opus('speech takes about 32 kb/s', async () => {
  using encoder = await VoiceEncoder.create()
  const voice = await readSamples(voicePath('bob'))
  let bytes = 0
  for (let at = 0; at < voice.length; at += 960) bytes += encoder.encode(voice.subarray(at, at + 960)).length
  const bitsPerSecond = (bytes * 8 * 48_000) / voice.length
  assert.ok(bitsPerSecond > 20_000 && bitsPerSecond < 40_000, String(bitsPerSecond))
})

opus('a lost frame is nearer to the sound with FEC than concealed', async () => {
  using encoder = await VoiceEncoder.create()
  const voice = await readSamples(voicePath('alice'))
  const packets: Uint8Array[] = []
  for (let at = 0; at < 48_000 * 8; at += 960) packets.push(encoder.encode(voice.subarray(at, at + 960)))
  using whole = await VoiceDecoder.create()
  using recovering = await VoiceDecoder.create()
  using concealing = await VoiceDecoder.create()
  let errorRecovered = 0
  let errorConcealed = 0
  packets.forEach((packet, at) => {
    const next = packets[at + 1]
    const right = whole.decode(packet) as Int16Array
    const difference = (other: Int16Array): number => power(right.map((sample, n) => (sample - (other[n] ?? 0)) / 2))
    if (at % 10 === 5 && next !== undefined && hasFec(next)) {
      errorRecovered += difference(recovering.recover(next) as Int16Array)
      errorConcealed += difference(concealing.conceal())
      return
    }
    recovering.decode(packet)
    concealing.decode(packet)
  })
  assert.ok(errorRecovered < errorConcealed / 1.5, `${errorRecovered} against ${errorConcealed}`)
})

opus('what is not 20 ms of Opus is counted, not thrown', async () => {
  using decoder = await VoiceDecoder.create()
  const bad = [
    Uint8Array.of(), // empty
    Uint8Array.of(0x18, 1, 2, 3), // 60 ms
    Uint8Array.of(0x00, 1, 2, 3), // 10 ms
    Uint8Array.of(0x0b), // frame count missing
    new Uint8Array(1276), // longer than any
  ]
  for (const packet of bad) assert.is(decoder.decode(packet), undefined)
  assert.is(decoder.corrupt, bad.length)
  assert.is(decoder.conceal().length, 960)
})

opus('arbitrary packets never throw, and the decoder goes on afterwards', async () => {
  using encoder = await VoiceEncoder.create()
  using decoder = await VoiceDecoder.create()
  const good = encoder.encode(new Int16Array(960))
  holds(
    fc.property(fc.uint8Array({ maxLength: 1500 }), fc.boolean(), (packet, isFec) => {
      const samples = isFec ? decoder.recover(packet) : decoder.decode(packet)
      assert.ok(samples === undefined || samples.length === 960)
      assert.is(decoder.decode(good)?.length, 960)
    }),
  )
})

opus('the encoder expects at least 10 % loss, at most 100, whatever is reported', async () => {
  using encoder = await VoiceEncoder.create()
  for (const [reported, expected] of [
    [0, EXPECTED_LOSS_MIN_PERCENT],
    [23.4, 23],
    [250, 100],
    [-5, EXPECTED_LOSS_MIN_PERCENT],
    [Number.NaN, EXPECTED_LOSS_MIN_PERCENT],
  ] as const) {
    encoder.expectLoss(reported)
    assert.is(encoder.expectedLossPercent, expected)
  }
})

opus.run()
