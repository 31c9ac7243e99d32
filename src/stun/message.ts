/**
 * STUN messages (RFC 8489 §5, §14): reading bytes of strangers, and writing. Read strictly and bounded: what is not a
 * whole, well-formed message is undefined. Integrity is checked only where a caller asks, with the key it names.
 */

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { type Address, bytesOfHost, hostOfBytes } from '../lib/ip.ts'

const MAGIC = 0x2112a442
const HEADER_BYTES = 20
export const TRANSACTION_ID_BYTES = 12
/** Larger than any message of ours with a packet of media inside. */
const MESSAGE_BYTES_MAX = 2048
const ATTRIBUTES_MAX = 32
const INTEGRITY_BYTES = 20
const FINGERPRINT_XOR = 0x5354554e

export const METHOD = {
  binding: 0x001,
  allocate: 0x003,
  refresh: 0x004,
  send: 0x006,
  data: 0x007,
  createPermission: 0x008,
  channelBind: 0x009,
} as const

export const CLASS = { request: 0b00, indication: 0b01, success: 0b10, error: 0b11 } as const
export type StunClass = (typeof CLASS)[keyof typeof CLASS]

/** IANA's registry of STUN attributes; below 0x8000 a reader must understand them. */
export const ATTRIBUTE = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  channelNumber: 0x000c,
  lifetime: 0x000d,
  xorPeerAddress: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedAddressFamily: 0x0017,
  requestedTransport: 0x0019,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  padding: 0x0026,
  mobilityTicket: 0x8030,
  fingerprint: 0x8028,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const

export type Attribute = readonly [type: number, value: Uint8Array]

export interface StunMessage {
  method: number
  class: StunClass
  /** 12 bytes. */
  transactionId: Buffer
  /** In their order; those behind MESSAGE-INTEGRITY are left out (RFC 8489 §14.5). */
  attributes: readonly Attribute[]
}

export interface ReadMessage extends StunMessage {
  /** The whole message as it came. */
  bytes: Buffer
  /** Where MESSAGE-INTEGRITY begins, if there is one. */
  integrityAt: number | undefined
}

/** RFC 7983 §7, and the magic cookie: whether it is worth reading as STUN at all. */
export const isStun = (data: Uint8Array): boolean =>
  data.length >= HEADER_BYTES &&
  data[0]! < 4 &&
  data[4] === 0x21 &&
  data[5] === 0x12 &&
  data[6] === 0xa4 &&
  data[7] === 0x42

/** Undefined for anything that is not exactly one well-formed message; a FINGERPRINT that is there must be right. */
export function readMessage(data: Uint8Array): ReadMessage | undefined {
  if (!isStun(data) || data.length > MESSAGE_BYTES_MAX) return undefined
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  const type = bytes.readUInt16BE(0)
  if (bytes.readUInt16BE(2) !== bytes.length - HEADER_BYTES || bytes.length % 4 !== 0) return undefined

  const attributes: Attribute[] = []
  let integrityAt: number | undefined
  for (let at = HEADER_BYTES, count = 0; at < bytes.length; count++) {
    if (at + 4 > bytes.length || count >= ATTRIBUTES_MAX) return undefined
    const attribute = bytes.readUInt16BE(at)
    const length = bytes.readUInt16BE(at + 2)
    const end = at + 4 + padded(length)
    if (end > bytes.length) return undefined
    if (attribute === ATTRIBUTE.fingerprint) {
      if (length !== 4 || end !== bytes.length || fingerprintOf(bytes, at) !== bytes.readUInt32BE(at + 4))
        return undefined
    } else if (integrityAt === undefined) {
      if (attribute === ATTRIBUTE.messageIntegrity) {
        if (length !== INTEGRITY_BYTES) return undefined
        integrityAt = at
      } else attributes.push([attribute, bytes.subarray(at + 4, at + 4 + length)])
    }
    at = end
  }
  return {
    method: (type & 0x000f) | ((type & 0x00e0) >> 1) | ((type & 0x3e00) >> 2),
    class: (((type & 0x0100) >> 7) | ((type & 0x0010) >> 4)) as StunClass,
    transactionId: bytes.subarray(8, HEADER_BYTES),
    attributes,
    bytes,
    integrityAt,
  }
}

export interface WriteOptions {
  /** Adds MESSAGE-INTEGRITY (HMAC-SHA1) under this key. */
  key?: Uint8Array | undefined
  /** Default true: tells STUN from media on one port (RFC 8489 §7). */
  hasFingerprint?: boolean
}

