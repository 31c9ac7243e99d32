/** Who a node is: an account key (the user) and a device key (this machine), on disk or only in memory. */

import { join } from 'node:path'
import { TincanError } from './errors.ts'
import { takeLock } from './lib/lock-file.ts'
import { loadOrCreateKey } from './overlay/key-file.ts'
import { generateSeed, signingKey } from './overlay/keys.ts'
import type { Identity } from './supernode/registration.ts'

export interface OpenIdentity extends Identity {
  /** Lets another process use the home. */
  release(): void
}

/** Opens the identity of a home, alone; `undefined` makes one that is forgotten. Throws BAD_KEY or ALREADY_RUNNING. */
export function openIdentity(home: string | undefined): OpenIdentity {
  if (home === undefined) {
    const account = signingKey(generateSeed())
    return { account, accountKey: account.publicKey, device: signingKey(generateSeed()), release() {} }
  }
  const lockPath = join(home, 'lock')
  const lock = lockHome(home, lockPath)
  if (typeof lock === 'number')
    throw new TincanError(
      'ALREADY_RUNNING',
      `A node is already up in ${home} (process ${lock}). Stop it first, or use another home with --home DIR. If no such process is yours, remove ${lockPath}.`,
    )
  try {
    const account = loadOrCreateKey(join(home, 'account.key'))
    return {
      account,
      accountKey: account.publicKey,
      device: loadOrCreateKey(join(home, 'device.key')),
      release: lock,
    }
  } catch (error) {
    lock()
    throw error
  }
}

function lockHome(home: string, lockPath: string): (() => void) | number {
  try {
    return takeLock(lockPath)
  } catch (error) {
    throw new TincanError(
      'BAD_KEY',
      `Cannot use ${home}: ${(error as Error).message}. Choose another home with --home DIR.`,
      {
        cause: error,
      },
    )
  }
}
