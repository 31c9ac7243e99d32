/**
 * Which devices of which accounts were removed, by the newest claims that this node has seen: what a lost device sends
 * is dropped even while some registrar still knows its lease. Pure.
 */

import type { Claim, Lease } from '../supernode/records.ts'

const ACCOUNTS_MAX = 1_000

export class Revocations {
  /** Accounts that have removed any, the one seen last at the end. */
  readonly #claims = new Map<string, Pick<Claim, 'seq' | 'revokedDevices'>>()

  saw({ accountKey, seq, revokedDevices }: Claim): void {
    const id = idOf(accountKey)
    const known = this.#claims.get(id)
    if (known === undefined && revokedDevices.size === 0) return
    const newest = known !== undefined && known.seq > seq ? known : { seq, revokedDevices }
    this.#claims.delete(id)
    if (this.#claims.size >= ACCOUNTS_MAX) this.#claims.delete(this.#claims.keys().next().value as string)
    this.#claims.set(id, newest)
  }

  has({ accountKey, devicePeerId }: Pick<Lease, 'accountKey' | 'devicePeerId'>): boolean {
    return this.#claims.get(idOf(accountKey))?.revokedDevices.has(devicePeerId) ?? false
  }
}

const idOf = (accountKey: Uint8Array): string => Buffer.from(accountKey).toString('latin1')
