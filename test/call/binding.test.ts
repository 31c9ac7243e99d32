import { createHmac } from 'node:crypto'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { bindingTag, isSameTag, otherRole } from '../../src/call/binding.ts'
import { CALL_ID, LOWER_ID } from './script.ts'

const binding = suite('channel binding')

const keys = new Uint8Array(32).fill(9)

binding('the tag is the HMAC that the protocol says', () => {
  const text = Buffer.concat([Buffer.from('tincan call bindingcaller'), Buffer.from(CALL_ID, 'hex')])
  assert.ok(isSameTag(bindingTag(keys, 'caller', CALL_ID), createHmac('sha256', keys).update(text).digest()))
  assert.is(
    Buffer.from(bindingTag(keys, 'callee', CALL_ID)).toString('hex'),
    '1702c54960bacee179218b1f8b8193191cc98c6f548bb696901a6e6fb51fffce',
  )
})

binding('another role, call or channel makes another tag', () => {
  const tag = bindingTag(keys, 'caller', CALL_ID)
  assert.not(isSameTag(tag, bindingTag(keys, otherRole('caller'), CALL_ID)))
  assert.not(isSameTag(tag, bindingTag(keys, 'caller', LOWER_ID)))
  assert.not(isSameTag(tag, bindingTag(new Uint8Array(32), 'caller', CALL_ID)))
  assert.not(isSameTag(tag, tag.subarray(1)))
})

binding.run()
