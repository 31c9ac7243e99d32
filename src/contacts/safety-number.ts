/**
 * What two people compare to know that nobody sits between them: a number made of both account keys, the same at both
 * ends. Equal numbers mean equal keys, however the keys were found.
 *
 * One account's half: h = SHA-512("tincan safety number v1" ‖ key), then 5,200 times h = SHA-512(h ‖ key). Its first 30
 * bytes are six 40-bit big-endian numbers, each modulo 100,000 written with five digits: 30 digits. The number is both
 * halves, the smaller one first: 60 digits. To fit a half, a forger tries about 10^30 keys, 5,201 hashes each.
 *
 * The words: h = SHA-512("tincan safety words v1" ‖ both keys, the smaller first), then 5,200 times h = SHA-512(h ‖ both
 * keys); its first 16 bytes in BIP 39's English words, the checksum included: 12 words.
 */

import { hash } from 'node:crypto'
import { entropyToMnemonic } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'

const ITERATIONS = 5_200 // a few ms here, and 12 bits more work for whoever searches keys that fit
const GROUPS = 6
const GROUP_BYTES = 5
const GROUP_DIGITS = 5
const ENTROPY_BYTES = 16

export interface SafetyNumber {
  /** 60 digits. */
  digits: string
  /** 12 words that stand for the same two keys. */
  words: string[]
}

/** The same for (a, b) and (b, a). */
export function safetyNumber(a: Uint8Array, b: Uint8Array): SafetyNumber {
  const halves = [half(a), half(b)].sort()
  const keys = Buffer.concat([a, b].sort((one, other) => Buffer.compare(one, other)))
  const entropy = stretched('tincan safety words v1', keys).subarray(0, ENTROPY_BYTES)
  return { digits: halves.join(''), words: entropyToMnemonic(entropy, wordlist).split(' ') }
}

/** The digits in their groups of five. */
export const groupsOf = ({ digits }: SafetyNumber): string[] => digits.match(/\d{5}/g) ?? []

/** Is this what somebody read out: the digits or the words, however they were spaced? Never throws. */
export function matchesCode({ digits, words }: SafetyNumber, code: string): boolean {
  if (/\d/.test(code)) return code.replace(/[\s.,-]/g, '') === digits
  const said = code
    .toLowerCase()
    .split(/[\s.,-]+/)
    .filter((word) => word !== '')
  return said.join(' ') === words.join(' ')
}

function half(key: Uint8Array): string {
  const bytes = stretched('tincan safety number v1', key)
  const groups = Array.from({ length: GROUPS }, (_, i) => bytes.readUIntBE(i * GROUP_BYTES, GROUP_BYTES))
  return groups.map((group) => String(group % 10 ** GROUP_DIGITS).padStart(GROUP_DIGITS, '0')).join('')
}

function stretched(domain: string, keys: Uint8Array): Buffer {
  let digest = hash('sha512', Buffer.concat([Buffer.from(domain), keys]), 'buffer')
  for (let i = 0; i < ITERATIONS; i++) digest = hash('sha512', Buffer.concat([digest, keys]), 'buffer')
  return digest
}
