/** Accounts, devices and what they sign, from fixed seeds: the same bytes in every run. */

import { createHash } from 'node:crypto'

import { type SigningKey, sealingPublicKey, signingKey } from '../../src/overlay/keys.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import {
  CAPABILITY_AUDIO,
  type ClaimFacts,
  type LeaseFacts,
  makeCertificate,
  makeClaim,
  makeLease,
} from '../../src/supernode/records.ts'

export const NETWORK = 'test'
export const NOW_MS = 1_700_000_000_000

/** The key of this name. */
export const keyOf = (name: string): SigningKey =>
  signingKey(new Uint8Array(createHash('sha256').update(name).digest()))

export interface Person {
  name: string
  account: SigningKey
  device: SigningKey
  network: string
}

export const person = (name: string, device = `${name}'s phone`, network = NETWORK): Person => ({
  name,
  account: keyOf(`${name}'s account`),
  device: keyOf(device),
  network,
})

export const claimOf = ({ name, account, network }: Person, claim: Partial<ClaimFacts> = {}): Uint8Array =>
  makeClaim(account, { network, name, seq: 1, issuedMs: NOW_MS, ...claim })

export const HOME = { peerId: peerIdOf(keyOf('home').publicKey), addresses: ['/ip4/203.0.113.7/tcp/4001'] }

export const factsOf = ({ name, device, network }: Person): LeaseFacts => ({
  network,
  name,
  homes: [HOME],
  sealingKey: sealingPublicKey(device),
  capabilities: CAPABILITY_AUDIO,
  seq: 1,
  issuedMs: NOW_MS,
  expiresMs: NOW_MS + 20_000,
})

export const certificateOf = ({ account, device, network }: Person): Uint8Array =>
  makeCertificate(account, device, network, NOW_MS)

export const leaseOf = (whose: Person, facts: Partial<LeaseFacts> = {}): Uint8Array =>
  makeLease(whose.device, certificateOf(whose), { ...factsOf(whose), ...facts })
