import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { readCode, writeCode, type LinkCode, LinkKey, SECRET_BYTES } from '../../src/devices/link-code.ts'
import { ASKED_MAX, decodeLink, LINK_BYTES_MAX, LinkJoin } from '../../src/devices/link-join.ts'
import { CODE_LIFE_MS, LinkOffer, refusal, TRIES_MAX } from '../../src/devices/link-offer.ts'
import { Link, type LinkGrant, type LinkRequest } from '../../src/devices/link.pb.js'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { certifierOf, type Lease, makeCertificate, openLease } from '../../src/supernode/records.ts'
import { holds } from '../support/property.ts'
import { claimOf, keyOf, leaseOf, NETWORK, NOW_MS, person, type Person } from '../supernode/people.ts'

const link = suite('linking a device')

const SECRET = Uint8Array.from({ length: SECRET_BYTES }, (_, i) => i * 25)
const CODE: LinkCode = { username: 'alice', secret: SECRET }
const OTHER_CODE: LinkCode = { username: 'alice', secret: SECRET.map((byte) => byte ^ 1) }
const alice = person('alice')
const mallory = { ...person('mallory'), name: 'alice' }
const laptop = keyOf('laptop')
const peerOf = ({ device }: Pick<Person, 'device'>) => peerIdOf(device.publicKey)
const LAPTOP = peerIdOf(laptop.publicKey)
const leaseFrom = (whose: Person) => openLease(leaseOf(whose), whose.network) as Lease

const offer = (code = CODE, { account, device }: Person = alice, network = NETWORK) =>
  new LinkOffer({ code, network, account, devicePeerId: peerIdOf(device.publicKey) }, NOW_MS)
const joiner = (code = CODE, { devicePeerId = LAPTOP, network = NETWORK, label = 'laptop' } = {}) =>
  new LinkJoin({ code, network, devicePeerId, label })
const AT = { claim: claimOf(alice), nowMs: NOW_MS }

const requestOf = (bytes: Uint8Array | undefined) => decodeLink(bytes as Uint8Array)?.request as LinkRequest
const grantOf = (bytes: Uint8Array) => decodeLink(bytes)?.grant as LinkGrant
const reasonOf = (bytes: Uint8Array) => decodeLink(bytes)?.refusal?.reason
const { NO_CODE, SPENT, WRONG_CODE } = {
  NO_CODE: reasonOf(refusal('NO_CODE').link),
  SPENT: reasonOf(refusal('SPENT').link),
  WRONG_CODE: reasonOf(refusal('WRONG_CODE').link),
}

/** The whole of it: what the laptop asks and what alice's machine says. */
function exchange(first = offer(), joining = joiner()) {
  const request = requestOf(joining.request(peerOf(alice)))
  const reply = first.take(request, LAPTOP, AT)
  return { first, joining, request, reply }
}

link('whoever knows the code gets a certificate for its own key, the claim and the account', () => {
  const { joining, reply } = exchange()
  assert.equal(reply.joined, { peerId: LAPTOP, label: 'laptop' })
  const granted = joining.take(reply.link, leaseFrom(alice))
  assert.is(granted?.username, 'alice')
  assert.equal(granted?.accountKey, alice.account.publicKey)
  assert.equal(granted?.claim, AT.claim)
  const certifier = certifierOf(granted?.certificate as Uint8Array, laptop.publicKey, NETWORK)
  assert.equal(certifier, alice.account.publicKey)
})

link('a wrong code is refused, and its holder learns which', () => {
  const { first, joining, reply } = exchange(offer(), joiner(OTHER_CODE))
  assert.is(reasonOf(reply.link), WRONG_CODE)
  assert.is(reply.joined, undefined)
  assert.is(joining.take(reply.link, leaseFrom(alice)), undefined)
  assert.is(joining.refusal, 'WRONG_CODE')
  assert.not(first.isSpent)
})

