import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { ContactStore } from '../../src/contacts/contact-store.ts'
import { hexOf } from '../../src/contacts/contact.ts'
import { Contacts } from '../../src/contacts/contacts.ts'
import { makeInvite } from '../../src/contacts/invite.ts'
import { safetyNumber } from '../../src/contacts/safety-number.ts'
import type { Holder, Verdict } from '../../src/contacts/trust.ts'
import { TincanError } from '../../src/errors.ts'
import type { SigningKey } from '../../src/overlay/keys.ts'
import { PeerCache } from '../../src/overlay/peer-cache.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { makeSuccession, openClaim } from '../../src/supernode/records.ts'
import { fullAddress } from '../../src/supernode/username.ts'
import { claimOf, keyOf, NETWORK, NOW_MS, person } from '../supernode/people.ts'
import { codeOf } from '../support/wait.ts'

const suiteOf = suite('contacts')

const alice = person('alice')
const bob = person('bob')
const mallory = keyOf('mallory')
const found = (name: string, account: SigningKey): Holder => ({
  claim: { name, accountKey: account.publicKey, successions: [] },
})
const of = (username: string, account: SigningKey) => ({ username, accountKey: hexOf(account.publicKey) })

const met = (username: string, account: SigningKey) => ({ ...of(username, account), verified: true })

/** Alice's contacts, in a network that says what `network` holds. */
function aliceKnows(
  network: Record<string, Holder[]> = { bob: [found('bob', bob.account)] },
  verdict: Verdict = 'agree',
) {
  const store = new ContactStore(undefined)
  const cache = new PeerCache(undefined)
  const asked: string[] = []
  const contacts: Contacts = new Contacts({
    store,
    accountKey: alice.account.publicKey,
    network: NETWORK,
    cache,
    find: async (wanted) => {
      asked.push(wanted.username)
      return contacts.judge(wanted, verdict, network[wanted.username] ?? []).held
    },
    nowMs: () => NOW_MS,
  })
  return { contacts, store, cache, asked, network }
}

const thrown = (act: () => unknown): string => {
  try {
    act()
    return 'none'
  } catch (error) {
    return error instanceof TincanError ? error.code : String(error)
  }
}

suiteOf('whoever is added is looked up, pinned, and found by petname, username and full address', async () => {
  const { contacts } = aliceKnows()
  const added = await contacts.add('bob', { as: 'Uncle Bob' })
  assert.equal(added, {
    ...of('bob', bob.account),
    name: 'Uncle Bob',
    addedMs: NOW_MS,
    origin: 'added',
    isVerified: false,
    isBlocked: false,
  })
  for (const name of ['Uncle Bob', 'uncle bob', 'bob', fullAddress('bob', bob.account.publicKey)])
    assert.equal(contacts.get(name), added, name)
  assert.is(contacts.get('bob.aaaaa'), undefined)
  assert.is(await codeOf(contacts.add('nobody')), 'NO_SUCH_USER')
  assert.is(await codeOf(contacts.add('bob', { as: 'a.b' })), 'BAD_CONTACT')
  assert.equal(contacts.list(), [added])
})

suiteOf('adding twice changes nothing but the name that was asked for', async () => {
  const { contacts } = aliceKnows()
  const first = await contacts.add('bob')
  assert.equal(await contacts.add('bob'), first)
  assert.is((await contacts.add('bob', { as: 'Rob' })).name, 'Rob')
  assert.is(contacts.list().length, 1)
})

suiteOf('a changed key is refused until it is replaced, and is not verified then', async () => {
  const { contacts, network } = aliceKnows()
  contacts.confirm(await contacts.add('bob', { as: 'Rob' }))
  network['bob'] = [found('bob', mallory)]
  for (const name of ['Rob', 'bob', fullAddress('bob', mallory.publicKey)])
    assert.is(await codeOf(contacts.add(name)), 'KEY_CHANGED', name)
  const replaced = await contacts.add('Rob', { replace: true })
  assert.equal([replaced.name, replaced.accountKey, replaced.isVerified], ['Rob', hexOf(mallory.publicKey), false])
  assert.is(contacts.list().length, 1)
})

