/** Supernodes that are killed and come back on their homes: what they held, they hold. */

import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { createNode, type NodeOptions } from '../../src/index.ts'
import { IndexStore } from '../../src/supernode/index-store.ts'
import { SALTS } from '../../src/supernode/placement.ts'
import { hire, type Actor } from '../support/actor.ts'
import type { Peer, Residents } from '../support/actors/residents.ts'
import { until } from '../support/wait.ts'

const NETWORK = 'restarting'
const NAMES = ['first', 'second', 'third']

const restart = suite('supernodes that restart')

/** A supernode in a process of its own, that finds the same keys, index and address whenever it is started. */
class Resident {
  readonly home: string
  readonly #options: NodeOptions
  #actor: Actor<Residents> | undefined
  peer: Peer | undefined

  constructor(directory: string, username: string) {
    this.home = join(directory, username)
    this.#options = { username, home: this.home }
  }

  async start(bootstrap: string[]): Promise<void> {
    const actor = hire<Residents>('residents')
    this.#actor = actor
    await actor.ask('join', NETWORK, bootstrap)
    const listen = this.peer?.listen.map((address) => address.replace(/\/p2p\/.*/, ''))
    const [peer] = await actor.ask('add', [{ ...this.#options, listen: listen ?? ['/ip4/127.0.0.1/tcp/0'] }])
    this.peer = peer as Peer
  }

  async serves(): Promise<boolean> {
    return (await this.#actor?.ask('statuses'))?.[0]?.role === 'supernode'
  }

  kill(): void {
    this.#actor?.kill('SIGKILL')
  }

  /** What is left if it is killed now. */
  async namesOnDisk(): Promise<number> {
    const copy = `${this.home}.copy`
    rmSync(copy, { recursive: true, force: true })
    cpSync(join(this.home, 'index'), copy, { recursive: true })
    const store = new IndexStore(copy, () => {})
    await store.open()
    let names = 0
    for await (const _ of store.load()) names++
    await store.stop()
    return names
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#actor?.[Symbol.asyncDispose]()
  }
}

restart('all of them at once, killed: no stranger gets a name while its owner is away', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tincan-restart-'))
  await using running = new AsyncDisposableStack()
  running.defer(() => rmSync(directory, { recursive: true, force: true }))
  const residents = NAMES.map((name) => running.use(new Resident(directory, name)))
  const bootstrap = () => residents.flatMap(({ peer }) => peer?.listen.slice(0, 1) ?? [])
  for (const resident of residents) await resident.start(bootstrap())
  await until('all serve', async () => (await Promise.all(residents.map((each) => each.serves()))).every(Boolean))

  const common: NodeOptions = {
    network: NETWORK,
    profile: 'local',
    supernode: false,
    listen: ['/ip4/127.0.0.1/tcp/0'],
    bootstrap: bootstrap(),
  }
  const home = join(directory, 'alice')
  const alice = await createNode({ ...common, username: 'alice', home })
  const { address } = alice
  const all = (NAMES.length + 1) * SALTS
  for (const resident of residents)
    await until('everything is on disk', async () => (await resident.namesOnDisk()) === all)
  await alice.stop()

  for (const resident of residents) resident.kill()
  // a stranger who is there before they are, and tries again and again
  const stranger = await createNode({ ...common, username: 'alice', home: false })
  running.defer(() => stranger.stop())
  assert.not(stranger.online)
  let outcome = 'none'
  stranger.once('refused', ({ code }) => (outcome = code))
  stranger.once('online', () => (outcome = 'the stranger has the name'))
  await Promise.all(residents.map((resident) => resident.start(bootstrap())))
  await until('the stranger has an answer', () => outcome !== 'none')
  assert.is(outcome, 'NAME_TAKEN')
  await until('all serve', async () => (await Promise.all(residents.map((each) => each.serves()))).every(Boolean))
  assert.is((await stranger.lookup('alice')).address, address)
  for (const [i, name] of NAMES.entries()) assert.is((await stranger.lookup(name)).address, residents[i]?.peer?.address)

  const back = await createNode({ ...common, username: 'alice', home })
  running.defer(() => back.stop())
  await until('the owner is back', () => back.online)
  assert.is(back.address, address)
})

restart.run()
