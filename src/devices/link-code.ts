/**
 * The code that links a new device to an account: `alice-k7q2-mf3t-5xwp-2ncd`, the username and 80 random bits. It is
 * short because it is used once and soon; 80 bits are more than anybody can try, even somebody who has caught a
 * request and tries them on his own machine. Pure.
 */

import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { TincanError } from '../errors.ts'
import { isUsername } from '../supernode/username.ts'

export const SECRET_BYTES = 10
const TAG_BYTES = 32
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567' // RFC 4648 §6, lower case
const CODE = /^([a-z0-9_-]+)-([a-z2-7]{4})-([a-z2-7]{4})-([a-z2-7]{4})-([a-z2-7]{4})$/
const CODE_CHARACTERS_MAX = 64

export interface LinkCode {
  username: string
  /** 10 bytes. */
  secret: Uint8Array
}

/** As it is shown. Throws RangeError when the secret has not 10 bytes. */
export function writeCode({ username, secret }: LinkCode): string {
  if (secret.length !== SECRET_BYTES) throw new RangeError(`a secret has ${SECRET_BYTES} bytes, not ${secret.length}`)
  const bits = BigInt(`0x${Buffer.from(secret).toString('hex')}`)
  const letters = Array.from({ length: 16 }, (_, i) => BASE32[Number((bits >> BigInt(75 - 5 * i)) & 31n)]).join('')
  return `${username}-${letters.replace(/(.{4})(?=.)/g, '$1-')}`
}

/** Reads what was typed or pasted; capitals and spaces around it do not matter. Throws TincanError BAD_CODE. */
export function readCode(text: string): LinkCode {
  const found = text.length <= CODE_CHARACTERS_MAX ? CODE.exec(text.trim().toLowerCase()) : null
  const [, username = '', ...groups] = found ?? []
  if (!isUsername(username)) throw badCode()
  const bits = Array.from(groups.join('')).reduce((sum, letter) => (sum << 5n) | BigInt(BASE32.indexOf(letter)), 0n)
  return { username, secret: new Uint8Array(Buffer.from(bits.toString(16).padStart(2 * SECRET_BYTES, '0'), 'hex')) }
}

/** Only the code is in the message when it is malformed, never a part of it: it may be somebody's real one. */
const badCode = (): TincanError =>
  new TincanError(
    'BAD_CODE',
    'This is no code for a device. On the machine that has the account run: tincan device add. It prints one like alice-k7q2-mf3t-5xwp-2ncd.',
  )

/** What both ends derive from the code; each tag is over its own purpose, so that none can stand for the other. */
export class LinkKey {
  readonly #key: Uint8Array

  constructor({ username, secret }: LinkCode, network: string) {
    const info = `tincan link v1\n${network}\n${username}`
    this.#key = new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), info, 32))
  }

  tag(purpose: 'request' | 'grant', parts: readonly Uint8Array[]): Uint8Array {
    const hmac = createHmac('sha256', this.#key)
    for (const part of [Buffer.from(`tincan link ${purpose} v1`), ...parts]) {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(part.length)
      hmac.update(length).update(part)
    }
    return new Uint8Array(hmac.digest())
  }

  /** In constant time. */
  verifies(tag: Uint8Array, purpose: 'request' | 'grant', parts: readonly Uint8Array[]): boolean {
    return tag.length === TAG_BYTES && timingSafeEqual(tag, this.tag(purpose, parts))
  }
}
