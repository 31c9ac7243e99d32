import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { hexOf } from '../../src/contacts/contact.ts'
import { inviteOf, LINK_CHARACTERS_MAX, makeInvite, openInvite } from '../../src/contacts/invite.ts'
import { Invite as InviteMessage } from '../../src/contacts/invite.pb.js'
import { TincanError } from '../../src/errors.ts'
import { packAddress } from '../../src/overlay/addresses.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { signEnvelope } from '../../src/overlay/signed-envelope.ts'
import { holds } from '../support/property.ts'
import { certificateOf, keyOf, NETWORK, person } from '../supernode/people.ts'

const invites = suite('invites')

const alice = person('alice')
const peer = (name: string) => peerIdOf(keyOf(name).publicKey)
const homes = [
  { peerId: peer('h1'), addresses: ['/ip4/203.0.113.7/tcp/4001', '/ip4/203.0.113.7/tcp/443/ws'] },
  { peerId: peer('h2'), addresses: ['/ip6/2001:db8::7/tcp/4001'] },
  { peerId: peer('h3'), addresses: ['/dns4/home.example.org/tcp/443/wss'] },
]
const facts = { network: NETWORK, username: 'alice', homes }
const link = makeInvite(alice.account, facts)
const opened = { username: 'alice', accountKey: hexOf(alice.account.publicKey), homes }

const codeOf = (text: string, network = NETWORK): string => {
  try {
    openInvite(text, network)
    return 'none'
  } catch (error) {
    return error instanceof TincanError ? error.code : String(error)
  }
}

/** A link whose payload says this, signed as it should be. */
const saying = (fields: Partial<InviteMessage>, signer = alice.account, domain = 'tincan-invite') => {
  const message = { version: 1, network: NETWORK, username: 'alice', homes: [], certificate: new Uint8Array(0) }
  const payload = InviteMessage.encode({ ...message, ...fields })
  return `tincan:invite/${Buffer.from(signEnvelope(signer, domain, payload)).toString('base64url')}`
}

invites('a link says who made it, by the whole key, and where the network begins', () => {
  assert.equal(openInvite(link, NETWORK), opened)
  assert.ok(link.length < 600, `${link.length} characters are too many for a code on a screen`)
})

invites('an added device signs for its account', () => {
  const byDevice = makeInvite(alice.device, facts, certificateOf(alice))
  assert.equal(openInvite(byDevice, NETWORK), opened)
  const added = { device: alice.device, certificate: certificateOf(alice) }
  assert.equal(openInvite(inviteOf(added, facts), NETWORK), opened)
  assert.equal(openInvite(inviteOf({ account: alice.account, device: alice.device }, facts), NETWORK), opened)
})

invites('three homes with two addresses each are all it carries', () => {
  const many = Array.from({ length: 5 }, (_, i) => ({
    peerId: peer(`h${i}`),
    addresses: ['/ip4/192.0.2.1/tcp/1', '/ip4/192.0.2.1/tcp/2', '/ip4/192.0.2.1/tcp/3'],
  }))
  const { homes: carried } = openInvite(makeInvite(alice.account, { ...facts, homes: many }), NETWORK)
  assert.equal(
    carried,
    many.slice(0, 3).map(({ peerId, addresses }) => ({ peerId, addresses: addresses.slice(0, 2) })),
  )
})

invites('without a name or without homes there is nothing to invite to', () => {
  const signer = { account: alice.account, device: alice.device }
  const code = (fields: object) => {
    try {
      return inviteOf(signer, { ...facts, ...fields })
    } catch (error) {
      return (error as TincanError).code
    }
  }
  assert.is(code({ username: undefined }), 'NO_USERNAME')
  assert.is(code({ homes: [] }), 'NO_NETWORK')
  assert.is(code({ homes: [{ peerId: peer('h1'), addresses: [] }] }), 'NO_NETWORK')
})

