/**
 * One look at what becomes of the packets of one UDP socket: STUN servers are asked how they see it (RFC 5780 §4.3), then
 * peers are asked to knock at it from ports it never sent to (§4.4), and another socket of ours does so too (§4.5). A
 * shell: what the samples mean is nat-behaviour.ts's business.
 */

import { randomBytes } from 'node:crypto'
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import type { Clock } from '../lib/clock.ts'
import { type Address, addressKey, familyOf, isLoopback, isNowhere } from '../lib/ip.ts'
import { bindingRequest, mappedOf } from '../stun/binding.ts'
import { newTransactionId, readMessage } from '../stun/message.ts'
import { knockOf, TOKEN_BYTES } from './knock.ts'
import type { FilteringSample, MappingSample } from './nat-behaviour.ts'

/** When each question is asked again, from the first time on: lost packets are answered within a second. */
const ASK_AT_MS = [0, 100, 300, 700]
const ANSWERS_MS_MAX = 1_100
/** From the peer's word that it knocked. */
const KNOCK_MS_MAX = 400
/** One packet each; one in twenty is lost on a bad line. */
const KNOCKS_MAX = 2

export interface Knocker {
  isContacted: boolean
  /** How a server sees the socket, as far as it can be told from here: where the knock must go to count. */
  target: Address
  /** Has the peer knock at the port; resolves to the host it knocked at, undefined when it did not. Cannot reject. */
  ask: (port: number, token: Uint8Array) => Promise<string | undefined>
}

export interface Surveyed {
  localPort: number
  mappings: MappingSample[]
  filterings: FilteringSample[]
  isHairpinned: boolean | undefined
  /** Of each server, in their order. */
  rttsMs: (number | undefined)[]
}

export interface SurveyParts {
  clock: Clock
  /** Called as soon as the mapping is known, or no answer came: whom to ask to knock. */
  knockers: (mappings: MappingSample[]) => Knocker[]
}

interface Question {
  transactionId: Buffer
  server: Address
  mapped: Address | undefined
  /** The last time. */
  askedMs: number
  rttMs: number | undefined
}

/** Undefined when there is no such socket on this machine, or no server to ask. Never rejects. */
export async function surveyUdp(
  family: 'ipv4' | 'ipv6',
  servers: Address[],
  { clock, knockers }: SurveyParts,
): Promise<Surveyed | undefined> {
  if (servers.length === 0) return undefined
  const socket = await open(
    family,
    servers.every(({ host }) => isLoopback(host)),
  )
  if (socket === undefined) return undefined
  try {
    return await new Survey(socket, clock).run(servers, knockers)
  } finally {
    socket.close()
  }
}

class Survey {
  readonly #socket: Socket
  readonly #clock: Clock
  readonly #questions = new Map<string, Question>()
  /** What is waited for, by its bytes. */
  readonly #expected = new Map<string, () => void>()
  #hasAll: () => void = () => {}

  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket
    this.#clock = clock
    socket.on('message', (data, from) => this.#take(data, from))
  }

