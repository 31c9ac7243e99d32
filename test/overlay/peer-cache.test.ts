import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { signingKey } from '../../src/overlay/keys.ts'
import { PeerCache } from '../../src/overlay/peer-cache.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { holds } from '../support/property.ts'

const caches = suite('peer cache')

const directory = mkdtempSync(join(tmpdir(), 'tincan-cache-'))
caches.after(() => rmSync(directory, { recursive: true, force: true }))

let count = 0
const fresh = () => join(directory, `${count++}.json`)
const id = peerIdOf(signingKey(new Uint8Array(32)).publicKey)
const address = (port: number) => `/ip4/127.0.0.1/tcp/${port}/p2p/${id}`
const ports = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => address(from + i))

caches('what was seen is there after a restart, the last seen first', () => {
  const path = fresh()
  const cache = new PeerCache(path)
  cache.saw([address(1), address(2)])
  cache.saw([address(3), address(1)])
  cache.save()
  assert.equal(new PeerCache(path).addresses, [address(3), address(1), address(2)])
  assert.is(statSync(path).mode & 0o777, 0o600)
})

caches('it holds 200 addresses, and the oldest leave first', () => {
  const path = fresh()
  const cache = new PeerCache(path)
  cache.saw(ports(1, 150))
  cache.saw(ports(151, 300))
  assert.is(cache.addresses.length, 200)
  assert.equal(cache.addresses.slice(0, 150), ports(151, 300))
  cache.save()
  assert.is(new PeerCache(path).addresses.length, 200)
})

caches('without a path it lives in memory', () => {
  const cache = new PeerCache(undefined)
  cache.saw([address(1)])
  cache.save()
  assert.equal(cache.addresses, [address(1)])
})

caches('an empty cache does not replace one on disk', () => {
  const path = fresh()
  new PeerCache(path).save()
  assert.throws(() => readFileSync(path))
})

const corrupt: [string, string | Uint8Array][] = [
  ['empty', ''],
  ['no JSON', '{'],
  ['null', 'null'],
  ['a number', '1'],
  ['a list', '[]'],
  ['no list of addresses', '{"v":1,"addresses":"/ip4/127.0.0.1"}'],
  ['bytes', Uint8Array.of(0xff, 0xfe, 0)],
  ['larger than any cache of ours', JSON.stringify({ v: 1, addresses: ports(1, 5_000) })],
]
for (const [what, content] of corrupt) {
  caches(`a file that is ${what} counts as empty, and the next save replaces it`, () => {
    const path = fresh()
    writeFileSync(path, content)
    const cache = new PeerCache(path)
    assert.equal(cache.addresses, [])
    cache.saw([address(1)])
    cache.save()
    assert.equal(new PeerCache(path).addresses, [address(1)])
  })
}

caches('of a file that was edited only what is a full multiaddr is taken', () => {
  const path = fresh()
  const bad = [
    1,
    null,
    '',
    'nonsense',
    '/ip4/127.0.0.1/tcp/1',
    `/ip4/999.0.0.1/tcp/1/p2p/${id}`,
    `/dns4/${'a'.repeat(300)}/tcp/1/p2p/${id}`,
  ]
  writeFileSync(path, JSON.stringify({ v: 1, addresses: [...bad, address(1)] }))
  assert.equal(new PeerCache(path).addresses, [address(1)])
})

caches('a file with too many addresses is cut to 200', () => {
  const path = fresh()
  writeFileSync(path, JSON.stringify({ v: 1, addresses: ports(1, 1_000) }))
  assert.equal(new PeerCache(path).addresses, ports(1, 200))
})

caches('a directory in its place, or a disk that cannot be written, takes nothing down', () => {
  const path = fresh()
  mkdirSync(join(path, 'inside'), { recursive: true })
  const cache = new PeerCache(path)
  cache.saw([address(1)])
  cache.save()
  assert.equal(cache.addresses, [address(1)])
})

caches('arbitrary content never throws', () => {
  const path = fresh()
  holds(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (content) => {
        writeFileSync(path, content)
        assert.ok(new PeerCache(path).addresses.length <= 200)
      },
    ),
  )
})

caches.run()
