import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { takeLock } from '../../src/lib/lock-file.ts'

const locks = suite('lock files')

const directory = mkdtempSync(join(tmpdir(), 'tincan-lock-'))
locks.after(() => rmSync(directory, { recursive: true, force: true }))

let count = 0
const fresh = () => join(directory, `${count++}`, 'lock')

function take(path: string): () => void {
  const lock = takeLock(path)
  if (typeof lock === 'number') assert.unreachable(`held by ${lock}`)
  return lock as () => void
}

const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid

locks('a lock names its holder and is readable by its owner only', () => {
  const path = fresh()
  const release = take(path)
  assert.is(readFileSync(path, 'utf8'), `${process.pid}\n`)
  assert.is(statSync(path).mode & 0o777, 0o600)
  release()
})

locks('a held lock is not taken twice, not even by the process that holds it', () => {
  const path = fresh()
  const release = take(path)
  assert.is(takeLock(path), process.pid)
  assert.is(takeLock(path), process.pid)
  release()
})

locks('a released lock can be taken again', () => {
  const path = fresh()
  take(path)()
  assert.not(existsSync(path))
  take(path)()
})

locks('releasing twice does not release the next holder', () => {
  const path = fresh()
  const release = take(path)
  release()
  const next = take(path)
  release()
  assert.is(takeLock(path), process.pid)
  next()
})

locks('a process that was killed and that nobody has asked after holds no lock', async () => {
  if (!existsSync('/proc/self/stat')) {
    console.log('no /proc here: whether a process is a zombie cannot be told, and is not asked')
    return
  }
  // the shell becomes a program that asks after none of its children
  const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const pid = Number(String(line).trim())
    while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) await new Promise((done) => setTimeout(done, 20))
    const path = fresh()
    take(path)()
    writeFileSync(path, `${pid}\n`)
    take(path)()
    writeFileSync(path, `${parent.pid}\n`)
    assert.is(takeLock(path), parent.pid, 'its parent lives')
  } finally {
    parent.kill('SIGKILL')
  }
})

locks('the lock of another live process is not taken', async () => {
  const path = fresh()
  take(path)()
  const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] })
  try {
    writeFileSync(path, `${other.pid}\n`)
    assert.is(takeLock(path), other.pid)
    assert.is(readFileSync(path, 'utf8'), `${other.pid}\n`)
  } finally {
    const gone = new Promise((done) => other.once('exit', done))
    other.stdin?.end()
    await gone
  }
  take(path)()
})

locks('the lock of a process that is gone is taken over', () => {
  const path = fresh()
  take(path)()
  writeFileSync(path, `${deadPid()}\n`)
  const release = take(path)
  assert.is(readFileSync(path, 'utf8'), `${process.pid}\n`)
  release()
})

locks('a lock left by a process that had our id is taken over: containers start with the same ids each time', () => {
  const path = fresh()
  take(path)()
  writeFileSync(path, `${process.pid}\n`)
  take(path)()
})

for (const text of ['', 'nonsense', '-1', '0', '99999999999999999999']) {
  locks(`a lock file that says “${text}” holds nobody off`, () => {
    const path = fresh()
    take(path)()
    writeFileSync(path, text)
    take(path)()
  })
}

locks('a directory that cannot be made is the system’s error, not a lock', () => {
  const path = fresh()
  take(path)()
  writeFileSync(path, '')
  assert.throws(() => takeLock(join(path, 'lock')))
})

locks.run()
