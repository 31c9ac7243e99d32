import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lostPacket } from '../../src/media/opus-packet.ts'
import { VoiceDecoder, VoiceEncoder } from '../../src/media/opus.ts'
import { similarity } from '../../src/media/similarity.ts'
import { readSamples } from '../../src/media/sources/file-frames.ts'
import { voicePath } from '../../src/media/voices.ts'

const similar = suite('similarity')

const alice = await readSamples(voicePath('alice'))
const bob = await readSamples(voicePath('bob'))

/** Through the codec, a second late, with every tenth frame lost. */
async function overThePhone(voice: Int16Array): Promise<Int16Array> {
  using encoder = await VoiceEncoder.create()
  using decoder = await VoiceDecoder.create()
  const heard = new Int16Array(voice.length + 96_000)
  for (let at = 0; at < voice.length; at += 960) {
    const packet = encoder.encode(voice.subarray(at, at + 960))
    heard.set(decoder.decode(at % 9600 === 960 ? lostPacket(packet) : packet) as Int16Array, 48_000 + at)
  }
  return heard
}
const heard = await overThePhone(alice)

similar('a voice is itself', () => {
  const { delayMs, correlation } = similarity(alice, alice)
  assert.is(delayMs, 0)
  assert.ok(correlation > 0.999)
})

similar('a voice over the phone is found again, with its delay', () => {
  const { delayMs, correlation } = similarity(alice, heard)
  assert.ok(Math.abs(delayMs - 1006) <= 20, String(delayMs))
  assert.ok(correlation > 0.9, String(correlation))
})

similar('half of it is enough, from either end', () => {
  assert.ok(similarity(alice, heard.subarray(0, heard.length / 2)).correlation > 0.9)
  const { delayMs, correlation } = similarity(alice, heard.subarray(48_000 * 10))
  assert.ok(correlation > 0.9, String(correlation))
  assert.ok(Math.abs(delayMs + 8994) <= 20, String(delayMs))
})

similar('a quiet line is the same voice', () => {
  assert.ok(
    similarity(
      alice,
      heard.map((sample) => sample >> 4),
    ).correlation > 0.9,
  )
})

const different: [name: string, other: Int16Array][] = [
  ['silence', new Int16Array(alice.length)],
  ['nothing', new Int16Array(0)],
  ['the other voice', bob],
  ['the same voice backwards', alice.slice().reverse()],
  ['a tone', Int16Array.from({ length: alice.length }, (_, at) => 8000 * Math.sin(at / 17))],
]
for (const [name, other] of different) {
  similar(`${name} is not the voice`, () => {
    const { correlation } = similarity(alice, other)
    assert.ok(correlation < 0.5, String(correlation))
  })
}

similar.run()
