import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { TincanError } from '../../src/errors.ts'
import { makeRecoveryPhrase, recoveryKeyOf } from '../../src/supernode/recovery-phrase.ts'
import { holds } from '../support/property.ts'

const phrases = suite('recovery phrase')

/** The test vector of BIP 39 for an entropy of zeros. */
const ZEROS = `${'abandon '.repeat(23)}art`
/** And for 0x7f throughout. */
const KNOWN =
  'legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth title'

const hex = (phrase: string) => Buffer.from(recoveryKeyOf(phrase).publicKey).toString('hex')

function refuses(phrase: string, why: RegExp): void {
  try {
    recoveryKeyOf(phrase)
  } catch (error) {
    assert.instance(error, TincanError)
    assert.is((error as TincanError).code, 'BAD_PHRASE')
    assert.match((error as TincanError).message, why)
    return
  }
  assert.unreachable(`taken: ${phrase}`)
}

phrases('a new phrase has 24 words, is another each time and always gives the same key', () => {
  const phrase = makeRecoveryPhrase()
  assert.is(phrase.split(' ').length, 24)
  assert.is(hex(phrase), hex(phrase))
  assert.is.not(hex(phrase), hex(makeRecoveryPhrase()))
})

phrases('the same words give the same key for ever', () => {
  assert.is(hex(ZEROS), 'b0f5c30d84e6e0591604fb4b4035802db408a58b727773bde7a12a931262e2de')
  assert.is(hex(KNOWN), 'd0075d7f6d1c8e8f32c42ac5afff87d58f48bb6a7b7c30db09c011c48be81df8')
})

phrases('however the words are written down they are the same', () => {
  const words = KNOWN.split(' ')
  for (const same of [
    `  ${KNOWN.toUpperCase()}\n`,
    words.join('\n'),
    words.join(', '),
    words.map((word, i) => `${i + 1}. ${word}`).join('\n'),
    words.map((word) => word.slice(0, 4)).join(' '),
  ])
    assert.is(hex(same), hex(KNOWN), same)
})

phrases('what is no phrase is refused, and says where', () => {
  const words = KNOWN.split(' ')
  const withWord = (at: number, word: string) => words.map((each, i) => (i === at ? word : each)).join(' ')
  const table: [phrase: string, why: RegExp][] = [
    ['', /0 words/],
    ['legal', /1 word;/],
    [words.slice(1).join(' '), /23 words/],
    [`${KNOWN} art`, /25 words/],
    [withWord(6, 'tincan'), /Word 7 /],
    [withWord(0, 'le'), /Word 1 /],
    [withWord(1, 'winning'), /Word 2 /],
    [withWord(3, 'wave'), /check each/],
    [withWord(4, 'zoë'), /Word 5 /],
  ]
  for (const [phrase, why] of table) refuses(phrase, why)
})

phrases('a refusal repeats none of the words', () => {
  try {
    recoveryKeyOf(KNOWN.replace('sausage', 'sausige'))
    assert.unreachable()
  } catch (error) {
    for (const word of KNOWN.split(' ')) assert.not.match((error as Error).message, new RegExp(`\\b${word}\\b`))
    assert.not.match((error as Error).message, /sausige/)
  }
})

phrases('arbitrary text is refused as such, and nothing else is thrown', () => {
  holds(
    fc.property(
      fc.oneof(fc.string(), fc.array(fc.constantFrom('legal', 'wave', 'é', 'zzz'), { maxLength: 30 })),
      (any) => {
        const text = Array.isArray(any) ? any.join(' ') : any
        try {
          recoveryKeyOf(text)
        } catch (error) {
          assert.is((error as TincanError).code, 'BAD_PHRASE')
        }
      },
    ),
  )
})

phrases.run()
