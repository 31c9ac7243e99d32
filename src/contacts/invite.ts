/**
 * Invite links: who somebody is, by their whole key, and where the network begins, so that two people who share a link
 * need neither a look-up nor a list of nodes to meet. Signed, so that nobody puts other homes beside a key that is not
 * theirs; whoever can swap the whole link for one of their own can still do so, which is what a safety number is for.
 */

import { TincanError } from '../errors.ts'
import { decoded } from '../lib/decoded.ts'
import { outwardFirst, packAddress, unpackAddress } from '../overlay/addresses.ts'
import { PUBLIC_KEY_BYTES, type SigningKey } from '../overlay/keys.ts'
import { peerIdOf, publicKeyOf } from '../overlay/peer-id.ts'
import { openEnvelope, signEnvelope } from '../overlay/signed-envelope.ts'
import { ADDRESS_CHARACTERS_MAX, certifierOf, HOMES_MAX } from '../supernode/records.ts'
import { isUsername } from '../supernode/username.ts'
import { type ContactHome, hexOf, INVITE_ADDRESSES_MAX } from './contact.ts'
import { Invite as InviteMessage } from './invite.pb.js'

const DOMAIN = 'tincan-invite'
const PREFIX = 'tincan:invite/'
const VERSION = 1
export const LINK_CHARACTERS_MAX = 2_048
const LIMITS = { homes: HOMES_MAX, homes$: { addresses: INVITE_ADDRESSES_MAX } }

export interface Invite {
  username: string
  /** Hexadecimal. */
  accountKey: string
  homes: ContactHome[]
}

export interface InviteFacts {
  network: string
  username: string
  /** Three and two addresses of each at most are taken. */
  homes: readonly ContactHome[]
}

/** Signs with the account key, or with a device's and its certificate. */
export function makeInvite(
  signer: SigningKey,
  facts: InviteFacts,
  certificate: Uint8Array = new Uint8Array(0),
): string {
  const { network, username } = facts
  const homes = facts.homes.slice(0, HOMES_MAX).map(({ peerId, addresses }) => ({
    peerKey: publicKeyOf(peerId) as Uint8Array, // our own homes have valid ids
    addresses: addresses.slice(0, INVITE_ADDRESSES_MAX).map(packAddress),
  }))
  const payload = InviteMessage.encode({ version: VERSION, network, username, homes, certificate })
  return PREFIX + Buffer.from(signEnvelope(signer, DOMAIN, payload)).toString('base64url')
}

/** What a node's identity signs an invite with: its account's key, or on an added device its own. */
export interface InviteSigner {
  account?: SigningKey | undefined
  device: SigningKey
  certificate?: Uint8Array | undefined
}

/** Throws TincanError NO_USERNAME, or NO_NETWORK when there are no homes to be found through. */
export function inviteOf(
  signer: InviteSigner,
  facts: Omit<InviteFacts, 'username'> & { username: string | undefined },
): string {
  const { network, username } = facts
  if (username === undefined)
    throw new TincanError('NO_USERNAME', 'You have no username yet. Claim one with: tincan up NAME')
  const homes = facts.homes
    .filter(({ addresses }) => addresses.length > 0)
    .map(({ peerId, addresses }) => ({ peerId, addresses: outwardFirst(addresses) }))
  if (homes.length === 0)
    throw new TincanError(
      'NO_NETWORK',
      'You are not online yet, so there is nothing to invite to. Try again in a moment.',
    )
  const { account, device, certificate } = signer
  return account === undefined
    ? makeInvite(device, { network, username, homes }, certificate)
    : makeInvite(account, { network, username, homes })
}

/** Reads a link that somebody passed on. Throws TincanError BAD_INVITE; nothing else, whatever the text. */
export function openInvite(link: string, network: string): Invite {
  const text = link.replace(/\s/g, '') // a mail may have broken it into lines
  if (!text.toLowerCase().startsWith(PREFIX))
    throw badInvite(`This is no invite: one begins with ${PREFIX} and is made by tincan invite.`)
  if (text.length > LINK_CHARACTERS_MAX)
    throw badInvite('This invite is longer than any that tincan makes. Ask for another.')
  const encoded = text.slice(PREFIX.length)
  const bytes = Buffer.from(encoded, 'base64url')
  // what is not its own decoding was not encoded by us
  const opened = bytes.toString('base64url') === encoded ? openEnvelope(DOMAIN, bytes) : undefined
  const message = opened && decoded(() => InviteMessage.decode(opened.payload, { limits: LIMITS }))
  if (opened === undefined || message === undefined)
    throw badInvite('This invite was torn or changed on its way. Copy the whole link, or ask for another.')
  if (message.version !== VERSION)
    throw badInvite('This invite is of another version of tincan. Update, or ask for another.')
  if (message.network !== network)
    throw badInvite(
      `This invite is for the network “${printableNetwork(message.network)}”, and you are on “${network}”. Use --network, or ask for another.`,
    )
  const { username, certificate } = message
  const accountKey = certificate.length === 0 ? opened.publicKey : certifierOf(certificate, opened.publicKey, network)
  const homes = message.homes.map(openInviteHome)
  if (!isUsername(username) || accountKey === undefined || homes.includes(undefined))
    throw badInvite('This invite says what no invite says. Ask for another.')
  return { username, accountKey: hexOf(accountKey), homes: homes as ContactHome[] }
}

export const badInvite = (message: string): TincanError => new TincanError('BAD_INVITE', message)

function openInviteHome(home: { peerKey: Uint8Array; addresses: Uint8Array[] }): ContactHome | undefined {
  if (home.peerKey.length !== PUBLIC_KEY_BYTES) return undefined
  const addresses = home.addresses.map(unpackAddress)
  const areFit = addresses.every((address) => address !== undefined && address.length <= ADDRESS_CHARACTERS_MAX)
  return areFit ? { peerId: peerIdOf(home.peerKey), addresses: addresses as string[] } : undefined
}

const printableNetwork = (network: string): string => network.replace(/[^a-z0-9-]/g, '?').slice(0, 32)
