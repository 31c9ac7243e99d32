import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { type DeviceEntry, DeviceList, DEVICES_MAX, findDevice, lettersOf } from '../../src/devices/device-list.ts'
import { isLabel, labelFrom, parseLabel } from '../../src/devices/label.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { REVOKED_DEVICES_MAX } from '../../src/supernode/records.ts'
import { keyOf, NOW_MS } from '../supernode/people.ts'

const lists = suite('list of devices')

const idOf = (name: string) => peerIdOf(keyOf(name).publicKey)
const OWN: DeviceEntry = { peerId: idOf('desk'), label: 'desk', addedMs: NOW_MS }
const labels = (list: DeviceList) => list.list().map(({ label }) => label)

function inDirectory(act: (path: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), 'tincan-devices-'))
  try {
    act(join(directory, 'devices.json'))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const codeOf = (act: () => unknown): string => {
  try {
    act()
    return 'none'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

lists('what was added, renamed and removed is there after a restart', () => {
  inDirectory((path) => {
    const list = new DeviceList(path, OWN)
    const laptop = list.add(idOf('laptop'), 'laptop', NOW_MS + 1)
    list.add(idOf('phone'), 'phone', NOW_MS + 2)
    list.rename(laptop, 'old laptop')
    list.revoke(findDevice(list.list(), 'phone'), NOW_MS + 3)
    const again = new DeviceList(path, { ...OWN, label: 'another host name', addedMs: NOW_MS + 9 })
    assert.equal(again.list(), list.list())
    assert.equal(labels(again), ['desk', 'old laptop', 'phone'])
    assert.equal(again.revoked, [idOf('phone')])
    assert.match(readFileSync(path, 'utf8'), /"v": 1/)
  })
})

lists('a device that is added twice is in it once, and one that was removed does not come back', () => {
  const list = new DeviceList(undefined, OWN)
  const laptop = list.add(idOf('laptop'), 'laptop', NOW_MS)
  assert.equal(list.add(idOf('laptop'), 'again', NOW_MS + 1), laptop)
  list.revoke(laptop, NOW_MS + 2)
  assert.is(
    codeOf(() => list.add(idOf('laptop'), 'laptop', NOW_MS + 3)),
    'BAD_DEVICE',
  )
  assert.equal(list.revoked, [idOf('laptop')])
})

lists('two devices never have the same label, however it is written', () => {
  const list = new DeviceList(undefined, OWN)
  list.add(idOf('a'), 'Desk', NOW_MS)
  const other = list.add(idOf('b'), 'desk', NOW_MS)
  list.add(idOf('c'), 'x'.repeat(32), NOW_MS)
  list.add(idOf('d'), 'x'.repeat(32), NOW_MS)
  assert.equal(labels(list), ['desk', 'Desk 2', 'desk 3', 'x'.repeat(32), `${'x'.repeat(30)} 2`])
  assert.ok(labels(list).every(isLabel))
  assert.is(
    codeOf(() => list.rename(other, 'DESK')),
    'BAD_DEVICE',
  )
  assert.is(
    codeOf(() => list.rename(other, 'two\nlines')),
    'BAD_DEVICE',
  )
  assert.is(list.rename(other, 'DESK 3').label, 'DESK 3', 'its own, in capitals')
})

lists('there are at most eight at a time, and sixteen can be removed', () => {
  const list = new DeviceList(undefined, OWN)
  for (let i = 1; i < DEVICES_MAX; i++) list.add(idOf(`${i}`), `${i}`, NOW_MS)
  assert.not(list.hasRoom)
  assert.is(
    codeOf(() => list.add(idOf('one more'), 'one more', NOW_MS)),
    'BAD_DEVICE',
  )
  for (let i = 1; i <= REVOKED_DEVICES_MAX; i++) {
    list.revoke(findDevice(list.list(), `${i}`), NOW_MS)
    list.add(idOf(`${i + DEVICES_MAX - 1}`), `${i + DEVICES_MAX - 1}`, NOW_MS)
  }
  assert.is(list.revoked.length, REVOKED_DEVICES_MAX)
  assert.is(
    codeOf(() => list.revoke(findDevice(list.list(), '17'), NOW_MS)),
    'BAD_DEVICE',
  )
})

lists('naming devices that it did not know makes it no longer than it can read again', () => {
  inDirectory((path) => {
    const list = new DeviceList(path, OWN)
    const entry = (i: number) => ({ peerId: idOf(`${i}`), label: `${i}`, addedMs: NOW_MS })
    for (let i = 1; i < DEVICES_MAX + REVOKED_DEVICES_MAX; i++) list.rename(entry(i), `device ${i}`)
    assert.is(
      codeOf(() => list.rename(entry(99), 'one more')),
      'BAD_DEVICE',
    )
    assert.equal(new DeviceList(path, OWN).list(), list.list())
  })
})

lists('a device is found by its label, its five letters or its peer id', () => {
  const list = new DeviceList(undefined, OWN)
  const laptop = list.add(idOf('laptop'), 'My Laptop', NOW_MS)
  for (const text of ['my laptop', 'My Laptop', lettersOf(laptop.peerId), lettersOf(laptop.peerId).toUpperCase()])
    assert.equal(findDevice(list.list(), text), laptop)
  assert.equal(findDevice(list.list(), laptop.peerId), laptop)
  assert.is(
    codeOf(() => findDevice(list.list(), 'tablet')),
    'BAD_DEVICE',
  )
  const twins = [OWN, { ...OWN, peerId: laptop.peerId }]
  assert.is(
    codeOf(() => findDevice(twins, 'desk')),
    'BAD_DEVICE',
  )
})

lists('a file that is no list stops whoever opens it and is left as it is', () => {
  const key = Buffer.from(keyOf('laptop').publicKey).toString('hex')
  const device = { deviceKey: key, label: 'laptop', addedMs: NOW_MS }
  const bad: unknown[] = [
    [],
    {},
    { devices: 'laptop' },
    { devices: [{ ...device, deviceKey: key.slice(2) }] },
    { devices: [{ ...device, label: '' }] },
    { devices: [{ ...device, addedMs: 'now' }] },
    { devices: [{ ...device, revokedMs: 1.5 }] },
    { devices: [null] },
    { devices: Array.from({ length: 100 }, () => device) },
  ]
  const texts = [...bad.map((content) => JSON.stringify(content)), '', '{', 'x'.repeat(300 * 1024)]
  inDirectory((path) => {
    for (const text of texts) {
      writeFileSync(path, text)
      assert.is(
        codeOf(() => new DeviceList(path, OWN)),
        'BAD_KEY',
        text.slice(0, 80),
      )
      assert.is(readFileSync(path, 'utf8'), text)
    }
  })
})

lists('what cannot be written has not happened', () => {
  inDirectory((path) => {
    const list = new DeviceList(path, OWN)
    mkdirSync(path) // nothing can be put in its place
    assert.is(
      codeOf(() => list.add(idOf('laptop'), 'laptop', NOW_MS)),
      'BAD_DEVICE',
    )
    assert.equal(labels(list), ['desk'])
  })
})

lists('a label is what a terminal can show', () => {
  for (const good of ['a', 'Zoë’s phone', '東京', 'x'.repeat(32), '🎺', 'a-b_c (2)']) assert.is(parseLabel(good), good)
  for (const bad of ['', ' ', 'a ', ' a', 'a  b', 'x'.repeat(33), 'a\tb', '\u001b[31m', '\u202Ex', 'a\u200Bb'])
    assert.not(isLabel(bad), JSON.stringify(bad))
  const table = [
    ['box.example', 'box.example'],
    ['  two \n lines ', 'two lines'],
    ['\u001b\u202E', 'device'],
    ['', 'device'],
    [`${'x'.repeat(31)} y`, 'x'.repeat(31)],
  ] as const
  for (const [text, label] of table) {
    assert.is(labelFrom(text), label)
    assert.ok(isLabel(labelFrom(text)))
  }
})

lists.run()
