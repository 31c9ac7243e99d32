import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { ContactStore } from '../../src/contacts/contact-store.ts'
import { type Contact, hexOf } from '../../src/contacts/contact.ts'
import {
  decideTrust,
  type Holder,
  isImpostor,
  refusalToCall,
  type Verdict,
  wantedOf,
} from '../../src/contacts/trust.ts'
import { TincanError } from '../../src/errors.ts'
import { fullAddress } from '../../src/supernode/username.ts'
import { makeSuccession, openClaim } from '../../src/supernode/records.ts'
import { claimOf, keyOf, NETWORK, NOW_MS, person } from '../supernode/people.ts'

const trust = suite('trust')

const bob = keyOf('bob')
const mallory = keyOf('mallory')
const third = keyOf('third')

const holder = (account = bob, name = 'bob'): Holder => ({
  claim: { name, accountKey: account.publicKey, successions: [] },
})

const contact = (fields: Partial<Contact> = {}): Contact => ({
  name: 'bob',
  username: 'bob',
  accountKey: hexOf(bob.publicKey),
  addedMs: 1,
  origin: 'added',
  isVerified: false,
  isBlocked: false,
  ...fields,
})

function knowing(...contacts: Contact[]): ContactStore {
  const store = new ContactStore(undefined)
  for (const each of contacts) store.put(each)
  return store
}

const full = (account = bob, name = 'bob') => fullAddress(name, account.publicKey)

/** Whom it came to: the first byte of the key in hex, or the error's code. */
function decide(text: string, holders: Holder[], store = knowing(), verdict: Verdict = 'agree') {
  const decided = decideTrust(wantedOf(text, store), verdict, holders)
  return decided instanceof TincanError ? decided.code : decided.held
}

trust('whom to call', () => {
  const one = [holder()]
  const other = [holder(mallory)]
  const both = [holder(mallory), holder()]
  const known = knowing(contact())
  const called = knowing(contact({ name: 'Uncle Bob' }))
  const two = knowing(contact(), contact({ name: 'bob 2', accountKey: hexOf(mallory.publicKey) }))
  const table: [
    what: string,
    text: string,
    holders: Holder[],
    store: ContactStore,
    verdict: Verdict,
    outcome: unknown,
  ][] = [
    ['nobody holds it', 'bob', [], knowing(), 'agree', 'NO_SUCH_USER'],
    ['nobody holds it any more', 'bob', [], known, 'agree', 'NO_SUCH_USER'],
    ['a stranger', 'bob', one, knowing(), 'agree', one[0]],
    ['a stranger, weakly', 'bob', one, knowing(), 'weak', one[0]],
    ['a stranger in a conflict of one', 'bob', one, knowing(), 'conflict', one[0]],
    ['two strangers', 'bob', both, knowing(), 'conflict', 'NAME_CONFLICT'],
    ['two strangers, by full address', full(), both, knowing(), 'conflict', both[1]],
    ['a full address of nobody', 'bob.aaaaa', one, knowing(), 'agree', 'NO_SUCH_USER'],
    ['a contact', 'bob', one, known, 'agree', one[0]],
    ['a contact among several', 'bob', both, known, 'conflict', both[1]],
    ['a contact, by full address', full(), both, known, 'conflict', both[1]],
    ['a contact whose name is another’s now', 'bob', other, known, 'agree', 'KEY_CHANGED'],
    ['a contact whose name is two others’ now', 'bob', [holder(third), ...other], known, 'conflict', 'KEY_CHANGED'],
    ['another than the contact, by full address', full(mallory), both, known, 'conflict', both[0]],
    ['by petname', 'uncle bob', both, called, 'conflict', both[1]],
    ['by petname, changed', 'Uncle Bob', other, called, 'agree', 'KEY_CHANGED'],
    ['by the username of a petname', 'bob', other, called, 'agree', 'KEY_CHANGED'],
    ['two contacts of one username, both there', 'bob 2', both, two, 'conflict', both[0]],
    ['the petname goes before the username', 'bob', both, two, 'conflict', both[1]],
  ]
  for (const [what, text, holders, store, verdict, outcome] of table)
    assert.is(decide(text, holders, store, verdict), outcome, what)
})

trust('what is no name is BAD_USERNAME or BAD_ADDRESS, unless somebody is called that', () => {
  assert.throws(
    () => wantedOf('Uncle Bob'),
    (error: TincanError) => error.code === 'BAD_USERNAME',
  )
  assert.throws(
    () => wantedOf('bob.k'),
    (error: TincanError) => error.code === 'BAD_ADDRESS',
  )
  assert.is(wantedOf('UNCLE BOB', knowing(contact({ name: 'Uncle Bob' }))).username, 'bob')
})

