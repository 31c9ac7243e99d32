import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import {
  createMembership,
  keepMembership,
  loadMembership,
  type StoredMembership,
} from '../../src/devices/membership.ts'
import { makeCertificate } from '../../src/supernode/records.ts'
import { claimOf, keyOf, NETWORK, NOW_MS, person } from '../supernode/people.ts'

const memberships = suite('membership of an account')

const alice = person('alice')
const mallory = { ...person('mallory'), name: 'alice' }
const laptop = keyOf('laptop')
const MEMBERSHIP: StoredMembership = {
  network: NETWORK,
  username: 'alice',
  label: 'laptop',
  joinedMs: NOW_MS,
  accountKey: alice.account.publicKey,
  certificate: makeCertificate(alice.account, laptop, NETWORK, NOW_MS),
  claim: claimOf(alice),
}

function inHome(act: (home: string, path: string) => void): void {
  const home = mkdtempSync(join(tmpdir(), 'tincan-membership-'))
  try {
    act(home, join(home, 'membership.json'))
  } finally {
    rmSync(home, { recursive: true })
  }
}

const load = (home: string): string => {
  try {
    return loadMembership(home, laptop.publicKey) === undefined ? 'none' : 'member'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

memberships('what was written is read again, and a newer claim takes the old one’s place', () => {
  inHome((home) => {
    assert.is(loadMembership(home, laptop.publicKey), undefined)
    createMembership(home, MEMBERSHIP)
    assert.equal(loadMembership(home, laptop.publicKey), MEMBERSHIP)
    const newer = { ...MEMBERSHIP, claim: claimOf(alice, { seq: 2 }) }
    keepMembership(home, newer)
    assert.equal(loadMembership(home, laptop.publicKey), newer)
  })
})

memberships('one that is there already is never overwritten by joining again', () => {
  inHome((home, path) => {
    writeFileSync(path, 'mine')
    assert.throws(() => createMembership(home, MEMBERSHIP), /left as it is/)
    assert.is(readFileSync(path, 'utf8'), 'mine')
  })
})

memberships('a file that is corrupt, or not of this device and account, is refused and left as it is', () => {
  const wrong: [what: string, change: Partial<StoredMembership>][] = [
    ['of another device', { certificate: makeCertificate(alice.account, keyOf('tablet'), NETWORK, NOW_MS) }],
    ['certified by another account', { certificate: makeCertificate(mallory.account, laptop, NETWORK, NOW_MS) }],
    ['of another account', { accountKey: mallory.account.publicKey }],
    ['with another account’s claim', { claim: claimOf(mallory) }],
    ['of another name', { username: 'alicia' }],
    ['of another network', { network: 'other' }],
  ]
  inHome((home, path) => {
    for (const [what, change] of wrong) {
      rmSync(path, { force: true })
      createMembership(home, { ...MEMBERSHIP, ...change })
      const text = readFileSync(path, 'utf8')
      assert.is(load(home), 'BAD_KEY', what)
      assert.is(readFileSync(path, 'utf8'), text)
    }
    rmSync(path)
    createMembership(home, MEMBERSHIP)
    const whole = readFileSync(path, 'utf8')
    const parts = JSON.parse(whole) as Record<string, unknown>
    for (const key of Object.keys(parts).filter((key) => key !== 'v' && key !== 'label')) {
      writeFileSync(path, JSON.stringify({ ...parts, [key]: undefined }))
      assert.is(load(home), 'BAD_KEY', `without ${key}`)
    }
    for (const text of ['', '[]', whole.slice(0, -20), 'x'.repeat(300 * 1024)]) {
      writeFileSync(path, text)
      assert.is(load(home), 'BAD_KEY', text.slice(0, 40))
      assert.is(readFileSync(path, 'utf8'), text)
    }
    writeFileSync(path, whole)
    assert.is(load(home), 'member')
  })
})

memberships.run()
