/**
 * The people this account knows: kept, named, blocked, verified, and asked about whenever a name is looked up. Deciding
 * is trust.ts's business and keeping the store's; this does what the user asks for.
 */

import { TincanError } from '../errors.ts'
import { makeLog } from '../lib/log.ts'
import type { PeerCache } from '../overlay/peer-cache.ts'
import { addressOf, badContact, type Contact, hexOf, keyOf, parsePetname, printable } from './contact.ts'
import type { ContactStore } from './contact-store.ts'
import { badInvite, openInvite } from './invite.ts'
import { safetyNumber, type SafetyNumber } from './safety-number.ts'
import {
  decideTrust,
  type Holder,
  isImpostor,
  keyChanged,
  type Trusted,
  type Verdict,
  type Wanted,
  wantedOf,
} from './trust.ts'

const log = makeLog('contacts')

export interface AddOptions {
  /** What you call them; default is the username. */
  as?: string | undefined
  /** Takes the key that is found now in place of the pinned one. */
  replace?: boolean | undefined
  signal?: AbortSignal | undefined
}

export interface Verification extends SafetyNumber {
  /** The petname, of a contact. */
  contact: string | undefined
  username: string
  address: string
  /** Hexadecimal. */
  accountKey: string
  isVerified: boolean
}

type Account = Pick<Contact, 'username' | 'accountKey'>

const CALLERS_MAX = 64

/** Who is on the line, as far as contacts go. */
export interface Recognition {
  contact?: string
  warning?: 'key-changed'
}

export interface ContactsParts {
  store: ContactStore
  /** Our own, once there is one. */
  accountKey: Uint8Array | undefined
  network: string
  /** Gets the homes that an invite names. */
  cache: PeerCache
  /** Asks the network for whoever is wanted, and `judge` about the answer. */
  find(wanted: Wanted, signal: AbortSignal | undefined): Promise<Holder>
  nowMs(): number
}

export class Contacts {
  readonly #parts: ContactsParts
  readonly #store: ContactStore
  /** Who called lately, by full address: somebody whose name is not theirs is found nowhere else. */
  readonly #callers = new Map<string, Account>()

  constructor(parts: ContactsParts) {
    this.#parts = parts
    this.#store = parts.store
  }

  /** By name. */
  list(): Contact[] {
    return this.#store.list()
  }

