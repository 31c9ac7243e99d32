/**
 * Claims, successions, witnesses, device certificates and leases: made by their owner, opened by everybody else. Opening
 * checks all that bytes alone can tell (signatures, network, name, bounds); work, time and precedence are the index's
 * business.
 */

import { createHash } from 'node:crypto'
import { decoded } from '../lib/decoded.ts'
import { openEnvelope, readEnvelope, signEnvelope } from '../overlay/signed-envelope.ts'
import { PUBLIC_KEY_BYTES, type SigningKey } from '../overlay/keys.ts'
import type { Contact } from '../overlay/overlay.ts'
import { peerIdOf, publicKeyOf } from '../overlay/peer-id.ts'
import {
  Claim as ClaimMessage,
  DeviceCertificate as CertificateMessage,
  Lease as LeaseMessage,
  Succession as SuccessionMessage,
  Witness as WitnessMessage,
} from './records.pb.js'
import { isUsername } from './username.ts'
import { VerifiedRecords } from './verified-records.ts'

const CLAIM_DOMAIN = 'tincan-claim'
const CERTIFICATE_DOMAIN = 'tincan-device'
const LEASE_DOMAIN = 'tincan-lease'
const SUCCESSION_DOMAIN = 'tincan-succession'
const WITNESS_DOMAIN = 'tincan-witness'

export const CLAIM_BYTES_MAX = 3072
export const WITNESS_BYTES_MAX = 512
const SUCCESSION_BYTES_MAX = 512
export const SUCCESSIONS_MAX = 4
export const REVOKED_DEVICES_MAX = 16
export const NONCE_BYTES = 8
export const LEASE_BYTES_MAX = 4096
export const HOMES_MAX = 3
export const ADDRESSES_MAX = 4
export const ADDRESS_CHARACTERS_MAX = 128
export const CAPABILITY_AUDIO = 1

export interface ProofOfWork {
  /** log2 of the tries expected. */
  bits: number
  /** 8 bytes. */
  nonce: Uint8Array
}

export interface Claim {
  network: string
  name: string
  /** Ed25519, 32 bytes. */
  accountKey: Uint8Array
  seq: number
  issuedMs: number
  /** SHA-256 of the recovery key, 32 bytes; undefined when there is none. */
  recoveryKeyHash: Uint8Array | undefined
  /** Not verified: see proof-of-work.ts. */
  proofOfWork: ProofOfWork | undefined
  /** How the name came to this account, oldest first; the last one leads to it. */
  successions: Succession[]
  /** Peer ids whose certificates count no longer. */
  revokedDevices: ReadonlySet<string>
  /** Recoveries signed before this are refused; 0 when none was contested. */
  contestedMs: number
  /** The signed envelope. */
  bytes: Uint8Array
}

export interface Succession {
  network: string
  name: string
  fromAccountKey: Uint8Array
  toAccountKey: Uint8Array
  issuedMs: number
  /** Ed25519, 32 bytes: the old account's key, or its recovery key. */
  signer: Uint8Array
  bytes: Uint8Array
}

