/**
 * Whom a name leads to, and whether to go there. Pure. The key decides: somebody you know is found under the key that is
 * pinned, whoever else claims the name; a name that is pinned and leads to another key leads nowhere, loudly; a name
 * that you never pinned leads somewhere only while the network agrees on it.
 */

import { TincanError } from '../errors.ts'
import type { Claim } from '../supernode/records.ts'
import { fullAddress, parseAddress, suffixOf } from '../supernode/username.ts'
import { addressOf, badContact, type Contact, hexOf } from './contact.ts'

/** How far the answers of the network bear each other out. */
export type Verdict = 'agree' | 'weak' | 'conflict'

/** Who holds a name, as far as trust is concerned. */
export interface Holder {
  claim: Pick<Claim, 'name' | 'accountKey' | 'successions'>
}

/** Whom somebody typed. */
export interface Wanted {
  username: string
  /** Of a full address. */
  suffix: string | undefined
  /** Contacts whose key will do, and nobody else's; empty for a name that was never pinned. */
  pinned: readonly Contact[]
}

export interface Trusted<H extends Holder> {
  held: H
  /** Who that is to you. */
  contact: Contact | undefined
  /** The contact's own key has passed the name on to the key that was found: to be pinned from now on. */
  isMoved: boolean
}

/** What `wantedOf` asks of the contacts. */
export interface Pins {
  byName(petname: string): Contact | undefined
  pinned(username: string): Contact[]
}

/** Reads a petname, a username or a full address. Throws TincanError BAD_USERNAME or BAD_ADDRESS. */
export function wantedOf(text: string, pins?: Pins): Wanted {
  const named = pins?.byName(text)
  if (named !== undefined) return { username: named.username, suffix: undefined, pinned: [named] }
  const { username, suffix } = parseAddress(text)
  const pinned = pins?.pinned(username) ?? []
  // a full address of another key than the pinned one names another person
  return { username, suffix, pinned: pinned.filter((each) => suffix === undefined || addressOf(each).endsWith(suffix)) }
}

/** Decides on the answer to “who holds `wanted.username`?”; `holders` come best first. */
export function decideTrust<H extends Holder>(
  wanted: Wanted,
  verdict: Verdict,
  holders: readonly H[],
): Trusted<H> | TincanError {
  const { username, suffix, pinned } = wanted
  if (holders.length === 0) return noSuchUser(`Nobody is called “${username}”. Check the spelling.`)
  if (pinned.length > 0) return decideByKey(wanted, holders)
  const fitting = holders.filter(({ claim }) => suffix === undefined || suffix === suffixOf(claim.accountKey))
  const [first] = fitting
  if (first === undefined) return noSuchUser(namesAnother(wanted, holders))
  const isOpen = fitting.length > 1 && (verdict === 'conflict' || suffix !== undefined)
  return isOpen ? conflict(username, fitting) : { held: first, contact: undefined, isMoved: false }
}

/** Why somebody you know may not be called; undefined when they may. */
export function refusalToCall(contact: Contact | undefined): TincanError | undefined {
  if (contact?.isBlocked !== true) return undefined
  return badContact(`You have blocked “${contact.name}”. To call them: tincan contacts unblock ${quoted(contact.name)}`)
}

/** The username goes with a key that is not the one pinned to it. */
export const isImpostor = (username: string, accountKey: string, pins: Pins): boolean => {
  const pinned = pins.pinned(username)
  return pinned.length > 0 && pinned.every((contact) => contact.accountKey !== accountKey)
}

function decideByKey<H extends Holder>({ username, pinned }: Wanted, holders: readonly H[]): Trusted<H> | TincanError {
  const known = holders.filter(({ claim }) => pinned.some((contact) => contact.accountKey === hexOf(claim.accountKey)))
  const [held] = known
  if (held !== undefined) {
    if (known.length > 1) return conflict(username, known)
    const contact = pinned.find(({ accountKey }) => accountKey === hexOf(held.claim.accountKey))
    return { held, contact, isMoved: false }
  }
  for (const contact of pinned) {
    const heir = holders.find(({ claim }) => isPassedOn(claim, contact.accountKey))
    if (heir !== undefined) return { held: heir, contact, isMoved: true }
  }
  return keyChanged(
    pinned[0] as Contact,
    holders.map(({ claim }) => claim.accountKey),
  )
}

/**
 * From the pinned key on, each key has itself signed the name over to the next. A recovery key's word is not enough:
 * nobody has pinned that one.
 */
function isPassedOn({ successions }: Holder['claim'], accountKey: string): boolean {
  const from = successions.findIndex(({ fromAccountKey }) => hexOf(fromAccountKey) === accountKey)
  if (from < 0) return false
  return successions.slice(from).every(({ fromAccountKey, signer }) => hexOf(fromAccountKey) === hexOf(signer))
}

/** `found`: the keys that the name leads to instead. */
export function keyChanged(contact: Contact, found: readonly Uint8Array[]): TincanError {
  const pinned = addressOf(contact)
  const others = found.map((key) => fullAddress(contact.username, key))
  // five letters can be ground out to be the same
  const told = others.map((each, i) =>
    each === pinned ? `${each} with the key ${hexOf(found[i] as Uint8Array)}` : each,
  )
  const name = quoted(contact.name)
  return new TincanError(
    'KEY_CHANGED',
    `WARNING: “${contact.name}” is pinned to ${pinned}, but now the name leads to ${told.join(' and ')}: another key. They have lost their key, or somebody poses as them. Ask them in another way and compare: tincan verify ${others[0]}. Only then take the new key: tincan contacts add ${name} --replace`,
  )
}

function conflict(username: string, holders: readonly Holder[]): TincanError {
  const addresses = holders.map(({ claim }) => fullAddress(username, claim.accountKey))
  if (new Set(addresses).size < addresses.length)
    return new TincanError(
      'NAME_CONFLICT',
      `Several accounts go by ${addresses[0]}, letters and all. One of them was made to look like the other. Ask them for an invite: tincan invite`,
    )
  return new TincanError(
    'NAME_CONFLICT',
    `Several accounts go by “${username}”: ${addresses.join(' and ')}. Nobody was called by guess. Ask which is theirs, then use the full address: tincan call ${addresses[0]}`,
  )
}

const namesAnother = ({ username, suffix }: Wanted, holders: readonly Holder[]): string =>
  `“${username}” is now ${holders.map(({ claim }) => fullAddress(username, claim.accountKey)).join(' and ')}, not ${username}.${suffix}: another key. Ask them before you call.`

const noSuchUser = (message: string): TincanError => new TincanError('NO_SUCH_USER', message)

/** For a command line that is to be typed as it stands. */
const quoted = (name: string): string => (/^[\p{L}\p{N}_-]+$/u.test(name) ? name : `"${name}"`)
