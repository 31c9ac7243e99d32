import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { ContactStore, CONTACTS_MAX } from '../../src/contacts/contact-store.ts'
import { type Contact, fold, parsePetname } from '../../src/contacts/contact.ts'
import { TincanError } from '../../src/errors.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { keyOf } from '../supernode/people.ts'
import { holds } from '../support/property.ts'

const stores = suite('contact store')

const directory = mkdtempSync(join(tmpdir(), 'tincan-contacts-'))
stores.after(() => rmSync(directory, { recursive: true, force: true }))
let files = 0
const fresh = () => join(directory, `${files++}.json`)

const hex = (n: number) => n.toString(16).padStart(64, '0')
const contact = (n: number, fields: Partial<Contact> = {}): Contact => ({
  name: `Person ${n}`,
  username: `person${n}`,
  accountKey: hex(n),
  addedMs: n,
  origin: 'added',
  isVerified: false,
  isBlocked: false,
  ...fields,
})
const homes = [{ peerId: peerIdOf(keyOf('home').publicKey), addresses: ['/ip4/192.0.2.1/tcp/1'] }]

const codeOf = (act: () => unknown): string => {
  try {
    act()
    return 'none'
  } catch (error) {
    return error instanceof TincanError ? error.code : String(error)
  }
}

stores('what was put is there again after a restart, for its owner only', () => {
  const path = fresh()
  const store = new ContactStore(path)
  store.put(contact(1, { homes, isVerified: true, origin: 'invite' }))
  store.put(contact(2, { isBlocked: true, origin: 'call' }))
  assert.equal(new ContactStore(path).list(), store.list())
  assert.is(store.list().length, 2)
  assert.is(statSync(path).mode & 0o777, 0o600)
})

stores('names are compared without regard to case and to how accents are composed', () => {
  const store = new ContactStore(undefined)
  store.put(contact(1, { name: parsePetname('Zoe\u0308') }))
  assert.is(store.byName('ZO\u00cb')?.accountKey, hex(1))
  assert.is(
    codeOf(() => store.put(contact(2, { name: 'zo\u00eb' }))),
    'BAD_CONTACT',
  )
})

stores('a name or key of somebody else is refused, and nothing has changed', () => {
  const path = fresh()
  const store = new ContactStore(path)
  store.put(contact(1))
  store.put(contact(2))
  const before = readFileSync(path, 'utf8')
  assert.is(
    codeOf(() => store.put(contact(3, { name: 'person 1' }))),
    'BAD_CONTACT',
  )
  assert.is(
    codeOf(() => store.put(contact(1, { name: 'other' }))),
    'BAD_CONTACT',
  )
  assert.is(
    codeOf(() => store.put(contact(2, { name: 'Person 1' }), store.byName('Person 2'))),
    'BAD_CONTACT',
  )
  assert.is(readFileSync(path, 'utf8'), before)
  assert.is(store.size, 2)
  store.put(contact(9, { name: 'Person 1' }), store.byName('Person 1'))
  assert.is(store.byKey(hex(1)), undefined)
})

stores('there is room for 10,000', () => {
  const path = fresh()
  const contacts = Array.from({ length: CONTACTS_MAX }, (_, n) => contact(n))
  writeFileSync(path, JSON.stringify({ v: 1, contacts }))
  const store = new ContactStore(path)
  assert.is(store.size, CONTACTS_MAX)
  assert.is(
    codeOf(() => store.put(contact(CONTACTS_MAX))),
    'BAD_CONTACT',
  )
  store.put(contact(CONTACTS_MAX), store.byKey(hex(0)))
  assert.is(new ContactStore(path).size, CONTACTS_MAX)
})

const entry = contact(1)
const corrupt: [what: string, content: string | Uint8Array][] = [
  ['empty', ''],
  ['torn', '{"v":1,"contacts":['],
  ['null', 'null'],
  ['a list', '[]'],
  ['of a later version', JSON.stringify({ v: 2, contacts: [] })],
  ['without contacts', JSON.stringify({ v: 1 })],
  ['bytes', Uint8Array.of(0xff, 0xfe, 0)],
  ['with the same key twice', JSON.stringify({ v: 1, contacts: [entry, { ...entry, name: 'other' }] })],
  ['with the same name twice', JSON.stringify({ v: 1, contacts: [entry, { ...contact(2), name: 'PERSON 1' }] })],
  ['with too many', JSON.stringify({ v: 1, contacts: Array(CONTACTS_MAX + 1).fill(entry) })],
  ...(
    [
      ['name', ''],
      ['name', 'a.b'],
      ['name', ' a'],
      ['name', 'a\u0007'],
      ['name', 'x'.repeat(41)],
      ['name', 7],
      ['username', 'Bob'],
      ['accountKey', 'ab'],
      ['accountKey', hex(1).toUpperCase().replaceAll('0', 'A')],
      ['addedMs', -1],
      ['addedMs', 1.5],
      ['origin', 'found'],
      ['isVerified', 1],
      ['isBlocked', undefined],
      ['homes', {}],
      ['homes', [null]],
      ['homes', [{ peerId: 'x', addresses: [] }]],
      ['homes', [{ ...homes[0], addresses: ['x'] }]],
      ['homes', [{ ...homes[0], addresses: [`/${'x'.repeat(200)}`] }]],
      ['homes', [...homes, ...homes, ...homes, ...homes]],
    ] as const
  ).map(([key, value]): [string, string] => [
    `with ${JSON.stringify(value)?.slice(0, 40)} for ${key}`,
    JSON.stringify({ v: 1, contacts: [{ ...entry, [key]: value }] }),
  ]),
  ['with an entry that is none', JSON.stringify({ v: 1, contacts: [null] })],
]
for (const [what, content] of corrupt) {
  stores(`a file that is ${what} is refused, and left as it is`, () => {
    const path = fresh()
    writeFileSync(path, content)
    assert.is(
      codeOf(() => new ContactStore(path)),
      'BAD_CONTACT',
    )
    assert.equal(readFileSync(path), Buffer.from(content))
  })
}

