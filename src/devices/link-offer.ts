/**
 * A code that was given out, on the machine that has the account's key: who may use it, how often and until when.
 * Pure: what comes in are opened requests and the time, what goes out are answers to seal.
 */

import type { SigningKey } from '../overlay/keys.ts'
import { peerIdOf, publicKeyOf } from '../overlay/peer-id.ts'
import { makeCertificate } from '../supernode/records.ts'
import { isLabel } from './label.ts'
import { LinkKey, type LinkCode, writeCode } from './link-code.ts'
import { Link, LinkRefusal, type LinkRequest } from './link.pb.js'

export const CODE_LIFE_MS = 600_000
/** 80 bits are not guessed; somebody who mistypes more often had better have a new code. */
export const TRIES_MAX = 5

export type RefusalReason = 'NO_CODE' | 'WRONG_CODE' | 'SPENT'

export interface OfferParts {
  code: LinkCode
  network: string
  account: SigningKey
  /** Of this machine. */
  devicePeerId: string
}

export interface Reply {
  /** An encoded Link. */
  link: Uint8Array
  /** Set when the device now speaks for the account, once it has the reply. */
  joined?: { peerId: string; label: string }
}

export class LinkOffer {
  readonly expiresMs: number
  readonly #parts: OfferParts
  readonly #key: LinkKey
  #tries = 0
  #usedBy: string | undefined

  constructor(parts: OfferParts, nowMs: number) {
    this.#parts = parts
    this.#key = new LinkKey(parts.code, parts.network)
    this.expiresMs = nowMs + CODE_LIFE_MS
  }

  get code(): string {
    return writeCode(this.#parts.code)
  }

  /** No request can be granted any more. */
  get isSpent(): boolean {
    return this.#tries >= TRIES_MAX
  }

  /** `fromPeerId` has signed the request, and `claim` is the account's as it stands. */
  take(request: LinkRequest, fromPeerId: string, { claim, nowMs }: { claim: Uint8Array; nowMs: number }): Reply {
    if (nowMs >= this.expiresMs) return refusal('NO_CODE')
    if (this.isSpent) return refusal('SPENT')
    const { account, network, devicePeerId } = this.#parts
    const deviceKey = publicKeyOf(fromPeerId) as Uint8Array // it signed the envelope
    const ownKey = publicKeyOf(devicePeerId) as Uint8Array
    const isKnown = this.#key.verifies(request.tag, 'request', [deviceKey, ownKey, Buffer.from(request.label)])
    if (!isKnown || !isLabel(request.label)) {
      this.#tries++
      return refusal('WRONG_CODE')
    }
    // the same device may ask again, in case the answer was lost
    if (this.#usedBy !== undefined && this.#usedBy !== fromPeerId) return refusal('SPENT')
    this.#usedBy = fromPeerId
    const certificate = makeCertificate(account, { publicKey: deviceKey }, network, nowMs)
    const accountKey = account.publicKey
    const tag = this.#key.tag('grant', [deviceKey, ownKey, certificate, claim, accountKey])
    return {
      link: Link.encode({ grant: { certificate, claim, accountKey, tag } }),
      joined: { peerId: peerIdOf(deviceKey), label: request.label },
    }
  }
}

/** The answer of a device that has no code to give, or no such request to grant. */
export const refusal = (reason: RefusalReason): Reply => ({
  link: Link.encode({ refusal: { reason: LinkRefusal.Reason[reason] } }),
})