  /** By petname, username or full address; undefined when nobody, or more than one, goes by it. Never throws. */
  get(name: string): Contact | undefined {
    const named = this.#store.byName(name)
    if (named !== undefined) return named
    const [username = '', suffix] = name.split('.')
    const fits = (contact: Contact) => suffix === undefined || addressOf(contact) === name
    for (const found of [this.#store.pinned(username).filter(fits), this.#store.namesakes(username).filter(fits)])
      if (found.length === 1) return found[0]
    return undefined
  }

  /**
   * Looks somebody up and pins the key that is found. Rejects KEY_CHANGED when the name is pinned to another key and
   * `replace` is not set; NAME_CONFLICT, BAD_CONTACT, BAD_USERNAME, BAD_ADDRESS, NO_SUCH_USER, NO_NETWORK, ABORTED.
   */
  async add(name: string, { as, replace = false, signal }: AddOptions = {}): Promise<Contact> {
    const petname = as === undefined ? undefined : parsePetname(as)
    const wanted = this.wanted(name)
    const found = await this.#find(replace ? { ...wanted, pinned: [] } : wanted, signal)
    const old = replace ? (this.get(petname ?? name) ?? this.get(found.username)) : undefined
    return this.#pin(found, { petname, replace: old, origin: 'added' })
  }

  /** Throws BAD_CONTACT. */
  rename(name: string, to: string): Contact {
    return this.#change(this.#must(name), { name: parsePetname(to) })
  }

  /** Throws BAD_CONTACT. */
  remove(name: string): Contact {
    const contact = this.#must(name)
    this.#store.remove(contact)
    return contact
  }

  /** Whoever is no contact yet is looked up and becomes a blocked one. Rejects as `add` does. */
  async block(name: string, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<Contact> {
    const known = this.get(name)
    if (known !== undefined) return this.#change(known, { isBlocked: true })
    const found = this.#callers.get(name) ?? (await this.#find(this.wanted(name), signal))
    // not under the bare username, which may be somebody else's in truth
    const petname = this.#freeName(addressOf(found).replace('.', ' '))
    const contact = this.#store.byKey(found.accountKey) ?? this.#pin(found, { petname, origin: 'added' })
    return this.#change(contact, { isBlocked: true })
  }

  /** Throws BAD_CONTACT. */
  unblock(name: string): Contact {
    return this.#change(this.#must(name), { isBlocked: false })
  }

  /** What to compare with somebody. Contacts need no network for it; for others it rejects as a look-up does. */
  async verify(name: string, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<Verification> {
    const contact = this.get(name)
    if (contact !== undefined) return this.#verification(contact, contact)
    const found = this.#callers.get(name) ?? (await this.#find(this.wanted(name), signal))
    return this.#verification(found, this.#store.byKey(found.accountKey))
  }

  /** You have compared: whoever that is becomes a contact if need be, and is verified. Throws BAD_CONTACT, KEY_CHANGED. */
  confirm({ username, accountKey }: Account): Contact {
    const contact = this.#pin({ username, accountKey }, { origin: 'added' })
    return this.#change(contact, { isVerified: true })
  }

  /** Adds whoever made the link, and its homes to the peers to join through. Throws BAD_INVITE, KEY_CHANGED, BAD_CONTACT. */
  accept(link: string, { as, replace = false }: Omit<AddOptions, 'signal'> = {}): Contact {
    const petname = as === undefined ? undefined : parsePetname(as)
    const { username, accountKey, homes } = openInvite(link, this.#parts.network)
    if (this.#isOwn(accountKey)) throw badInvite('This invite is your own. Give it to somebody else.')
    const old = replace ? this.get(petname ?? username) : undefined
    const pinned = this.#pin({ username, accountKey }, { petname, replace: old, origin: 'invite' })
    const contact = homes.length === 0 ? pinned : this.#change(pinned, { homes })
    this.#parts.cache.saw(homes.flatMap(({ peerId, addresses }) => addresses.map((each) => `${each}/p2p/${peerId}`)))
    this.#parts.cache.save()
    return contact
  }

  // For the node and its phone

  /** Whom to look up when somebody types this. Throws BAD_USERNAME, BAD_ADDRESS. */
  wanted(name: string): Wanted {
    return wantedOf(name, this.#store)
  }

  /** The same for the username that a caller goes by, which is no petname of ours. */
  wantedCaller(username: string): Wanted {
    return { username, suffix: undefined, pinned: this.#store.pinned(username) }
  }

  /** Decides on what the look-up brought, and follows a contact to the key that theirs has passed the name on to. */
  judge<H extends Holder>(wanted: Wanted, verdict: Verdict, holders: readonly H[]): Trusted<H> {
    const trusted = decideTrust(wanted, verdict, holders)
    if (trusted instanceof TincanError) throw trusted
    const { contact, held, isMoved } = trusted
    if (contact !== undefined && isMoved) this.#follow(contact, hexOf(held.claim.accountKey))
    return { ...trusted, contact: this.#store.byKey(hexOf(held.claim.accountKey)) }
  }

  isBlocked(accountKey: string): boolean {
    return this.#store.byKey(accountKey)?.isBlocked ?? false
  }

  /** Is this username, with this key, as it is pinned? */
  isPinned({ username, accountKey }: Account): boolean {
    return this.#store.byKey(accountKey)?.username === username
  }

  /** Somebody we have talked to or added, and not blocked: may learn our addresses before we have said a word. */
  isTrusted(account: Account): boolean {
    return this.isPinned(account) && !this.isBlocked(account.accountKey)
  }

  recognise({ username, accountKey }: Account): Recognition {
    const contact = this.#store.byKey(accountKey)?.name
    return {
      ...(contact !== undefined && { contact }),
      ...(isImpostor(username, accountKey, this.#store) && { warning: 'key-changed' as const }),
    }
  }

  /** Somebody calls. */
  heard(caller: Account): void {
    const address = addressOf(caller)
    this.#callers.delete(address)
    if (this.#callers.size >= CALLERS_MAX) this.#callers.delete(this.#callers.keys().next().value as string)
    this.#callers.set(address, { username: caller.username, accountKey: caller.accountKey })
  }

  /**
   * We have talked to somebody: from now on their name has to lead to them. But not when it may never have been theirs: a
   * caller may go by any. Cannot throw.
   */
  met({ username, accountKey, verified }: Account & { verified: boolean }): void {
    const isKnown = this.#store.byKey(accountKey) !== undefined || this.#store.pinned(username).length > 0
    if (!verified || isKnown || this.#isOwn(accountKey)) return
    try {
      this.#pin({ username, accountKey }, { petname: this.#freeName(username), origin: 'call' })
    } catch (error) {
      log('not pinned', { why: (error as Error).message.slice(0, 40) })
    }
  }

  async #find(wanted: Wanted, signal: AbortSignal | undefined): Promise<Account> {
    const { claim } = await this.#parts.find(wanted, signal)
    return { username: claim.name, accountKey: hexOf(claim.accountKey) }
  }

  #pin(
    found: Account,
    how: { petname?: string | undefined; replace?: Contact | undefined; origin: Contact['origin'] },
  ): Contact {
    if (this.#isOwn(found.accountKey)) throw badContact(`“${found.username}” is you.`)
    const known = this.#store.byKey(found.accountKey)
    if (known !== undefined) {
      // the same person, perhaps under a username they took since
      return this.#change(known, { name: how.petname ?? known.name, username: found.username })
    }
    const { petname, replace, origin } = how
    const [pinned] = this.#store.pinned(found.username)
    // with a name of its own it is somebody else who goes by that username, and meant to be
    if (pinned !== undefined && replace === undefined && petname === undefined) throw keyChanged(pinned, [keyOf(found)])
    const contact: Contact = {
      name: petname ?? replace?.name ?? found.username,
      ...found,
      addedMs: this.#parts.nowMs(),
      origin,
      isVerified: false,
      isBlocked: replace?.isBlocked ?? false,
    }
    this.#store.put(contact, replace)
    return contact
  }

  /** The old key vouches for the new one; that you compared the old one's number says nothing about the new. */
  #follow(contact: Contact, accountKey: string): void {
    try {
      this.#change(contact, { accountKey, isVerified: false })
    } catch (error) {
      log('not followed', { why: (error as Error).message.slice(0, 40) }) // the next look-up tries again
    }
  }

  #change(contact: Contact, change: Partial<Contact>): Contact {
    const isSame = Object.entries(change).every(([key, value]) => contact[key as keyof Contact] === value)
    if (isSame) return contact
    const changed = { ...contact, ...change }
    this.#store.put(changed, contact)
    return changed
  }

  #must(name: string): Contact {
    const contact = this.get(name)
    if (contact !== undefined) return contact
    const namesakes = this.#store.namesakes(name)
    throw badContact(
      namesakes.length > 1
        ? `Several of your contacts go by “${name}”: ${namesakes.map(addressOf).join(' and ')}. Say which.`
        : `You have no contact “${printable(name)}”. See them all: tincan contacts list`,
    )
  }

  #isOwn(accountKey: string): boolean {
    const own = this.#parts.accountKey
    return own !== undefined && hexOf(own) === accountKey
  }

  #verification(of: Account, contact: Contact | undefined): Verification {
    const own = this.#parts.accountKey
    if (this.#isOwn(of.accountKey)) throw badContact(`“${of.username}” is you. Compare with somebody else.`)
    if (own === undefined)
      throw new TincanError('NO_USERNAME', 'You have no key to compare with yet. Claim a name first: tincan up NAME')
    const { digits, words } = safetyNumber(own, keyOf(of))
    return {
      contact: contact?.name,
      username: of.username,
      address: addressOf(of),
      accountKey: of.accountKey,
      isVerified: contact?.isVerified ?? false,
      digits,
      words,
    }
  }

  /** The username, or with a number behind it when you call somebody else that; no username has a space. */
  #freeName(username: string): string {
    for (let i = 1; ; i++) {
      const name = i === 1 ? username : `${username} ${i}`
      if (this.#store.byName(name) === undefined) return name
    }
  }
}
