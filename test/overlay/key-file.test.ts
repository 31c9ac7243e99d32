import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { TincanError } from '../../src/errors.ts'
import { loadOrCreateKey } from '../../src/overlay/key-file.ts'
import { generateSeed, pemOf, signingKey } from '../../src/overlay/keys.ts'

const keyFiles = suite('key files')

const directory = mkdtempSync(join(tmpdir(), 'tincan-key-'))
keyFiles.after(() => rmSync(directory, { recursive: true, force: true }))

let count = 0
const fresh = () => join(directory, `${count++}`, 'device.key')

function freshWith(content: string | Uint8Array): string {
  const path = fresh()
  mkdirSync(join(path, '..'))
  writeFileSync(path, content)
  return path
}

function refuses(path: string, why: RegExp): void {
  try {
    loadOrCreateKey(path)
    assert.unreachable('taken')
  } catch (error) {
    assert.instance(error, TincanError)
    assert.is((error as TincanError).code, 'BAD_KEY')
    assert.match((error as TincanError).message, why)
    assert.ok((error as TincanError).message.includes(path))
  }
}

keyFiles('a missing key is made, for its owner’s eyes only, and read again the next time', () => {
  const path = fresh()
  const made = loadOrCreateKey(path)
  assert.is(statSync(path).mode & 0o777, 0o600)
  assert.equal(loadOrCreateKey(path).publicKey, made.publicKey)
  assert.match(readFileSync(path, 'utf8'), /^-----BEGIN PRIVATE KEY-----\n/)
})

keyFiles('two homes get two keys', () => {
  assert.not.equal(loadOrCreateKey(fresh()).publicKey, loadOrCreateKey(fresh()).publicKey)
})

keyFiles('a key that another program wrote is read', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const path = freshWith(privateKey.export({ format: 'pem', type: 'pkcs8' }))
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  assert.equal(Buffer.from(loadOrCreateKey(path).publicKey), spki.subarray(-32))
})

const whole = pemOf(signingKey(generateSeed()))
const pem = (type: 'x25519' | 'ed448') =>
  generateKeyPairSync(type as 'ed448').privateKey.export({ format: 'pem', type: 'pkcs8' })
const corrupt: [string, string | Uint8Array][] = [
  ['is empty', ''],
  ['was cut short', whole.slice(0, 60)],
  ['has a letter changed in its middle', whole.replace(/MC4C/, 'MC5C')],
  ['holds random bytes', generateSeed()],
  ['holds zeros, as after a power loss on some file systems', new Uint8Array(119)],
  ['holds an X25519 key', pem('x25519')],
  ['holds an Ed448 key', pem('ed448')],
  [
    'holds a P-256 key',
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }),
  ],
  ['holds a public key', generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' })],
  [
    'is locked with a passphrase',
    generateKeyPairSync('ed25519').privateKey.export({
      format: 'pem',
      type: 'pkcs8',
      cipher: 'aes-256-cbc',
      passphrase: 'x',
    }),
  ],
  ['is far too long', whole + '\n'.repeat(5_000)],
]
for (const [what, content] of corrupt) {
  keyFiles(`a file that ${what} is BAD_KEY and stays as it is, byte for byte`, () => {
    const path = freshWith(content)
    const before = readFileSync(path)
    refuses(path, /is no Ed25519 key/)
    assert.equal(readFileSync(path), before)
  })
}

keyFiles('a directory in the place of the key is BAD_KEY', () => {
  const path = fresh()
  mkdirSync(path, { recursive: true })
  refuses(path, /cannot be read/)
})

keyFiles('a key that may not be read is BAD_KEY and is not replaced', () => {
  if (process.getuid?.() === 0) return // root reads everything
  const path = freshWith(whole)
  chmodSync(path, 0)
  refuses(path, /cannot be read/)
  chmodSync(path, 0o600)
  assert.is(readFileSync(path, 'utf8'), whole)
})

keyFiles('a home that cannot be written is BAD_KEY', () => {
  const file = freshWith('')
  refuses(join(file, 'device.key'), /cannot be (read|written)/)
})

keyFiles('a link that leads nowhere is BAD_KEY', () => {
  const path = fresh()
  mkdirSync(join(path, '..'))
  symlinkSync(join(directory, 'nowhere'), path)
  refuses(path, /cannot be written/)
})

keyFiles.run()
