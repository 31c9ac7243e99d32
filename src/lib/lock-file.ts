/** One process a directory: a file with the process id of its user. A lock whose process is gone is taken over. */

import { readFileSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { createFileAtomic } from './atomic-file.ts'

/** Locks that this process holds: a file with our id that is not among them was left by an earlier process. */
const held = new Set<string>()

/** Takes the lock and returns how to release it; returns the holder's process id when it is held. */
export function takeLock(path: string): (() => void) | number {
  const id = resolve(path)
  for (;;) {
    try {
      createFileAtomic(path, `${process.pid}\n`) // whole at once: a file without an id in it is nobody's
      held.add(id)
      return releaser(path, id)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = readHolder(path)
    const isHeld = holder === process.pid ? held.has(id) : holder !== undefined && isAlive(holder)
    if (holder !== undefined && isHeld) return holder
    rmSync(path, { force: true })
  }
}

function releaser(path: string, id: string): () => void {
  let isReleased = false
  return () => {
    if (isReleased) return
    isReleased = true
    held.delete(id)
    rmSync(path, { force: true })
  }
}

function readHolder(path: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10)
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Killed, and its parent has not asked how it ended: a container without an init process never asks. */
function isZombie(pid: number): boolean {
  try {
    // proc(5): the name stands in brackets and may hold anything, the state comes after the last of them
    return /\) Z [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false // no such file system
  }
}
