import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { toneSource } from '../../src/media/sources/tone.ts'
import { toneIn } from './tone.ts'

const tone = suite('the tone in a recording')

const FRAME_SAMPLES = 960

/** One letter a frame: t is the tone, n is noise as loud, anything else silence. */
function recording(frames: string): Int16Array {
  const source = toneSource()
  const samples = new Int16Array(frames.length * FRAME_SAMPLES)
  frames.split('').forEach((frame, at) => {
    const sound = source.read() as Int16Array
    if (frame === 't') samples.set(sound, at * FRAME_SAMPLES)
    if (frame === 'n') samples.set(sound.toSorted(), at * FRAME_SAMPLES)
  })
  return samples
}

tone('is told from silence and from other sounds, frame by frame', () => {
  const table: [frames: string, toneMs: number, gapMs: number, endedMs: number][] = [
    ['', 0, 0, 0],
    ['....', 0, 0, 80],
    ['tttt', 80, 0, 0],
    ['..tt', 40, 0, 0],
    ['tt..', 40, 0, 40],
    ['t...t..t.', 60, 60, 20],
    ['tnnt', 40, 40, 0],
  ]
  for (const [frames, toneMs, gapMs, endedMs] of table) {
    assert.equal(toneIn(recording(frames)), { toneMs, gapMs, endedMs }, frames)
  }
})

tone.run()
