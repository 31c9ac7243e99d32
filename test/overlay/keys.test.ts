import { createPrivateKey } from 'node:crypto'

import { privateKeyFromRaw, publicKeyFromRaw } from '@libp2p/crypto/keys'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { generateSeed, pemOf, sealingPublicKey, sealingSeed, signingKey, verifies } from '../../src/overlay/keys.ts'
import { holds } from '../support/property.ts'

const keys = suite('keys')

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))
const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 })

keys('the first test vector of Ed25519 holds (RFC 8032 §7.1)', () => {
  const key = signingKey(bytes('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'))
  assert.is(hex(key.publicKey), 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
  assert.is(
    hex(key.sign(new Uint8Array())),
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  )
})

keys('what a key signs verifies, and verifies for libp2p too', async () => {
  const key = signingKey(generateSeed())
  const message = Buffer.from('a message')
  const signature = key.sign(message)
  assert.ok(verifies(key.publicKey, message, signature))
  assert.ok(await publicKeyFromRaw(key.publicKey).verify(message, signature))
  const theirs = await privateKeyFromRaw(Buffer.concat([key.seed, key.publicKey])).sign(message)
  assert.ok(verifies(key.publicKey, message, theirs))
})

keys('another message, key or signature does not verify', () => {
  const key = signingKey(generateSeed())
  const message = new Uint8Array(Buffer.from('a message'))
  const signature = key.sign(message)
  holds(
    fc.property(fc.nat(message.length * 8 - 1), fc.nat(511), fc.nat(255), (inMessage, inSignature, inKey) => {
      assert.not(verifies(key.publicKey, flip(message, inMessage), signature))
      assert.not(verifies(key.publicKey, message, flip(signature, inSignature)))
      assert.not(verifies(flip(key.publicKey, inKey), message, signature))
    }),
  )
})

keys('arbitrary keys and signatures are refused without a throw', () => {
  holds(
    fc.property(
      fc.uint8Array({ maxLength: 80 }),
      fc.uint8Array(),
      fc.uint8Array({ maxLength: 80 }),
      (key, message, signature) => assert.is(verifies(key, message, signature), false),
    ),
  )
})

keys('a seed of another length is a RangeError', () => {
  for (const length of [0, 31, 33, 64]) assert.throws(() => signingKey(new Uint8Array(length)), /32 bytes/)
})

keys('a key survives the way through PEM', () => {
  holds(
    fc.property(seeds, (seed) => {
      const pem = pemOf(signingKey(seed))
      const der = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' })
      assert.is(hex(der.subarray(-32)), hex(seed))
    }),
  )
})

keys('the sealing key never changes for a seed, and tells nothing of it', () => {
  const key = signingKey(new Uint8Array(32))
  assert.is(hex(sealingPublicKey(key)), 'f578e6baa172ecdcc7a0fb24c97124c48c7e65db54e16ab10eaf5c84c4147b4c')
  assert.is.not(hex(sealingSeed(key)), hex(key.seed))
  holds(fc.property(seeds, (seed) => hex(sealingSeed(signingKey(seed))) !== hex(seed)))
})

keys('two fresh seeds differ', () => {
  assert.is.not(hex(generateSeed()), hex(generateSeed()))
})

function flip(original: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(original)
  copy[bit >> 3]! ^= 1 << (bit & 7)
  return copy
}

keys.run()
