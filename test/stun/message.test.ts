/** STUN messages: the vectors of RFC 5769, round trips, and bytes of strangers. */

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import {
  ATTRIBUTE,
  CLASS,
  METHOD,
  attributeOf,
  errorValue,
  isAuthentic,
  newTransactionId,
  readError,
  readMessage,
  readText,
  readUint32,
  readXorAddress,
  textValue,
  uint32Value,
  unknownTypes,
  writeMessage,
  xorAddressValue,
} from '../../src/stun/message.ts'
import { holds } from '../support/property.ts'

const stun = suite('stun messages')

/** RFC 5769 §2.1 and §2.2; the key is the password. */
const KEY = Buffer.from('VOkJxbRl1RmTxUk/WvJxBt')
const REQUEST = Buffer.from(
  `000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff
   80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249
   c1b571a280280004e57a3bcf`.replace(/\s/g, ''),
  'hex',
)
const RESPONSE = Buffer.from(
  `0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643
   000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96`.replace(/\s/g, ''),
  'hex',
)

stun('the request of RFC 5769 is read as it says, and is authentic under its password alone', () => {
  const message = readMessage(REQUEST)!
  assert.equal([message.method, message.class], [METHOD.binding, CLASS.request])
  assert.is(readText(attributeOf(message, ATTRIBUTE.username)), 'evtj:h6vY')
  assert.is(readUint32(attributeOf(message, ATTRIBUTE.priority)), 0x6e0001ff)
  assert.ok(isAuthentic(message, KEY))
  assert.not.ok(isAuthentic(message, Buffer.from('another')))
})

stun('the response of RFC 5769 maps to the address it says', () => {
  const message = readMessage(RESPONSE)!
  assert.is(message.class, CLASS.success)
  const mapped = readXorAddress(attributeOf(message, ATTRIBUTE.xorMappedAddress), message.transactionId)
  assert.equal(mapped, { host: '192.0.2.1', port: 32853 })
  assert.ok(isAuthentic(message, KEY))
})

stun('one flipped bit anywhere makes it unreadable or not authentic', () => {
  for (let at = 0; at < REQUEST.length; at++) {
    // the type of FINGERPRINT: an unknown attribute behind MESSAGE-INTEGRITY is ignored (RFC 8489 §14.5)
    if (at === REQUEST.length - 8 || at === REQUEST.length - 7) continue
    const bytes = Buffer.from(REQUEST)
    bytes[at]! ^= 1 << (at % 8)
    const message = readMessage(bytes)
    assert.ok(message === undefined || !isAuthentic(message, KEY), `byte ${at}`)
  }
})

stun('what is written is read again, whatever method, class and attributes', () => {
  const attribute = fc.tuple(
    fc.integer({ min: 0, max: 0xffff }).filter((type) => type !== ATTRIBUTE.messageIntegrity && type !== 0x8028),
    fc.uint8Array({ maxLength: 40 }),
  )
  holds(
    fc.property(
      fc.integer({ min: 0, max: 0xff }), // others begin with a byte that is not STUN's (RFC 7983 §7)
      fc.constantFrom(...Object.values(CLASS)),
      fc.array(attribute, { maxLength: 20 }),
      fc.option(fc.uint8Array({ minLength: 1 }), { nil: undefined }),
      fc.boolean(),
      (method, kind, attributes, key, hasFingerprint) => {
        const written = { method, class: kind, transactionId: newTransactionId(), attributes }
        const read = readMessage(writeMessage(written, { key, hasFingerprint }))!
        assert.equal([read.method, read.class], [method, kind])
        assert.ok(read.transactionId.equals(written.transactionId))
        const plain = (list: readonly (readonly [number, Uint8Array])[]) => list.map(([type, v]) => [type, [...v]])
        assert.equal(plain(read.attributes), plain(attributes))
        assert.is(read.integrityAt !== undefined, key !== undefined)
        if (key !== undefined) assert.ok(isAuthentic(read, key))
      },
    ),
  )
})

stun('addresses of both families survive, in the form of RFC 5952', () => {
  const id = newTransactionId()
  for (const host of ['0.0.0.0', '203.0.113.255', '::', '::1', '2001:db8::1', '2001:db8:0:1:1:1:1:1', 'fe80::1:0:0:1'])
    assert.equal(readXorAddress(xorAddressValue({ host, port: 65535 }, id), id), { host, port: 65535 })
})

stun('error codes and unknown attributes are told', () => {
  assert.is(readError(errorValue(438, 'Stale Nonce')), 438)
  assert.is(readError(Uint8Array.of(0, 0)), undefined)
  const attributes = [[0x0001, textValue('x')] as const, [0x8001, textValue('y')] as const]
  const message = { method: 1, class: CLASS.request, transactionId: newTransactionId(), attributes }
  assert.equal(unknownTypes(message, new Set()), [1])
  assert.equal([...uint32Value(0xfffffffe)], [255, 255, 255, 254])
})

stun('attributes behind the integrity are not read', () => {
  const bytes = writeMessage(
    { method: 1, class: CLASS.request, transactionId: newTransactionId(), attributes: [] },
    { key: KEY, hasFingerprint: false },
  )
  const forged = Buffer.concat([bytes, Buffer.from([0, 0x25, 0, 0])])
  forged.writeUInt16BE(forged.length - 20, 2)
  const message = readMessage(forged)!
  assert.equal(message.attributes, [])
  assert.ok(isAuthentic(message, KEY))
})

stun('arbitrary bytes, and real messages cut or changed, are read or dropped, and never throw', () => {
  const mutated = fc
    .tuple(
      fc.constantFrom(REQUEST, RESPONSE),
      fc.array(fc.tuple(fc.nat(107), fc.nat(255)), { maxLength: 8 }),
      fc.nat(110),
    )
    .map(([of, changes, length]) => {
      const bytes = Buffer.from(of)
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
      return bytes.subarray(0, length)
    })
  holds(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 3000 }), mutated), (bytes) => {
      const message = readMessage(bytes)
      if (message === undefined) return
      isAuthentic(message, KEY)
      for (const [, value] of message.attributes) readXorAddress(value, message.transactionId)
    }),
  )
})

stun.run()
