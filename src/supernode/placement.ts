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
export const SALTS = 3
export const NAME_KEY_BYTES = 32

/** The salted key of a name: what registrars file it under and what the overlay is walked towards. */
export function nameKey(network: string, name: string, salt: number): Uint8Array {
  return new Uint8Array(createHash('sha256').update(`tincan name v1\n${network}\n${salt}\n${name}`).digest())
}

export const nameKeys = (network: string, name: string): Uint8Array[] =>
  Array.from({ length: SALTS }, (_, salt) => nameKey(network, name, salt))

/**
 * The `count` contacts nearest to a key, nearest first, each once. With `isDiverse` no two of them in one /24 (IPv4) or
 * /48 (IPv6): ids are free, addresses are not, so one operator seldom gets two of a key's places.
 */
export function nearestTo(key: Uint8Array, contacts: Iterable<Contact>, count: number, isDiverse = false): Contact[] {
  const target = kadIdOfKey(key)
  const each = new Map<string, Contact>()
  for (const contact of contacts) each.set(contact.peerId, contact)
  const sorted = [...each.values()]
    .map((contact) => ({ contact, kadId: kadIdOf(contact.peerId) }))
    .sort((a, b) => compareDistance(target, a.kadId, b.kadId))
    .map(({ contact }) => contact)
  return (isDiverse ? onePerBlock(sorted) : sorted).slice(0, count)
}

function onePerBlock(contacts: Contact[]): Contact[] {
  const taken = new Set<string>()
  return contacts.filter((contact) => {
    const blocks = blocksOf(contact)
    if (blocks.some((block) => taken.has(block))) return false
    for (const block of blocks) taken.add(block)
    return true
  })
}

function blocksOf({ addresses }: Contact): string[] {
  return addresses.flatMap((address) => {
    const v4 = /^\/ip4\/(\d+\.\d+\.\d+)\./.exec(address)
    const v6 = /^\/ip6\/((?:[0-9a-f]+:){3})/i.exec(address)
    const block = v4?.[1] ?? v6?.[1]
    return block === undefined ? [] : [block]
  })
}
