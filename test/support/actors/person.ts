/** One node alone in its process, and what a person does with it. */

import type { AudioSink, Call, CallSummary, Node, NodeOptions } from '../../../src/index.ts'
import { act, machineMs } from '../actor.ts'
import { setDelay } from '../delay-line.ts'
import { cleanMemory, usage } from '../usage.ts'

export type Person = typeof deeds

let node: Node
let call: Call
let ear: Ear
const calls: Call[] = []

const deeds = {
  setDelay,

  /** Resolves when the node is ready. */
  async start(options: NodeOptions): Promise<{ listen: string[] }> {
    const { createNode } = await import('../../../src/index.ts') // an empty process can be asked for its usage before
    node = await createNode({ home: false, profile: 'local', listen: ['/ip4/127.0.0.1/tcp/0'], ...options })
    node.on('call', (incoming) => calls.push(incoming))
    return { listen: node.listen }
  },

  async stop(): Promise<void> {
    await node.stop()
  },

  /** How long each took, in ms. */
  async resolve(names: string[]): Promise<number[]> {
    const took: number[] = []
    for (const name of names) {
      const askedMs = performance.now()
      await node.lookup(name)
      took.push(performance.now() - askedMs)
    }
    return took
  },

  /** Resolves when it rings there, to how long that took. */
  async dial(name: string): Promise<number> {
    const dialledMs = performance.now()
    ear = new Ear()
    call = await node.call(name, { source: 'tone', sink: ear })
    if (call.state === 'inviting') await new Promise<void>((resolve) => call.once('state', () => resolve()))
    if (call.state !== 'ringing') throw new Error(`it does not ring: ${call.state}`)
    return performance.now() - dialledMs
  },

  /** Accepts the call that is ringing; resolves to when, by the machine's clock. */
  async accept(): Promise<number> {
    const incoming = calls.shift()
    if (incoming === undefined) throw new Error('nobody calls')
    call = incoming
    ear = new Ear()
    const atMs = machineMs()
    await call.accept({ source: 'tone', sink: ear })
    await call.active
    return atMs
  },

  /** Forgets who called and gave up. */
  ignore(): void {
    calls.length = 0
  },

  /** When the first frame of the other was played, by the machine's clock. */
  heard: () => ear.heardAtMs,

  hangUp(): void {
    call.hangup()
  },

  ended: (): Promise<CallSummary> => call.ended,

  packetsSent: (): number => call.stats().packetsSent,

  usage,
  cleanMemory,

  status: (): ReturnType<Node['status']> => node.status(),
}

/** Hears when there is something to hear. */
class Ear implements AudioSink {
  readonly #heard = Promise.withResolvers<number>()

  get heardAtMs(): Promise<number> {
    return this.#heard.promise
  }

  write({ packet }: { packet: Uint8Array | undefined }): void {
    if (packet !== undefined) this.#heard.resolve(machineMs())
  }

  async stop(): Promise<void> {}
}

act(deeds)
