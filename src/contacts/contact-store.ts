/**
 * Contacts on disk, or in memory: whole or as they were, never more than 10,000. A file that cannot be read stops who
 * opens it and stays as it is, because a list of pinned keys that starts empty would pin anew whatever is offered.
 * Whoever writes holds the home's lock.
 */

import { readFileSync, statSync } from 'node:fs'
import { writeFileAtomic } from '../lib/atomic-file.ts'
import { addressOf, badContact, type Contact, fold, openContact } from './contact.ts'

export const CONTACTS_MAX = 10_000
const FILE_BYTES_MAX = 16 * 1024 * 1024 // ten thousand contacts with their homes take half of it

export class ContactStore {
  readonly #path: string | undefined
  #byKey: ReadonlyMap<string, Contact>
  #byName: ReadonlyMap<string, Contact>

  /** Without a path it lives in memory. Throws TincanError BAD_CONTACT. */
  constructor(path: string | undefined) {
    this.#path = path
    const contacts = path === undefined ? [] : read(path)
    this.#byKey = keyed(contacts)
    this.#byName = named(contacts)
    if (path !== undefined && (this.#byKey.size < contacts.length || this.#byName.size < contacts.length))
      throw unreadable(path, 'has the same name or key twice')
  }

  get size(): number {
    return this.#byKey.size
  }

  /** By name. */
  list(): Contact[] {
    return [...this.#byName.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, contact]) => contact)
  }

  byName(petname: string): Contact | undefined {
    return this.#byName.get(fold(petname))
  }

  byKey(accountKey: string): Contact | undefined {
    return this.#byKey.get(accountKey)
  }

  /** Everybody who goes by this username: usually one. */
  namesakes(username: string): Contact[] {
    return [...this.#byKey.values()].filter((contact) => contact.username === username)
  }

  /** Those whose keys the username is pinned to. Whom you blocked may have made it up. */
  pinned(username: string): Contact[] {
    return this.namesakes(username).filter(({ isBlocked }) => !isBlocked)
  }

  /**
   * Adds a contact, in place of `old` if given. Throws TincanError BAD_CONTACT when its name or key is another's, when
   * there are too many, or when the file cannot be written; nothing has changed then.
   */
  put(contact: Contact, old?: Contact): void {
    const others = [...this.#byKey.values()].filter((each) => each !== old)
    const namesake = this.byName(contact.name)
    if (namesake !== undefined && namesake !== old)
      throw badContact(
        `You call somebody else “${namesake.name}”: ${addressOf(namesake)}. Choose another name with --as NAME.`,
      )
    const same = this.byKey(contact.accountKey)
    if (same !== undefined && same !== old)
      throw badContact(`${addressOf(same)} is your contact “${same.name}” already. Remove or rename that one.`)
    if (others.length >= CONTACTS_MAX)
      throw badContact(`You have ${CONTACTS_MAX} contacts, and there is no room for more. Remove some first.`)
    this.#replace([...others, contact])
  }

  /** Throws TincanError BAD_CONTACT when the file cannot be written; nothing has changed then. */
  remove(contact: Contact): void {
    this.#replace([...this.#byKey.values()].filter((each) => each !== contact))
  }

  #replace(contacts: Contact[]): void {
    if (this.#path !== undefined) write(this.#path, contacts)
    this.#byKey = keyed(contacts)
    this.#byName = named(contacts)
  }
}

const keyed = (contacts: Contact[]) => new Map(contacts.map((contact) => [contact.accountKey, contact]))
const named = (contacts: Contact[]) => new Map(contacts.map((contact) => [fold(contact.name), contact]))

function write(path: string, contacts: Contact[]): void {
  try {
    writeFileAtomic(path, `${JSON.stringify({ v: 1, contacts }, undefined, 1)}\n`)
  } catch (error) {
    throw badContact(`${path} cannot be written: ${(error as Error).message}. Your contacts are as they were.`, {
      cause: error,
    })
  }
}

function read(path: string): Contact[] {
  let value: unknown
  try {
    const { size } = statSync(path)
    if (size > FILE_BYTES_MAX) throw new RangeError('it is too large')
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw unreadable(path, `cannot be read (${(error as Error).message.slice(0, 200)})`, error)
  }
  const { v, contacts } = (value ?? {}) as { v?: unknown; contacts?: unknown }
  if (v !== 1 || !Array.isArray(contacts) || contacts.length > CONTACTS_MAX)
    throw unreadable(path, 'is not as this version writes it')
  return contacts.map((entry, i) => {
    const contact = openContact(entry)
    if (contact === undefined) throw unreadable(path, `has an entry that is none (number ${i + 1})`)
    return contact
  })
}

const unreadable = (path: string, what: string, cause?: unknown) =>
  badContact(
    `${path} ${what}. It is left as it is: mend it, restore it from a copy, or move it away to start without contacts.`,
    { cause },
  )
