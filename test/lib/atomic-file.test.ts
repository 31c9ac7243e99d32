import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { createFileAtomic, writeFileAtomic } from '../../src/lib/atomic-file.ts'

const files = suite('atomic files')

const directory = mkdtempSync(join(tmpdir(), 'tincan-atomic-'))
files.after(() => rmSync(directory, { recursive: true, force: true }))

let count = 0
const fresh = () => join(directory, `${count++}`, 'file')
const modeOf = (path: string) => statSync(path).mode & 0o777

for (const [name, write] of Object.entries({ writeFileAtomic, createFileAtomic })) {
  files(`${name} makes the directory and a file that only its owner reads`, () => {
    const path = fresh()
    write(path, 'text')
    assert.is(readFileSync(path, 'utf8'), 'text')
    assert.is(modeOf(path), 0o600)
    assert.is(modeOf(join(path, '..')), 0o700)
  })

  files(`${name} leaves nothing beside the file`, () => {
    const path = fresh()
    write(path, new Uint8Array(1_000_000))
    assert.equal(readdirSync(join(path, '..')), ['file'])
    assert.is(statSync(path).size, 1_000_000)
  })

  files(`${name} is not disturbed by what a crash left half written`, () => {
    const path = fresh()
    mkdirSync(join(path, '..'))
    const leftover = join(path, '..', '.file.0123456789ab')
    writeFileSync(leftover, 'half')
    assert.not(existsSync(path))
    write(path, 'whole')
    assert.is(readFileSync(path, 'utf8'), 'whole')
    assert.is(readFileSync(leftover, 'utf8'), 'half')
  })

  files(`${name} writes an empty file`, () => {
    const path = fresh()
    write(path, '')
    assert.is(readFileSync(path, 'utf8'), '')
  })
}

files('a file is replaced whole, and tightened to its owner', () => {
  const path = fresh()
  mkdirSync(join(path, '..'))
  writeFileSync(path, 'a much longer old text', { mode: 0o644 })
  writeFileAtomic(path, 'new')
  assert.is(readFileSync(path, 'utf8'), 'new')
  assert.is(modeOf(path), 0o600)
})

files('creating never overwrites: the old file stays byte for byte', () => {
  const path = fresh()
  createFileAtomic(path, 'old')
  try {
    createFileAtomic(path, 'new')
    assert.unreachable()
  } catch (error) {
    assert.is((error as NodeJS.ErrnoException).code, 'EEXIST')
  }
  assert.is(readFileSync(path, 'utf8'), 'old')
  assert.equal(readdirSync(join(path, '..')), ['file'])
})

files('a write that cannot be put in place leaves the old and nothing beside it', () => {
  const path = fresh()
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'inside'), 'old')
  assert.throws(() => writeFileAtomic(path, 'new'))
  assert.is(readFileSync(join(path, 'inside'), 'utf8'), 'old')
  assert.equal(readdirSync(join(path, '..')), ['file'])
})

files.run()
