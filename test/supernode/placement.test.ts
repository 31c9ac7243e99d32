import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { kadIdOf, kadIdOfKey, peerIdOf } from '../../src/overlay/peer-id.ts'
import { NAME_KEY_BYTES, nameKey, nameKeys, nearestTo, SALTS } from '../../src/supernode/placement.ts'
import { holds } from '../support/property.ts'
import { keyOf } from './people.ts'

const placement = suite('placement')

const contact = (i: number) => ({
  peerId: peerIdOf(keyOf(`supernode ${i}`).publicKey),
  addresses: [`/ip4/203.0.113.7/tcp/${i}`],
})
const contacts = Array.from({ length: 40 }, (_, i) => contact(i))

placement('the key of a name never changes', () => {
  assert.is(
    Buffer.from(nameKey('main', 'alice', 0)).toString('hex'),
    '82e0f2371e74ac474287b490322ecc7c6d6cd57bf073f308f920d4b5a636eeec',
  )
})

placement('another name, network or salt is another key', () => {
  const keys = [
    nameKey('main', 'alice', 0),
    nameKey('main', 'alice', 1),
    nameKey('main', 'bob', 0),
    nameKey('other', 'alice', 0),
  ].map((key) => Buffer.from(key).toString('hex'))
  assert.is(new Set(keys).size, keys.length)
})

placement('a name has one key for each salt', () => {
  assert.equal(
    nameKeys('main', 'alice'),
    Array.from({ length: SALTS }, (_, salt) => nameKey('main', 'alice', salt)),
  )
  assert.ok(nameKeys('main', 'alice').every((key) => key.length === NAME_KEY_BYTES))
})

placement('the nearest are those of the plainest reckoning, nearest first, each once', () => {
  const distance = (target: Uint8Array, peerId: string) =>
    BigInt(`0x${Buffer.from(kadIdOf(peerId).map((byte, i) => byte ^ (target[i] as number))).toString('hex')}`)
  holds(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.subarray(contacts),
      fc.nat(10),
      (key, known, count) => {
        const target = kadIdOfKey(key)
        const plainest = known
          .map(({ peerId }) => ({ peerId, away: distance(target, peerId) }))
          .sort((a, b) => (a.away < b.away ? -1 : 1))
          .slice(0, count)
        const found = nearestTo(key, [...known, ...known], count)
        assert.equal(
          found.map(({ peerId }) => peerId),
          plainest.map(({ peerId }) => peerId),
        )
      },
    ),
  )
})

placement('where blocks count, no two of a key share a /24 or a /48, and the nearest of each block is the one', () => {
  const at = (address: string, i: number) => ({ ...contact(i), addresses: [`/ip4/127.0.0.1/tcp/1`, address] })
  const blocks = (i: number) =>
    at(i % 2 === 0 ? `/ip4/198.51.${i % 8}.${i}/tcp/1` : `/ip6/2001:db8:${i % 8}::${i}/tcp/1`, i)
  const known = contacts.map((_, i) => ({ ...blocks(i), addresses: blocks(i).addresses.slice(1) }))
  const key = nameKey('main', 'alice', 0)
  const chosen = nearestTo(key, known, 20, true)
  assert.is(chosen.length, 8)
  assert.is(chosen[0]?.peerId, nearestTo(key, known, 1)[0]?.peerId)
  for (const each of chosen) {
    const index = known.findIndex(({ peerId }) => peerId === each.peerId)
    const sameBlock = known.filter((_, i) => i % 8 === index % 8)
    assert.is(nearestTo(key, sameBlock, 1)[0]?.peerId, each.peerId)
  }
  assert.is(nearestTo(key, known, 20).length, 20, 'one machine is one block')
})

placement('whose address is unknown is not kept out', () => {
  const known = contacts.map((each) => ({ ...each, addresses: [] }))
  assert.is(nearestTo(nameKey('main', 'alice', 0), known, 5, true).length, 5)
})

placement('names are spread: no supernode is among the nearest to far more of them than its share', () => {
  const held = new Map<string, number>()
  for (let i = 0; i < 1_000; i++)
    for (const { peerId } of nearestTo(nameKey('main', `name-${i}`, 0), contacts, 5))
      held.set(peerId, (held.get(peerId) ?? 0) + 1)
  assert.ok(held.size > 30, `${held.size} of 40 hold something`)
  assert.ok(Math.max(...held.values()) < 600, `one holds ${Math.max(...held.values())} of 1000`)
})

placement.run()
