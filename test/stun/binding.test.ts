/** The question how a server sees us, and what its answers say. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { bindingRequest, mappedOf } from '../../src/stun/binding.ts'
import {
  ATTRIBUTE,
  type Attribute,
  CLASS,
  METHOD,
  type StunClass,
  newTransactionId,
  readMessage,
  writeMessage,
  xorAddressValue,
} from '../../src/stun/message.ts'

const binding = suite('stun binding')

const id = newTransactionId()

const written = (method: number, kind: StunClass, attributes: Attribute[]): Buffer =>
  writeMessage({ method, class: kind, transactionId: id, attributes })

const mapped = (host: string): Attribute => [ATTRIBUTE.xorMappedAddress, xorAddressValue({ host, port: 4711 }, id)]

for (const host of ['203.0.113.7', '2001:db8::7']) {
  binding(`an answer with ${host} says the address, and is no longer than the question`, () => {
    const answer = written(METHOD.binding, CLASS.success, [mapped(host)])
    assert.equal(mappedOf(readMessage(answer)!), { host, port: 4711 })
    assert.ok(answer.length <= bindingRequest(id).length)
  })
}

for (const [what, message] of [
  ['a refusal', written(METHOD.binding, CLASS.error, [mapped('203.0.113.7')])],
  ['a question', bindingRequest(id)],
  ['an answer to something else', written(METHOD.refresh, CLASS.success, [mapped('203.0.113.7')])],
  ['an answer without an address', written(METHOD.binding, CLASS.success, [])],
] as const) {
  binding(`${what} says no address`, () => {
    assert.is(mappedOf(readMessage(message)!), undefined)
  })
}

binding.run()
