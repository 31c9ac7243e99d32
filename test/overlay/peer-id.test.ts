import { generateKeyPair, privateKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import fc from 'fast-check'
import { sha256 } from 'multiformats/hashes/sha2'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { signingKey } from '../../src/overlay/keys.ts'
import {
  compareDistance,
  kadIdOf,
  kadIdOfKey,
  peerIdOf,
  publicKeyOf,
  withoutPeerId,
  walkKeyOf,
} from '../../src/overlay/peer-id.ts'
import { holds } from '../support/property.ts'

const peerIds = suite('peer ids')

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 })
const ids = fc.uint8Array({ minLength: 32, maxLength: 32 })

peerIds('an id is the one that libp2p gives the same key, and holds that key', () => {
  holds(
    fc.property(seeds, (seed) => {
      const key = signingKey(seed)
      const theirs = peerIdFromPrivateKey(privateKeyFromRaw(Buffer.concat([seed, key.publicKey])))
      const ours = peerIdOf(key.publicKey)
      assert.is(ours, theirs.toString())
      assert.equal(publicKeyOf(ours), key.publicKey)
      assert.equal(peerIdFromString(ours).publicKey?.raw, key.publicKey)
    }),
  )
})

peerIds('the place of a peer in the overlay is where kad-dht puts it', async () => {
  const key = signingKey(new Uint8Array(32))
  const id = peerIdOf(key.publicKey)
  const multihash = peerIdFromString(id).toMultihash().bytes
  const { digest } = await sha256.digest(multihash)
  assert.equal(kadIdOf(id), digest)
  assert.equal(kadIdOfKey(multihash), digest)
  assert.equal(walkKeyOf(id), multihash)
})

peerIds('what is no Ed25519 peer id has no key', async () => {
  const rsa = peerIdFromPrivateKey(await generateKeyPair('RSA', 2048)).toString()
  const secp256k1 = peerIdFromPrivateKey(await generateKeyPair('secp256k1')).toString()
  const id = peerIdOf(signingKey(new Uint8Array(32)).publicKey)
  for (const text of [
    '',
    '0',
    'alice',
    rsa,
    secp256k1,
    id.slice(1),
    `${id}1`,
    `z${id}`,
    `${id} `,
    '1'.repeat(10_000),
  ]) {
    assert.is(publicKeyOf(text), undefined, text)
    assert.throws(() => kadIdOf(text), RangeError)
    assert.throws(() => walkKeyOf(text), RangeError)
  }
})

peerIds('arbitrary text is refused without a throw', () => {
  holds(fc.property(fc.string({ maxLength: 100 }), (text) => publicKeyOf(text) === undefined))
})

peerIds('nearer is what shares more leading bits, as in Kademlia', () => {
  const asNumber = (a: Uint8Array, b: Uint8Array) =>
    BigInt(`0x${Buffer.from(a.map((byte, i) => byte ^ b[i]!)).toString('hex')}`)
  holds(
    fc.property(ids, ids, ids, (target, a, b) => {
      const [toA, toB] = [asNumber(target, a), asNumber(target, b)]
      assert.is(Math.sign(compareDistance(target, a, b)), toA < toB ? -1 : toA > toB ? 1 : 0)
    }),
  )
})

peerIds('a multiaddr loses the peer id at its end and nothing else', () => {
  const id = peerIdOf(signingKey(new Uint8Array(32)).publicKey)
  const table = [
    [`/ip4/127.0.0.1/tcp/4001/p2p/${id}`, '/ip4/127.0.0.1/tcp/4001'],
    [`/ip4/127.0.0.1/tcp/4001/ws/p2p/${id}`, '/ip4/127.0.0.1/tcp/4001/ws'],
    ['/ip4/127.0.0.1/tcp/4001', '/ip4/127.0.0.1/tcp/4001'],
    [`/ip4/127.0.0.1/tcp/1/p2p/${id}/p2p-circuit`, `/ip4/127.0.0.1/tcp/1/p2p/${id}/p2p-circuit`],
  ] as const
  for (const [full, bare] of table) assert.is(withoutPeerId(full), bare)
})

peerIds.run()