link('after five wrong tries the right code is refused as well', () => {
  const first = offer()
  const wrong = requestOf(joiner(OTHER_CODE).request(peerOf(alice)))
  for (let i = 0; i < TRIES_MAX - 1; i++) first.take(wrong, LAPTOP, AT)
  assert.ok(exchange(first).reply.joined, 'four are forgiven')
  const second = offer()
  for (let i = 0; i < TRIES_MAX; i++) assert.is(reasonOf(second.take(wrong, LAPTOP, AT).link), WRONG_CODE)
  assert.ok(second.isSpent)
  assert.is(reasonOf(exchange(second).reply.link), SPENT)
})

link('a code holds for ten minutes, not a moment longer', () => {
  const request = requestOf(joiner().request(peerOf(alice)))
  const last = offer().take(request, LAPTOP, { ...AT, nowMs: NOW_MS + CODE_LIFE_MS - 1 })
  assert.ok(last.joined)
  const late = offer().take(request, LAPTOP, { ...AT, nowMs: NOW_MS + CODE_LIFE_MS })
  assert.is(reasonOf(late.link), NO_CODE)
  assert.is(late.joined, undefined)
})

link('a code is for one device: that one may ask again, another is refused', () => {
  const { first, request } = exchange()
  assert.ok(first.take(request, LAPTOP, AT).joined, 'the answer may have been lost')
  const tablet = peerIdOf(keyOf('tablet').publicKey)
  const late = first.take(requestOf(joiner(CODE, { devicePeerId: tablet }).request(peerOf(alice))), tablet, AT)
  assert.is(reasonOf(late.link), SPENT)
  assert.is(late.joined, undefined)
})

const altered: [what: string, alter: (request: LinkRequest) => LinkRequest, from: string][] = [
  ['sent on by another device', (request) => request, peerOf(mallory)],
  ['with another label', (request) => ({ ...request, label: 'lapdog' }), LAPTOP],
  ['with a tag cut short', ({ label, tag }) => ({ label, tag: tag.subarray(0, 31) }), LAPTOP],
  ['without a tag', ({ label }) => ({ label, tag: new Uint8Array() }), LAPTOP],
  ['made for another device', () => requestOf(joiner().request(peerOf(mallory))), LAPTOP],
  ['made for another network', () => requestOf(joiner(CODE, { network: 'b' }).request(peerOf(alice))), LAPTOP],
  ['made for another name', () => requestOf(joiner({ ...CODE, username: 'bob' }).request(peerOf(alice))), LAPTOP],
]
for (const [what, alter, from] of altered) {
  link(`a request ${what} is refused and counts as a try`, () => {
    const first = offer()
    const request = alter(requestOf(joiner().request(peerOf(alice))))
    for (let i = 0; i < TRIES_MAX; i++) assert.is(reasonOf(first.take(request, from, AT).link), WRONG_CODE)
    assert.ok(first.isSpent)
  })
}

link('a label that a terminal cannot show is refused even with the right code', () => {
  for (const label of ['', 'x'.repeat(33), 'a\u001b[2J', 'two\nlines', ' padded', '\u202Eright'])
    assert.is(reasonOf(exchange(offer(), joiner(CODE, { label })).reply.link), WRONG_CODE, JSON.stringify(label))
})

/** A grant that mallory's machine, which does not know the code, makes up or changes. */
const forged: [what: string, make: (genuine: LinkGrant) => LinkGrant][] = [
  ['with the certificate of another device', (g) => ({ ...g, certificate: certificateFor(keyOf('tablet')) })],
  ['with another genuine certificate', (g) => ({ ...g, certificate: certificateFor(laptop, NOW_MS + 1) })],
  ['with another claim of the account', (g) => ({ ...g, claim: claimOf(alice, { seq: 2 }) })],
  ['with the claim of another account', (g) => ({ ...g, claim: claimOf(mallory) })],
  ['naming another account', (g) => ({ ...g, accountKey: mallory.account.publicKey })],
  ['with the tag of another code', (g) => ({ ...g, tag: tagged(OTHER_CODE, g) })],
  ['with the tag of a request', (g) => ({ ...g, tag: requestOf(joiner().request(peerOf(alice))).tag })],
  ['of another account altogether, without the code', () => grantOf(offerOf(mallory, OTHER_CODE))],
]
const certificateFor = (device: Person['device'], issuedMs = NOW_MS) =>
  makeCertificate(alice.account, device, NETWORK, issuedMs)