suiteOf('somebody else of the same username may be added under another name', async () => {
  const { contacts, network } = aliceKnows()
  await contacts.add('bob')
  network['bob'] = [found('bob', mallory), found('bob', bob.account)]
  const other = await contacts.add(fullAddress('bob', mallory.publicKey), { as: 'Bobby' })
  assert.is(other.name, 'Bobby')
  assert.is(contacts.get('bob')?.accountKey, hexOf(bob.account.publicKey))
})

suiteOf('renaming, removing, blocking and unblocking ask nobody', async () => {
  const { contacts, asked } = aliceKnows()
  await contacts.add('bob')
  assert.is(contacts.rename('bob', 'Rob').name, 'Rob')
  assert.ok((await contacts.block('Rob')).isBlocked && contacts.isBlocked(hexOf(bob.account.publicKey)))
  assert.not(contacts.unblock('bob').isBlocked)
  contacts.remove('Rob')
  for (const act of [() => contacts.rename('Rob', 'Bob'), () => contacts.remove('Rob'), () => contacts.unblock('Rob')])
    assert.is(thrown(act), 'BAD_CONTACT')
  assert.equal(asked, ['bob'])
})

suiteOf(
  'whoever called under a name that is not theirs can be blocked, and the name stays free for its owner',
  async () => {
    const { contacts } = aliceKnows()
    contacts.heard(of('bob', mallory))
    const blocked = await contacts.block(fullAddress('bob', mallory.publicKey))
    assert.is(blocked.name, fullAddress('bob', mallory.publicKey).replace('.', ' '))
    assert.ok(contacts.isBlocked(hexOf(mallory.publicKey)))
    const added = await contacts.add('bob')
    assert.is(added.accountKey, hexOf(bob.account.publicKey))
    assert.is(added.name, 'bob')
    assert.is(contacts.get('bob')?.accountKey, added.accountKey)
  },
)

suiteOf('the callers that are remembered are bounded', async () => {
  const { contacts } = aliceKnows({})
  for (let i = 0; i < 70; i++) contacts.heard(of('bob', keyOf(`caller ${i}`)))
  assert.is(await codeOf(contacts.block(fullAddress('bob', keyOf('caller 0').publicKey))), 'NO_SUCH_USER')
  assert.is(await codeOf(contacts.block(fullAddress('bob', keyOf('caller 69').publicKey))), 'none')
})

suiteOf('the safety number of a contact needs no network, and a stranger is looked up', async () => {
  const { contacts, asked } = aliceKnows()
  const stranger = await contacts.verify('bob')
  const number = safetyNumber(alice.account.publicKey, bob.account.publicKey)
  assert.equal(stranger, {
    contact: undefined,
    ...of('bob', bob.account),
    address: fullAddress('bob', bob.account.publicKey),
    isVerified: false,
    ...number,
  })
  assert.ok(contacts.confirm(stranger).isVerified)
  const known = await contacts.verify('bob')
  assert.equal([known.contact, known.isVerified, known.digits], ['bob', true, number.digits])
  assert.equal(asked, ['bob'])
})

suiteOf('confirming a key that the name is not pinned to is refused', async () => {
  const { contacts } = aliceKnows()
  await contacts.add('bob')
  assert.is(
    thrown(() => contacts.confirm(of('bob', mallory))),
    'KEY_CHANGED',
  )
  assert.not(contacts.get('bob')?.isVerified)
})

suiteOf('nobody is a contact of their own', async () => {
  const { contacts } = aliceKnows({ alice: [found('alice', alice.account)] })
  assert.is(await codeOf(contacts.add('alice')), 'BAD_CONTACT')
  assert.is(await codeOf(contacts.verify('alice')), 'BAD_CONTACT')
  contacts.met(met('alice', alice.account))
  assert.equal(contacts.list(), [])
})

suiteOf('whoever goes by a name that may not be theirs is not pinned to it, however long we talked', () => {
  const { contacts } = aliceKnows()
  contacts.met({ ...of('bob', mallory), verified: false })
  assert.equal(contacts.list(), [])
})

