/**
 * Signed envelopes (libp2p RFC 0002): a payload, its type and an Ed25519 signature that covers a domain string, so
 * that a signature made for one purpose is worth nothing for another. Byte-compatible with @libp2p/peer-record;
 * ours is synchronous, so that the index stays a core without I/O.
 */

import { decoded } from '../lib/decoded.ts'
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, verifies, type SigningKey } from './keys.ts'
import { SignedEnvelope } from './signed-envelope.pb.js'

const KEY_PREFIX = Uint8Array.of(0x08, 0x01, 0x12, 0x20) // protobuf PublicKey { type: Ed25519, data: 32 bytes }
export const SIGNED_ENVELOPE_BYTES_MAX = 32 * 1024

export interface Opened {
  /** The signer's Ed25519 key, 32 bytes. */
  publicKey: Uint8Array
  payload: Uint8Array
}

/** Signs `payload` for `domain` (for example `tincan-claim`); the payload type is `/tincan/…` of the same name. */
export function signEnvelope(key: SigningKey, domain: string, payload: Uint8Array): Uint8Array {
  const payloadType = payloadTypeOf(domain)
  const publicKey = new Uint8Array(KEY_PREFIX.length + PUBLIC_KEY_BYTES)
  publicKey.set(KEY_PREFIX)
  publicKey.set(key.publicKey, KEY_PREFIX.length)
  const signature = key.sign(signedBytes(domain, payloadType, payload))
  return SignedEnvelope.encode({ publicKey, payloadType, payload: payload, signature: signature })
}

/** Undefined unless the bytes are an envelope of this domain with a valid signature. Never throws. */
export function openEnvelope(domain: string, bytes: Uint8Array): Opened | undefined {
  const read = readEnvelope(domain, bytes)
  if (read === undefined) return undefined
  const { publicKey, payload, signature } = read
  return verifies(publicKey, signedBytes(domain, payloadTypeOf(domain), payload), signature)
    ? { publicKey, payload }
    : undefined
}

/** Without verifying the signature: for what was verified before and has been in our own hands since. */
export function readEnvelope(domain: string, bytes: Uint8Array): (Opened & { signature: Uint8Array }) | undefined {
  if (bytes.length > SIGNED_ENVELOPE_BYTES_MAX) return undefined
  const envelope = decoded(() => SignedEnvelope.decode(bytes))
  if (envelope === undefined) return undefined
  const { publicKey: encodedKey, payloadType, payload, signature } = envelope
  if (encodedKey.length !== KEY_PREFIX.length + PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES)
    return undefined
  if (KEY_PREFIX.some((byte, i) => encodedKey[i] !== byte)) return undefined
  if (!Buffer.from(payloadType).equals(payloadTypeOf(domain))) return undefined
  return { publicKey: encodedKey.slice(KEY_PREFIX.length), payload, signature }
}

const payloadTypeOf = (domain: string) => new Uint8Array(Buffer.from(`/${domain.replace('-', '/')}`))

function signedBytes(domain: string, payloadType: Uint8Array, payload: Uint8Array): Uint8Array {
  const parts = [Buffer.from(domain), payloadType, payload]
  return Buffer.concat(parts.flatMap((part) => [varint(part.length), part]))
}

function varint(value: number): Uint8Array {
  const bytes = []
  for (; value > 0x7f; value >>>= 7) bytes.push((value & 0x7f) | 0x80)
  bytes.push(value)
  return Uint8Array.from(bytes)
}
