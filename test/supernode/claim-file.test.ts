import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import type { TincanError } from '../../src/errors.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { ClaimFile, keptWitnesses, newClaimState, type ClaimState } from '../../src/supernode/claim-file.ts'
import { makeSuccession, makeWitness, openWitness } from '../../src/supernode/records.ts'
import { holds } from '../support/property.ts'
import { keyOf, NETWORK, NOW_MS, person } from './people.ts'

const files = suite('claim file')

const directory = mkdtempSync(join(tmpdir(), 'tincan-claim-'))
files.after(() => rmSync(directory, { recursive: true, force: true }))

let count = 0
const fresh = () => join(directory, `${count++}`, 'claim.json')

const alice = person('alice')
const of = { network: NETWORK, name: 'alice', accountKey: alice.account.publicKey }

const witness = (registrar: string, sinceMs: number, whose: Partial<typeof of> = {}) =>
  makeWitness(keyOf(registrar), { ...of, ...whose, sinceMs, issuedMs: 1_000 - sinceMs })

const full: ClaimState = {
  ...of,
  seq: 7,
  isGranted: true,
  recoveryKeyHash: new Uint8Array(32).fill(9),
  proofOfWork: { bits: 13, nonce: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7) },
  contestedMs: NOW_MS,
  successions: [
    makeSuccession(keyOf('old'), {
      network: NETWORK,
      name: 'alice',
      fromAccountKey: keyOf('old').publicKey,
      toAccountKey: of.accountKey,
      issuedMs: NOW_MS,
    }),
  ],
  revokedDevices: [peerIdOf(keyOf('lost phone').publicKey)],
  witnesses: [witness('one', 1), witness('two', 2)],
  search: { nextNonce: 2n ** 64n - 1n, tries: 12 },
}

function refuses(path: string, why: RegExp): void {
  const before = readFileSync(path)
  try {
    new ClaimFile(path)
  } catch (error) {
    assert.is((error as TincanError).code, 'BAD_KEY')
    assert.match((error as TincanError).message, why)
    assert.ok((error as TincanError).message.includes(path))
    assert.equal(readFileSync(path), before)
    return
  }
  assert.unreachable('taken')
}

files('all that is kept is there after a restart, for its owner’s eyes only', () => {
  const path = fresh()
  new ClaimFile(path).put(full)
  assert.equal(new ClaimFile(path).find(of), full)
  assert.is(statSync(path).mode & 0o777, 0o600)
})

files('a claim that was just begun is kept without what it does not have', () => {
  const path = fresh()
  new ClaimFile(path).put(newClaimState(of))
  assert.equal(new ClaimFile(path).find(of), newClaimState(of))
})

files('a claim is found by its network, its name and its account, all three', () => {
  const file = new ClaimFile(fresh())
  file.put(full)
  assert.is(file.find({ ...of, network: 'other' }), undefined)
  assert.is(file.find({ ...of, name: 'bob' }), undefined)
  assert.is(file.find({ ...of, accountKey: keyOf('mallory').publicKey }), undefined)
  assert.equal(file.all(of.accountKey), [full])
  assert.equal(file.all(keyOf('mallory').publicKey), [])
})

files('what is handed out is a copy', () => {
  const file = new ClaimFile(undefined)
  file.put(full)
  ;(file.find(of) as ClaimState).seq = 99
  assert.is(file.find(of)?.seq, 7)
})

files('it holds 16 claims, and the one not used for longest leaves first', () => {
  const path = fresh()
  const file = new ClaimFile(path)
  for (let i = 0; i < 16; i++) file.put(newClaimState({ ...of, network: `n${i}` }))
  file.put({ ...newClaimState({ ...of, network: 'n0' }), seq: 2 })
  file.put(newClaimState({ ...of, network: 'one-more' }))
  const again = new ClaimFile(path)
  assert.is(again.find({ ...of, network: 'n1' }), undefined)
  assert.is(again.find({ ...of, network: 'n0' })?.seq, 2)
  assert.is(again.all(of.accountKey).length, 16)
})

files('without a path it lives in memory', () => {
  const file = new ClaimFile(undefined)
  file.put(full)
  assert.equal(file.find(of), full)
})

