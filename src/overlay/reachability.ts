/**
 * Can we be reached from outside? Peers are asked to dial us back at the address they see us at; the verdict is a
 * count of different networks (different peers, where the profile is one machine or one LAN) that managed lately.
 */

import { isIP } from 'node:net'
import { steadyClock } from '../lib/clock.ts'
import { decoded } from '../lib/decoded.ts'
import { familyOf } from '../lib/ip.ts'
import { jittered, systemRandom } from '../lib/random.ts'
import { tcpPlaceOf } from './addresses.ts'
import { knock } from './knock.ts'
import type { Overlay, ProfileName } from './overlay.ts'
import { withoutPeerId } from './peer-id.ts'
import { DialBack, DialBackReply } from './probe.pb.js'
import type { Handler } from './rpc.ts'

interface ProbeTimes {
  /** Between questions until enough peers have answered: after a success, while others are left to ask … */
  promisingMs: number
  /** … and otherwise. */
  searchingMs: number
  /** Between questions afterwards. */
  settledMs: number
  /** How long a success counts. */
  validMs: number
}

const PROBE: Record<ProfileName, ProbeTimes> = {
  local: { promisingMs: 400, searchingMs: 400, settledMs: 30_000, validMs: 120_000 },
  internet: { promisingMs: 2_000, searchingMs: 20_000, settledMs: 300_000, validMs: 1_800_000 },
}

const ADDRESSES_MAX = 8
const DIAL_DEADLINE_MS = 2_000
const ANSWER_DEADLINE_MS = 5_000
const DIALS_AT_ONCE_MAX = 16
/** Of a person who waits: a word of three networks is as good as it gets. */
const EXAMINERS_MAX = 3
const FAILURES_MAX = 3 // in a row, with no success: the old successes are worth nothing any more

/** What the probes so far say. Pure: samples are pushed in. */
export class ReachabilitySamples {
  readonly #validMs: number
  readonly #reachedMs = new Map<string, number>()
  #failures = 0
  #doubtedMs = -Infinity

  constructor(validMs: number) {
    this.#validMs = validMs
  }