const tagged = (code: LinkCode, { certificate, claim, accountKey }: LinkGrant, from = alice) =>
  new LinkKey(code, NETWORK).tag('grant', [laptop.publicKey, from.device.publicKey, certificate, claim, accountKey])
const offerOf = (whose: Person, code: LinkCode) =>
  offer(code, whose).take(requestOf(joiner(code).request(peerOf(whose))), LAPTOP, { ...AT, claim: claimOf(whose) }).link

for (const [what, make] of forged) {
  link(`a grant ${what} is not believed`, () => {
    const { joining, reply } = exchange()
    assert.is(joining.take(Link.encode({ grant: make(grantOf(reply.link)) }), leaseFrom(alice)), undefined)
    assert.ok(joining.take(reply.link, leaseFrom(alice)), 'the genuine one still is')
  })
}

/** What a machine that does know the code may not do either: the tag is right, and what it covers is not. */
const unfit: [what: string, change: (grant: LinkGrant) => Partial<LinkGrant>][] = [
  ['whose certificate is for another device', () => ({ certificate: certificateFor(keyOf('tablet')) })],
  [
    'whose certificate is another account’s',
    () => ({ certificate: makeCertificate(mallory.account, laptop, NETWORK, 1) }),
  ],
  ['whose certificate is for another network', () => ({ certificate: makeCertificate(alice.account, laptop, 'b', 1) })],
  ['whose certificate is noise', () => ({ certificate: Uint8Array.of(1, 2, 3) })],
  ['whose claim is of another name', () => ({ claim: claimOf({ ...alice, name: 'alicia' }) })],
  ['whose claim is for another network', () => ({ claim: claimOf(person('alice', undefined, 'b')) })],
  ['whose claim is another account’s', () => ({ claim: claimOf(mallory) })],
  ['whose claim removes the device at once', () => ({ claim: claimOf(alice, { revokedDevices: [LAPTOP] }) })],
]
for (const [what, change] of unfit) {
  link(`a grant ${what} is not believed, whatever its tag`, () => {
    const { joining, reply } = exchange()
    const genuine = grantOf(reply.link)
    const grant = { ...genuine, ...change(genuine) }
    assert.is(joining.take(Link.encode({ grant: { ...grant, tag: tagged(CODE, grant) } }), leaseFrom(alice)), undefined)
  })
}

link('only a device that was asked, and only of the account that it grants, is believed', () => {
  const { joining, reply } = exchange()
  assert.is(joining.take(reply.link, leaseFrom(mallory)), undefined, 'never asked')
  joining.request(peerOf(mallory))
  assert.is(joining.take(reply.link, leaseFrom(mallory)), undefined, 'made by another')
  const { reply: theirs } = exchange(offer(CODE, mallory), joiner())
  assert.is(joining.take(theirs.link, leaseFrom(mallory)), undefined, 'the request was for alice’s machine')
})

link('a grant that was not asked for, or by a device of another account, is not believed, whatever its tag', () => {
  const { reply } = exchange()
  assert.is(joiner().take(reply.link, leaseFrom(alice)), undefined, 'asked nobody')
  const joining = joiner()
  joining.request(peerOf(mallory))
  const genuine = grantOf(reply.link)
  const grant = { ...genuine, tag: tagged(CODE, genuine, mallory) }
  assert.is(joining.take(Link.encode({ grant }), leaseFrom(mallory)), undefined, 'not alice’s device')
})