  async run(servers: Address[], knockers: SurveyParts['knockers']): Promise<Surveyed> {
    const questions = servers.map((server): Question => {
      const transactionId = newTransactionId()
      const question = { transactionId, server, mapped: undefined, askedMs: 0, rttMs: undefined }
      this.#questions.set(transactionId.toString('hex'), question)
      return question
    })
    await this.#ask(questions)
    const mappings = questions.map(({ server, mapped }) => ({ server, mapped }))
    const answered = mappings.find(({ mapped }) => mapped !== undefined)
    const [isHairpinned, ...knocks] = await Promise.all([
      answered?.mapped && this.#comesBack(answered.mapped, answered.server),
      ...knockers(mappings).map((knocker) => this.#filtering(knocker)),
    ])
    return {
      localPort: this.#socket.address().port,
      mappings,
      filterings: knocks.filter((sample) => sample !== undefined),
      isHairpinned,
      rttsMs: questions.map(({ rttMs }) => rttMs),
    }
  }

  /** Resolves once all have answered, or it is too late. */
  async #ask(questions: Question[]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#hasAll = () => {
      if (questions.every(({ mapped }) => mapped !== undefined)) resolve()
    }
    const timers = ASK_AT_MS.map((atMs) =>
      this.#clock.after(atMs, () => {
        for (const question of questions) if (question.mapped === undefined) this.#send(question)
      }),
    )
    timers.push(this.#clock.after(ANSWERS_MS_MAX, resolve))
    await promise
    for (const cancel of timers) cancel()
  }

  #send(question: Question): void {
    const { transactionId, server } = question
    question.askedMs = this.#clock.now()
    this.#socket.send(bindingRequest(transactionId), server.port, server.host, () => {}) // no route is no answer
  }

  #take(data: Buffer, from: RemoteInfo): void {
    const word = this.#expected.get(data.toString('latin1'))
    if (word !== undefined) return word()
    const message = readMessage(data)
    const mapped = message && mappedOf(message)
    if (message === undefined || mapped === undefined) return
    const question = this.#questions.get(message.transactionId.toString('hex'))
    if (question === undefined || question.mapped !== undefined) return
    if (addressKey(question.server) !== addressKey({ host: from.address, port: from.port })) return
    // no socket is seen there; what a hostile server says would be sent to
    if (mapped.port === 0 || isNowhere(mapped.host) || familyOf(mapped.host) !== familyOf(from.address)) return
    question.mapped = mapped
    question.rttMs = this.#clock.now() - question.askedMs
    this.#hasAll()
  }

  async #filtering({ isContacted, target, ask }: Knocker): Promise<FilteringSample | undefined> {
    for (let nth = 1; nth <= KNOCKS_MAX; nth++) {
      const token = new Uint8Array(randomBytes(TOKEN_BYTES))
      const arrival = this.#expect(knockOf(token))
      const knockedAt = await ask(target.port, token)
      // seen at another address than the socket is: it went elsewhere, and says nothing
      if (knockedAt !== target.host) {
        arrival.forget()
        return undefined
      }
      if (await arrival.within(KNOCK_MS_MAX)) return { isContacted, hasArrived: true }
    }
    return { isContacted, hasArrived: false }
  }

  async #comesBack(mapped: Address, server: Address): Promise<boolean> {
    // from another port, which the NAT knows as well: many send no packet back to the very socket that it came from
    const other = await open(familyOf(mapped.host), isLoopback(mapped.host))
    if (other === undefined) return false
    const { promise, resolve } = Promise.withResolvers<void>()
    other.once('message', () => resolve())
    other.send(bindingRequest(newTransactionId()), server.port, server.host, () => {})
    const cancel = this.#clock.after(KNOCK_MS_MAX, resolve)
    await promise
    cancel()
    const word = randomBytes(TOKEN_BYTES)
    const arrival = this.#expect(word)
    other.send(word, mapped.port, mapped.host, () => {})
    const hasCome = await arrival.within(KNOCK_MS_MAX)
    other.close()
    return hasCome
  }

  #expect(word: Buffer): { within(ms: number): Promise<boolean>; forget(): void } {
    const key = word.toString('latin1')
    const { promise, resolve } = Promise.withResolvers<boolean>()
    this.#expected.set(key, () => resolve(true))
    const forget = (): void => {
      this.#expected.delete(key)
    }
    return {
      forget,
      within: async (ms) => {
        const cancel = this.#clock.after(ms, () => resolve(false))
        const hasCome = await promise
        cancel()
        forget()
        return hasCome
      },
    }
  }
}

async function open(family: 'ipv4' | 'ipv6', isLoopbackOnly: boolean): Promise<Socket | undefined> {
  const socket = createSocket(family === 'ipv4' ? { type: 'udp4' } : { type: 'udp6', ipv6Only: true })
  const { promise, resolve } = Promise.withResolvers<boolean>()
  socket.once('error', () => resolve(false))
  const host = family === 'ipv4' ? ['0.0.0.0', '127.0.0.1'] : ['::', '::1']
  socket.bind(0, host[Number(isLoopbackOnly)], () => resolve(true))
  if (await promise) return socket.removeAllListeners('error').on('error', () => {})
  socket.close()
  return undefined
}