export interface Witness {
  network: string
  name: string
  accountKey: Uint8Array
  sinceMs: number
  issuedMs: number
  /** Of the registrar that signed it. */
  peerId: string
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

export interface ClaimFacts extends Pick<Claim, 'network' | 'name' | 'seq' | 'issuedMs'> {
  recoveryKeyHash?: Uint8Array | undefined
  proofOfWork?: ProofOfWork | undefined
  /** Signed envelopes, oldest first; at most 4. */
  successions?: Uint8Array[] | undefined
  /** Peer ids; at most 16. */
  revokedDevices?: Iterable<string> | undefined
  contestedMs?: number | undefined
}

export function makeClaim(account: SigningKey, facts: ClaimFacts): Uint8Array {
  const { network, name, seq, issuedMs, recoveryKeyHash, proofOfWork, successions, revokedDevices, contestedMs } = facts
  const payload = ClaimMessage.encode({
    network,
    name,
    seq,
    issuedMs,
    ...(recoveryKeyHash && { recoveryKeyHash }),
    ...(proofOfWork && { proofOfWork }),
    successions: successions ?? [],
    revokedDevices: [...(revokedDevices ?? [])].map((peerId) => publicKeyOf(peerId) as Uint8Array), // our own devices
    contestedMs: contestedMs ?? 0,
  })
  return signEnvelope(account, CLAIM_DOMAIN, payload)
}

/** Signed by the old account key or by its recovery key. */
export function makeSuccession(
  signer: SigningKey,
  facts: Pick<Succession, 'network' | 'name' | 'fromAccountKey' | 'toAccountKey' | 'issuedMs'>,
): Uint8Array {
  return signEnvelope(signer, SUCCESSION_DOMAIN, SuccessionMessage.encode(facts))
}

/** A registrar's word for how long an account has claimed a name. */
export function makeWitness(registrar: SigningKey, facts: Omit<Witness, 'peerId'>): Uint8Array {
  return signEnvelope(registrar, WITNESS_DOMAIN, WitnessMessage.encode(facts))
}

export function makeCertificate(
  account: SigningKey,
  device: Pick<SigningKey, 'publicKey'>,
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

/** Without verifying a signature: for what this process verified before. */
export function readClaim(bytes: Uint8Array, network: string): Claim | undefined {
  return parseClaim(bytes, network, readEnvelope)
}

const verifyClaim = (bytes: Uint8Array, network: string): Claim | undefined => parseClaim(bytes, network, openEnvelope)

function parseClaim(bytes: Uint8Array, network: string, open: typeof openEnvelope): Claim | undefined {
  const opened = open(CLAIM_DOMAIN, bytes)
  const message = opened && decoded(() => ClaimMessage.decode(opened.payload, { limits: CLAIM_LIMITS }))
  if (opened === undefined || message === undefined) return undefined
  const { name, seq, issuedMs, recoveryKeyHash, proofOfWork, contestedMs } = message
  const accountKey = opened.publicKey
  if (message.network !== network || !isUsername(name) || !areSafe(seq, issuedMs, contestedMs)) return undefined
  if (recoveryKeyHash.length !== 0 && recoveryKeyHash.length !== HASH_BYTES) return undefined
  if (proofOfWork !== undefined && proofOfWork.nonce.length !== NONCE_BYTES) return undefined
  const successions = openSuccessions(message.successions, { network, name, accountKey }, open)
  if (successions === undefined || message.revokedDevices.some(({ length }) => length !== PUBLIC_KEY_BYTES))
    return undefined
  return {
    network,
    name,
    accountKey,
    seq,
    issuedMs,
    recoveryKeyHash: recoveryKeyHash.length === 0 ? undefined : recoveryKeyHash,
    proofOfWork,
    successions,
    revokedDevices: new Set(message.revokedDevices.map(peerIdOf)),
    contestedMs,
    bytes,
  }
}

/** Undefined unless each leads to the next and the last to the claim's account. */
function openSuccessions(
  envelopes: Uint8Array[],
  claim: Pick<Claim, 'network' | 'name' | 'accountKey'>,
  open: typeof openEnvelope,
): Succession[] | undefined {
  const successions = envelopes.map((bytes) => openSuccession(bytes, claim.network, open))
  for (const [i, each] of successions.entries()) {
    const leadsTo = successions[i + 1]?.fromAccountKey ?? claim.accountKey
    if (each === undefined || each.name !== claim.name || !same(each.toAccountKey, leadsTo)) return undefined
  }
  return successions as Succession[]
}

/** Undefined unless it is a succession for this network, well-formed and signed. Never throws. */
export function openSuccession(bytes: Uint8Array, network: string, open = openEnvelope): Succession | undefined {
  if (bytes.length > SUCCESSION_BYTES_MAX) return undefined
  const opened = open(SUCCESSION_DOMAIN, bytes)
  const message = opened && decoded(() => SuccessionMessage.decode(opened.payload))
  if (opened === undefined || message === undefined) return undefined
  const { name, fromAccountKey, toAccountKey, issuedMs } = message
  if (message.network !== network || !isUsername(name) || !areSafe(issuedMs)) return undefined
  if (fromAccountKey.length !== PUBLIC_KEY_BYTES || toAccountKey.length !== PUBLIC_KEY_BYTES) return undefined
  return { network, name, fromAccountKey, toAccountKey, issuedMs, signer: opened.publicKey, bytes }
}

/** Undefined unless it is a witness for this network, well-formed and signed. Never throws. */
export const openWitness = (bytes: Uint8Array, network: string): Witness | undefined =>
  parseWitness(bytes, network, openEnvelope)

/** Without verifying the signature: to see whether it would change anything. */
export const readWitness = (bytes: Uint8Array, network: string): Witness | undefined =>
  parseWitness(bytes, network, readEnvelope)

function parseWitness(bytes: Uint8Array, network: string, open: typeof openEnvelope): Witness | undefined {
  if (bytes.length > WITNESS_BYTES_MAX) return undefined
  const opened = open(WITNESS_DOMAIN, bytes)
  const message = opened && decoded(() => WitnessMessage.decode(opened.payload))
  if (opened === undefined || message === undefined) return undefined
  const { name, accountKey, sinceMs, issuedMs } = message
  if (message.network !== network || !isUsername(name) || !areSafe(sinceMs, issuedMs)) return undefined
  if (accountKey.length !== PUBLIC_KEY_BYTES) return undefined
  return { network, name, accountKey, sinceMs, issuedMs, peerId: peerIdOf(opened.publicKey) }
}

/** What a claim commits to so that the holder of this key may recover the name. */
export const recoveryKeyHashOf = (recoveryKey: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(recoveryKey).digest())

/** Undefined unless it is a lease for this network by a device that its account certified. Never throws. */
export function openLease(bytes: Uint8Array, network: string): Lease | undefined {
  return leases.open(bytes, network)
}

/** Without verifying a signature: for what this process verified before. */
export function readLease(bytes: Uint8Array, network: string): Lease | undefined {
  return parseLease(bytes, network, readEnvelope)
}

const verifyLease = (bytes: Uint8Array, network: string): Lease | undefined => parseLease(bytes, network, openEnvelope)

function parseLease(bytes: Uint8Array, network: string, open: typeof openEnvelope): Lease | undefined {
  const opened = open(LEASE_DOMAIN, bytes)
  const message = opened && decoded(() => LeaseMessage.decode(opened.payload, { limits: { homes: HOMES_MAX } }))
  if (opened === undefined || message === undefined) return undefined
  const accountKey = certifyingAccount(message.certificate, { deviceKey: opened.publicKey, network }, open)
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

/** The account that certified a device for this network; undefined when none did. Never throws. */
export const certifierOf = (certificate: Uint8Array, deviceKey: Uint8Array, network: string): Uint8Array | undefined =>
  certifyingAccount(certificate, { deviceKey, network }, openEnvelope)

function certifyingAccount(
  certificate: Uint8Array,
  { deviceKey, network }: { deviceKey: Uint8Array; network: string },
  open: typeof openEnvelope,
): Uint8Array | undefined {
  const opened = open(CERTIFICATE_DOMAIN, certificate)
  const message = opened && decoded(() => CertificateMessage.decode(opened.payload))
  return message !== undefined && message.network === network && same(message.deviceKey, deviceKey)
    ? opened?.publicKey
    : undefined
}

const HASH_BYTES = 32
const CLAIM_LIMITS = { successions: SUCCESSIONS_MAX, revokedDevices: REVOKED_DEVICES_MAX }

const claims = new VerifiedRecords(CLAIM_BYTES_MAX, verifyClaim)
const leases = new VerifiedRecords(LEASE_BYTES_MAX, verifyLease)

const areSafe = (...numbers: number[]): boolean => numbers.every((n) => Number.isSafeInteger(n) && n >= 0)

export const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0
