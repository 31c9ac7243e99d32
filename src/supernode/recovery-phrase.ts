/**
 * The recovery key of an account as 24 words that a person writes down (BIP 39, English list). It is made and read here
 * and kept nowhere: whoever has the words may take the name over.
 */

import { hkdfSync, randomBytes } from 'node:crypto'
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { TincanError } from '../errors.ts'
import { SEED_BYTES, signingKey, type SigningKey } from '../overlay/keys.ts'

const ENTROPY_BYTES = 32
const WORDS = 24
/** No two words of the list begin with the same four letters. */
const LETTERS_TELLING = 4

const listed = new Set(wordlist)
const byBeginning = new Map(wordlist.map((word) => [word.slice(0, LETTERS_TELLING), word]))

/** A new recovery key, as words. */
export const makeRecoveryPhrase = (): string => entropyToMnemonic(new Uint8Array(randomBytes(ENTROPY_BYTES)), wordlist)

/**
 * The key that the words stand for, however they are spaced or numbered; four letters of a word are enough. Throws
 * TincanError BAD_PHRASE, which repeats none of them.
 */
export function recoveryKeyOf(phrase: string): SigningKey {
  const typed = phrase.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? []
  if (typed.length !== WORDS)
    throw badPhrase(`These are ${typed.length === 1 ? '1 word' : `${typed.length} words`}; a recovery key has 24.`)
  const words = typed.map((word) => (listed.has(word) ? word : byBeginning.get(word.slice(0, LETTERS_TELLING))))
  const wrong = words.findIndex((word, at) => word === undefined || !word.startsWith(typed[at] as string))
  if (wrong >= 0) throw badPhrase(`Word ${wrong + 1} is none of the list: check its spelling.`)
  let entropy: Uint8Array
  try {
    entropy = mnemonicToEntropy(words.join(' '), wordlist)
  } catch {
    throw badPhrase('One of these words is another than was written down, or two have changed places: check each.')
  }
  // derived, so that words which also stand for something else give away nothing of it
  return signingKey(new Uint8Array(hkdfSync('sha256', entropy, '', 'tincan recovery key v1', SEED_BYTES)))
}

const badPhrase = (message: string): TincanError => new TincanError('BAD_PHRASE', message)
