import { scryptSync } from 'node:crypto'

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { countZeroBits, findWork, nonceBytes, workBits, WorkVerifier } from '../../src/supernode/proof-of-work.ts'
import { openClaim, type Claim, type ProofOfWork } from '../../src/supernode/records.ts'
import { holds } from '../support/property.ts'
import { codeOf } from '../support/wait.ts'
import { claimOf, NETWORK, person } from './people.ts'

const work = suite('proof of work')

/** Long enough to be as cheap as names get. */
const alice = person('alice-in-wonderland')
/** Work of 10 bits for her. */
const KNOWN = { bits: 10, nonce: nonceBytes(13n) }
const goal = { network: NETWORK, name: alice.name, accountKey: alice.account.publicKey }

const claimed = (proofOfWork: ProofOfWork | undefined, whose = alice): Claim =>
  openClaim(claimOf(whose, { proofOfWork }), NETWORK) as Claim

work('zero bits are counted up to the first that is one', () => {
  const table: [bytes: number[], count: number][] = [
    [[], 0],
    [[0x80], 0],
    [[0xff, 0], 0],
    [[0x40], 1],
    [[1], 7],
    [[0], 8],
    [[0, 0x80], 8],
    [[0, 0x10, 0], 11],
    [[0, 0, 1], 23],
    [[0, 0, 0, 0], 32],
  ]
  for (const [bytes, count] of table) assert.is(countZeroBits(Uint8Array.from(bytes)), count, bytes.join())
})

work('as many zero bits are counted as the number has in binary digits', () => {
  holds(
    fc.property(fc.uint8Array({ maxLength: 6 }), (bytes) => {
      const digits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
      assert.is(countZeroBits(bytes), digits.indexOf('1') < 0 ? digits.length : digits.indexOf('1'))
    }),
  )
})

work('short names are dearer, and among friends none costs anything', () => {
  const table: [length: number, bits: number][] = [
    [3, 15],
    [4, 14],
    [5, 13],
    [7, 11],
    [8, 10],
    [9, 10],
    [32, 10],
  ]
  for (const [length, bits] of table) {
    assert.is(workBits('internet', 'a'.repeat(length)), bits, `${length}`)
    assert.is(workBits('local', 'a'.repeat(length)), 0)
  }
})

work('a nonce is eight bytes, big-endian, and wraps', () => {
  assert.equal([...nonceBytes(258n)], [0, 0, 0, 0, 0, 0, 1, 2])
  assert.equal(nonceBytes(2n ** 64n), nonceBytes(0n))
  assert.equal(
    [...nonceBytes(2n ** 64n - 1n)],
    Array.from({ length: 8 }, () => 255),
  )
})

work('work is good for its claim, and for no other name, key or nonce', async () => {
  const proof = KNOWN // one nonce in 1024 would do: of fixed keys and fixed work none of these does
  const verifier = new WorkVerifier('internet')
  assert.is(await verifier.verify(claimed(proof)), true)
  const nonce = Uint8Array.from(proof.nonce, (byte, i) => (i === 7 ? byte ^ 1 : byte))
  const others: [string, Claim][] = [
    ['nonce', claimed({ ...proof, nonce })],
    ['name', claimed(proof, { ...alice, name: 'alice-in-wonderlane' })],
    ['account', claimed(proof, { ...person('mallory'), name: alice.name })],
    ['no work', claimed(undefined)],
    ['more bits than there are', claimed({ ...proof, bits: 30 })],
  ]
  for (const [what, claim] of others) assert.is(await verifier.verify(claim), false, what)
})

work('a claim must commit to as many bits as its name asks for, and to no absurd number', async () => {
  const proof = KNOWN
  const verifier = new WorkVerifier('internet')
  for (const bits of [0, 9, 33, 256, 2 ** 32 - 1])
    assert.is(await verifier.verify(claimed({ ...proof, bits })), false, `${bits} bits`)
  assert.is(await codeOf(findWork({ ...goal, bits: 33 })), 'RangeError: work of 33 bits is never found')
})

work('the local profile asks for none', async () => {
  assert.is(await new WorkVerifier('local').verify(claimed(undefined)), true)
})

/** The definition, written down a second time. */
function zeroBits(name: string, accountKey: Uint8Array, nonce: Uint8Array): number {
  const password = Buffer.concat([Buffer.from(`tincan work v1\n${NETWORK}\n${name}\n`), accountKey])
  const hash = scryptSync(password, nonce, 32, { N: 4096, r: 8, p: 1 })
  return countZeroBits(hash)
}

work('what is found has the zero bits, for arbitrary names, keys and starts', async () => {
  await holds(
    fc.asyncProperty(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.stringMatching(/^[a-z0-9_-]{3,32}$/),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      async (from, name, accountKey) => {
        const { bits, nonce } = await findWork({ network: NETWORK, name, accountKey, bits: 3 }, { from })
        assert.is(bits, 3)
        assert.ok(zeroBits(name, accountKey, nonce) >= 3)
      },
    ),
  )
})

work('the same claim has the same work for ever', () => {
  assert.ok(zeroBits(alice.name, alice.account.publicKey, KNOWN.nonce) >= KNOWN.bits)
})

work('work goes on where it was broken off, and tries no nonce twice', async () => {
  const aborter = new AbortController()
  let reached = 0n
  let tried = 0
  const broken = findWork(
    { ...goal, bits: 32 },
    {
      from: 1000n,
      signal: aborter.signal,
      onProgress(tries, nextNonce) {
        assert.ok(nextNonce >= reached, 'never backwards')
        reached = nextNonce
        tried = tries
        if (tries >= 20) aborter.abort()
      },
    },
  )
  assert.is(await codeOf(broken), 'ABORTED')
  assert.ok(tried >= 20)
  // all below have been tried; a few above may have been as well, one a core
  assert.ok(reached > 1000n && reached <= 1000n + BigInt(tried), `${reached}`)
})

work('an aborted signal lets nothing begin', async () => {
  assert.is(await codeOf(findWork({ ...goal, bits: 0 }, { signal: AbortSignal.abort() })), 'ABORTED')
})

work('a claim is checked once: signing it again costs nothing', async () => {
  const verifier = new WorkVerifier('internet')
  assert.is(await verifier.verify(claimed(KNOWN)), true)
  // with the queue full a stranger hears `busy`; whoever is known does not
  const strangers = Array.from({ length: 80 }, (_, i) =>
    verifier.verify(claimed({ bits: 10, nonce: nonceBytes(BigInt(i) << 40n) })),
  )
  const renewed = openClaim(claimOf(alice, { proofOfWork: KNOWN, seq: 2 }), NETWORK) as Claim
  assert.is(await verifier.verify(renewed), true)
  const answers = await Promise.all(strangers)
  assert.is(answers.filter((answer) => answer === 'busy').length, 80 - 66)
  assert.is(await verifier.verify(claimed({ bits: 10, nonce: nonceBytes(79n << 40n) })), false, 'no longer busy')
})

work('the same claim asked about many times at once is checked once', async () => {
  const verifier = new WorkVerifier('internet')
  const asked = Array.from({ length: 500 }, () => verifier.verify(claimed(KNOWN)))
  assert.is(verifier.waiting, 0)
  const answers = await Promise.all(asked)
  assert.ok(answers.every((answer) => answer === true))
})

work.run()
