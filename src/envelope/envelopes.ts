/**
 * Messages from device to device that only the addressee can read and nobody can alter: signed by the sender's
 * device, sealed to the addressee's (HPKE, RFC 9180), taken once. Wire format: envelope.proto.
 */

import { randomBytes } from 'node:crypto'
import {
  AEAD_AES_256_GCM,
  CipherSuite,
  KDF_HKDF_SHA256,
  KEM_DHKEM_X25519_HKDF_SHA256,
  type CryptoKey,
  type KeyPair,
} from 'hpke'
import type { Clock } from '../lib/clock.ts'
import { decoded } from '../lib/decoded.ts'
import { sealingPublicKey, sealingSeed, type SigningKey } from '../overlay/keys.ts'
import { peerIdOf, publicKeyOf } from '../overlay/peer-id.ts'
import { openEnvelope, signEnvelope } from '../overlay/signed-envelope.ts'
import { openLease, same, type Lease } from '../supernode/records.ts'
import { Message, Sealed } from './envelope.pb.js'
import { isTimely, MESSAGE_AGE_MS, ReplayGuard } from './replay-guard.ts'

const DOMAIN = 'tincan-message'
export const ENVELOPE_BYTES_MAX = 48 * 1024
const MESSAGE_ID_BYTES = 16
const KEYS_CACHED_MAX = 256

const suite = new CipherSuite(KEM_DHKEM_X25519_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM)

/** A signal of a call, a word about linking a device, or one of a ping. */
export type Body = { signal: Uint8Array } | { link: Uint8Array } | { ping: Uint8Array }

export interface Opened {
  /** The sender's own lease, verified: who sent it and how to answer. */
  from: Lease
  body: Body
}

/** Why an envelope was not taken; for counting. */
export type Rejection = 'malformed' | 'unreadable' | 'unsigned' | 'misaddressed' | 'misdated' | 'revoked' | 'replayed'

export class Envelopes {
  readonly counters: Record<Rejection, number> = {
    malformed: 0,
    unreadable: 0,
    unsigned: 0,
    misaddressed: 0,
    misdated: 0,
    revoked: 0,
    replayed: 0,
  }
  readonly #network: string
  readonly #device: SigningKey
  readonly #clock: Clock
  readonly #isRevoked: (from: Lease) => boolean
  readonly #info: Uint8Array
  readonly #keys: Promise<KeyPair<CryptoKey>>
  readonly #guard = new ReplayGuard()
  readonly #publicKeys = new Map<string, Promise<CryptoKey>>()

  /** `isRevoked`: has the account, by what we know, removed the device that this is the lease of? */
  constructor(network: string, device: SigningKey, clock: Clock, isRevoked: (from: Lease) => boolean = () => false) {
    this.#network = network
    this.#device = device
    this.#clock = clock
    this.#isRevoked = isRevoked
    this.#info = new Uint8Array(Buffer.from(`tincan envelope v1\n${network}`))
    this.#keys = keyPair(device)
  }

  /** Seals a message for the device of `to`; `ownLease` tells it how to answer. */
  async seal(to: Lease, ownLease: Lease, body: Body): Promise<Uint8Array> {
    const deviceKey = publicKeyOf(to.devicePeerId) as Uint8Array // a verified lease has a valid id
    const message = Message.encode({
      network: this.#network,
      to: deviceKey,
      lease: ownLease.bytes,
      id: new Uint8Array(randomBytes(MESSAGE_ID_BYTES)),
      sentMs: this.#clock.now(),
      ...body,
    })
    const { encapsulatedSecret, ciphertext } = await suite.Seal(
      await this.#publicKeyOf(to),
      signEnvelope(this.#device, DOMAIN, message),
      { info: this.#info, aad: deviceKey },
    )
    return Sealed.encode({ encapsulated: encapsulatedSecret, ciphertext })
  }

  /** Opens what a home pushed; a string says why not. Never rejects. */
  async open(bytes: Uint8Array): Promise<Opened | Rejection> {
    const opened = await this.#open(bytes)
    if (typeof opened === 'string') this.counters[opened]++
    return opened
  }

  async #open(bytes: Uint8Array): Promise<Opened | Rejection> {
    if (bytes.length > ENVELOPE_BYTES_MAX) return 'malformed'
    let signed: Uint8Array
    try {
      const { encapsulated, ciphertext } = Sealed.decode(bytes)
      const options = { info: this.#info, aad: this.#device.publicKey }
      signed = await suite.Open(await this.#keys, encapsulated, ciphertext, options)
    } catch {
      return 'unreadable'
    }
    const inner = openEnvelope(DOMAIN, signed)
    if (inner === undefined) return 'unsigned'
    const message = decoded(() => Message.decode(inner.payload))
    if (message === undefined) return 'malformed'
    const { network, to, id, sentMs } = message
    if (network !== this.#network || !same(to, this.#device.publicKey)) return 'misaddressed'
    const nowMs = this.#clock.now()
    const from = openLease(message.lease, this.#network)
    if (from === undefined || from.devicePeerId !== peerIdOf(inner.publicKey)) return 'unsigned'
    if (from.expiresMs < nowMs - MESSAGE_AGE_MS) return 'unsigned'
    const body = bodyOf(message)
    if (body === undefined || id.length !== MESSAGE_ID_BYTES || !Number.isSafeInteger(sentMs)) return 'malformed'
    if (!isTimely(sentMs, nowMs)) return 'misdated'
    if (this.#isRevoked(from)) return 'revoked'
    if (!this.#guard.admit(from.devicePeerId, Buffer.from(id).toString('latin1'), sentMs, nowMs)) return 'replayed'
    return { from, body }
  }

  #publicKeyOf(lease: Lease): Promise<CryptoKey> {
    const id = Buffer.from(lease.sealingKey).toString('latin1')
    let key = this.#publicKeys.get(id)
    if (key === undefined) {
      key = suite.DeserializePublicKey(lease.sealingKey)
      if (this.#publicKeys.size >= KEYS_CACHED_MAX)
        this.#publicKeys.delete(this.#publicKeys.keys().next().value as string)
      this.#publicKeys.set(id, key)
    }
    return key
  }
}

function bodyOf({ signal, link, ping }: Message): Body | undefined {
  if (signal !== undefined) return { signal }
  if (link !== undefined) return { link }
  return ping && { ping }
}

async function keyPair(device: SigningKey): Promise<KeyPair<CryptoKey>> {
  const [privateKey, publicKey] = await Promise.all([
    suite.DeserializePrivateKey(sealingSeed(device), false),
    suite.DeserializePublicKey(sealingPublicKey(device)),
  ])
  return { privateKey, publicKey }
}
