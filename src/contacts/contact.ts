/**
 * A person you know: the petname you gave them and the account key they are pinned to. The key is the person; the names
 * lead to it. What a contacts file says is read here, and nothing in it is believed.
 */

import { TincanError } from '../errors.ts'
import { PUBLIC_KEY_BYTES } from '../overlay/keys.ts'
import { publicKeyOf } from '../overlay/peer-id.ts'
import { ADDRESS_CHARACTERS_MAX, HOMES_MAX } from '../supernode/records.ts'
import { fullAddress, isUsername } from '../supernode/username.ts'

const PETNAME_CHARACTERS_MAX = 40
/** Of each home in an invite: it has to fit into a code that a camera can read. */
export const INVITE_ADDRESSES_MAX = 2

const ORIGINS = ['added', 'invite', 'call'] as const

export interface ContactHome {
  peerId: string
  /** Multiaddrs without the peer id. */
  addresses: string[]
}

export interface Contact {
  /** The petname: what you call them. No two contacts share one, whatever the case of its letters. */
  readonly name: string
  readonly username: string
  /** Ed25519, hexadecimal. */
  readonly accountKey: string
  readonly addedMs: number
  /** How they came to be a contact: by hand, by an invite link, by a call. */
  readonly origin: (typeof ORIGINS)[number]
  /** You have compared the safety number. */
  readonly isVerified: boolean
  readonly isBlocked: boolean
  /** Where an invite said they can be reached. */
  readonly homes?: readonly ContactHome[]
}

export const keyOf = ({ accountKey }: Pick<Contact, 'accountKey'>): Uint8Array => Buffer.from(accountKey, 'hex')

export const hexOf = (accountKey: Uint8Array): string => Buffer.from(accountKey).toString('hex')

/** `alice.k7q2m`, whatever you call her. */
export const addressOf = (contact: Pick<Contact, 'username' | 'accountKey'>): string =>
  fullAddress(contact.username, keyOf(contact))

/** Petnames are compared without regard to case and to how accents are composed. */
export const fold = (petname: string): string => petname.normalize('NFC').toLowerCase()

/** Checks a petname and returns it in its usual form. Throws TincanError BAD_CONTACT. */
export function parsePetname(text: string): string {
  const name = text.normalize('NFC').trim().replace(/ +/g, ' ')
  const wrong = /[^\p{L}\p{M}\p{N} _'’-]/u.exec(name)?.[0]
  if (wrong !== undefined)
    throw badContact(
      `“${printable(text)}” has a character that no contact's name may have. Use letters, digits, spaces, - and _.`,
    )
  if (!/^[\p{L}\p{N}]/u.test(name) || name.length > PETNAME_CHARACTERS_MAX)
    throw badContact(
      `“${printable(text)}” will not do as a contact's name: 1 to ${PETNAME_CHARACTERS_MAX} characters, a letter or digit first.`,
    )
  return name
}

export const badContact = (message: string, options?: ErrorOptions): TincanError =>
  new TincanError('BAD_CONTACT', message, options)

/** What an entry of a file says; undefined when any of it is not as we write it. */
export function openContact(entry: unknown): Contact | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  const { name, username, accountKey, addedMs, origin, isVerified, isBlocked, homes } = entry as Record<string, unknown>
  if (typeof name !== 'string' || !isPetname(name)) return undefined
  if (typeof username !== 'string' || !isUsername(username)) return undefined
  if (typeof accountKey !== 'string' || !KEY.test(accountKey)) return undefined
  if (!Number.isSafeInteger(addedMs) || (addedMs as number) < 0) return undefined
  if (!ORIGINS.includes(origin as Contact['origin'])) return undefined
  if (typeof isVerified !== 'boolean' || typeof isBlocked !== 'boolean') return undefined
  const opened = homes === undefined ? [] : openHomes(homes)
  if (opened === undefined) return undefined
  return {
    name,
    username,
    accountKey,
    addedMs: addedMs as number,
    origin: origin as Contact['origin'],
    isVerified,
    isBlocked,
    ...(opened.length > 0 && { homes: opened }),
  }
}

const KEY = new RegExp(`^[0-9a-f]{${2 * PUBLIC_KEY_BYTES}}$`)

function openHomes(homes: unknown): ContactHome[] | undefined {
  if (!Array.isArray(homes) || homes.length > HOMES_MAX) return undefined
  const opened = homes.map((home: unknown) => {
    const { peerId, addresses } = (home ?? {}) as Record<string, unknown>
    if (typeof peerId !== 'string' || publicKeyOf(peerId) === undefined) return undefined
    if (!Array.isArray(addresses) || addresses.length > INVITE_ADDRESSES_MAX) return undefined
    return addresses.every(isAddress) ? { peerId, addresses: addresses as string[] } : undefined
  })
  return opened.includes(undefined) ? undefined : (opened as ContactHome[])
}

const isAddress = (address: unknown): boolean =>
  typeof address === 'string' && address.startsWith('/') && address.length <= ADDRESS_CHARACTERS_MAX

function isPetname(text: string): boolean {
  try {
    return parsePetname(text) === text
  } catch {
    return false
  }
}

/** A stranger's or a typist's text in a message: no control characters, not too much of it. */
export const printable = (text: string): string => text.replace(/\p{C}/gu, '�').slice(0, 80)