link('a tag made for one purpose, or of parts cut elsewhere, is worth nothing for another', () => {
  const key = new LinkKey(CODE, NETWORK)
  const parts = [Uint8Array.of(1, 2), Uint8Array.of(3)]
  const tag = key.tag('request', parts)
  assert.ok(key.verifies(tag, 'request', parts))
  assert.not(key.verifies(tag, 'grant', parts))
  assert.not(key.verifies(tag, 'request', [Uint8Array.of(1), Uint8Array.of(2, 3)]))
})

link('a grant recorded once is worth nothing to another device', () => {
  const { reply } = exchange()
  const tablet = joiner(CODE, { devicePeerId: peerIdOf(keyOf('tablet').publicKey) })
  tablet.request(peerOf(alice))
  assert.is(tablet.take(reply.link, leaseFrom(alice)), undefined)
})

link('all who were asked must have refused before the code counts as refused', () => {
  const joining = joiner()
  assert.is(joining.refusal, undefined)
  joining.request(peerOf(alice))
  joining.request(peerOf(mallory))
  joining.take(refusal('NO_CODE').link, leaseFrom(mallory))
  assert.is(joining.refusal, undefined)
  assert.is(joining.request(peerOf(mallory)), undefined, 'nobody who refused is asked again')
  joining.take(refusal('SPENT').link, leaseFrom(alice))
  assert.is(joining.refusal, 'SPENT')
})

link('no more devices are asked than the bound', () => {
  const joining = joiner()
  const ids = Array.from({ length: ASKED_MAX + 1 }, (_, i) => peerIdOf(keyOf(`device ${i}`).publicKey))
  assert.equal(
    ids.map((id) => joining.request(id) !== undefined),
    ids.map((_, i) => i < ASKED_MAX),
  )
})

link('arbitrary bytes neither join nor throw', () => {
  holds(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 40 }), (bytes, tag) => {
      const joining = joiner()
      joining.request(peerOf(alice))
      assert.is(joining.take(bytes, leaseFrom(alice)), undefined)
      const grant = { certificate: bytes, claim: bytes, accountKey: tag, tag }
      assert.is(joining.take(Link.encode({ grant }), leaseFrom(alice)), undefined)
      assert.is(offer().take({ label: 'laptop', tag }, LAPTOP, AT).joined, undefined)
    }),
  )
  assert.is(decodeLink(new Uint8Array(LINK_BYTES_MAX + 1)), undefined)
})

link('a code written is read again, in capitals and with spaces around it too', () => {
  assert.is(writeCode({ username: 'alice', secret: new Uint8Array(10) }), 'alice-aaaa-aaaa-aaaa-aaaa')
  holds(
    fc.property(
      fc.stringMatching(/^[a-z0-9_-]{3,32}$/),
      fc.uint8Array({ minLength: SECRET_BYTES, maxLength: SECRET_BYTES }),
      (username, secret) => {
        const text = writeCode({ username, secret })
        assert.match(text, /-[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}$/)
        assert.equal(readCode(text), { username, secret })
        assert.equal(readCode(` ${text.toUpperCase()}\n`), { username, secret })
      },
    ),
  )
})

link('what is no code is told so, and never repeated', () => {
  const bad = [
    '',
    'alice',
    'alice-aaaa-aaaa-aaaa',
    'alice-aaaa-aaaa-aaaa-aaa1',
    'al-aaaa-aaaa-aaaa-aaaa',
    'x'.repeat(99),
  ]
  for (const text of [...bad, 'aaaa-aaaa-aaaa-aaaa', 'alice aaaa-aaaa-aaaa-aaaa']) {
    let message = ''
    try {
      readCode(text)
    } catch (error) {
      message = (error as Error).message
      assert.is((error as { code?: string }).code, 'BAD_CODE')
    }
    assert.match(message, /tincan device add/, text)
    assert.ok(text.length < 6 || !message.includes(text))
  }
})

link.run()
