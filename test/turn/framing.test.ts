/** Messages on a stream. */

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { METHOD } from '../../src/stun/message.ts'
import { channelData, channelOf, channelPayload, Framer, FRAME_BYTES_MAX } from '../../src/turn/framing.ts'
import { holds } from '../support/property.ts'
import { padding, written } from './raw-client.ts'

const framing = suite('turn framing')

const frames = fc.array(
  fc.oneof(
    fc
      .record({ channel: fc.integer({ min: 0x4000, max: 0x4fff }), data: fc.uint8Array({ maxLength: 300 }) })
      .map(({ channel, data }) => channelData(channel, data, true)),
    fc.nat(300).map((bytes) => written({ method: METHOD.binding, attributes: [padding(bytes)] })),
  ),
  { maxLength: 12 },
)

framing('messages come out as they went in, in whatever pieces they arrive', () => {
  holds(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (sent, sizes) => {
      const framer = new Framer()
      const taken: Buffer[] = []
      const stream = Buffer.concat(sent)
      for (let at = 0, i = 0; at < stream.length; i++) {
        const size = sizes[i % sizes.length]!
        assert.ok(framer.push(stream.subarray(at, at + size), (frame) => taken.push(Buffer.from(frame))))
        at += size
      }
      assert.equal(taken, sent)
    }),
  )
})

framing('any bytes are taken or refused, and never more of them held than one message', () => {
  holds(
    fc.property(fc.array(fc.uint8Array({ maxLength: 100 })), (pieces) => {
      const framer = new Framer()
      for (const piece of pieces) {
        const isTaken = framer.push(Buffer.from(piece), (frame) => assert.ok(frame.length <= FRAME_BYTES_MAX))
        if (!isTaken) break
      }
    }),
  )
})

framing('ChannelData carries what it says, padded on streams, and not more than is there', () => {
  for (const length of [0, 1, 2, 3, 4, 5, 172]) {
    const data = Buffer.alloc(length, 7)
    const padded = channelData(0x4abc, data, true)
    assert.is(padded.length % 4, 0)
    assert.is(channelData(0x4abc, data, false).length, 4 + length)
    assert.is(channelOf(padded), 0x4abc)
    assert.equal(channelPayload(padded), data)
    if (length > 0) assert.is(channelPayload(channelData(0x4abc, data, false).subarray(0, -1)), undefined)
  }
  assert.is(channelPayload(Buffer.from([0x40, 0, 0])), undefined)
})

framing.run()
