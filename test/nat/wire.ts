/** Cables between namespaces: ideal ones, made by the kernel alone, and those whose faults `wire-process.ts` makes. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

import { ip, type Namespaces, within } from '../support/namespaces.ts'

/** Where the kernel takes VXLAN frames, and where the wire process does: each in a namespace, for none goes to itself. */
export const DEVICES = { address: '10.255.0.1', port: 4789 }
export const HUB = { address: '10.255.0.2', port: 4789 }
/** A frame and what is around it. */
const OUTER_MTU = 1700

/** What a wire does to what goes over it, each way. */
export interface Impairment {
  delayMs?: number
  /** More or less than the delay by up to so much. */
  jitterMs?: number
  lossPercent?: number
  /** Bits a millisecond. */
  kilobits?: number
  /** Jitter may let frames overtake each other. */
  isReordering?: boolean
}

export interface CableEnd {
  namespace: string
  device: string
}

/** An ideal cable. */
export function plug(a: CableEnd, b: CableEnd): void {
  ip(a.namespace, `link add ${a.device} type veth peer name ${b.device} netns ${b.namespace}`)
  ip(a.namespace, `link set ${a.device} up`)
  ip(b.namespace, `link set ${b.device} up`)
}

/** Cables whose impairments can be set at any time. */
export class Wires implements Disposable {
  readonly #namespace: string
  readonly #process: ChildProcess
  #made = 0

  private constructor(namespace: string, process: ChildProcess) {
    this.#namespace = namespace
    this.#process = process
  }

  static async start(namespaces: Namespaces): Promise<Wires> {
    const [namespace, hub] = [namespaces.add('wires'), namespaces.add('hub')]
    plug({ namespace, device: 'hub' }, { namespace: hub, device: 'wires' })
    ip(namespace, `addr add ${DEVICES.address}/30 dev hub`, `link set hub mtu ${OUTER_MTU}`)
    ip(hub, `addr add ${HUB.address}/30 dev wires`, `link set wires mtu ${OUTER_MTU}`)
    const words = [...within(hub), process.execPath, join(import.meta.dirname, 'wire-process.ts')]
    const [command = '', ...rest] = words
    const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'inherit'] })
    child.stdin?.on('error', () => {}) // it has ended: the calls over it say so
    await Promise.race([
      once(child.stdout as NodeJS.ReadableStream, 'data'),
      once(child, 'exit').then(() => Promise.reject(new Error('the wires could not be made'))),
    ])
    return new Wires(namespace, child)
  }

  /** A cable without faults; its number. */
  plug(a: CableEnd, b: CableEnd): number {
    const wire = ++this.#made
    const ends = [a, b].map((end, at) => ({ ...end, id: 2 * wire + at }))
    ip(
      this.#namespace,
      ...ends.map(({ id }) => `link add v${id} mtu 1500 type vxlan id ${id} dstport ${DEVICES.port} nolearning`),
      // the process reads frame by frame
      ...ends.map(({ id }) => `link set v${id} gso_max_segs 1`),
    )
    for (const { id } of ends) {
      const entry = ['00:00:00:00:00:00', 'dev', `v${id}`, 'dst', HUB.address]
      execFileSync('bridge', ['-n', this.#namespace, 'fdb', 'append', ...entry])
    }
    ip(this.#namespace, ...ends.map(({ id, namespace, device }) => `link set v${id} netns ${namespace} name ${device}`))
    for (const { namespace, device } of ends) ip(namespace, `link set ${device} up`)
    return wire
  }

  impair(wire: number, impairment: Impairment): void {
    this.#process.stdin?.write(`${JSON.stringify({ wire, ...impairment })}\n`)
  }

  [Symbol.dispose](): void {
    this.#process.kill('SIGKILL')
  }
}
