/** Keys that two ends agree on through their descriptions: equal, crossed, bound to the text, gone after use. */

import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { KeyShare, type MediaKeys } from '../../src/media/sealed-keys.ts'
import { holds } from '../support/property.ts'

const keys = suite('sealed keys')

const hex = (made: MediaKeys | undefined): string[] | undefined =>
  made && [made.send, made.receive].map(({ key, salt }) => `${key.toString('hex')} ${salt.toString('hex')}`)

function agree(offer: string, answer: string, heard = { offer, answer }) {
  const [a, b] = [new KeyShare(), new KeyShare()]
  return {
    offerer: hex(a.agree({ role: 'offerer', offer, answer, share: b.share })),
    answerer: hex(b.agree({ role: 'answerer', ...heard, share: a.share })),
  }
}

keys('both ends have the same keys, each for the other direction', () => {
  holds(
    fc.property(fc.string(), fc.string(), (offer, answer) => {
      const { offerer, answerer } = agree(offer, answer)
      assert.equal(offerer, answerer?.toReversed())
      assert.is(new Set(offerer).size, 2)
      assert.match(offerer![0]!, /^[0-9a-f]{32} [0-9a-f]{24}$/)
    }),
  )
})

keys('whoever was shown another description has other keys', () => {
  for (const heard of [
    { offer: 'offer', answer: 'Answer' },
    { offer: 'Offer', answer: 'answer' },
  ]) {
    const { offerer, answerer } = agree('offer', 'answer', heard)
    assert.not(offerer!.some((key) => answerer!.includes(key)))
  }
})

keys('two sessions have nothing in common', () => {
  assert.is(new Set([agree('o', 'a'), agree('o', 'a')].flatMap(({ offerer }) => offerer!)).size, 4)
})

keys('they are what the RFCs say: X25519, then HKDF with the hash of both descriptions as its salt', () => {
  // RFC 7748 §6.1: Bob's private and public key, Alice's public key, and their secret
  const bob = Buffer.from('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb', 'hex')
  const alice = Buffer.from('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a', 'hex')
  const secret = Buffer.from('4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742', 'hex')
  const share = new KeyShare(bob)
  assert.is(share.share.toString('hex'), 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f')

  const hmac = (key: Buffer, ...parts: (Buffer | string)[]) =>
    parts.reduce((mac, part) => mac.update(part), createHmac('sha256', key)).digest()
  const pseudorandom = hmac(createHash('sha256').update('the offerthe answer').digest(), secret)
  const first = hmac(pseudorandom, 'tincan media keys v1', Buffer.of(1))
  const spread = Buffer.concat([first, hmac(pseudorandom, first, 'tincan media keys v1', Buffer.of(2))]).toString('hex')
  assert.equal(hex(share.agree({ role: 'offerer', offer: 'the offer', answer: 'the answer', share: alice })), [
    `${spread.slice(0, 32)} ${spread.slice(32, 56)}`,
    `${spread.slice(56, 88)} ${spread.slice(88, 112)}`,
  ])
})

keys('a secret is used once, and wiped', () => {
  const secret = Buffer.alloc(32, 7)
  const share = new KeyShare(secret)
  const negotiation = { role: 'offerer', offer: 'o', answer: 'a', share: new KeyShare().share } as const
  assert.ok(share.agree(negotiation))
  assert.is(share.agree(negotiation), undefined)
  assert.ok(secret.every((byte) => byte === 0))
  const unused = Buffer.alloc(32, 7)
  new KeyShare(unused).forget()
  assert.ok(unused.every((byte) => byte === 0))
})

keys('a share that leaves no secret, or is none, is refused', () => {
  // points of small order (RFC 7748 §6.1): the secret would be zero whatever ours is
  const small = [
    '00'.repeat(32),
    `01${'00'.repeat(31)}`,
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    `ec${'ff'.repeat(30)}7f`,
    `ed${'ff'.repeat(30)}7f`,
    `ee${'ff'.repeat(30)}7f`,
  ]
  for (const share of [...small, '', '07'.repeat(31), '07'.repeat(33)].map((text) => Buffer.from(text, 'hex'))) {
    const own = new KeyShare()
    assert.is(own.agree({ role: 'answerer', offer: 'o', answer: 'a', share }), undefined, share.toString('hex'))
  }
})

keys.run()
