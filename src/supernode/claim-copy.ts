/**
 * The account's claim on a device that cannot sign one: as the account gave it, until the index shows a newer one.
 * Pure.
 */

import { openClaim, same, type Claim } from './records.ts'

/** The account signs its claim again every day, so a copy older than this is worth a look. */
const LOOK_AFTER_MS = 2 * 86_400_000

export class ClaimCopy {
  #claim: Claim

  /** Throws RangeError when the bytes are no claim of this network. */
  constructor(bytes: Uint8Array, network: string) {
    const claim = openClaim(bytes, network)
    if (claim === undefined) throw new RangeError('no claim of this network')
    this.#claim = claim
  }

  get bytes(): Uint8Array {
    return this.#claim.bytes
  }

  /** Takes over what somebody holds for the account if it is newer; true when it was. */
  take(held: Claim): boolean {
    const { seq, issuedMs, accountKey, name } = this.#claim
    if (!same(held.accountKey, accountKey) || held.name !== name) return false
    if (held.seq < seq || (held.seq === seq && held.issuedMs <= issuedMs)) return false
    this.#claim = held
    return true
  }

  /** Whether the account no longer wants this device to speak for it. */
  revokes(peerId: string): boolean {
    return this.#claim.revokedDevices.has(peerId)
  }

  isOld(nowMs: number): boolean {
    return nowMs - this.#claim.issuedMs >= LOOK_AFTER_MS
  }
}