invites('an invite read out of a mail may be broken into lines, and begin in capitals', () => {
  const broken = ` ${link.slice(0, 70)}\n  ${link.slice(70, 140)}\r\n${link.slice(140)}\n`
  assert.equal(openInvite(broken.replace('tincan:', 'TINCAN:'), NETWORK), opened)
})

invites('what is no invite of this network is BAD_INVITE', () => {
  const home = { peerKey: keyOf('h').publicKey, addresses: [packAddress('/ip4/192.0.2.1/tcp/1')] }
  const mallory = person('mallory')
  const table: [what: string, text: string][] = [
    ['nothing', ''],
    ['something else', 'https://example.org/invite'],
    ['no more than the beginning', 'tincan:invite/'],
    ['cut short', link.slice(0, -1)],
    ['too long', link + 'A'.repeat(LINK_CHARACTERS_MAX)],
    ['with padding', `${link}=`],
    ['another version', saying({ version: 2 })],
    ['another network', saying({ network: 'other' })],
    ['a username that is none', saying({ username: 'Alice' })],
    ['an envelope of another kind', saying({}, alice.account, 'tincan-claim')],
    ['a device without a certificate of its own', saying({ certificate: certificateOf(alice) }, mallory.device)],
    ['a certificate that is none', saying({ certificate: Uint8Array.of(1) }, alice.device)],
    ['four homes', saying({ homes: [home, home, home, home] })],
    ['three addresses', saying({ homes: [{ ...home, addresses: Array(3).fill(home.addresses[0]) as Uint8Array[] }] })],
    ['an address that is none', saying({ homes: [{ ...home, addresses: [Uint8Array.of(255, 1)] }] })],
    ['an empty address', saying({ homes: [{ ...home, addresses: [new Uint8Array(0)] }] })],
    ['a home without a key', saying({ homes: [{ ...home, peerKey: Uint8Array.of(1) }] })],
  ]
  for (const [what, text] of table) assert.is(codeOf(text), 'BAD_INVITE', what)
  assert.is(codeOf(link, 'other'), 'BAD_INVITE')
  assert.is(codeOf(saying({})), 'none', 'the table would say so of anything')
})

invites('a link with any one character changed is BAD_INVITE, or says the very same', () => {
  const at = 'tincan:invite/'.length
  const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  holds(
    fc.property(
      fc.integer({ min: at, max: link.length - 1 }),
      fc.constantFrom(...characters.split('')),
      (i, character) => {
        fc.pre(link[i] !== character)
        const changed = link.slice(0, i) + character + link.slice(i + 1)
        // the envelope's own framing has a bit or two that nobody reads
        if (codeOf(changed) === 'none') assert.equal(openInvite(changed, NETWORK), opened)
        else assert.is(codeOf(changed), 'BAD_INVITE')
      },
    ),
    500,
  )
})

invites('any text, and any bytes in a link, are BAD_INVITE and never anything else', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.uint8Array({ maxLength: 600 }).map((bytes) => `tincan:invite/${Buffer.from(bytes).toString('base64url')}`),
    fc.uint8Array({ maxLength: 300 }).map((payload) => {
      const envelope = signEnvelope(alice.account, 'tincan-invite', payload)
      return `tincan:invite/${Buffer.from(envelope).toString('base64url')}`
    }),
  )
  holds(fc.property(texts, (text) => assert.is(codeOf(text), 'BAD_INVITE')))
})

invites('golden bytes of what is signed', () => {
  const message = {
    version: 1,
    network: 'main',
    username: 'alice',
    homes: [{ peerKey: Uint8Array.of(1), addresses: [packAddress('/ip4/192.0.2.1/tcp/4001')] }],
    certificate: Uint8Array.of(2),
  }
  const hex = '080112046d61696e1a05616c696365220d0a0101120804c0000201060fa12a0102'
  assert.is(Buffer.from(InviteMessage.encode(message)).toString('hex'), hex)
})

invites.run()
