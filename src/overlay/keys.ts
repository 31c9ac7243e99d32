/**
 * Ed25519 keys (RFC 8032) as raw bytes: 32-byte seed, 32-byte public key, 64-byte signature; and the X25519 key
 * (RFC 7748) that envelopes are sealed to, derived from the same seed so that one file holds a whole identity.
 */

import { createPrivateKey, createPublicKey, hkdfSync, randomBytes, sign, verify, type KeyObject } from 'node:crypto'

export const SEED_BYTES = 32
export const PUBLIC_KEY_BYTES = 32
export const SIGNATURE_BYTES = 64

// RFC 8410 §7: the fixed DER prefixes of a PKCS #8 private key and an SPKI public key.
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex')
const X25519_PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex')
const KEYS_CACHED_MAX = 4096 // key objects cost 10 µs to make and a stranger chooses how many we see

export interface SigningKey {
  readonly seed: Uint8Array
  readonly publicKey: Uint8Array
  sign(message: Uint8Array): Uint8Array
}

export const generateSeed = (): Uint8Array => new Uint8Array(randomBytes(SEED_BYTES))

/** Throws RangeError when the seed has not 32 bytes. */
export function signingKey(seed: Uint8Array): SigningKey {
  if (seed.length !== SEED_BYTES) throw new RangeError(`a seed has ${SEED_BYTES} bytes, not ${seed.length}`)
  const privateKey = createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, seed]), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return {
    seed,
    publicKey: new Uint8Array(spki.subarray(-PUBLIC_KEY_BYTES)),
    sign: (message) => new Uint8Array(sign(null, message, privateKey)),
  }
}

const publicKeys = new Map<string, KeyObject>()

function publicKeyObject(publicKey: Uint8Array): KeyObject {
  const id = Buffer.from(publicKey).toString('latin1')
  let key = publicKeys.get(id)
  if (key === undefined) {
    key = createPublicKey({ key: Buffer.concat([ED25519_SPKI, publicKey]), format: 'der', type: 'spki' })
    if (publicKeys.size >= KEYS_CACHED_MAX) publicKeys.delete(publicKeys.keys().next().value as string)
    publicKeys.set(id, key)
  }
  return key
}

/** Never throws: a malformed key or signature does not verify. */
export function verifies(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false
  try {
    return verify(null, message, publicKeyObject(publicKey), signature)
  } catch {
    return false
  }
}

/** The 32-byte seed of the X25519 key that messages to this identity are sealed to (HKDF, RFC 5869). */
export const sealingSeed = (key: SigningKey): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', key.seed, new Uint8Array(0), 'tincan sealing key v1', 32))

/** The X25519 public key of `sealingSeed`, 32 bytes. */
export function sealingPublicKey(key: SigningKey): Uint8Array {
  const privateKey = createPrivateKey({
    key: Buffer.concat([X25519_PKCS8, sealingSeed(key)]),
    format: 'der',
    type: 'pkcs8',
  })
  return new Uint8Array(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32))
}

/** PKCS #8 in PEM. */
export const pemOf = (key: SigningKey): string =>
  createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, key.seed]), format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString()
