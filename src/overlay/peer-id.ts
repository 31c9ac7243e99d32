/**
 * Peer ids as text: the base58btc identity multihash of an Ed25519 public key (libp2p peer-ids spec), so that an id
 * is the key and needs no look-up. `kadId` is where the Kademlia overlay puts it: SHA-256 of the multihash.
 */

import { createHash } from 'node:crypto'
import { base58btc } from 'multiformats/bases/base58'
import { PUBLIC_KEY_BYTES } from './keys.ts'

// multihash: identity (0x00), 36 bytes; protobuf PublicKey: type Ed25519 (08 01), data of 32 bytes (12 20)
const PREFIX = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20)
const PEER_ID_CHARACTERS_MAX = 64
const KAD_IDS_CACHED_MAX = 4096
const PEER_IDS_CACHED_MAX = 4096

const peerIds = new Map<string, string>()

/** Remembered for the keys seen last: base 58 costs more than all else in reading a lease. */
export function peerIdOf(publicKey: Uint8Array): string {
  const key = Buffer.from(publicKey.buffer, publicKey.byteOffset, publicKey.length).toString('latin1')
  let peerId = peerIds.get(key)
  if (peerId === undefined) {
    peerId = base58btc.baseEncode(multihashOf(publicKey))
    if (peerIds.size >= PEER_IDS_CACHED_MAX) peerIds.delete(peerIds.keys().next().value as string)
    peerIds.set(key, peerId)
  }
  return peerId
}

/** The Ed25519 public key in a peer id; undefined when it is not one. */
export function publicKeyOf(peerId: string): Uint8Array | undefined {
  if (peerId.length > PEER_ID_CHARACTERS_MAX) return undefined
  let bytes: Uint8Array
  try {
    bytes = base58btc.baseDecode(peerId)
  } catch {
    return undefined
  }
  if (bytes.length !== PREFIX.length + PUBLIC_KEY_BYTES || PREFIX.some((byte, i) => bytes[i] !== byte)) return undefined
  return bytes.slice(PREFIX.length)
}

const kadIds = new Map<string, Uint8Array>()

/** Where a peer sits in the Kademlia key space: 32 bytes. Throws RangeError for what is no peer id. */
export function kadIdOf(peerId: string): Uint8Array {
  let id = kadIds.get(peerId)
  if (id === undefined) {
    const publicKey = publicKeyOf(peerId)
    if (publicKey === undefined) throw new RangeError('not an Ed25519 peer id')
    id = kadIdOfKey(multihashOf(publicKey))
    if (kadIds.size >= KAD_IDS_CACHED_MAX) kadIds.delete(kadIds.keys().next().value as string)
    kadIds.set(peerId, id)
  }
  return id
}

/** What to walk towards to get to a peer's own place: kad-dht hashes it. Throws RangeError for what is no peer id. */
export function walkKeyOf(peerId: string): Uint8Array {
  const publicKey = publicKeyOf(peerId)
  if (publicKey === undefined) throw new RangeError('not an Ed25519 peer id')
  return multihashOf(publicKey)
}

/** Where a key sits in the Kademlia key space: kad-dht hashes every key it walks towards. */
export const kadIdOfKey = (key: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(key).digest())

function multihashOf(publicKey: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(PREFIX.length + publicKey.length)
  bytes.set(PREFIX)
  bytes.set(publicKey, PREFIX.length)
  return bytes
}

/** Sorts by XOR distance (Maymounkov & Mazières 2002, §2.1): negative when `a` is nearer to `target` than `b`. */
export function compareDistance(target: Uint8Array, a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < target.length; i++) {
    const t = target[i] as number
    const difference = ((a[i] as number) ^ t) - ((b[i] as number) ^ t)
    if (difference !== 0) return difference
  }
  return 0
}

/** A multiaddr without the peer id at its end. */
export const withoutPeerId = (address: string): string => address.replace(/\/p2p\/[^/]+$/, '')