suiteOf('whom we met is pinned once, and never in place of somebody', () => {
  const { contacts } = aliceKnows()
  contacts.met(met('bob', bob.account))
  contacts.met(met('bob', bob.account))
  contacts.met(met('bob', mallory))
  assert.equal(
    contacts.list().map(({ name, accountKey, origin }) => [name, accountKey, origin]),
    [['bob', hexOf(bob.account.publicKey), 'call']],
  )
  contacts.rename('bob', 'rob')
  contacts.met(met('rob', mallory))
  assert.equal(
    contacts.list().map(({ name }) => name),
    ['rob', 'rob 2'],
    'a petname that is taken gets a number, with a space that no username has',
  )
})

suiteOf('who calls is recognised by key, and warned of by name', () => {
  const { contacts } = aliceKnows()
  assert.equal(contacts.recognise(of('bob', bob.account)), {})
  contacts.met(met('bob', bob.account))
  contacts.rename('bob', 'Rob')
  assert.equal(contacts.recognise(of('bob', bob.account)), { contact: 'Rob' })
  assert.equal(contacts.recognise(of('bob', mallory)), { warning: 'key-changed' })
  assert.ok(contacts.isPinned(of('bob', bob.account)))
  assert.not(contacts.isPinned(of('bob', mallory)))
  assert.not(contacts.isPinned(of('robert', bob.account)), 'a name that they never had with us has to be asked about')
})

suiteOf('a contact is followed to the key that their own has passed the name on to', async () => {
  const { contacts, network } = aliceKnows()
  contacts.confirm(await contacts.add('bob', { as: 'Rob' }))
  const next = person('bob', 'bob’s new phone')
  const heir = { ...next, account: keyOf('bob’s new account') }
  const successions = [
    makeSuccession(bob.account, {
      network: NETWORK,
      name: 'bob',
      fromAccountKey: bob.account.publicKey,
      toAccountKey: heir.account.publicKey,
      issuedMs: NOW_MS,
    }),
  ]
  const claim = openClaim(claimOf(heir, { successions }), NETWORK)
  assert.ok(claim)
  network['bob'] = [{ claim }]
  const { contact } = contacts.judge(contacts.wanted('Rob'), 'agree', network['bob'])
  assert.equal(
    [contact?.name, contact?.accountKey, contact?.isVerified],
    ['Rob', hexOf(heir.account.publicKey), false],
    'its number was not compared',
  )
  assert.is(await codeOf(contacts.add('Rob')), 'none')
  network['bob'] = [found('bob', bob.account)]
  assert.is(await codeOf(contacts.add('Rob')), 'KEY_CHANGED', 'there is no way back')
})

suiteOf('an accepted invite is a contact without a look-up, and its homes are where to join', () => {
  const { contacts, cache, asked } = aliceKnows({})
  const homes = [{ peerId: peerIdOf(keyOf('home').publicKey), addresses: ['/ip4/192.0.2.1/tcp/1'] }]
  const invite = (account: SigningKey, username = 'bob') => makeInvite(account, { network: NETWORK, username, homes })
  const contact = contacts.accept(invite(bob.account), { as: 'Rob' })
  assert.equal([contact.name, contact.origin, contact.homes], ['Rob', 'invite', homes])
  assert.equal(cache.addresses, [`/ip4/192.0.2.1/tcp/1/p2p/${homes[0]?.peerId}`])
  assert.is(
    thrown(() => contacts.accept(invite(alice.account, 'alice'))),
    'BAD_INVITE',
  )
  assert.is(
    thrown(() => contacts.accept(invite(mallory))),
    'KEY_CHANGED',
  )
  assert.is(
    thrown(() => contacts.accept('nonsense')),
    'BAD_INVITE',
  )
  assert.is(contacts.accept(invite(mallory), { replace: true }).name, 'Rob')
  assert.is(contacts.list().length, 1)
  assert.equal(asked, [])
})

suiteOf.run()
