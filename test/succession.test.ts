import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { openIdentity } from '../src/identity.ts'
import { loadOrCreateKey } from '../src/overlay/key-file.ts'
import { pemOf } from '../src/overlay/keys.ts'
import { ClaimFile, newClaimState, type ClaimState } from '../src/supernode/claim-file.ts'
import { makeClaim, openClaim, recoveryKeyHashOf, type Claim } from '../src/supernode/records.ts'
import { suffixOf } from '../src/supernode/username.ts'
import { rotateAccount, writeRecovery } from '../src/succession.ts'
import { claimOf, keyOf, NETWORK, NOW_MS, person } from './supernode/people.ts'

const successions = suite('successions in a home')

const directory = mkdtempSync(join(tmpdir(), 'tincan-passing-'))
successions.after(() => rmSync(directory, { recursive: true, force: true }))

const alice = person('alice')
const recovery = keyOf('recovery')
const recoveryKeyHash = recoveryKeyHashOf(recovery.publicKey)
const of = { network: NETWORK, name: 'alice', accountKey: alice.account.publicKey }

let count = 0
/** A home in which alice has claimed names. */
function homeWith(...claims: Partial<ClaimState>[]): string {
  const home = join(directory, `${count++}`)
  mkdirSync(home)
  writeFileSync(join(home, 'account.key'), pemOf(alice.account))
  const file = new ClaimFile(join(home, 'claim.json'))
  file.put(...claims.map((claim) => ({ ...newClaimState(of), isGranted: true, ...claim })))
  return home
}

const rotate = (home: string) => rotateAccount({ home, network: NETWORK, username: 'alice' })
const accountIn = (home: string) => loadOrCreateKey(join(home, 'account.key'))
const claimsIn = (home: string) => new ClaimFile(join(home, 'claim.json')).all(accountIn(home).publicKey)
/** What registrars would make of it. */
const signed = (home: string, state: ClaimState) =>
  openClaim(makeClaim(accountIn(home), { ...state, issuedMs: NOW_MS }), state.network)

successions('every name of the account goes with it, and what was said of each stays said', () => {
  const home = homeWith(
    { recoveryKeyHash, revokedDevices: [], seq: 4 },
    { name: 'alice-at-work' },
    { network: 'other' },
  )
  const { to } = rotate(home)
  const account = accountIn(home)
  assert.is(to, `alice.${suffixOf(account.publicKey)}`)
  const claims = claimsIn(home)
  assert.equal(new Set(claims.map(({ name, network }) => `${name}@${network}`)).size, 3)
  for (const claim of claims) {
    const [succession] = signed(home, claim)?.successions ?? []
    assert.equal(succession?.fromAccountKey, alice.account.publicKey)
    assert.equal(succession?.toAccountKey, account.publicKey)
    assert.equal(succession?.signer, alice.account.publicKey)
    assert.equal(claim.witnesses, [], 'nobody has seen the new key')
  }
  assert.equal(
    claims.find(({ name, network }) => name === 'alice' && network === NETWORK)?.recoveryKeyHash,
    recoveryKeyHash,
  )
})

successions('a key can be rotated again and again: the last four steps are shown', () => {
  const home = homeWith({})
  for (let i = 0; i < 6; i++) {
    rotate(home)
    const file = new ClaimFile(join(home, 'claim.json'))
    file.put(...claimsIn(home).map((claim) => ({ ...claim, isGranted: true })))
  }
  const claim = claimsIn(home).find(({ network }) => network === NETWORK) as ClaimState
  assert.is(signed(home, claim)?.successions.length, 4)
})

successions('a rotation that was cut short is done again, and loses no key', () => {
  const home = homeWith({})
  const beside = join(home, `account-${suffixOf(of.accountKey)}.key`)
  // the old key was laid aside, and then the power went
  writeFileSync(beside, readFileSync(join(home, 'account.key')))
  rotate(home)
  assert.is(readFileSync(beside, 'utf8'), pemOf(alice.account))
  assert.is.not(readFileSync(join(home, 'account.key'), 'utf8'), pemOf(alice.account))
})

successions('a key that lies where the old one goes is not written over', () => {
  const home = homeWith({})
  const beside = join(home, `account-${suffixOf(of.accountKey)}.key`)
  writeFileSync(beside, pemOf(keyOf('somebody else')))
  assert.throws(() => rotate(home), /cannot be kept as .*EEXIST.*Nothing has changed/)
  assert.is(readFileSync(beside, 'utf8'), pemOf(keyOf('somebody else')))
  assert.is(readFileSync(join(home, 'account.key'), 'utf8'), pemOf(alice.account))
})

successions('a name that no registrar has held is not passed on: nobody knows what its claim says', () => {
  assert.throws(() => rotate(homeWith({ isGranted: false })), /tincan claim alice/)
})

successions('a home in use keeps its key', () => {
  const home = homeWith({})
  const identity = openIdentity(home, { username: 'alice', network: NETWORK })
  assert.throws(() => rotate(home), /already up/)
  identity.release()
  assert.is(readFileSync(join(home, 'account.key'), 'utf8'), pemOf(alice.account))
})

successions(
  'a recovery is written down for the account of the home, which gets one, with the same recovery key',
  () => {
    const home = join(directory, `${count++}`)
    const held = openClaim(claimOf(alice, { recoveryKeyHash, seq: 7 }), NETWORK) as Claim
    const place = { home, network: NETWORK, username: 'alice' }
    const { from, to } = writeRecovery(place, held, recovery, NOW_MS)
    assert.is(from, `alice.${suffixOf(of.accountKey)}`)
    assert.is(to, `alice.${suffixOf(accountIn(home).publicKey)}`)
    const [claim] = claimsIn(home)
    const opened = signed(home, claim as ClaimState)
    assert.equal(
      opened?.successions.map(({ signer }) => signer),
      [recovery.publicKey],
    )
    assert.equal(opened?.recoveryKeyHash, recoveryKeyHash)

    // tried again, as after an objection: a new word, and the work that was done counts
    const file = new ClaimFile(join(home, 'claim.json'))
    const proofOfWork = { bits: 10, nonce: new Uint8Array(8) }
    file.put({ ...(claim as ClaimState), proofOfWork })
    writeRecovery(place, held, recovery, NOW_MS)
    const [again] = claimsIn(home)
    assert.is(again?.seq, 2)
    assert.equal(again?.proofOfWork, proofOfWork)
    assert.is(again?.successions.length, 1)
  },
)

successions('a name that is ours already is not recovered from ourselves', () => {
  const home = homeWith({ seq: 3, recoveryKeyHash })
  const held = openClaim(claimOf(alice, { recoveryKeyHash }), NETWORK) as Claim
  const { from, to } = writeRecovery({ home, network: NETWORK, username: 'alice' }, held, recovery, NOW_MS)
  assert.is(from, to)
  assert.is(claimsIn(home)[0]?.seq, 3)
  assert.ok(existsSync(join(home, 'claim.json')))
})

successions.run()
