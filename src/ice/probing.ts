/**
 * Carries out the birthday plans: decides from both ends' candidates which end this is, has sockets opened or ports
 * tried, and makes of the one that was met an ordinary base. No sockets and no clock.
 */

import { type Address, familyOf, isSameAddress } from '../lib/ip.ts'
import { CLASS, type ReadMessage, TRANSACTION_ID_BYTES, isAuthentic, textValue } from '../stun/message.ts'
import { OPEN_EVERY_MS, OPEN_MS, OPEN_SOCKETS, PATIENCE_MS, PortPlan, REOPEN_MS } from './birthday.ts'
import { TRIES_AT_ONCE, TRY_EVERY_MS, peerNat } from './birthday.ts'
import type { Mappings } from './mappings.ts'
import type { Base } from './pair.ts'
import type { Paths } from './paths.ts'

export interface ProbingOutlet {
  send: (base: Base, to: Address, bytes: Buffer) => void
  /** Sockets on the same address as this one, to be given to `addProbe` as they come. */
  openProbes: (like: Base, count: number) => void
  /** Of no use any more. */
  closeProbe: (base: Base) => void
}

export interface ProbingOptions {
  paths: Paths
  mappings: Mappings
  outlet: ProbingOutlet
  random: () => number
  randomBytes: (count: number) => Buffer
}

/** Each time that a direct way was there and is lost, or the peer's NAT is another; not more in a call. */
const PLANS_MAX = 4

interface Probe {
  base: Base
  sendMs: number
}

export class Probing {
  readonly #options: ProbingOptions
  readonly #probes = new Map<number, Probe>()
  #targets: readonly Address[] = []
  #readyMs: number | undefined
  #closeMs = 0
  #openMs = 0
  #hasOpened = false
  #plansLeft = PLANS_MAX
  #plan: { ports: PortPlan; base: Base; transactionId: Buffer } | undefined
  #tryMs = 0

  constructor(options: ProbingOptions) {
    this.#options = options
  }

  has(baseId: number): boolean {
    return this.#probes.has(baseId)
  }

  addProbe(base: Base, nowMs: number): void {
    if (!this.#hasOpened || this.#targets.length === 0 || this.#options.paths.hasDirect())
      return this.#options.outlet.closeProbe(base)
    this.#openMs = Math.max(this.#openMs + OPEN_EVERY_MS, nowMs)
    this.#probes.set(base.id, { base, sendMs: this.#openMs })
  }

  /** True when the probe with that id was met by the peer, and is an ordinary base now. */
  takeRequest(nowMs: number, baseId: number, message: ReadMessage): boolean {
    const { paths } = this.#options
    const probe = this.#probes.get(baseId)
    if (probe === undefined || !paths.isFromPeer(message)) return false
    this.#probes.delete(baseId)
    paths.addBase(probe.base, nowMs)
    this.#closeAll()
    return true
  }

  /** Whether it answers one of the tries. */
  takeAnswer(nowMs: number, base: Base, from: Address, message: ReadMessage): boolean {
    const { paths } = this.#options
    const plan = this.#plan
    if (plan === undefined || message.class !== CLASS.success || plan.base !== base) return false
    if (!plan.transactionId.equals(message.transactionId) || from.host !== plan.ports.host) return false
    if (paths.peer === undefined || !isAuthentic(message, textValue(paths.peer.password))) return false
    paths.found(base, from, nowMs)
    return true
  }

  removeBase(id: number): void {
    this.#probes.delete(id)
    if (this.#plan?.base.id === id) this.#plan = undefined
  }

  poll(nowMs: number): number {
    const { paths, mappings } = this.#options
    if (paths.peer === undefined) return Infinity
    if (paths.hasDirect()) {
      this.#closeAll()
      this.#readyMs = undefined
      this.#plan = undefined
      this.#hasOpened = false
      return Infinity
    }
    const nat = peerNat(paths.remotes)
    const sockets = [...paths.bases].filter((base) => base.kind === 'socket' && mappings.of(base).length > 0)
    const easy = sockets.find((base) => !mappings.isHard(base) && isToward(base, nat.hard?.host))
    const hard = sockets.find((base) => mappings.isHard(base) && isToward(base, nat.easy[0]?.host))
    const isProber = nat.hard !== undefined && easy !== undefined
    const isOpener = nat.hard === undefined && hard !== undefined && nat.easy.length > 0
    if (!isProber && !isOpener && this.#plan === undefined && this.#probes.size === 0) return Infinity
    this.#readyMs ??= nowMs
    if (nowMs < this.#readyMs + PATIENCE_MS) return this.#readyMs + PATIENCE_MS
    if (isOpener && this.#plansLeft > 0 && !this.#hasOpenedTo(nat.easy)) this.#open(hard, nat.easy, nowMs)
    if (isProber && this.#plansLeft > 0 && this.#plan?.ports.host !== nat.hard!.host)
      this.#begin(nat.hard!, easy, nowMs)
    return Math.min(this.#pollProbes(nowMs), this.#pollPlan(nowMs))
  }

  #hasOpenedTo(targets: readonly Address[]): boolean {
    return this.#hasOpened && targets.every((each) => this.#targets.some((target) => isSameAddress(each, target)))
  }

  #open(like: Base, targets: readonly Address[], nowMs: number): void {
    this.#closeAll()
    this.#plansLeft--
    this.#hasOpened = true
    this.#openMs = nowMs
    this.#closeMs = nowMs + OPEN_MS
    this.#targets = targets
    this.#options.outlet.openProbes(like, OPEN_SOCKETS)
  }

  #begin(hard: { host: string; ports: number[] }, base: Base, nowMs: number): void {
    const { random, randomBytes } = this.#options
    this.#plansLeft--
    const ports = new PortPlan(hard, nowMs, random)
    this.#plan = { ports, base, transactionId: randomBytes(TRANSACTION_ID_BYTES) }
    this.#tryMs = nowMs
  }

  #pollProbes(nowMs: number): number {
    if (this.#probes.size > 0 && nowMs >= this.#closeMs) this.#closeAll()
    let nextMs = this.#probes.size > 0 ? this.#closeMs : Infinity
    for (const probe of this.#probes.values()) {
      if (probe.sendMs <= nowMs) {
        const { randomBytes, paths, outlet } = this.#options
        const bytes = paths.checkBytes(probe.base, randomBytes(TRANSACTION_ID_BYTES))
        if (bytes !== undefined) for (const target of this.#targets) outlet.send(probe.base, target, bytes)
        probe.sendMs = nowMs + REOPEN_MS
      }
      nextMs = Math.min(nextMs, probe.sendMs)
    }
    return nextMs
  }

  #pollPlan(nowMs: number): number {
    const plan = this.#plan
    if (plan === undefined) return Infinity
    const { ports, base, transactionId } = plan
    const dueMs = Math.max(ports.nextMs, this.#tryMs)
    if (dueMs > nowMs) return dueMs
    const bytes = this.#options.paths.checkBytes(base, transactionId)
    if (bytes === undefined) return Infinity
    for (const port of ports.take(TRIES_AT_ONCE)) this.#options.outlet.send(base, { host: ports.host, port }, bytes)
    this.#tryMs = nowMs + TRY_EVERY_MS
    return Math.max(ports.nextMs, this.#tryMs)
  }

  #closeAll(): void {
    for (const { base } of this.#probes.values()) this.#options.outlet.closeProbe(base)
    this.#probes.clear()
  }
}

const isToward = (base: Base, host: string | undefined): boolean =>
  host !== undefined && familyOf(base.address.host) === familyOf(host)
