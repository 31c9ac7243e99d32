/** People and what they have registrars hold: a claim, and a lease of three homes with two addresses each. */

import { nameKey } from '../src/supernode/placement.ts'
import { claimOf, factsOf, keyOf, leaseOf, person, type Person } from '../test/supernode/people.ts'
import { peerIdOf } from '../src/overlay/peer-id.ts'
import { IndexRequest } from '../src/supernode/index.pb.js'

/** As long as a registrar of a local network allows. */
const LEASE_MS = 300_000
const HOMES = [1, 2, 3].map((i) => ({
  peerId: peerIdOf(keyOf(`home ${i}`).publicKey),
  addresses: [`/ip4/203.0.113.${i}7/tcp/4001`, `/ip4/203.0.113.${i}7/tcp/4002/ws`],
}))

export interface Registered {
  whose: Person
  key: Uint8Array
  claim: Uint8Array
}

export function registered(network: string, name: string): Registered {
  const whose = person(name, `${name}'s phone`, network)
  return { whose, key: nameKey(network, name, 0), claim: claimOf(whose, { issuedMs: Date.now() }) }
}

/** An IndexRequest to hold this name, with a lease of now. */
export function grantOf({ whose, key, claim }: Registered): Uint8Array {
  const nowMs = Date.now()
  const lease = leaseOf(whose, {
    ...factsOf(whose),
    homes: HOMES,
    seq: nowMs,
    issuedMs: nowMs,
    expiresMs: nowMs + LEASE_MS,
  })
  return IndexRequest.encode({ grant: { key, claim, lease, witnesses: [] } })
}