  /** `group` is what counts as one witness: the prober's network, or its peer id. */
  push(group: string, isReached: boolean, nowMs: number): void {
    if (isReached) {
      this.#failures = 0
      this.#reachedMs.set(group, nowMs)
    } else if (++this.#failures >= FAILURES_MAX) this.#reachedMs.clear()
  }

  /** Whether this witness's dial-back still counts. */
  isWitness(group: string, nowMs: number): boolean {
    const atMs = this.#reachedMs.get(group)
    return atMs !== undefined && nowMs - atMs <= this.#validMs && atMs > this.#doubtedMs
  }

  /** Different witnesses whose dial-back still counts. */
  dialBacks(nowMs: number): number {
    for (const [group, atMs] of this.#reachedMs) if (nowMs - atMs > this.#validMs) this.#reachedMs.delete(group)
    return this.#reachedMs.size
  }

  /** We may be in another place: those that reached us count until they have been asked again. */
  doubt(nowMs: number): void {
    this.#failures = 0
    this.#doubtedMs = nowMs
  }

  /** Witnesses since the last doubt. */
  witnesses(nowMs: number): number {
    return [...this.#reachedMs.keys()].filter((group) => this.isWitness(group, nowMs)).length
  }

  reset(): void {
    this.#failures = 0
    this.#reachedMs.clear()
  }
}

/** One of the ways in to this node, and whether peers that were asked just now came in by it. */
export interface OwnPort {
  transport: 'tcp' | 'ws'
  family: 'ipv4' | 'ipv6'
  isReached: boolean
  /** The multiaddr that answered. */
  address: string | undefined
  /** The peers that say so. */
  witnesses: number
}

export interface OwnPorts {
  ports: OwnPort[]
  /** How peers see us: IP addresses. */
  seenAt: string[]
}

export interface UdpKnock {
  /** The outside port of our socket. */
  port: number
  token: Uint8Array
}

export interface ReachabilityOptions {
  isAsking: boolean
  guard?: ((handler: Handler) => Handler) | undefined
}

export class Reachability {
  readonly #overlay: Overlay
  readonly #profile: ProfileName
  readonly #times: ProbeTimes
  readonly #wanted: number
  readonly #samples: ReachabilitySamples
  #dialling = 0
  #cancel: (() => void) | undefined
  #isStopped = false

  constructor(overlay: Overlay, profile: ProfileName, dialBacksWanted: number) {
    this.#overlay = overlay
    this.#profile = profile
    this.#times = PROBE[profile]
    this.#wanted = dialBacksWanted
    this.#samples = new ReachabilitySamples(this.#times.validMs)
  }

  /** `guard` may refuse to dial for others. */
  async start({ isAsking, guard = (handler) => handler }: ReachabilityOptions): Promise<void> {
    await this.#overlay.handle(
      'probe',
      guard((from, body) => this.#answer(from, body)),
    )
    if (isAsking) this.#schedule(this.#times.searchingMs / 4)
  }

  dialBacks(): number {
    return this.#samples.dialBacks(steadyClock.now())
  }

  /** Asks everybody again, soon: we slept, or are in another place. */
  recheck(): void {
    this.#samples.doubt(steadyClock.now())
    if (this.#cancel === undefined) return // not asking, or asking right now
    this.#cancel()
    this.#schedule(this.#times.searchingMs / 4)
  }

  /** Asks peers of different networks about each transport now. Never rejects. */
  async examine(): Promise<OwnPorts> {
    const own = this.#overlay.addresses().map(withoutPeerId)
    const groups = new Map(this.#overlay.peers().map((peerId) => [this.#groupOf(peerId) ?? peerId, peerId]))
    const asked = [...groups.values()].slice(0, EXAMINERS_MAX).flatMap((peerId) =>
      (['tcp', 'ws'] as const).flatMap((transport) => {
        const addresses = own.filter((each) => transportOf(each) === transport)
        return addresses.length === 0 ? [] : [this.#examine(peerId, transport, addresses)]
      }),
    )
    const answers = (await Promise.all(asked)).filter((answer) => answer !== undefined)
    const alike = Map.groupBy(answers, ({ transport, seenAt }) => `${transport} ${familyOf(seenAt)}`)
    const ports = [...alike.values()].map((each): OwnPort => {
      const reached = each.filter(({ reachedAt }) => reachedAt !== '')
      const { transport, seenAt } = each[0]!
      return {
        transport,
        family: familyOf(seenAt),
        isReached: reached.length > 0,
        address: reached[0]?.reachedAt,
        witnesses: reached.length > 0 ? reached.length : each.length,
      }
    })
    return { ports, seenAt: [...new Set(answers.map(({ seenAt }) => seenAt))] }
  }

  /** Has a peer send one UDP packet to our port, at the address it sees us at, which is the answer. Rejects RpcError. */
  async askForKnock(peerId: string, { port, token }: UdpKnock, deadlineMs: number): Promise<string | undefined> {
    const { isSent, seenAt } = await this.#call(peerId, { udp: { port, token } }, deadlineMs)
    return isSent && isIP(seenAt) !== 0 ? seenAt : undefined
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel?.()
  }

  #schedule(delayMs: number): void {
    if (this.#isStopped) return
    this.#cancel = steadyClock.after(jittered(delayMs, 0.3, systemRandom), () => void this.#probe()) // cannot reject
  }

  async #probe(): Promise<void> {
    this.#cancel = undefined
    const peers = this.#overlay.peers()
    const unheard = peers.filter((peerId) => this.#isUnheard(peerId))
    const choices = unheard.length > 0 ? unheard : peers
    const peerId = choices[Math.floor(systemRandom() * choices.length)]
    const addresses = this.#overlay.addresses().map(withoutPeerId)
    let isReached: boolean | undefined
    if (peerId !== undefined && addresses.length > 0) {
      const group = this.#groupOf(peerId)
      isReached = await this.#ask(peerId, addresses).catch(() => undefined) // no answer says nothing of us
      if (isReached !== undefined && group !== undefined) this.#samples.push(group, isReached, steadyClock.now())
    }
    const { promisingMs, searchingMs, settledMs } = this.#times
    const isPromising = isReached === true && peers.some((each) => this.#isUnheard(each))
    const isSettled = this.#samples.witnesses(steadyClock.now()) >= this.#wanted
    this.#schedule(isSettled ? settledMs : isPromising ? promisingMs : searchingMs)
  }

  /** Would its word be that of a new witness? */
  #isUnheard(peerId: string): boolean {
    const group = this.#groupOf(peerId)
    return group !== undefined && !this.#samples.isWitness(group, steadyClock.now())
  }

  async #ask(peerId: string, addresses: string[]): Promise<boolean> {
    const { reachedAt } = await this.#call(peerId, { addresses: addresses.slice(0, ADDRESSES_MAX) }, ANSWER_DEADLINE_MS)
    const isReached = addresses.includes(reachedAt)
    if (isReached) this.#overlay.confirmAddress(reachedAt)
    return isReached
  }

  /** Undefined when the peer does not answer, or says what cannot be. */
  async #examine(
    peerId: string,
    transport: 'tcp' | 'ws',
    own: string[],
  ): Promise<{ transport: 'tcp' | 'ws'; reachedAt: string; seenAt: string } | undefined> {
    const addresses = own.slice(0, ADDRESSES_MAX)
    const answer = await this.#call(peerId, { addresses }, ANSWER_DEADLINE_MS).catch(() => undefined)
    if (answer === undefined || isIP(answer.seenAt) === 0) return undefined
    const { reachedAt, seenAt } = answer
    if (reachedAt !== '' && !addresses.includes(reachedAt)) return undefined
    if (reachedAt !== '') this.#overlay.confirmAddress(reachedAt)
    return { transport, reachedAt, seenAt }
  }

  async #call(peerId: string, question: Partial<DialBack>, deadlineMs: number): Promise<DialBackReply> {
    const contact = { peerId, addresses: [] }
    return DialBackReply.decode(await this.#overlay.call(contact, 'probe', DialBack.encode(question), { deadlineMs }))
  }

  async #answer(from: string, body: Uint8Array): Promise<Uint8Array | undefined> {
    const question = decoded(() => DialBack.decode(body, { limits: { addresses: ADDRESSES_MAX } }))
    if (question === undefined) return undefined
    const seenAt = hostOf(this.#overlay.remoteAddress(from) ?? '')
    if (seenAt === undefined || this.#dialling >= DIALS_AT_ONCE_MAX) return DialBackReply.encode({})
    this.#dialling++
    try {
      const { addresses, udp } = question
      const isSent = udp !== undefined && (await knock(seenAt, udp.port, udp.token))
      return DialBackReply.encode({ reachedAt: await this.#reach(from, seenAt, addresses), seenAt, isSent })
    } finally {
      this.#dialling--
    }
  }

  /** The first of the addresses that answers, of those where the asker is; else the empty text. */
  async #reach(from: string, seenAt: string, addresses: string[]): Promise<string> {
    for (const address of addresses.filter((each) => hostOf(each) === seenAt))
      if (await this.#overlay.canDial(address, from, AbortSignal.timeout(DIAL_DEADLINE_MS))) return address
    return ''
  }

  /** Undefined when the peer has left. */
  #groupOf(peerId: string): string | undefined {
    if (this.#profile === 'local') return peerId
    const host = hostOf(this.#overlay.remoteAddress(peerId) ?? '')
    if (host === undefined) return undefined
    return host.includes(':') ? host.split(':').slice(0, 3).join(':') : host.split('.').slice(0, 2).join('.')
  }
}

const transportOf = (address: string): 'tcp' | 'ws' | undefined =>
  /\/wss?(?:\/|$)/.test(address) ? 'ws' : /\/tcp\/\d+$/.test(address) ? 'tcp' : undefined

const hostOf = (address: string): string | undefined => tcpPlaceOf(address)?.host
