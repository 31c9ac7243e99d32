/** Addresses: as bytes and back, and what kind of place each is. */

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { bytesOfHost, hostOfBytes, isGlobal, isLoopback, isNowhere, isPrivate } from '../../src/lib/ip.ts'
import { holds } from '../support/property.ts'

const ip = suite('ip')

const KINDS = { isGlobal, isLoopback, isNowhere, isPrivate }

const table: [host: string, kind: keyof typeof KINDS | 'none'][] = [
  ['8.8.8.8', 'isGlobal'],
  ['2a00:1450:4001::1', 'isGlobal'],
  ['127.0.0.1', 'isLoopback'],
  ['::1', 'isLoopback'],
  ['10.1.2.3', 'isPrivate'],
  ['172.31.255.255', 'isPrivate'],
  ['172.32.0.1', 'isGlobal'],
  ['192.168.0.1', 'isPrivate'],
  ['100.64.0.1', 'isPrivate'],
  ['100.128.0.1', 'isGlobal'],
  ['fd00::1', 'isPrivate'],
  ['0.0.0.0', 'isNowhere'],
  ['169.254.1.1', 'isNowhere'],
  ['224.0.0.1', 'isNowhere'],
  ['255.255.255.255', 'isNowhere'],
  ['::', 'isNowhere'],
  ['fe80::1', 'isNowhere'],
  ['ff02::1', 'isNowhere'],
  ['::ffff:8.8.8.8', 'isNowhere'],
  ['::ffff:808:808', 'isNowhere'],
  ['::8.8.8.8', 'isNowhere'],
  ['example.org', 'isNowhere'],
  ['', 'isNowhere'],
  ['192.0.2.1', 'none'],
  ['198.18.0.1', 'none'],
  ['64:ff9b::808:808', 'none'],
  ['2001:db8::1', 'none'],
]

ip('each address is of one kind, or of none that a peer has', () => {
  for (const [host, kind] of table) {
    const kinds = Object.entries(KINDS).flatMap(([name, isOfIt]) => (isOfIt(host) ? [name] : []))
    assert.equal(kinds, kind === 'none' ? [] : [kind], host)
  }
})

ip('bytes and text are each other’s, in the form of RFC 5952', () => {
  assert.is(hostOfBytes(bytesOfHost('203.0.113.255')), '203.0.113.255')
  assert.is(hostOfBytes(bytesOfHost('2001:0DB8:0:0:1:0:0:1')), '2001:db8::1:0:0:1')
  assert.equal([...bytesOfHost('::ffff:192.0.2.1')].slice(-6), [255, 255, 192, 0, 2, 1])
  holds(
    fc.property(fc.ipV6(), (host) => {
      const plain = hostOfBytes(bytesOfHost(host))
      assert.is(bytesOfHost(host).length, 16)
      assert.equal(bytesOfHost(plain), bytesOfHost(host))
    }),
  )
})

ip.run()
