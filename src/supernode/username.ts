/** Usernames and full addresses: what may be claimed, and how a name is written with its key's fingerprint. */

import { createHash } from 'node:crypto'
import { TincanError } from '../errors.ts'

export const USERNAME_CHARACTERS_MIN = 3
export const USERNAME_CHARACTERS_MAX = 32
const SUFFIX_CHARACTERS = 5 // 25 bits: enough to tell two claimants of a name apart at a glance
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567' // RFC 4648 §6, lower case

export const isUsername = (text: string): boolean => /^[a-z0-9_-]{3,32}$/.test(text)

/** Checks a username and returns it. Throws TincanError BAD_USERNAME that names what is wrong. */
export function parseUsername(text: string): string {
  const wrong = /[^a-z0-9_-]/u.exec(text)?.[0]
  if (wrong !== undefined) {
    const hint = /[A-Z]/.test(wrong) ? ' Usernames are lower case.' : ''
    throw new TincanError(
      'BAD_USERNAME',
      `“${text}” has the character “${wrong}”, which no username may have.${hint} Use a-z, 0-9, - and _.`,
    )
  }
  if (text.length < USERNAME_CHARACTERS_MIN || text.length > USERNAME_CHARACTERS_MAX)
    throw new TincanError(
      'BAD_USERNAME',
      `“${text}” has ${text.length} characters; a username has ${USERNAME_CHARACTERS_MIN} to ${USERNAME_CHARACTERS_MAX}.`,
    )
  return text
}

/** Reads `bob` or `bob.k7q2m`. Throws TincanError BAD_USERNAME or BAD_ADDRESS. */
export function parseAddress(text: string): { username: string; suffix: string | undefined } {
  const dot = text.indexOf('.')
  if (dot < 0) return { username: parseUsername(text), suffix: undefined }
  const suffix = text.slice(dot + 1)
  if (!/^[a-z2-7]{5}$/.test(suffix))
    throw new TincanError(
      'BAD_ADDRESS',
      `“${text}” does not end in the five letters of a full address, like alice.k7q2m.`,
    )
  return { username: parseUsername(text.slice(0, dot)), suffix }
}

/** The five base32 letters that stand for an account key: the first 25 bits of its SHA-256. */
export function suffixOf(accountKey: Uint8Array): string {
  const hash = createHash('sha256').update(accountKey).digest().readUInt32BE(0)
  let suffix = ''
  for (let i = 0; i < SUFFIX_CHARACTERS; i++) suffix += BASE32[(hash >>> (27 - 5 * i)) & 31]
  return suffix
}

export const fullAddress = (username: string, accountKey: Uint8Array): string => `${username}.${suffixOf(accountKey)}`
