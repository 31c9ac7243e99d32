/**
 * Keys on disk: one Ed25519 private key a file, PKCS #8 in PEM (RFC 8410), readable by its owner only. Made on first
 * use; whole or absent whenever power is lost; never overwritten, whatever is in it.
 */

import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { TincanError } from '../errors.ts'
import { createFileAtomic } from '../lib/atomic-file.ts'
import { generateSeed, pemOf, SEED_BYTES, signingKey, type SigningKey } from './keys.ts'

const KEY_FILE_BYTES_MAX = 4096

/** Reads a key, or makes it when there is no such file. Throws TincanError BAD_KEY. */
export function loadOrCreateKey(path: string): SigningKey {
  const key = loadKey(path) ?? createKey(path) ?? loadKey(path)
  if (key === undefined) throw badKey(path, 'cannot be written', new Error('something is in its place')) // a dead link
  return key
}

/** Undefined when another process made it first. */
function createKey(path: string): SigningKey | undefined {
  const key = signingKey(generateSeed())
  try {
    createFileAtomic(path, pemOf(key))
    return key
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined
    throw badKey(path, 'cannot be written', error)
  }
}

/** Undefined when there is no such file. */
function loadKey(path: string): SigningKey | undefined {
  let text: Buffer
  try {
    text = readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw badKey(path, 'cannot be read', error)
  }
  try {
    if (text.length > KEY_FILE_BYTES_MAX) throw new RangeError('too long')
    const key = createPrivateKey({ key: text, format: 'pem' })
    if (key.asymmetricKeyType !== 'ed25519') throw new TypeError(`a key of type ${key.asymmetricKeyType}`)
    return signingKey(new Uint8Array(key.export({ format: 'der', type: 'pkcs8' }).subarray(-SEED_BYTES)))
  } catch (error) {
    throw badKey(path, 'is no Ed25519 key', error)
  }
}

const badKey = (path: string, what: string, cause: unknown): TincanError =>
  new TincanError(
    'BAD_KEY',
    `The key file ${path} ${what}: ${(cause as Error).message}. It is left as it is: restore it from a copy, or move it away to start as somebody new.`,
    { cause },
  )
