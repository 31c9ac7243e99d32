/**
 * The two binary protocols by which a router opens a port: PCP (RFC 6887, its MAP opcode) and NAT-PMP (RFC 6886), both on
 * UDP port 5351 of the gateway. Codec only; what comes back is read strictly, and is undefined when it is not the answer
 * to the question. THIRD_PARTY, PEER, ANNOUNCE and firewalls of IPv6 are left out.
 */

import { bytesOfHost, hostOfBytes } from '../lib/ip.ts'

export const PCP_PORT = 5351

export type MappedTransport = 'tcp' | 'udp'

export interface MapQuestion {
  transport: MappedTransport
  internalPort: number
  /** Wished for; the router may give another. */
  externalPort: number
  /** 0 takes the mapping away. */
  lifetimeSeconds: number
}

export interface MapAnswer {
  externalPort: number
  lifetimeSeconds: number
  /** PCP tells it with each mapping; NAT-PMP when asked. */
  externalHost: string | undefined
}

/** `other`: the router speaks the other of the two, or neither. */
export type Refusal = 'refused' | 'other'

const PROTOCOL_NUMBER: Record<MappedTransport, number> = { tcp: 6, udp: 17 }
const ANSWERS = 0x80

// PCP

const PCP_VERSION = 2
const PCP_MAP = 1
const PCP_HEADER_BYTES = 24
const PCP_MAP_BYTES = 36
const PCP_UNSUPPORTED_VERSION = 1
export const PCP_NONCE_BYTES = 12
const ANY_HOST = '::ffff:0.0.0.0'

/** `ownHost` is the address that the packet leaves from (§8.1): a router that sees another has a NAT before it. */
export function pcpMap(question: MapQuestion, ownHost: string, nonce: Uint8Array): Buffer {
  const bytes = Buffer.alloc(PCP_HEADER_BYTES + PCP_MAP_BYTES)
  bytes[0] = PCP_VERSION
  bytes[1] = PCP_MAP
  bytes.writeUInt32BE(question.lifetimeSeconds, 4)
  bytes.set(mappedBytes(ownHost), 8)
  bytes.set(nonce, 24)
  bytes[36] = PROTOCOL_NUMBER[question.transport]
  bytes.writeUInt16BE(question.internalPort, 40)
  bytes.writeUInt16BE(question.externalPort, 42)
  bytes.set(mappedBytes(ANY_HOST), 44)
  return bytes
}

export function readPcpMap(bytes: Buffer, question: MapQuestion, nonce: Uint8Array): MapAnswer | Refusal | undefined {
  // who speaks NAT-PMP only answers in its own version (RFC 6886 §3.5)
  if (bytes.length >= 4 && bytes[0] === 0 && (bytes[1]! & ANSWERS) !== 0 && bytes.readUInt16BE(2) === 1) return 'other'
  if (bytes.length < PCP_HEADER_BYTES || bytes[1] !== (ANSWERS | PCP_MAP)) return undefined
  if (bytes[3] === PCP_UNSUPPORTED_VERSION || bytes[0] !== PCP_VERSION) return 'other'
  if (bytes.length < PCP_HEADER_BYTES + PCP_MAP_BYTES || !bytes.subarray(24, 36).equals(nonce)) return undefined
  if (bytes[36] !== PROTOCOL_NUMBER[question.transport] || bytes.readUInt16BE(40) !== question.internalPort)
    return undefined
  if (bytes[3] !== 0) return 'refused'
  return {
    externalPort: bytes.readUInt16BE(42),
    lifetimeSeconds: bytes.readUInt32BE(4),
    externalHost: hostOfMapped(bytes.subarray(44, 60)),
  }
}

// NAT-PMP

const PMP_OPCODE: Record<MappedTransport, number> = { udp: 1, tcp: 2 }
const PMP_HOST = 0

export function pmpMap({ transport, internalPort, externalPort, lifetimeSeconds }: MapQuestion): Buffer {
  const bytes = Buffer.alloc(12)
  bytes[1] = PMP_OPCODE[transport]
  bytes.writeUInt16BE(internalPort, 4)
  bytes.writeUInt16BE(lifetimeSeconds === 0 ? 0 : externalPort, 6) // §3.4: no port when it is to go
  bytes.writeUInt32BE(lifetimeSeconds, 8)
  return bytes
}

export function readPmpMap(bytes: Buffer, question: MapQuestion): MapAnswer | Refusal | undefined {
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== (ANSWERS | PMP_OPCODE[question.transport])) return undefined
  if (bytes.readUInt16BE(2) !== 0) return 'refused'
  if (bytes.length < 16 || bytes.readUInt16BE(8) !== question.internalPort) return undefined
  return { externalPort: bytes.readUInt16BE(10), lifetimeSeconds: bytes.readUInt32BE(12), externalHost: undefined }
}

export const pmpHost = (): Buffer => Buffer.from([0, PMP_HOST])

export function readPmpHost(bytes: Buffer): { host: string } | Refusal | undefined {
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== ANSWERS) return undefined
  if (bytes.readUInt16BE(2) !== 0) return 'refused'
  return bytes.length < 12 ? undefined : { host: hostOfBytes(bytes.subarray(8, 12)) }
}

/** An IPv4 address as IPv6 (RFC 6887 §5). */
function mappedBytes(host: string): Uint8Array {
  const ip = bytesOfHost(host)
  return ip.length === 16 ? ip : Uint8Array.from([...Array<number>(10).fill(0), 0xff, 0xff, ...ip])
}

function hostOfMapped(bytes: Uint8Array): string {
  const isIpv4 = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
  return hostOfBytes(isIpv4 ? bytes.subarray(12) : bytes)
}
