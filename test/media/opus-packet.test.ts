import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { hasFec, lostPacket } from '../../src/media/opus-packet.ts'
import { VoiceDecoder, VoiceEncoder } from '../../src/media/opus.ts'
import { readSamples } from '../../src/media/sources/file-frames.ts'
import { voicePath } from '../../src/media/voices.ts'
import { holds } from '../support/property.ts'

const opusPacket = suite('opus packet')

opusPacket('most packets of a voice carry FEC, packets of silence none', async () => {
  using encoder = await VoiceEncoder.create()
  const voice = await readSamples(voicePath('alice'))
  let voiced = 0
  let withFec = 0
  for (let at = 48_000; at < 48_000 * 5; at += 960) {
    const frame = voice.subarray(at, at + 960)
    const isFec = hasFec(encoder.encode(frame))
    if (frame.some((sample) => Math.abs(sample) > 2000)) {
      voiced += 1
      if (isFec) withFec += 1
    }
  }
  assert.ok(withFec > 0.7 * voiced, `${withFec} of ${voiced}`)
  using fresh = await VoiceEncoder.create()
  for (let frame = 0; frame < 50; frame += 1) assert.not(hasFec(fresh.encode(new Int16Array(960))))
})

const cases: [name: string, bytes: number[], expected: boolean][] = [
  ['nothing', [], false],
  ['a table of contents and no more', [0x08], false],
  ['SILK 20 ms, flag set', [0x08, 0b0100_0000], true],
  ['SILK 20 ms, voice activity only', [0x08, 0b1011_1111], false],
  ['SILK 40 ms: the flag comes after two activity bits', [0x10, 0b0010_0000], true],
  ['SILK 60 ms: after three', [0x18, 0b0001_0000], true],
  ['hybrid 20 ms', [0x78, 0b0100_0000], true],
  ['CELT never', [0xf8, 0xff, 0xff], false],
  ['two frames of equal size', [0x09, 0b0100_0000], true],
  ['two frames, length in one byte', [0x0a, 10, 0b0100_0000], true],
  ['two frames, length in two bytes', [0x0a, 252, 1, 0b0100_0000], true],
  ['two frames, cut off in the length', [0x0a, 252, 1], false],
  ['any number of frames is not looked into', [0x0b, 2, 0xff], false],
]
for (const [name, bytes, expected] of cases) {
  opusPacket(`FEC flag: ${name}`, () => assert.is(hasFec(Uint8Array.from(bytes)), expected))
}

opusPacket('arbitrary bytes are looked at without a throw', () => {
  holds(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => typeof hasFec(bytes) === 'boolean'))
})

opusPacket('a lost packet keeps the mode of the one before it, and decodes to 20 ms', async () => {
  using decoder = await VoiceDecoder.create()
  assert.equal([...lostPacket(Uint8Array.of(0x7b, 1, 2))], [0x78])
  for (const packet of [
    lostPacket(undefined),
    lostPacket(Uint8Array.of(0x08, 1)),
    lostPacket(Uint8Array.of(0x78, 1)),
  ]) {
    assert.is(decoder.decode(packet)?.length, 960)
  }
})

opusPacket.run()
