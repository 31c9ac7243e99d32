/** Every hole of werift that we patch: it is real without its patch, in a process of its own, and closed with it. */

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { PATCH_NAMES, installHardening } from '../../../src/media/werift/harden.ts'
import type { PatchName } from '../../../src/media/werift/harden.ts'
import { packetHoles } from './holes-packets.ts'

const PATIENCE_MS = 20_000

const run = promisify(execFile)
const holes = suite('holes of werift')

async function without(patch: PatchName, name: string): Promise<string> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'hole.ts'), name, patch])
  return stdout
}

/** Two at a time, while this process tries the same with all patches. */
const opened = new Map<string, Promise<string>>()
const lanes: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()]
for (const [place, [name, { patch }]] of Object.entries(packetHoles).entries()) {
  const result = lanes[place % lanes.length]!.then(() => without(patch, name))
  opened.set(name, result)
  lanes[place % lanes.length] = result.catch(() => {})
}

for (const [name, { patch, isOpen }] of Object.entries(packetHoles)) {
  holes(`without ${patch}: ${name}; with it not`, async () => {
    installHardening()
    assert.is(await isOpen(PATIENCE_MS), false, 'open with the patch')
    assert.is(await opened.get(name), 'open', 'the patch changes nothing')
  })
}

holes('every patch has its hole', () => {
  const tested = new Set(Object.values(packetHoles).map(({ patch }) => patch))
  assert.equal(
    PATCH_NAMES.filter((name) => !tested.has(name)),
    [],
  )
})

holes.run()
