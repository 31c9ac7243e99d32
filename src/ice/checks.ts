/** Connectivity checks as bytes (RFC 8445 §7, RFC 8489 §9.1): what a request says, and its answers. */

import type { Address } from '../lib/ip.ts'
import {
  ATTRIBUTE,
  type Attribute,
  CLASS,
  METHOD,
  type ReadMessage,
  attributeOf,
  errorValue,
  isAuthentic,
  readText,
  readUint32,
  textValue,
  typesValue,
  uint32Value,
  unknownTypes,
  writeMessage,
  xorAddressValue,
} from '../stun/message.ts'
import type { IceCredentials, IceRole } from './ice.ts'

const KNOWN: ReadonlySet<number> = new Set([
  ATTRIBUTE.username,
  ATTRIBUTE.messageIntegrity,
  ATTRIBUTE.priority,
  ATTRIBUTE.useCandidate,
  ATTRIBUTE.padding,
  ATTRIBUTE.xorMappedAddress,
  ATTRIBUTE.errorCode,
])
/** RFC 8445 §7.3.1.1. */
export const ROLE_CONFLICT = 487

export interface Check {
  transactionId: Buffer
  own: IceCredentials
  peer: IceCredentials
  role: IceRole
  tieBreaker: Buffer
  priority: number
  isNominating: boolean
}

export function writeCheck({ transactionId, own, peer, role, tieBreaker, priority, isNominating }: Check): Buffer {
  const attributes: Attribute[] = [
    [ATTRIBUTE.username, textValue(`${peer.ufrag}:${own.ufrag}`)],
    [ATTRIBUTE.priority, uint32Value(priority)],
    [role === 'controlling' ? ATTRIBUTE.iceControlling : ATTRIBUTE.iceControlled, tieBreaker],
  ]
  if (isNominating) attributes.push([ATTRIBUTE.useCandidate, Buffer.alloc(0)])
  return writeMessage(
    { method: METHOD.binding, class: CLASS.request, transactionId, attributes },
    { key: textValue(peer.password) },
  )
}

export interface ReadCheck {
  /** The peer's. */
  ufrag: string
  priority: number
  role: IceRole | undefined
  tieBreaker: Buffer
  isNominating: boolean
  /** Comprehension-required, and not comprehended: to be answered 420. */
  unknown: number[]
}

/** Undefined when it is no request that is meant for us and authentic. */
export function readCheck(message: ReadMessage, own: IceCredentials): ReadCheck | undefined {
  if (message.method !== METHOD.binding || message.class !== CLASS.request) return undefined
  const username = readText(attributeOf(message, ATTRIBUTE.username))
  if (username === undefined || !username.startsWith(`${own.ufrag}:`)) return undefined
  if (!isAuthentic(message, textValue(own.password))) return undefined
  const controlling = attributeOf(message, ATTRIBUTE.iceControlling)
  const controlled = attributeOf(message, ATTRIBUTE.iceControlled)
  const told = controlling ?? controlled
  return {
    ufrag: username.slice(own.ufrag.length + 1),
    priority: readUint32(attributeOf(message, ATTRIBUTE.priority)) ?? 0,
    role: told?.length !== 8 ? undefined : controlling === undefined ? 'controlled' : 'controlling',
    tieBreaker: Buffer.from(told?.length === 8 ? told : Buffer.alloc(8)),
    isNominating: attributeOf(message, ATTRIBUTE.useCandidate) !== undefined,
    unknown: unknownTypes(message, KNOWN),
  }
}

export const writeAnswer = ({ transactionId }: ReadMessage, from: Address, own: IceCredentials): Buffer =>
  writeMessage(
    {
      method: METHOD.binding,
      class: CLASS.success,
      transactionId,
      attributes: [[ATTRIBUTE.xorMappedAddress, xorAddressValue(from, transactionId)]],
    },
    { key: textValue(own.password) },
  )

export function writeRefusal(
  { transactionId }: ReadMessage,
  code: number,
  { own, unknown = [] }: { own: IceCredentials; unknown?: number[] },
): Buffer {
  const attributes: Attribute[] = [[ATTRIBUTE.errorCode, errorValue(code)]]
  if (unknown.length > 0) attributes.push([ATTRIBUTE.unknownAttributes, typesValue(unknown)])
  return writeMessage(
    { method: METHOD.binding, class: CLASS.error, transactionId, attributes },
    { key: textValue(own.password) },
  )
}
