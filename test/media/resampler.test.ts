import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { Resampler } from '../../src/media/resampler.ts'
import { holds } from '../support/property.ts'

const resampler = suite('resampler')

const sine = (hertz: number, rate: number, seconds: number): Float32Array =>
  Float32Array.from(
    { length: Math.round(rate * seconds) },
    (_, at) => 0.5 * Math.sin((2 * Math.PI * hertz * at) / rate),
  )

function resample(input: Float32Array, fromRate: number, toRate: number, pieceSize = 1000): Float32Array {
  const made = new Resampler(fromRate, toRate)
  const pieces: Float32Array[] = []
  for (let at = 0; at < input.length; at += pieceSize)
    pieces.push(made.push(input.subarray(at, at + pieceSize)).slice())
  pieces.push(made.end().slice())
  return Float32Array.from(pieces.flatMap((piece) => [...piece]))
}

for (const rate of [8000, 11_025, 16_000, 22_050, 44_100, 47_999, 96_000, 192_000]) {
  resampler(`a 1 kHz tone at ${rate} Hz is the same tone at 48 kHz, in time and 70 dB clean`, () => {
    const output = resample(sine(1000, rate, 0.5), rate, 48_000)
    const expected = sine(1000, 48_000, 0.5)
    assert.ok(Math.abs(output.length - expected.length) <= 4)
    let noise = 0
    let signal = 0
    for (let at = 2000; at < expected.length - 2000; at += 1) {
      noise += ((output[at] as number) - (expected[at] as number)) ** 2
      signal += (expected[at] as number) ** 2
    }
    assert.ok(10 * Math.log10(signal / noise) > 70, String(10 * Math.log10(signal / noise)))
  })
}

resampler('what the lower rate cannot hold is gone, not folded back', () => {
  const output = resample(sine(30_000, 96_000, 0.25), 96_000, 48_000)
  assert.ok(output.subarray(1000, -1000).every((sample) => Math.abs(sample) < 0.001))
})

resampler('pieces of any size make the same samples as the whole, and no more or fewer', () => {
  const rate = fc.integer({ min: 8000, max: 96_000 })
  holds(
    fc.property(rate, fc.nat(3000), fc.integer({ min: 1, max: 700 }), (fromRate, length, pieceSize) => {
      const input = sine(440, fromRate, length / fromRate)
      const whole = resample(input, fromRate, 48_000, Math.max(1, input.length))
      const pieced = resample(input, fromRate, 48_000, pieceSize)
      assert.is(whole.length, Math.round((input.length * 48_000) / fromRate))
      assert.equal(pieced, whole)
    }),
  )
})

resampler.run()