stores('a directory in its place is refused', () => {
  const path = fresh()
  mkdirSync(path)
  assert.is(
    codeOf(() => new ContactStore(path)),
    'BAD_CONTACT',
  )
})

stores('when the file cannot be written the contacts are as they were', () => {
  const home = join(directory, 'not-a-directory')
  writeFileSync(home, '')
  const store = new ContactStore(undefined)
  store.put(contact(1))
  const path = fresh()
  const onDisk = new ContactStore(path)
  onDisk.put(contact(1))
  rmSync(path)
  mkdirSync(join(path, 'inside'), { recursive: true })
  assert.is(
    codeOf(() => onDisk.put(contact(2))),
    'BAD_CONTACT',
  )
  assert.equal(onDisk.list(), store.list())
  assert.is(
    codeOf(() => onDisk.remove(onDisk.byKey(hex(1)) as Contact)),
    'BAD_CONTACT',
  )
  assert.is(onDisk.size, 1)
})

stores('arbitrary content is read or refused, and never touched', () => {
  const path = fresh()
  const contents = fc.oneof(
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    fc.array(fc.jsonValue()).map((contacts) => Buffer.from(JSON.stringify({ v: 1, contacts }))),
    fc
      .record({ key: fc.constantFrom(...Object.keys(entry), 'homes'), value: fc.jsonValue() })
      .map(({ key, value }) => Buffer.from(JSON.stringify({ v: 1, contacts: [{ ...entry, [key]: value }] }))),
  )
  holds(
    fc.property(contents, (content) => {
      writeFileSync(path, content)
      assert.ok(['none', 'BAD_CONTACT'].includes(codeOf(() => new ContactStore(path))))
      assert.equal(readFileSync(path), content)
    }),
  )
})

stores('it does what a plain map would, and so does the file', () => {
  const path = fresh()
  const names = fc.constantFrom('ann', 'Ann', 'bob', 'carol', 'Dave D')
  const act = fc.record({
    type: fc.constantFrom('add', 'replace', 'remove', 'reopen'),
    name: names,
    other: names,
    key: fc.integer({ min: 1, max: 5 }),
    isBlocked: fc.boolean(),
  })
  holds(
    fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
      rmSync(path, { force: true })
      let store = new ContactStore(path)
      const plain = new Map<string, Contact>()
      const clashes = (made: Contact, old?: Contact) =>
        [...plain.values()].some(
          (each) => each !== old && (fold(each.name) === fold(made.name) || each.accountKey === made.accountKey),
        )
      for (const { type, name, other, key, isBlocked } of acts) {
        const made = contact(key, { name, isBlocked })
        const old = [...plain.values()].find((each) => fold(each.name) === fold(other))
        const isRefused = clashes(made, type === 'replace' ? old : undefined)
        switch (type) {
          case 'add':
            assert.is(
              codeOf(() => store.put(made)),
              isRefused ? 'BAD_CONTACT' : 'none',
            )
            if (!isRefused) plain.set(made.accountKey, made)
            break
          case 'replace':
            assert.is(
              codeOf(() => store.put(made, store.byName(other))),
              isRefused ? 'BAD_CONTACT' : 'none',
            )
            if (isRefused) break
            if (old !== undefined) plain.delete(old.accountKey)
            plain.set(made.accountKey, made)
            break
          case 'remove':
            if (old === undefined) break
            store.remove(store.byName(other) as Contact)
            plain.delete(old.accountKey)
            break
          case 'reopen':
            store = new ContactStore(path)
        }
        const expected = [...plain.values()].sort((a, b) => (fold(a.name) < fold(b.name) ? -1 : 1))
        assert.equal(store.list(), expected)
        for (const each of expected) {
          assert.equal(store.byKey(each.accountKey), each)
          assert.equal(store.byName(each.name), each)
        }
        assert.equal(
          store.pinned('person1').map(({ accountKey }) => accountKey),
          expected.filter((each) => each.username === 'person1' && !each.isBlocked).map(({ accountKey }) => accountKey),
        )
      }
    }),
    30,
  )
})

stores.run()