export function writeMessage(
  { method, class: kind, transactionId, attributes }: StunMessage,
  { key, hasFingerprint = true }: WriteOptions = {},
): Buffer {
  const bodyBytes = attributes.reduce((sum, [, value]) => sum + 4 + padded(value.length), 0)
  const length = bodyBytes + (key === undefined ? 0 : 4 + INTEGRITY_BYTES) + (hasFingerprint ? 8 : 0)
  const bytes = Buffer.alloc(HEADER_BYTES + length)
  const type =
    (method & 0x000f) |
    ((method & 0x0070) << 1) |
    ((method & 0x0f80) << 2) |
    ((kind & 0b10) << 7) |
    ((kind & 0b01) << 4)
  bytes.writeUInt16BE(type, 0)
  bytes.writeUInt32BE(MAGIC, 4)
  bytes.set(transactionId, 8)
  let at = HEADER_BYTES
  for (const [attribute, value] of attributes) {
    bytes.writeUInt16BE(attribute, at)
    bytes.writeUInt16BE(value.length, at + 2)
    bytes.set(value, at + 4)
    at += 4 + padded(value.length)
  }
  if (key !== undefined) {
    bytes.writeUInt16BE(ATTRIBUTE.messageIntegrity, at)
    bytes.writeUInt16BE(INTEGRITY_BYTES, at + 2)
    bytes.set(integrityOf(bytes, at, key), at + 4)
    at += 4 + INTEGRITY_BYTES
  }
  bytes.writeUInt16BE(length, 2)
  if (hasFingerprint) {
    bytes.writeUInt16BE(ATTRIBUTE.fingerprint, at)
    bytes.writeUInt16BE(4, at + 2)
    bytes.writeUInt32BE(fingerprintOf(bytes, at), at + 4)
  }
  return bytes
}

export const newTransactionId = (): Buffer => randomBytes(TRANSACTION_ID_BYTES)

/** True when the message carries MESSAGE-INTEGRITY made with this key. In constant time. */
export function isAuthentic({ bytes, integrityAt }: ReadMessage, key: Uint8Array): boolean {
  if (integrityAt === undefined) return false
  const told = bytes.subarray(integrityAt + 4, integrityAt + 4 + INTEGRITY_BYTES)
  return timingSafeEqual(integrityOf(bytes, integrityAt, key), told)
}

/** The first attribute of that type. */
export const attributeOf = ({ attributes }: StunMessage, type: number): Uint8Array | undefined =>
  attributes.find(([each]) => each === type)?.[1]

/** The types below 0x8000 that are not among those a reader knows: a request with any is answered 420 (§6.3.1). */
export const unknownTypes = ({ attributes }: StunMessage, known: ReadonlySet<number>): number[] =>
  attributes.flatMap(([type]) => (type < 0x8000 && !known.has(type) ? [type] : []))

// Values

export const textValue = (text: string): Buffer => Buffer.from(text, 'utf8')

export function uint32Value(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export const readUint32 = (value: Uint8Array | undefined): number | undefined =>
  value?.length === 4 ? Buffer.from(value.buffer, value.byteOffset, 4).readUInt32BE(0) : undefined

export const readText = (value: Uint8Array | undefined): string | undefined =>
  value === undefined ? undefined : Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8')

/** ERROR-CODE (§14.8). */
export const errorValue = (code: number, reason = ''): Buffer =>
  Buffer.concat([Buffer.from([0, 0, Math.floor(code / 100), code % 100]), Buffer.from(reason, 'utf8')])

export const readError = (value: Uint8Array | undefined): number | undefined =>
  value === undefined || value.length < 4 ? undefined : (value[2]! & 0b111) * 100 + value[3]!

/** UNKNOWN-ATTRIBUTES (§14.9). */
export function typesValue(types: readonly number[]): Buffer {
  const value = Buffer.alloc(2 * types.length)
  types.forEach((type, at) => value.writeUInt16BE(type, 2 * at))
  return value
}

/** XOR-MAPPED-ADDRESS and its kin (§14.2). */
export function xorAddressValue({ host, port }: Address, transactionId: Uint8Array): Buffer {
  const ip = bytesOfHost(host)
  const value = Buffer.alloc(4 + ip.length)
  value[1] = ip.length === 4 ? 1 : 2
  value.writeUInt16BE(port ^ (MAGIC >>> 16), 2)
  const mask = maskOf(transactionId)
  for (let i = 0; i < ip.length; i++) value[4 + i] = ip[i]! ^ mask[i]!
  return value
}

/** Undefined when it is no address. IPv6 comes out in the form of RFC 5952. */
export function readXorAddress(value: Uint8Array | undefined, transactionId: Uint8Array): Address | undefined {
  if (value === undefined || (value.length !== 8 && value.length !== 20)) return undefined
  if (value[1] !== (value.length === 8 ? 1 : 2)) return undefined
  const mask = maskOf(transactionId)
  const ip = Uint8Array.from(value.subarray(4), (byte, i) => byte ^ mask[i]!)
  const port = ((value[2]! << 8) | value[3]!) ^ (MAGIC >>> 16)
  return { host: hostOfBytes(ip), port }
}

const padded = (length: number): number => (length + 3) & ~3

const maskOf = (transactionId: Uint8Array): Uint8Array => {
  const mask = new Uint8Array(16)
  mask.set([0x21, 0x12, 0xa4, 0x42])
  mask.set(transactionId, 4)
  return mask
}

/** Over the message up to `at`, its length field as if it ended with MESSAGE-INTEGRITY (§14.5). */
function integrityOf(bytes: Buffer, at: number, key: Uint8Array): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(at + 4 + INTEGRITY_BYTES - HEADER_BYTES)
  return createHmac('sha1', key).update(bytes.subarray(0, 2)).update(length).update(bytes.subarray(4, at)).digest()
}

/** §14.7: over everything before it, its length field as it is in the end. */
const fingerprintOf = (bytes: Buffer, at: number): number => (crc32(bytes.subarray(0, at)) ^ FINGERPRINT_XOR) >>> 0
