/**
 * Passing names on to another account key: a rotation by the old key, or a recovery with the words that were written
 * down. Both only write what the home's next node shows to the registrars.
 */

import { linkSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createNode } from './create-node.ts'
import { TincanError } from './errors.ts'
import { defaultHome } from './home-directory.ts'
import { openIdentity } from './identity.ts'
import { writeFileAtomic } from './lib/atomic-file.ts'
import { systemClock as clock } from './lib/clock.ts'
import type { NodeOptions } from './node-interface.ts'
import { generateSeed, pemOf, signingKey, type SigningKey } from './overlay/keys.ts'
import { ClaimFile, newClaimState, type ClaimState } from './supernode/claim-file.ts'
import { recoveryKeyOf } from './supernode/recovery-phrase.ts'
import { makeSuccession, recoveryKeyHashOf, same, SUCCESSIONS_MAX, type Claim } from './supernode/records.ts'
import { fullAddress, parseUsername, suffixOf } from './supernode/username.ts'

export interface Passing {
  /** Full addresses. */
  from: string
  to: string
}

interface Of {
  home: string
  network: string
  username: string
}

/**
 * Gives the home a new account key and passes every name of the old one on to it. The old key stays beside it, as
 * `account-<letters>.key`. Throws BAD_KEY, ALREADY_RUNNING.
 */
export function rotateAccount(options: NodeOptions & { username: string }): Passing {
  const { home, network, username } = placeOf(options)
  const identity = openIdentity(home, { username, network })
  try {
    const { account } = identity
    if (account === undefined) throw noAccountKey()
    const file = new ClaimFile(join(home, 'claim.json'))
    const claims = file.all(account.publicKey)
    const own = claims.find((claim) => claim.network === network && claim.name === username)
    // what registrars hold must be known before it can be passed on whole, its recovery key above all
    if (own?.isGranted !== true)
      throw new TincanError('BAD_KEY', `This home has not claimed “${username}” yet. First: tincan claim ${username}`)
    const next = signingKey(generateSeed())
    file.put(...claims.map((claim) => succeeded(claim, account, next.publicKey, clock.now())))
    replaceAccountKey(home, account, next)
    return { from: fullAddress(username, account.publicKey), to: fullAddress(username, next.publicKey) }
  } finally {
    identity.release()
  }
}

/**
 * Looks up who holds the name and, when these words are of its recovery key, writes down that it passes to this home's
 * account; a home without one gets one. Rejects BAD_PHRASE, NO_SUCH_USER, NO_NETWORK, BAD_KEY, ALREADY_RUNNING, ABORTED.
 */
export async function recoverName(options: NodeOptions & { username: string; phrase: string }): Promise<Passing> {
  const place = placeOf(options)
  const recovery = recoveryKeyOf(options.phrase)
  const hash = recoveryKeyHashOf(recovery.publicKey)
  const node = await createNode({ ...options, home: place.home, username: false, supernode: false })
  let holders: Claim[]
  let nowMs: number
  try {
    holders = await node.claimsOf(place.username, options.signal)
    nowMs = clock.now() - node.status().clockOffsetMs
  } finally {
    await node.stop()
  }
  const held = holders.find(({ recoveryKeyHash }) => recoveryKeyHash !== undefined && same(recoveryKeyHash, hash))
  if (held === undefined) throw notRecoverable(place.username, holders)
  return writeRecovery(place, held, recovery, nowMs)
}

/** The part of `recoverName` that is not asking. */
export function writeRecovery(
  { home, network, username }: Of,
  held: Claim,
  recovery: SigningKey,
  nowMs: number,
): Passing {
  const identity = openIdentity(home, { username, network })
  try {
    const { account } = identity
    if (account === undefined) throw noAccountKey()
    const from = fullAddress(username, held.accountKey)
    if (same(held.accountKey, account.publicKey)) return { from, to: from }
    const old = { ...held, successions: held.successions.map(({ bytes }) => bytes), revokedDevices: [] }
    const file = new ClaimFile(join(home, 'claim.json'))
    const known = file.find({ network, name: username, accountKey: account.publicKey })
    const next = succeeded(old, recovery, account.publicKey, nowMs)
    file.put({ ...next, seq: (known?.seq ?? 0) + 1, proofOfWork: known?.proofOfWork, search: known?.search })
    return { from, to: fullAddress(username, account.publicKey) }
  } finally {
    identity.release()
  }
}

type Old = Pick<ClaimState, 'network' | 'name' | 'accountKey' | 'recoveryKeyHash' | 'successions' | 'revokedDevices'>

/** The same claim in the hands of another account, by the word of `signer`. The recovery key stays what it was. */
function succeeded(old: Old, signer: SigningKey, accountKey: Uint8Array, issuedMs: number): ClaimState {
  const { network, name } = old
  const facts = { network, name, fromAccountKey: old.accountKey, toAccountKey: accountKey, issuedMs }
  return {
    ...newClaimState({ network, name, accountKey }),
    recoveryKeyHash: old.recoveryKeyHash,
    successions: [...old.successions, makeSuccession(signer, facts)].slice(-SUCCESSIONS_MAX),
    revokedDevices: old.revokedDevices,
  }
}

function replaceAccountKey(home: string, old: SigningKey, next: SigningKey): void {
  const path = join(home, 'account.key')
  const beside = join(home, `account-${suffixOf(old.publicKey)}.key`)
  try {
    linkSync(path, beside)
  } catch (error) {
    // an earlier rotation that was cut short may have left it
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !isSameFile(path, beside))
      throw new TincanError(
        'BAD_KEY',
        `The old key cannot be kept as ${beside}: ${(error as Error).message}. Nothing has changed.`,
        { cause: error },
      )
  }
  writeFileAtomic(path, pemOf(next))
}

const isSameFile = (a: string, b: string): boolean => same(readFileSync(a), readFileSync(b))

function placeOf({ home, network = 'main', username }: NodeOptions & { username: string }): Of {
  if (home === false) throw new TincanError('BAD_KEY', 'A name passes on from one home to another: name a home.')
  return { home: resolve(home ?? defaultHome()), network, username: parseUsername(username) }
}

const noAccountKey = (): TincanError =>
  new TincanError('BAD_KEY', 'This device has no account key. Do this on the device that claimed the name.')

function notRecoverable(name: string, holders: Claim[]): TincanError {
  const none = holders.every(({ recoveryKeyHash }) => recoveryKeyHash === undefined)
  return new TincanError(
    'BAD_PHRASE',
    none
      ? `“${name}” has no recovery key: only its account key can pass it on.`
      : `These words are a recovery key, but not that of “${name}”. Check the name, or find the right words.`,
  )
}
