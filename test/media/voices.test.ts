import { stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readSamples } from '../../src/media/sources/file-frames.ts'
import { voicePath } from '../../src/media/voices.ts'

const voices = suite('voices')

for (const voice of ['alice', 'bob'] as const) {
  voices(`${voice} speaks for 20 to 25 s, in a small file`, async () => {
    const path = voicePath(voice)
    assert.ok(isAbsolute(path))
    assert.ok((await stat(path)).size < 120_000)
    const samples = await readSamples(path)
    const seconds = samples.length / 48_000
    assert.ok(seconds >= 20 && seconds <= 25, String(seconds))
    const peak = samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0)
    assert.ok(peak > 8000 && peak < 32_767, String(peak))
  })
}

voices.run()
