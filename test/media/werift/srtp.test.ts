/** The window and the counter that SRTP stands on, against the plainest models; and the refusal of another werift. */

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TincanError } from '../../../src/errors.ts'
import { installHardening } from '../../../src/media/werift/harden.ts'
import { WERIFT_VERSION, assertInternals, installedVersion } from '../../../src/media/werift/internals.ts'
import { isRtpHeaderSane } from '../../../src/media/werift/packet-firewall.ts'
import { Reports } from '../../../src/media/werift/reports.ts'
import { SecureMedia } from '../../../src/media/werift/srtp.ts'
import { ReplayWindow } from '../../../src/media/werift/replay-window.ts'
import { rollOver } from '../../../src/media/werift/rollover.ts'
import { holds } from '../../support/property.ts'

const srtp = suite('srtp')

srtp('an index passes once, and never when it is older than the window', () => {
  holds(
    fc.property(fc.array(fc.nat(400), { maxLength: 300 }), (indices) => {
      const window = new ReplayWindow()
      const passed = new Set<number>()
      for (const index of indices) {
        const highest = Math.max(-1, ...passed)
        const isNew = !passed.has(index) && index > highest - 128
        assert.is(window.pass(index), isNew)
        if (isNew) passed.add(index)
      }
    }),
  )
})

srtp('the counter follows the index over wraps, through loss and disorder', () => {
  const steps = fc.array(fc.integer({ min: -100, max: 20_000 }), { maxLength: 60 })
  holds(
    fc.property(fc.nat(0x7fff), steps, (first, jumps) => {
      const state = { rolloverCounter: 0, lastSequenceNumber: 0 }
      let index = first
      rollOver(index, state)
      for (const jump of jumps) {
        index = Math.max(first, index + jump)
        rollOver(index & 0xffff, state)
        assert.is(state.rolloverCounter * 0x10000 + state.lastSequenceNumber, index)
      }
    }),
  )
})

srtp('a header whose lengths exceed the packet is not sane', () => {
  const header = (...bytes: number[]) => Buffer.concat([Buffer.from(bytes), Buffer.alloc(20)])
  assert.ok(isRtpHeaderSane(header(0x80, 111)))
  assert.ok(isRtpHeaderSane(header(0x82, 111)))
  assert.not(isRtpHeaderSane(header(0x8f, 111)))
  assert.not(isRtpHeaderSane(Buffer.alloc(11, 0x80)))
  const extended = header(0x90, 111)
  extended.writeUInt16BE(1, 14)
  assert.ok(isRtpHeaderSane(extended))
  extended.writeUInt16BE(0xbd03, 14)
  assert.not(isRtpHeaderSane(extended))
})

srtp('a peer that does not say its source has four at most, and each packet is opened once', () => {
  installHardening()
  const one = { key: Buffer.alloc(16, 1), salt: Buffer.alloc(12, 1) }
  const other = { key: Buffer.alloc(16, 2), salt: Buffer.alloc(12, 2) }
  const [a, b] = [new SecureMedia({ send: one, receive: other }), new SecureMedia({ send: other, receive: one })]
  const payload = Buffer.from('voice')
  const opened: number[] = []
  for (let number = 1; number <= 100; number++) {
    const sealed = a.sealRtp({ sequenceNumber: number, timestamp: 0, marker: false, payload }, number % 10, 111)!
    for (let copies = 0; copies < 2; copies++) {
      const packet = b.openRtp(Buffer.from(sealed))
      if (packet !== undefined) opened.push(packet.header.ssrc)
    }
  }
  assert.is(opened.length, 40)
  assert.equal([...new Set(opened)], [1, 2, 3, 4])
  const report = new Reports(7).write(0)
  const sealed = a.sealRtcp(report)
  assert.equal(b.openRtcp(sealed), report)
  assert.is(b.openRtcp(sealed), undefined)
  assert.is(a.openRtcp(sealed), undefined, 'the other direction has other keys')
})

srtp('another version of werift is refused, and so is one with other insides', async () => {
  assert.is(installedVersion(), WERIFT_VERSION)
  assertInternals()
  assert.throws(
    () => assertInternals('0.26.0'),
    (error: unknown) => error instanceof TincanError && /0\.26\.0.*npm ci/.test(error.message),
  )
  const harden = new URL('../../../src/media/werift/harden.ts', import.meta.url).href
  const script = `
    const { DtlsClient } = await import('werift')
    const { installHardening } = await import(${JSON.stringify(harden)})
    delete DtlsClient.prototype.connect
    try { installHardening() } catch (error) { console.log(error.code, error.message) }`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  assert.match(stdout, /^CALL_FAILED werift's DtlsClient\.connect is gone/)
})

srtp.run()
