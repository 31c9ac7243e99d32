/**
 * SRTP keys of a session whose descriptions travel signed and sealed: each carries an X25519 key of its own (RFC 7748 §5),
 * and what the two agree on is spread over both directions by HKDF (RFC 5869), bound to the very text of both
 * descriptions. Who the peer is, the seal has shown; here nothing is authenticated. Keys of AEAD_AES_128_GCM (RFC 7714 §12).
 */

import { createHash, createPrivateKey, createPublicKey, diffieHellman, hkdfSync, randomBytes } from 'node:crypto'

const SECRET_BYTES = 32
export const SHARE_BYTES = 32
const KEY_BYTES = 16
const SALT_BYTES = 12
const INFO = 'tincan media keys v1'
/** RFC 8410 §7: an X25519 private key up to its bytes. */
const PRIVATE_KEY_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex')
const PUBLIC_KEY_PREFIX_BYTES = 12

/** One direction's master key and salt (RFC 3711 §3.2.1). */
export interface MasterKey {
  key: Buffer
  salt: Buffer
}

export interface MediaKeys {
  send: MasterKey
  receive: MasterKey
}

export interface Negotiation {
  role: 'offerer' | 'answerer'
  /** The text of both, as it was sent. */
  offer: string
  answer: string
  /** The peer's share. */
  share: Uint8Array
}

/** Half of an agreement; once it is used or thrown away, nobody can open what it protects. */
export class KeyShare {
  /** 32 bytes, for the description. */
  readonly share: Buffer
  #secret: Buffer | undefined

  /** @param secret 32 random bytes, wiped when they are used. */
  constructor(secret: Buffer = randomBytes(SECRET_BYTES)) {
    this.#secret = secret
    const own = createPublicKey(privateKey(secret)).export({ format: 'der', type: 'spki' })
    this.share = own.subarray(PUBLIC_KEY_PREFIX_BYTES)
  }

  /** Once. Undefined when the peer's share is none, or leaves no secret (RFC 7748 §6.1), and after that once. */
  agree({ role, offer, answer, share }: Negotiation): MediaKeys | undefined {
    const secret = this.#secret
    if (secret === undefined || share.length !== SHARE_BYTES) return undefined
    const agreed = sharedSecret(secret, share)
    if (agreed === undefined) return undefined
    this.forget()
    const salt = createHash('sha256').update(offer).update(answer).digest()
    const spread = Buffer.from(hkdfSync('sha256', agreed, salt, INFO, 2 * (KEY_BYTES + SALT_BYTES)))
    agreed.fill(0)
    const keyAt = (at: number): MasterKey => ({
      key: spread.subarray(at, at + KEY_BYTES),
      salt: spread.subarray(at + KEY_BYTES, at + KEY_BYTES + SALT_BYTES),
    })
    const [ofOfferer, ofAnswerer] = [keyAt(0), keyAt(KEY_BYTES + SALT_BYTES)]
    return role === 'offerer' ? { send: ofOfferer, receive: ofAnswerer } : { send: ofAnswerer, receive: ofOfferer }
  }

  forget(): void {
    this.#secret?.fill(0)
    this.#secret = undefined
  }
}

const privateKey = (secret: Buffer) =>
  createPrivateKey({ key: Buffer.concat([PRIVATE_KEY_PREFIX, secret]), format: 'der', type: 'pkcs8' })

function sharedSecret(secret: Buffer, share: Uint8Array): Buffer | undefined {
  const theirs = { kty: 'OKP', crv: 'X25519', x: Buffer.from(share).toString('base64url') }
  try {
    const agreed = diffieHellman({
      privateKey: privateKey(secret),
      publicKey: createPublicKey({ key: theirs, format: 'jwk' }),
    })
    return agreed.every((byte) => byte === 0) ? undefined : agreed
  } catch {
    return undefined
  }
}
