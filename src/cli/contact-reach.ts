/** Where a command finds the contacts of its home: at the running node, in the files, or with a node of its own. */

import { setTimeout as sleep } from 'node:timers/promises'

import { TincanError } from '../errors.ts'
import type { Contacts } from '../index.ts'
import { parseAddress } from '../supernode/username.ts'
import type { CommandContext } from './command.ts'
import { type ContactLine, localContacts } from './contact-line.ts'
import { reachLine } from './own-node.ts'
import { findRunning } from './remote-line.ts'

/** Another command may hold the home for a moment. */
const LOCKED_TRIES = 40
const LOCKED_WAIT_MS = 50

/**
 * The contacts of this home: those of the running node; without one, its files, where `isHere` says that they will do;
 * else those of a node of our own.
 */
export async function withContacts<T>(
  { settings, flags, interrupt, output }: CommandContext<object>,
  isHere: (contacts: Contacts) => boolean,
  act: (line: ContactLine) => Promise<T>,
): Promise<T> {
  for (let tries = 1; (await findRunning(settings.home)) === undefined; tries++) {
    try {
      const done = await withFiles(settings, isHere, act)
      if (done !== undefined) return done.outcome
      break
    } catch (error) {
      const isLocked = error instanceof TincanError && error.code === 'ALREADY_RUNNING'
      if (!isLocked || tries >= LOCKED_TRIES) throw error
    }
    await sleep(LOCKED_WAIT_MS)
  }
  output.live('Asking the network …')
  const line = await reachLine(settings, flags, undefined, interrupt.signal)
  try {
    return await act(line.contacts)
  } finally {
    output.live('')
    await line.stop()
  }
}

async function withFiles<T>(
  { home, network }: { home: string; network: string },
  isHere: (contacts: Contacts) => boolean,
  act: (line: ContactLine) => Promise<T>,
): Promise<{ outcome: T } | undefined> {
  const { openHomeContacts } = await import('../home-contacts.ts')
  const opened = openHomeContacts(home, network)
  try {
    const line = localContacts(opened.contacts, notRunning)
    return isHere(opened.contacts) ? { outcome: await act(line) } : undefined
  } finally {
    opened.release()
  }
}

export function notRunning(): never {
  throw new TincanError('STOPPED', 'An invite names the homes of a node that is online. Start it first: tincan up')
}

/** Throws BAD_USERNAME or BAD_ADDRESS for what is neither a name, nor what somebody in this home is called. */
export async function checkName(name: string, home: string): Promise<void> {
  try {
    parseAddress(name)
  } catch (error) {
    const { openContactStore } = await import('../home-contacts.ts')
    if (openContactStore(home).byName(name) === undefined) throw error
  }
}
