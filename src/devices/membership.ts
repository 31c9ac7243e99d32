/**
 * What a home holds that speaks for an account without having its key: `membership.json`, written when the device
 * joined. A file that cannot be read stops the start and is left as it is.
 */

import { join } from 'node:path'
import { TincanError } from '../errors.ts'
import { createFileAtomic } from '../lib/atomic-file.ts'
import { readJsonFile, writeJsonFile } from '../lib/json-file.ts'
import { certifierOf, openClaim, same } from '../supernode/records.ts'
import type { Granted } from './link-join.ts'

export interface StoredMembership extends Granted {
  network: string
  /** What this device is called. */
  label: string
  joinedMs: number
}

const pathOf = (home: string): string => join(home, 'membership.json')

/** Undefined when this home is no member of anything. Throws TincanError BAD_KEY. */
export function loadMembership(home: string, deviceKey: Uint8Array): StoredMembership | undefined {
  const path = pathOf(home)
  try {
    return readJsonFile(path, (content) => read(content, deviceKey))
  } catch (error) {
    throw badMembership(path, `cannot be used: ${(error as Error).message}`, error)
  }
}

/** Throws TincanError BAD_KEY when there is one already, or none can be written. */
export function createMembership(home: string, membership: StoredMembership): void {
  const path = pathOf(home)
  try {
    createFileAtomic(path, `${JSON.stringify({ v: 1, ...written(membership) }, undefined, 1)}\n`)
  } catch (error) {
    throw badMembership(path, `cannot be written: ${(error as Error).message}`, error)
  }
}

/** In place of one that could be read. Throws TincanError BAD_KEY, and leaves the old one. */
export function replaceMembership(home: string, membership: StoredMembership): void {
  const path = pathOf(home)
  try {
    writeJsonFile(path, written(membership))
  } catch (error) {
    throw badMembership(path, `cannot be written: ${(error as Error).message}`, error)
  }
}

/** Keeps a newer claim of the account. A full disk must not take the node down: it asks for the claim again. */
export function keepMembership(home: string, membership: StoredMembership): void {
  try {
    replaceMembership(home, membership)
  } catch {}
}

const written = ({ network, username, label, joinedMs, accountKey, certificate, claim }: StoredMembership) => ({
  network,
  username,
  label,
  joinedMs,
  accountKey: Buffer.from(accountKey).toString('hex'),
  certificate: Buffer.from(certificate).toString('base64'),
  claim: Buffer.from(claim).toString('base64'),
})

function read(content: Record<string, unknown>, deviceKey: Uint8Array): StoredMembership {
  const text = (key: string): string => {
    const value = content[key]
    if (typeof value !== 'string') throw new TypeError(`“${key}” is no text`)
    return value
  }
  const bytes = (key: string, encoding: 'hex' | 'base64') => new Uint8Array(Buffer.from(text(key), encoding))
  const [network, username, label] = [text('network'), text('username'), text('label')]
  const { joinedMs } = content
  const accountKey = bytes('accountKey', 'hex')
  const certificate = bytes('certificate', 'base64')
  const claim = openClaim(bytes('claim', 'base64'), network)
  if (typeof joinedMs !== 'number') throw new TypeError('“joinedMs” is no number')
  if (claim === undefined || claim.name !== username || !same(claim.accountKey, accountKey))
    throw new TypeError('its claim is not genuine')
  const certifier = certifierOf(certificate, deviceKey, network)
  if (certifier === undefined || !same(certifier, accountKey))
    throw new TypeError('its certificate is not for the device.key beside it')
  return { network, username, label, joinedMs, accountKey, certificate, claim: claim.bytes }
}

const badMembership = (path: string, what: string, cause: unknown): TincanError =>
  new TincanError(
    'BAD_KEY',
    `The membership file ${path} ${what}. It is left as it is: restore it from a copy, or use another home (--home DIR) and join anew: tincan device join`,
    { cause },
  )
