/**
 * Claims, device certificates and leases: made by their owner, opened by everybody else. Opening checks all that
 * bytes alone can tell (signatures, network, name, bounds); time and precedence are the index's business.
 */

import { decoded } from '../lib/decoded.ts'
import { openEnvelope, signEnvelope } from '../overlay/signed-envelope.ts'
import { PUBLIC_KEY_BYTES, type SigningKey } from '../overlay/keys.ts'
import type { Contact } from '../overlay/overlay.ts'
import { peerIdOf, publicKeyOf } from '../overlay/peer-id.ts'
import { Claim as ClaimMessage, DeviceCertificate as CertificateMessage, Lease as LeaseMessage } from './records.pb.js'
import { isUsername } from './username.ts'
import { VerifiedRecords } from './verified-records.ts'

const CLAIM_DOMAIN = 'tincan-claim'
const CERTIFICATE_DOMAIN = 'tincan-device'
const LEASE_DOMAIN = 'tincan-lease'

export const CLAIM_BYTES_MAX = 1024
export const LEASE_BYTES_MAX = 4096
export const HOMES_MAX = 3
export const ADDRESSES_MAX = 4
export const ADDRESS_CHARACTERS_MAX = 128
export const CAPABILITY_AUDIO = 1

export interface Claim {
  network: string
  name: string
  /** Ed25519, 32 bytes. */
  accountKey: Uint8Array
  seq: number
  issuedMs: number
  /** The signed envelope. */
  bytes: Uint8Array
}

export interface Lease {
  network: string
  name: string
  accountKey: Uint8Array
  devicePeerId: string
  homes: Contact[]
  /** X25519, 32 bytes. */
  sealingKey: Uint8Array
  capabilities: number
  seq: number
  issuedMs: number
  expiresMs: number
  bytes: Uint8Array
}

export function makeClaim(
  account: SigningKey,
  claim: Pick<Claim, 'network' | 'name' | 'seq' | 'issuedMs'>,
): Uint8Array {
  const payload = ClaimMessage.encode({ ...claim, accountKey: account.publicKey })
  return signEnvelope(account, CLAIM_DOMAIN, payload)
}

export function makeCertificate(
  account: SigningKey,
  device: SigningKey,
  network: string,
  issuedMs: number,
): Uint8Array {
  const payload = CertificateMessage.encode({ network, deviceKey: device.publicKey, issuedMs })
  return signEnvelope(account, CERTIFICATE_DOMAIN, payload)
}

export type LeaseFacts = Pick<
  Lease,
  'network' | 'name' | 'homes' | 'sealingKey' | 'capabilities' | 'seq' | 'issuedMs' | 'expiresMs'
>

export function makeLease(device: SigningKey, certificate: Uint8Array, facts: LeaseFacts): Uint8Array {
  const homes = facts.homes.slice(0, HOMES_MAX).map(({ peerId, addresses }) => ({
    peerKey: publicKeyOf(peerId) as Uint8Array, // our own homes have valid ids
    addresses: addresses.slice(0, ADDRESSES_MAX),
  }))
  return signEnvelope(device, LEASE_DOMAIN, LeaseMessage.encode({ ...facts, certificate, homes }))
}

/** Undefined unless it is a claim for this network, well-formed and signed by the account it names. Never throws. */
export function openClaim(bytes: Uint8Array, network: string): Claim | undefined {
  return claims.open(bytes, network)
}

function verifyClaim(bytes: Uint8Array, network: string): Claim | undefined {
  const opened = openEnvelope(CLAIM_DOMAIN, bytes)
  const message = opened && decoded(() => ClaimMessage.decode(opened.payload))
  if (opened === undefined || message === undefined) return undefined
  const { name, accountKey, seq, issuedMs } = message
  if (message.network !== network || !isUsername(name) || !areSafe(seq, issuedMs)) return undefined
  if (!same(accountKey, opened.publicKey)) return undefined
  return { network, name, accountKey, seq, issuedMs, bytes }
}

/** Undefined unless it is a lease for this network by a device that its account certified. Never throws. */
export function openLease(bytes: Uint8Array, network: string): Lease | undefined {
  return leases.open(bytes, network)
}

function verifyLease(bytes: Uint8Array, network: string): Lease | undefined {
  const opened = openEnvelope(LEASE_DOMAIN, bytes)
  const message = opened && decoded(() => LeaseMessage.decode(opened.payload, { limits: { homes: HOMES_MAX } }))
  if (opened === undefined || message === undefined) return undefined
  const accountKey = certifyingAccount(message.certificate, opened.publicKey, network)
  const homes = message.homes.map(openHome)
  const { name, sealingKey, capabilities, seq, issuedMs, expiresMs } = message
  if (message.network !== network || !isUsername(name) || !areSafe(seq, issuedMs, expiresMs)) return undefined
  if (accountKey === undefined || sealingKey.length !== 32 || homes.includes(undefined)) return undefined
  return {
    network,
    name,
    accountKey,
    devicePeerId: peerIdOf(opened.publicKey),
    homes: homes as Contact[],
    sealingKey,
    capabilities,
    seq,
    issuedMs,
    expiresMs,
    bytes,
  }
}

/** Contacts from a stranger: undefined unless every bound holds. */
export function openHome({ peerKey, addresses }: { peerKey: Uint8Array; addresses: string[] }): Contact | undefined {
  if (peerKey.length !== PUBLIC_KEY_BYTES || addresses.length > ADDRESSES_MAX) return undefined
  if (addresses.some((address) => address.length > ADDRESS_CHARACTERS_MAX || !address.startsWith('/'))) return undefined
  return { peerId: peerIdOf(peerKey), addresses }
}

function certifyingAccount(certificate: Uint8Array, deviceKey: Uint8Array, network: string): Uint8Array | undefined {
  const opened = openEnvelope(CERTIFICATE_DOMAIN, certificate)
  const message = opened && decoded(() => CertificateMessage.decode(opened.payload))
  return message !== undefined && message.network === network && same(message.deviceKey, deviceKey)
    ? opened?.publicKey
    : undefined
}

const claims = new VerifiedRecords(CLAIM_BYTES_MAX, verifyClaim)
const leases = new VerifiedRecords(LEASE_BYTES_MAX, verifyLease)

const areSafe = (...numbers: number[]): boolean => numbers.every((n) => Number.isSafeInteger(n) && n >= 0)

export const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0
