/** Credentials of one call, and nonces. */

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import {
  isFreshNonce,
  keyOfUsername,
  longTermKey,
  makeCredentials,
  makeNonce,
  NONCE_MS,
  readUsername,
} from '../../src/turn/credentials.ts'
import { holds } from '../support/property.ts'

const credentials = suite('turn credentials')

const SECRET = Buffer.alloc(32, 1)
const NOW_MS = 1_800_000_000_000
const REQUEST = { callTag: 'call-1', deviceTag: 'Device_2', expiresMs: NOW_MS + 999 }

credentials('a username says whom it is for and until when, and the server finds the same key', () => {
  const { username, credential } = makeCredentials(SECRET, REQUEST)
  assert.is(username, '1800000000:call-1:Device_2')
  assert.equal(readUsername(username), { expiresMs: NOW_MS, deviceTag: 'Device_2' })
  assert.equal(keyOfUsername(SECRET, username, 'realm'), longTermKey(username, 'realm', credential))
  assert.not.equal(keyOfUsername(Buffer.alloc(32, 2), username, 'realm'), longTermKey(username, 'realm', credential))
})

credentials('the key is that of the RFC', () => {
  // RFC 8489 §9.2.2: MD5 of user:realm:pass
  assert.is(longTermKey('user', 'realm', 'pass').toString('hex'), '8493fbc53ba582fb4c044c456bdc40eb')
})

credentials('tags that would change the meaning of a username are refused', () => {
  for (const tag of ['', 'a:b', 'a b', 'ä', 'x'.repeat(65)]) {
    assert.throws(() => makeCredentials(SECRET, { ...REQUEST, callTag: tag }), TypeError)
    assert.throws(() => makeCredentials(SECRET, { ...REQUEST, deviceTag: tag }), TypeError)
  }
})

credentials('any text is read as a username or as none', () => {
  for (const text of ['', '1:a', '1:a:b:c', ':a:b', '1::b', '1:a:', '-1:a:b', '1e3:a:b', '1234567890123:a:b'])
    assert.is(readUsername(text), undefined, text)
  holds(fc.property(fc.string(), (text) => void readUsername(text)))
})

credentials('a nonce is fresh for half an hour, under its own secret, and no other text ever is', () => {
  const nonce = makeNonce(SECRET, NOW_MS)
  assert.ok(isFreshNonce(SECRET, nonce, NOW_MS))
  assert.ok(isFreshNonce(SECRET, nonce, NOW_MS + NONCE_MS - 1))
  assert.not.ok(isFreshNonce(SECRET, nonce, NOW_MS + NONCE_MS))
  assert.not.ok(isFreshNonce(SECRET, nonce, NOW_MS - NONCE_MS))
  assert.not.ok(isFreshNonce(Buffer.alloc(32, 2), nonce, NOW_MS))
  holds(
    fc.property(fc.oneof(fc.string(), fc.base64String({ minLength: 24, maxLength: 24 })), (text) => {
      assert.not.ok(isFreshNonce(SECRET, text, NOW_MS))
    }),
  )
  for (let i = 0; i < 23; i++) {
    const forged = `${nonce.slice(0, i)}${nonce[i] === 'A' ? 'B' : 'A'}${nonce.slice(i + 1)}`
    assert.not.ok(isFreshNonce(SECRET, forged, NOW_MS))
  }
})

credentials.run()