trust('a changed key is told with both addresses, and with what to do', () => {
  const error = decideTrust(wantedOf('mum', knowing(contact({ name: 'mum' }))), 'agree', [holder(mallory)])
  const { message } = error as TincanError
  for (const word of [full(), full(mallory), `tincan verify ${full(mallory)}`, 'tincan contacts add mum --replace'])
    assert.ok(message.includes(word), `${word} in ${message}`)
})

trust('a key ground out to have the same five letters is told apart by the whole key', () => {
  // two keys of one suffix: found by trying, which is why the letters alone decide nothing
  const twins = twinKeys()
  const known = knowing(contact({ accountKey: hexOf(twins[0]) }))
  const twin: Holder = { claim: { name: 'bob', accountKey: twins[1], successions: [] } }
  const own: Holder = { claim: { name: 'bob', accountKey: twins[0], successions: [] } }
  const address = fullAddress('bob', twins[0])
  assert.is(fullAddress('bob', twins[1]), address)
  const error = decideTrust(wantedOf(address, known), 'agree', [twin]) as TincanError
  assert.is(error.code, 'KEY_CHANGED')
  assert.ok(error.message.includes(hexOf(twins[1])))
  assert.is(decide(address, [twin, own], known, 'agree'), own)
  assert.is(decide(address, [twin, own], knowing(), 'agree'), 'NAME_CONFLICT')
})

trust('a name that the pinned key itself has passed on is followed; one that a recovery key has is not', () => {
  const next = person('bob')
  const passedOn = (signer = bob, from = bob) => {
    const facts = { network: NETWORK, name: 'bob', issuedMs: NOW_MS }
    const first = makeSuccession(signer, {
      ...facts,
      fromAccountKey: from.publicKey,
      toAccountKey: next.account.publicKey,
    })
    const claim = openClaim(claimOf(next, { successions: [first] }), NETWORK)
    assert.ok(claim)
    return { claim }
  }
  const known = knowing(contact())
  const wanted = wantedOf('bob', known)
  const moved = decideTrust(wanted, 'agree', [passedOn()])
  assert.ok(!(moved instanceof TincanError) && moved.isMoved && moved.contact?.name === 'bob')
  for (const refused of [passedOn(third), passedOn(mallory, mallory)])
    assert.is((decideTrust(wanted, 'agree', [refused]) as TincanError).code, 'KEY_CHANGED')
  assert.not((decideTrust(wanted, 'agree', [holder()]) as { isMoved: boolean }).isMoved)
})

trust('who is blocked is not called, and their made-up username is pinned to nobody', () => {
  assert.is(refusalToCall(undefined), undefined)
  assert.is(refusalToCall(contact()), undefined)
  assert.is(refusalToCall(contact({ isBlocked: true }))?.code, 'BAD_CONTACT')
  const impostor = contact({ name: 'bob xxxxx', accountKey: hexOf(mallory.publicKey), isBlocked: true })
  assert.is(decide('bob', [holder()], knowing(impostor)) === 'KEY_CHANGED', false)
  assert.not(isImpostor('bob', hexOf(bob.publicKey), knowing(impostor)))
})

trust('an impostor goes by the username of a contact with another key', () => {
  const known = knowing(contact({ name: 'Uncle Bob' }))
  assert.ok(isImpostor('bob', hexOf(mallory.publicKey), known))
  assert.not(isImpostor('bob', hexOf(bob.publicKey), known))
  assert.not(isImpostor('rob', hexOf(mallory.publicKey), known))
  const two = knowing(contact(), contact({ name: 'bob 2', accountKey: hexOf(mallory.publicKey) }))
  assert.not(isImpostor('bob', hexOf(mallory.publicKey), two))
})

/** Two 32-byte strings whose hashes agree in 25 bits: a birthday, after some thousands of tries. */
function twinKeys(): [Uint8Array, Uint8Array] {
  const seen = new Map<string, Uint8Array>()
  for (let i = 0; ; i++) {
    const key = new Uint8Array(32)
    new DataView(key.buffer).setUint32(0, i)
    const address = fullAddress('bob', key)
    const twin = seen.get(address)
    if (twin !== undefined) return [twin, key]
    seen.set(address, key)
  }
}

trust.run()
