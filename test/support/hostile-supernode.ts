/**
 * A real supernode with a hostile layer: it promotes itself, holds names and takes clients like any other, but sees
 * and may change every envelope that it is asked to carry.
 */

import { systemClock } from '../../src/lib/clock.ts'
import { generateSeed, signingKey, type SigningKey } from '../../src/overlay/keys.ts'
import { startOverlay } from '../../src/overlay/libp2p.ts'
import type { Overlay, Role } from '../../src/overlay/overlay.ts'
import { Reachability } from '../../src/overlay/reachability.ts'
import type { Handler } from '../../src/overlay/rpc.ts'
import { HomeRequest } from '../../src/supernode/home.pb.js'
import { Homes } from '../../src/supernode/homes.ts'
import { Supernode } from '../../src/supernode/supernode.ts'

/** What to carry instead of `envelope` to `deviceKey`; several to carry several. */
export type Tampering = (
  envelope: Uint8Array,
  deviceKey: Uint8Array,
) => { envelope: Uint8Array; deviceKey: Uint8Array }[]

/** What to answer instead of what an honest supernode would. */
export type Lying = (role: 'home' | 'index', from: string, body: Uint8Array, honest: Handler) => ReturnType<Handler>

export class HostileSupernode {
  readonly key: SigningKey
  readonly seen: Uint8Array[] = []
  /** What an honest supernode does with a message of each role: for whoever wants to hand it some directly. */
  readonly handlers = new Map<Role, Handler>()
  tamper: Tampering = (envelope, deviceKey) => [{ envelope, deviceKey }]
  lie: Lying = (_role, from, body, honest) => honest(from, body)
  #overlay!: Overlay
  #supernode!: Supernode
  #homes!: Homes
  #reachability!: Reachability

  /** Ids are free: with a key of its choice it sits in the overlay where it likes. */
  constructor(key: SigningKey = signingKey(generateSeed())) {
    this.key = key
  }

  async start(network: string, bootstrap: string[] = []): Promise<void> {
    this.#overlay = await startOverlay({ key: this.key, network, profile: 'local', listen: ['/ip4/127.0.0.1/tcp/0'] })
    const overlay = this.#intercepted()
    this.#reachability = new Reachability(overlay, 'local', 1)
    this.#homes = new Homes(overlay, 'local', systemClock)
    this.#supernode = new Supernode({
      overlay,
      key: this.key,
      homes: this.#homes,
      reachability: this.#reachability,
      profile: 'local',
      isWilling: true,
      clock: systemClock,
      time: systemClock,
    })
    await this.#reachability.start({ isAsking: true })
    this.#homes.start()
    await this.#supernode.start()
    await this.#overlay.join(bootstrap, AbortSignal.timeout(5_000))
  }

  get role(): string {
    return this.#supernode.role
  }

  get peerId(): string {
    return this.#overlay.peerId
  }

  get addresses(): string[] {
    return this.#overlay.addresses()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#reachability.stop()
    await this.#supernode.stop()
    this.#homes.stop()
    await this.#overlay.stop()
  }

  #intercepted(): Overlay {
    return new Proxy(this.#overlay, {
      get: (overlay, name) => {
        if (name === 'handle')
          return (role: Role, handler: Handler) => {
            this.handlers.set(role, handler)
            return overlay.handle(role, this.#layered(role, handler))
          }
        const value: unknown = Reflect.get(overlay, name)
        return typeof value === 'function' ? (value.bind(overlay) as unknown) : value
      },
    })
  }

  #layered(role: Role, handler: Handler): Handler {
    if (role !== 'home' && role !== 'index') return handler
    const honest = role === 'home' ? this.#evil(handler) : handler
    return (from, body) => this.lie(role, from, body, honest)
  }

  #evil(handler: Handler): Handler {
    return async (from, body) => {
      const { forward, deliver } = HomeRequest.decode(body)
      const carried = forward ?? deliver
      if (carried === undefined) return handler(from, body)
      this.seen.push(carried.envelope)
      let reply: Uint8Array | undefined
      for (const changed of this.tamper(carried.envelope, carried.deviceKey)) {
        const request = forward === undefined ? { deliver: changed } : { forward: { ...forward, ...changed } }
        reply = await handler(from, HomeRequest.encode(request))
      }
      return reply
    }
  }
}
