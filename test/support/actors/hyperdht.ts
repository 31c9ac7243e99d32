/** Nodes of HyperDHT on loopback, to measure ourselves against. */

import { createRequire } from 'node:module'

import { act } from '../actor.ts'
import { delayed, delayReceived, setDelay, type Emitter } from '../delay-line.ts'

export type HyperNodes = typeof deeds

interface KeyPair {
  publicKey: Uint8Array
}

interface Dht {
  fullyBootstrapped(): Promise<void>
  address(): { port: number }
  mutablePut(keyPair: KeyPair, value: Uint8Array): Promise<unknown>
  mutableGet(publicKey: Uint8Array, options?: { latest?: boolean }): Promise<{ value: Uint8Array } | null>
  createServer(onConnection: (socket: HyperSocket) => void): { listen(keyPair: KeyPair): Promise<void> }
  connect(publicKey: Uint8Array): HyperSocket
}

interface HyperSocket {
  on(event: string, act: (error?: Error) => void): void
  write(data: Uint8Array): void
  destroy(): void
}

const require = createRequire(import.meta.url)
const HyperDht = require('hyperdht') as {
  new (options: object): Dht
  keyPair(seed: Uint8Array): KeyPair
}
delayUdx()

const HOST = '127.0.0.1'
const dhts: Dht[] = []
const seedOf = (number: number): Uint8Array => new Uint8Array(Buffer.alloc(32, `person ${number} `))

const deeds = {
  setDelay,

  /** So many persistent nodes; resolves to what others join through. */
  async start(count: number, bootstrap: object[]): Promise<object[]> {
    const through = [...bootstrap]
    while (dhts.length < count) {
      const dht = new HyperDht({ ephemeral: false, firewalled: false, bootstrap: through, host: HOST })
      await dht.fullyBootstrapped()
      dhts.push(dht)
      if (through.length === 0) through.push({ host: HOST, port: dht.address().port })
    }
    return through
  },

  /** Each person's record is put by another of the nodes here. */
  async put(people: number[]): Promise<void> {
    for (const person of people) await dhtAt(person).mutablePut(HyperDht.keyPair(seedOf(person)), value(person))
  },

  async listen(people: number[]): Promise<void> {
    for (const person of people) {
      const server = dhtAt(person).createServer((socket) => {
        socket.on('error', () => {})
        socket.write(value(person))
      })
      await server.listen(HyperDht.keyPair(seedOf(person)))
    }
  },

  /** How long each took, in ms. `latest`: as HyperDHT does it unless told otherwise, after asking all that are near. */
  async get(people: number[], latest: boolean): Promise<number[]> {
    const took: number[] = []
    for (const person of people) {
      const askedMs = performance.now()
      const got = await dhtAt(0).mutableGet(HyperDht.keyPair(seedOf(person)).publicKey, { latest })
      took.push(performance.now() - askedMs)
      if (got === null) throw new Error('a record is gone')
    }
    return took
  },

  /** Until the connection is open, in ms. */
  async connect(people: number[]): Promise<number[]> {
    const took: number[] = []
    for (const person of people) {
      const askedMs = performance.now()
      const socket = dhtAt(0).connect(HyperDht.keyPair(seedOf(person)).publicKey)
      await new Promise<void>((resolve, reject) => {
        socket.on('open', () => resolve())
        socket.on('error', (error) => reject(error as Error))
      })
      took.push(performance.now() - askedMs)
      socket.destroy()
    }
    return took
  },
}

const dhtAt = (number: number): Dht => dhts[number % dhts.length] as Dht

const value = (person: number): Uint8Array => new Uint8Array(Buffer.alloc(600, `where person ${person} is `))

function delayUdx(): void {
  const requireThere = createRequire(require.resolve('hyperdht'))
  const UDX = requireThere('udx-native') as new () => { createSocket(): object; createStream(id: number): object }
  const udx = new UDX()
  const socket = Object.getPrototypeOf(udx.createSocket()) as Emitter
  const { emit } = socket
  socket.emit = function (event, ...args) {
    if (event !== 'message') return emit.call(this, event, ...args)
    delayed(this, () => void emit.call(this, event, ...args))
    return true
  }
  delayReceived(Object.getPrototypeOf(udx.createStream(1)) as object)
}

act(deeds)