files('of witnesses those heard last are kept, one a registrar, fifteen, and none for another claim', () => {
  const strange = [
    witness('mallory', 0, { name: 'bob' }),
    witness('mallory', 0, { accountKey: keyOf('x').publicKey }),
    witness('mallory', 0, { network: 'other' }),
    Uint8Array.of(1, 2),
  ]
  const heard = Array.from({ length: 20 }, (_, i) => witness(`registrar ${i}`, 100 + i))
  const since = (kept: Uint8Array[]) => kept.map((bytes) => openWitness(bytes, NETWORK)?.sinceMs)
  const kept = keptWitnesses(of, [...strange, ...heard])
  assert.equal(
    since(kept),
    Array.from({ length: 15 }, (_, i) => 100 + i),
  )
  const again = keptWitnesses(of, [witness('registrar 3', 7), witness('newcomer', 500), ...kept])
  assert.is(again.length, 15)
  assert.equal(since(again).slice(0, 3), [7, 500, 100], 'of one registrar the latest word')
  assert.is(new Set(again.map((bytes) => openWitness(bytes, NETWORK)?.peerId)).size, 15)
})

const sample = (): Record<string, unknown> => {
  const path = fresh()
  new ClaimFile(path).put(full)
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
}
const changed = (fields: object) => {
  const { claims, ...rest } = sample()
  return JSON.stringify({ ...rest, claims: [{ ...(claims as object[])[0], ...fields }] })
}
const corrupt: [what: string, content: string, why: RegExp][] = [
  ['empty', '', /JSON/],
  ['cut short', JSON.stringify(sample()).slice(0, 200), /JSON/],
  ['a list', '[]', /no object/],
  ['of a later version', JSON.stringify({ ...sample(), v: 2 }), /another version/],
  ['without claims', '{"v":1}', /no list/],
  ['full of claims', JSON.stringify({ v: 1, claims: Array.from({ length: 17 }, () => ({})) }), /no list/],
  ['a claim that is a number', '{"v":1,"claims":[1]}', /no object/],
  ['a claim for no name', changed({ name: 'A' }), /no name/],
  ['a claim of no account', changed({ accountKey: 'ab' }), /account key/],
  ['a claim with a negative number', changed({ seq: -1 }), /sequence number/],
  ['a claim with a torn recovery key', changed({ recoveryKeyHash: 'abc' }), /recovery key/],
  ['a claim with torn work', changed({ proofOfWork: { bits: 1, nonce: 'x' } }), /work/],
  ['a claim with a torn succession', changed({ successions: ['AAAA'] }), /came to this account/],
  ['a claim with a device that is none', changed({ revokedDevices: ['nobody'] }), /removed devices/],
  ['far too long', `${JSON.stringify(sample())}${' '.repeat(300_000)}`, /too long/],
]
for (const [what, content, why] of corrupt) {
  files(`a file that is or has ${what} is BAD_KEY and stays as it is, byte for byte`, () => {
    const path = fresh()
    mkdirSync(join(path, '..'))
    writeFileSync(path, content)
    refuses(path, why)
  })
}

files('witnesses and a search that cannot be read are done without', () => {
  const path = fresh()
  mkdirSync(join(path, '..'))
  writeFileSync(path, changed({ witnesses: ['AAAA', 5], search: { nextNonce: '-1', tries: 0 }, later: 'field' }))
  assert.equal(new ClaimFile(path).find(of), { ...full, witnesses: [], search: undefined })
})

files('arbitrary content is read or refused, and never replaced', () => {
  const path = fresh()
  mkdirSync(join(path, '..'))
  const claims = fc.array(fc.record({ name: fc.constantFrom('alice', 1), seq: fc.anything(), search: fc.anything() }))
  holds(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
        claims.map((list) => Buffer.from(JSON.stringify({ v: 1, claims: list }) ?? '')),
        fc.record({ seq: fc.json(), bits: fc.json() }).map(({ seq, bits }) => changed({ seq, proofOfWork: { bits } })),
      ),
      (content) => {
        writeFileSync(path, content)
        try {
          new ClaimFile(path)
        } catch (error) {
          assert.is((error as TincanError).code, 'BAD_KEY')
        }
        assert.equal(readFileSync(path), Buffer.from(content as Uint8Array))
      },
    ),
  )
})

files.run()
