/**
 * Who lives in a world: six supernodes, an alice and a bob in a home of every kind, and two on one LAN. Their accounts
 * come from their names, and the work that the names ask for on the internet was done beforehand: it takes minutes.
 */

import { join } from 'node:path'

import { openIdentity } from '../../src/identity.ts'
import { writeFileAtomic } from '../../src/lib/atomic-file.ts'
import { pemOf } from '../../src/overlay/keys.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { ClaimFile, newClaimState } from '../../src/supernode/claim-file.ts'
import { IndexStore } from '../../src/supernode/index-store.ts'
import { nonceBytes, workBits } from '../../src/supernode/proof-of-work.ts'
import { keyOf } from '../supernode/people.ts'
import { KIND_NAMES, type KindName } from './home-kinds.ts'

/** The nonces of `findWork` for each name on the network `main`, with 10 bits. */
const WORK: Record<string, number> = {
  'supernode-1': 220,
  'supernode-2': 1473,
  'supernode-3': 819,
  'supernode-4': 663,
  'supernode-5': 624,
  'supernode-6': 575,
  'public-alice': 1126,
  'public-bob': 158,
  'full-cone-alice': 2075,
  'full-cone-bob': 181,
  'address-restricted-alice': 288,
  'address-restricted-bob': 1685,
  'port-restricted-alice': 2105,
  'port-restricted-bob': 807,
  'random-ports-alice': 314,
  'random-ports-bob': 858,
  'symmetric-alice': 589,
  'symmetric-bob': 829,
  'symmetric-sequential-alice': 300,
  'symmetric-sequential-bob': 2888,
  'cgnat-alice': 548,
  'cgnat-bob': 658,
  'cgnat-symmetric-alice': 734,
  'cgnat-symmetric-bob': 275,
  'udp-blocked-alice': 2357,
  'udp-blocked-bob': 1662,
  'web-only-alice': 1232,
  'web-only-bob': 6603,
  'ipv6-only-alice': 2641,
  'ipv6-only-bob': 799,
  'dual-stack-alice': 2468,
  'dual-stack-bob': 1715,
  'hairpin-alice': 965,
  'hairpin-bob': 68,
  'one-lan-alice': 259,
  'one-lan-bob': 565,
}

/** A kind of home, or the one home where both live. */
export type Place = KindName | 'one-lan'

export const PLACES: Place[] = [...KIND_NAMES, 'one-lan']
export const SUPERNODES = Object.keys(WORK).filter((name) => name.startsWith('supernode-'))

/** Who calls whom: alice at one place alice at another, but at the same place bob. */
export const peopleOf = ({ a, b }: { a: Place; b: Place }): [caller: string, callee: string] => [
  `${a}-alice`,
  `${b}-${a === b ? 'bob' : 'alice'}`,
]

export const placeOf = (person: string): Place => person.replace(/-(alice|bob)$/, '') as Place

/** Gives the directory an account, and the work for its name; its peer id. */
export function furnish(directory: string, name: string): string {
  const account = keyOf(`${name}'s account`)
  const nonce = WORK[name]
  if (nonce === undefined) throw new Error(`nobody did the work for ${name}`)
  writeFileAtomic(join(directory, 'account.key'), pemOf(account))
  const proofOfWork = { bits: workBits('internet', name), nonce: nonceBytes(BigInt(nonce)) }
  const claim = newClaimState({ network: 'main', name, accountKey: account.publicKey })
  new ClaimFile(join(directory, 'claim.json')).put({ ...claim, proofOfWork })
  const identity = openIdentity(directory, { username: undefined, network: 'main' })
  identity.release()
  return peerIdOf(identity.device.publicKey)
}

/** Leaves word that a node served here until now: it need not be up for twenty minutes again. */
export async function haveServed(directory: string): Promise<void> {
  const store = new IndexStore(join(directory, 'index'), (message) => {
    throw new Error(message)
  })
  await store.open()
  await store.flush(Date.now(), { servedUntilMs: Date.now(), isFinal: true })
  await store.stop()
}
