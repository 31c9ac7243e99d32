/**
 * The local socket by which the commands of one home reach the node that runs there. Who holds it is the one node of
 * the home: a second one is refused, a socket left by a dead process is taken over.
 */

import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { TincanError } from '../errors.ts'

/** `sun_path` holds 104 bytes on macOS and BSD, 108 on Linux, with the closing zero. */
const PATH_BYTES_MAX = 103

export interface SocketPlace {
  directory: string
  path: string
}

/** In the home; where that is too long for a socket, in the user's runtime directory or a private one under tmp. */
export function socketPlace(home: string, env: NodeJS.ProcessEnv = process.env): SocketPlace {
  const directory = join(home, 'run')
  const path = join(directory, 'control.sock')
  if (Buffer.byteLength(path) <= PATH_BYTES_MAX) return { directory, path }
  const name = `${createHash('sha256').update(home).digest('hex').slice(0, 16)}.sock`
  const runtime = env['XDG_RUNTIME_DIR']
  const candidates = [...(runtime?.startsWith('/') ? [join(runtime, 'tincan')] : []), join(tmpdir(), privateName())]
  candidates.push(join('/tmp', privateName()))
  const short = candidates.find((candidate) => Buffer.byteLength(join(candidate, name)) <= PATH_BYTES_MAX) ?? '/tmp'
  return { directory: short, path: join(short, name) }
}

const privateName = (): string => `tincan-${process.getuid?.() ?? 0}`

/** A connection to the running node, or undefined when none runs here. */
export async function dialControl(home: string): Promise<Socket | undefined> {
  const { path } = socketPlace(home)
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(socket))
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ENOTSOCK') resolve(undefined)
      else reject(new Error(`The running node cannot be reached at ${path}: ${error.message}. Check who owns it.`))
    })
  })
}

/** Takes the socket of this home. Throws TincanError ALREADY_RUNNING when a living node has it. */
export async function claimControl(home: string): Promise<Server> {
  const { directory, path } = socketPlace(home)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const stat = lstatSync(directory)
  // In a shared tmp somebody else may have been there first.
  if (!stat.isDirectory() || (process.getuid !== undefined && stat.uid !== process.getuid())) {
    throw new Error(`${directory} is not a directory of yours, so the node cannot be controlled there. Move it away.`)
  }
  chmodSync(directory, 0o700)
  for (let attempt = 0; ; attempt++) {
    const server = createServer()
    try {
      await listen(server, path)
      chmodSync(path, 0o600)
      return server
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt > 2) throw error
    }
    const living = await dialControl(home)
    if (living !== undefined) {
      living.destroy()
      throw alreadyRunning(home)
    }
    try {
      unlinkSync(path)
    } catch {
      // Another process took it over at the same moment: the next attempt tells.
    }
  }
}

export const alreadyRunning = (home: string): TincanError =>
  new TincanError(
    'ALREADY_RUNNING',
    `A node is already running in ${home}. Use it (tincan status), or give this one a home of its own: TINCAN_HOME=DIR.`,
  )

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
