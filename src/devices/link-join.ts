/**
 * Joining an account by a code, on the new device: what it asks of each device of the username, and whom it believes.
 * An answer counts only when it proves to know the code: a home, or a stranger who holds the name at some registrar,
 * cannot make us join his account. Pure.
 */

import { decoded } from '../lib/decoded.ts'
import { publicKeyOf } from '../overlay/peer-id.ts'
import { certifierOf, openClaim, same, type Lease } from '../supernode/records.ts'
import { LinkKey, type LinkCode } from './link-code.ts'
import type { RefusalReason } from './link-offer.ts'
import { Link, LinkRefusal, type LinkGrant } from './link.pb.js'

export const ASKED_MAX = 16
/** More than a certificate and the largest claim. */
export const LINK_BYTES_MAX = 8192

export interface JoinParts {
  code: LinkCode
  network: string
  /** The new device. */
  devicePeerId: string
  label: string
}

/** What the account has given: enough to speak for it. */
export interface Granted {
  username: string
  accountKey: Uint8Array
  certificate: Uint8Array
  claim: Uint8Array
}

export class LinkJoin {
  readonly #parts: JoinParts
  readonly #key: LinkKey
  /** What each device that was asked has said; undefined while it has said nothing. */
  readonly #asked = new Map<string, RefusalReason | undefined>()

  constructor(parts: JoinParts) {
    this.#parts = parts
    this.#key = new LinkKey(parts.code, parts.network)
  }

  /** An encoded Link for this device; undefined when it has refused, or enough others were asked. */
  request(peerId: string): Uint8Array | undefined {
    if (this.#asked.get(peerId) !== undefined) return undefined
    if (!this.#asked.has(peerId) && this.#asked.size >= ASKED_MAX) return undefined
    this.#asked.set(peerId, undefined)
    const { label } = this.#parts
    const tag = this.#key.tag('request', [this.#ownKey(), publicKeyOf(peerId) as Uint8Array, Buffer.from(label)])
    return Link.encode({ request: { label, tag } })
  }

  /** Takes what a device answered. Undefined when it grants nothing, or nothing that can be believed. */
  take(link: Uint8Array, from: Lease): Granted | undefined {
    if (!this.#asked.has(from.devicePeerId)) return undefined
    const message = decodeLink(link)
    if (message?.grant !== undefined) return this.#granted(message.grant, from)
    const reason = message?.refusal && REASONS.get(message.refusal.reason)
    if (reason !== undefined) this.#asked.set(from.devicePeerId, reason)
    return undefined
  }

  /** Why nobody grants it: the word of the device that knows most of the code. Undefined while one may yet. */
  get refusal(): RefusalReason | undefined {
    const said = [...this.#asked.values()]
    if (said.length === 0 || said.includes(undefined)) return undefined
    return said.find((reason) => reason !== 'NO_CODE') ?? 'NO_CODE'
  }

  #granted({ certificate, claim: bytes, accountKey, tag }: LinkGrant, from: Lease): Granted | undefined {
    const { code, network, devicePeerId } = this.#parts
    const fromKey = publicKeyOf(from.devicePeerId) as Uint8Array // it signed the envelope
    if (!this.#key.verifies(tag, 'grant', [this.#ownKey(), fromKey, certificate, bytes, accountKey])) return undefined
    const claim = openClaim(bytes, network)
    if (claim === undefined || claim.name !== code.username || !same(claim.accountKey, accountKey)) return undefined
    if (claim.revokedDevices.has(devicePeerId) || !same(from.accountKey, accountKey)) return undefined
    const certifier = certifierOf(certificate, this.#ownKey(), network)
    if (certifier === undefined || !same(certifier, accountKey)) return undefined
    return { username: code.username, accountKey, certificate, claim: bytes }
  }

  #ownKey(): Uint8Array {
    return publicKeyOf(this.#parts.devicePeerId) as Uint8Array
  }
}

const REASONS = new Map<LinkRefusal.Reason, RefusalReason>([
  [LinkRefusal.Reason.NO_CODE, 'NO_CODE'],
  [LinkRefusal.Reason.WRONG_CODE, 'WRONG_CODE'],
  [LinkRefusal.Reason.SPENT, 'SPENT'],
])

/** From a stranger: undefined unless it can be read and is of a sensible size. */
export const decodeLink = (bytes: Uint8Array): Link | undefined =>
  bytes.length > LINK_BYTES_MAX ? undefined : decoded(() => Link.decode(bytes))
