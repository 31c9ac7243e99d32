/**
 * Requests of a TURN client over one transport: repeated until they are answered (RFC 8489 §6.2.1, but quicker, for
 * paths that lose much), authenticated from the first on, and again with another nonce when the server wants one.
 */

import type { Clock } from '../lib/clock.ts'
import { BINDING_PADDING } from '../stun/binding.ts'
import {
  ATTRIBUTE,
  type Attribute,
  CLASS,
  METHOD,
  type ReadMessage,
  attributeOf,
  isAuthentic,
  newTransactionId,
  readError,
  readText,
  textValue,
  writeMessage,
} from '../stun/message.ts'
import type { Transport } from './client-transport.ts'
import { longTermKey } from './credentials.ts'
import type { RelayServer } from './relay-server.ts'

/** When a request leaves over UDP, from the first time on, and when it is given up. */
export interface Schedule {
  atMs: readonly number[]
  giveUpMs: number
}

const PATIENT: Schedule = { atMs: [0, 100, 300, 700, 1500, 3100], giveUpMs: 6300 }
export const BRISK: Schedule = { atMs: [0, 100, 300, 700], giveUpMs: 1200 }
/** Whether it is there at all. */
export const URGENT: Schedule = { atMs: [0, 200, 400, 600, 800], giveUpMs: 1000 }

/** Addresses of IPv6 are written with the transaction's id. */
export type Attributes = readonly Attribute[] | ((transactionId: Buffer) => readonly Attribute[])

const NONCES_MAX = 3
/** What a server says before it knows who asks, and so without integrity. */
const UNSIGNED_CODES = new Set([400, 401, 438])

export class TurnError extends Error {
  override name = 'TurnError'
  /** Of the ERROR-CODE; 0 when there was no answer. */
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

interface Pending {
  sentMs: number
  isRepeated: boolean
  isSigned: boolean
  resolve: (answer: ReadMessage) => void
  reject: (error: Error) => void
}

export class Requester {
  readonly transport: Transport
  readonly key: Buffer
  /** Something was asked and nothing has come since; undefined when nothing waits. */
  askedMs: number | undefined
  /** Smoothed; undefined before the first answer. */
  rttMs: number | undefined
  lastSentMs: number
  readonly #server: RelayServer
  readonly #clock: Clock
  readonly #pending = new Map<string, Pending>()
  #nonce: string
  #isClosed = false

  constructor(transport: Transport, server: RelayServer, clock: Clock) {
    this.transport = transport
    this.key = longTermKey(server.username, server.realm, server.credential)
    this.lastSentMs = clock.now()
    this.#server = server
    this.#clock = clock
    this.#nonce = server.nonce
  }

  /** Resolves to the success; rejects TurnError with the code of the refusal, or 0. */
  async request(method: number, attributes: Attributes, schedule: Schedule = PATIENT): Promise<ReadMessage> {
    for (let nonces = 0; ; nonces++) {
      const nonce = this.#nonce
      const answer = await this.#ask(method, attributes, schedule, nonce)
      if (answer.class === CLASS.success) return answer
      const code = readError(attributeOf(answer, ATTRIBUTE.errorCode)) ?? 0
      const another = readText(attributeOf(answer, ATTRIBUTE.nonce))
      if (code !== 438 || another === undefined || nonces >= NONCES_MAX)
        throw new TurnError(code, `the relay refused: ${code}`)
      if (this.#nonce === nonce) this.#nonce = another
    }
  }

  /** Asks nothing but whether it is there. */
  async ping(schedule: Schedule = PATIENT): Promise<void> {
    await this.#ask(METHOD.binding, [BINDING_PADDING], schedule, undefined)
  }

  /** Something came from the server. */
  heard(): void {
    this.askedMs = undefined
  }

  /** An answer, to whatever was asked; what is not authentic is as if it had not come. */
  take(answer: ReadMessage): void {
    const id = answer.transactionId.toString('latin1')
    const pending = this.#pending.get(id)
    if (pending === undefined) return
    if (pending.isSigned && !isAuthentic(answer, this.key)) {
      const code = readError(attributeOf(answer, ATTRIBUTE.errorCode))
      if (answer.class !== CLASS.error || answer.integrityAt !== undefined || !UNSIGNED_CODES.has(code ?? 0)) return
    }
    this.#pending.delete(id)
    this.heard()
    if (!pending.isRepeated) this.#measured(this.#clock.now() - pending.sentMs)
    pending.resolve(answer)
  }

  send(bytes: Buffer): void {
    this.lastSentMs = this.#clock.now()
    this.transport.send(bytes)
  }

  /** What waits is given up. */
  close(): void {
    this.#isClosed = true
    this.transport.close()
    for (const { reject } of this.#pending.values()) reject(new TurnError(0, 'the relay was left'))
    this.#pending.clear()
  }

  /** Sends a request once and does not wait. */
  tell(method: number, attributes: Attributes): void {
    this.send(this.#written(method, attributes, newTransactionId(), this.#nonce))
  }

  #ask(
    method: number,
    attributes: Attributes,
    { atMs, giveUpMs }: Schedule,
    nonce: string | undefined,
  ): Promise<ReadMessage> {
    if (this.#isClosed) return Promise.reject(new TurnError(0, 'the relay was left'))
    const transactionId = newTransactionId()
    const id = transactionId.toString('latin1')
    const bytes = this.#written(method, attributes, transactionId, nonce)
    return new Promise((resolve, reject) => {
      const pending = { sentMs: this.#clock.now(), isRepeated: false, isSigned: nonce !== undefined, resolve, reject }
      this.#pending.set(id, pending)
      this.askedMs ??= pending.sentMs
      this.send(bytes)
      const again = (count: number): void => {
        const nextMs = this.transport.kind === 'udp' ? atMs[count] : undefined
        this.#clock.after((nextMs ?? giveUpMs) - (this.transport.kind === 'udp' ? (atMs[count - 1] ?? 0) : 0), () => {
          if (this.#pending.get(id) !== pending) return
          if (nextMs === undefined) {
            this.#pending.delete(id)
            reject(new TurnError(0, 'the relay does not answer'))
            return
          }
          pending.isRepeated = true
          this.send(bytes)
          again(count + 1)
        })
      }
      again(1)
    })
  }

  #written(method: number, attributes: Attributes, transactionId: Buffer, nonce: string | undefined): Buffer {
    const request = CLASS.request
    const asked = typeof attributes === 'function' ? attributes(transactionId) : attributes
    if (nonce === undefined) return writeMessage({ method, class: request, transactionId, attributes: asked })
    const credentials: Attribute[] = [
      [ATTRIBUTE.username, textValue(this.#server.username)],
      [ATTRIBUTE.realm, textValue(this.#server.realm)],
      [ATTRIBUTE.nonce, textValue(nonce)],
    ]
    const all = [...asked, ...credentials]
    return writeMessage({ method, class: request, transactionId, attributes: all }, { key: this.key })
  }

  /** RFC 6298 §2, as for TCP. */
  #measured(rttMs: number): void {
    this.rttMs = this.rttMs === undefined ? rttMs : this.rttMs + (rttMs - this.rttMs) / 8
  }
}
