/**
 * Where in the overlay a name's records live: at the supernodes nearest to its salted keys. A key is all that a
 * look-up shows of a name. Pure.
 */

import { createHash } from 'node:crypto'
import type { Contact } from '../overlay/overlay.ts'
import { compareDistance, kadIdOf, kadIdOfKey } from '../overlay/peer-id.ts'

/** Registrars a key: any one of them can answer, so four may fail. */
export const REPLICAS = 5
/** Independent places a name is kept at. */
export const SALTS = 1
export const NAME_KEY_BYTES = 32

/** The salted key of a name: what registrars file it under and what the overlay is walked towards. */
export function nameKey(network: string, name: string, salt: number): Uint8Array {
  return new Uint8Array(createHash('sha256').update(`tincan name v1\n${network}\n${salt}\n${name}`).digest())
}

export const nameKeys = (network: string, name: string): Uint8Array[] =>
  Array.from({ length: SALTS }, (_, salt) => nameKey(network, name, salt))

/** The `count` contacts nearest to a key, nearest first, each once. */
export function nearestTo(key: Uint8Array, contacts: Iterable<Contact>, count: number): Contact[] {
  const target = kadIdOfKey(key)
  const each = new Map<string, Contact>()
  for (const contact of contacts) each.set(contact.peerId, contact)
  return [...each.values()]
    .map((contact) => ({ contact, kadId: kadIdOf(contact.peerId) }))
    .sort((a, b) => compareDistance(target, a.kadId, b.kadId))
    .slice(0, count)
    .map(({ contact }) => contact)
}
