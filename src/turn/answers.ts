/**
 * How a relay answers. Over UDP no stranger gets an answer larger than the question, so that a forged source makes no
 * amplifier of us.
 */

import {
  ATTRIBUTE,
  type Attribute,
  CLASS,
  type ReadMessage,
  errorValue,
  textValue,
  typesValue,
  writeMessage,
} from '../stun/message.ts'
import type { Owner } from './allocation.ts'
import type { ClientPath } from './client-path.ts'
import type { Counters } from './counters.ts'
import { makeNonce } from './credentials.ts'
import type { Strangers } from './limits.ts'

const REASON: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthenticated',
  403: 'Forbidden',
  420: 'Unknown Attribute',
  437: 'Allocation Mismatch',
  438: 'Stale Nonce',
  440: 'Address Family not Supported',
  441: 'Wrong Credentials',
  442: 'Unsupported Transport Protocol',
  443: 'Peer Address Family Mismatch',
  486: 'Allocation Quota Reached',
  508: 'Insufficient Capacity',
}

export interface AnswersOptions {
  realm: string
  secret: Uint8Array
  counters: Counters
  strangers: Strangers
}

/** A request that is authentic. */
export interface Asked {
  request: ReadMessage
  path: ClientPath
  owner: Owner
  nowMs: number
}

export class Answers {
  readonly #options: AnswersOptions

  constructor(options: AnswersOptions) {
    this.#options = options
  }

  /** An answer that is kept, for the same request again. */
  answerOnce({ request, path, owner }: Asked, attributes: Attribute[]): void {
    const bytes = answer(request, CLASS.success, attributes, owner.key)
    path.answered = { transactionId: Buffer.from(request.transactionId), bytes }
    path.send(bytes)
  }

  /** To somebody who is known. */
  succeed({ request, path, owner }: Asked, attributes: Attribute[]): void {
    path.send(answer(request, CLASS.success, attributes, owner.key))
  }

  /** To somebody who is known; `more` explains. */
  refuse({ request, path, owner }: Asked, code: number, more: Attribute[] = []): void {
    this.#options.counters.refuse(code)
    const error: Attribute = [ATTRIBUTE.errorCode, errorValue(code, REASON[code])]
    path.send(answer(request, CLASS.error, [error, ...more], owner.key))
  }

  /** To somebody who is not known, or not yet; a 401 or 438 says how to be. */
  refuseStranger(
    request: ReadMessage,
    path: ClientPath,
    code: number,
    nowMs: number,
    more: Attribute[] = [],
  ): undefined {
    const { counters, realm, secret } = this.#options
    if (!this.isHeard(path, nowMs)) return undefined
    counters.refuse(code)
    const challenge: Attribute[] =
      code === 401 || code === 438
        ? [
            [ATTRIBUTE.realm, textValue(realm)],
            [ATTRIBUTE.nonce, textValue(makeNonce(secret, nowMs, path.remote.host))],
          ]
        : []
    this.answerStranger(request, path, CLASS.error, [
      [[ATTRIBUTE.errorCode, errorValue(code, REASON[code])], ...more, ...challenge],
      [[ATTRIBUTE.errorCode, errorValue(code)], ...more, ...challenge],
    ])
    return undefined
  }

  /** Whether there is time for one more stranger; counted if so. */
  isHeard(path: ClientPath, nowMs: number): boolean {
    const { strangers, counters } = this.#options
    const isHeard = (path.isDatagram ? strangers.datagrams : strangers.streams).take(path.remote.host, nowMs)
    if (!isHeard) counters.drop('rate')
    return isHeard
  }

  /** The first of the answers that is no larger than the question; over a stream simply the first. */
  answerStranger(request: ReadMessage, path: ClientPath, kind: 0b10 | 0b11, answers: Attribute[][]): void {
    for (const hasFingerprint of [true, false]) {
      for (const attributes of answers) {
        const bytes = answer(request, kind, attributes, undefined, hasFingerprint)
        if (!path.isDatagram || bytes.length <= request.bytes.length) return path.send(bytes)
      }
    }
    this.#options.counters.drop('amplification')
  }
}

function answer(
  { method, transactionId }: ReadMessage,
  kind: 0b10 | 0b11,
  attributes: Attribute[],
  key: Buffer | undefined,
  hasFingerprint = true,
): Buffer {
  return writeMessage({ method, class: kind, transactionId, attributes }, { key, hasFingerprint })
}

/** For a 420. */
export const unknownAttributes = (types: number[]): Attribute => [ATTRIBUTE.unknownAttributes, typesValue(types)]
