import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { TincanError } from '../../src/errors.ts'
import { fullAddress, isUsername, parseAddress, parseUsername, suffixOf } from '../../src/supernode/username.ts'
import { holds } from '../support/property.ts'
import { keyOf } from './people.ts'

const usernames = suite('usernames')

function refusal(parse: () => unknown): TincanError {
  try {
    parse()
  } catch (error) {
    assert.instance(error, TincanError)
    return error as TincanError
  }
  return assert.unreachable('taken') as never
}

for (const good of ['bob', 'alice', 'a-b', 'a_b', '---', '007', 'x'.repeat(32), 'abc-def_123']) {
  usernames(`“${good}” is a username`, () => {
    assert.is(parseUsername(good), good)
    assert.ok(isUsername(good))
  })
}

const bad: [name: string, says: string][] = [
  ['Bob', '“B”'],
  ['bob smith', '“ ”'],
  ['bob.smith', '“.”'],
  ['bob@home', '“@”'],
  ['böb', '“ö”'],
  ['bo\u0308b', '“\u0308”'],
  ['боб', '“б”'],
  ['bob🥫', '“🥫”'],
  ['bob\n', '“\n”'],
  ['bob\0', '“\0”'],
  ['bob/../eve', '“/”'],
  ['ab', 'has 2 characters'],
  ['', 'has 0 characters'],
  ['x'.repeat(33), 'has 33 characters'],
]
for (const [name, says] of bad) {
  usernames(`${JSON.stringify(name)} is refused, and the message says what is wrong: ${JSON.stringify(says)}`, () => {
    const error = refusal(() => parseUsername(name))
    assert.is(error.code, 'BAD_USERNAME')
    assert.ok(error.message.includes(says), error.message)
    assert.ok(error.message.includes(`“${name}”`), error.message)
    assert.not(isUsername(name))
  })
}

usernames('a capital letter brings the hint that usernames are lower case', () => {
  assert.match(refusal(() => parseUsername('Bob')).message, /lower case/)
  assert.not.match(refusal(() => parseUsername('b.b')).message, /lower case/)
})

usernames('asking and parsing agree on every text', () => {
  holds(
    fc.property(fc.oneof(fc.string({ maxLength: 40 }), fc.stringMatching(/^[a-z0-9_-]{1,40}$/)), (text) => {
      let isParsed = true
      try {
        parseUsername(text)
      } catch (error) {
        assert.instance(error, TincanError)
        isParsed = false
      }
      assert.is(isUsername(text), isParsed)
    }),
  )
})

usernames('a full address is the name and five letters of its key, which never change', () => {
  assert.is(fullAddress('alice', new Uint8Array(32)), 'alice.mzuhv')
  assert.is(suffixOf(keyOf('alice').publicKey).length, 5)
  assert.is.not(suffixOf(keyOf('alice').publicKey), suffixOf(keyOf('bob').publicKey))
})

usernames('every full address is read back', () => {
  const keys = fc.uint8Array({ minLength: 32, maxLength: 32 })
  holds(
    fc.property(fc.stringMatching(/^[a-z0-9_-]{3,32}$/), keys, (username, key) => {
      assert.equal(parseAddress(fullAddress(username, key)), { username, suffix: suffixOf(key) })
      assert.equal(parseAddress(username), { username, suffix: undefined })
    }),
  )
})

const badAddresses: [text: string, code: string][] = [
  ['alice.', 'BAD_ADDRESS'],
  ['alice.k7q2', 'BAD_ADDRESS'],
  ['alice.k7q2mm', 'BAD_ADDRESS'],
  ['alice.K7Q2M', 'BAD_ADDRESS'],
  ['alice.k7q21', 'BAD_ADDRESS'],
  ['alice.k7q2m.', 'BAD_ADDRESS'],
  ['alice.b.k7q2m', 'BAD_ADDRESS'],
  ['al.k7q2m', 'BAD_USERNAME'],
  ['Alice.k7q2m', 'BAD_USERNAME'],
  ['.k7q2m', 'BAD_USERNAME'],
  ['', 'BAD_USERNAME'],
]
for (const [text, code] of badAddresses) {
  usernames(`“${text}” is no address: ${code}`, () => {
    assert.is(refusal(() => parseAddress(text)).code, code)
  })
}

usernames.run()
