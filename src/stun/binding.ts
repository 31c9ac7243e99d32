/**
 * How a server sees us, asked over UDP (RFC 8489 §2): a Binding request and what its answer says. A server that makes no
 * amplifier of itself answers in no more bytes than it was asked in, so the question is as long as the longest answer.
 */

import type { Address } from '../lib/ip.ts'
import {
  ATTRIBUTE,
  type Attribute,
  CLASS,
  METHOD,
  type ReadMessage,
  attributeOf,
  readXorAddress,
  writeMessage,
} from './message.ts'

/** Makes a question of 56 bytes; an answer has 52, with an IPv6 address and FINGERPRINT. */
export const BINDING_PADDING: Attribute = [ATTRIBUTE.padding, new Uint8Array(24)]

export const bindingRequest = (transactionId: Buffer): Buffer =>
  writeMessage({ method: METHOD.binding, class: CLASS.request, transactionId, attributes: [BINDING_PADDING] })

/** Undefined when it is no such answer. Whether it was asked for is the caller's business. */
export const mappedOf = (message: ReadMessage): Address | undefined =>
  message.method === METHOD.binding && message.class === CLASS.success
    ? readXorAddress(attributeOf(message, ATTRIBUTE.xorMappedAddress), message.transactionId)
    : undefined
