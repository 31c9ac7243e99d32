import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { virtualClock, type VirtualClock } from '../../src/lib/clock.ts'
import { Links } from '../../src/supernode/links.ts'
import { LINKS_NEAREST } from '../../src/supernode/mesh.ts'
import { MemoryNetwork, settled } from '../support/memory-overlay.ts'

const linking = suite('links')

async function pass(clock: VirtualClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    clock.advance(500)
    await settled()
  }
}

async function network(count: number) {
  const [net, clock] = [new MemoryNetwork(), virtualClock(1_000)]
  const own = net.peer(0)
  const others = Array.from({ length: count }, (_, i) => net.peer(i + 1))
  for (const other of others) await other.setServing(true)
  const links = new Links(own, 'local', clock)
  return { clock, own, others, links }
}

linking('what is missing is dialled a few at a time, until all links are warm; then nobody is', async () => {
  const { clock, own, links } = await network(60)
  links.start()
  await pass(clock, 3_000)
  assert.ok(own.dialled.length > 0 && own.dialled.length <= 9, `${own.dialled.length}`)
  await pass(clock, 120_000)
  assert.ok(links.size >= LINKS_NEAREST && links.size < 60, `${links.size}`)
  assert.is(links.warm().length, links.size)
  const dialled = own.dialled.length
  await pass(clock, 60_000)
  assert.is(own.dialled.length, dialled)
})

linking('a link that breaks is dialled again; who is not there is forgotten and replaced', async () => {
  const { clock, own, others, links } = await network(10)
  links.start()
  await pass(clock, 60_000)
  assert.is(links.size, 10)
  const [back, dead] = others as [(typeof others)[0], (typeof others)[0]]
  dead.isUp = false
  for (const { peerId } of [back, dead]) {
    own.connected.delete(peerId)
    own.emit('disconnect', peerId)
  }
  assert.is(links.size, 8)
  await pass(clock, 30_000)
  assert.is(links.size, 9)
  assert.ok(own.forgotten.has(dead.peerId) && !own.forgotten.has(back.peerId))
})

linking('a node that serves no longer dials nobody', async () => {
  const { clock, own, links } = await network(10)
  links.start()
  await pass(clock, 3_000)
  links.stop()
  const dialled = own.dialled.length
  await pass(clock, 30_000)
  assert.is(own.dialled.length, dialled)
  assert.is(links.size, 0)
})

linking.run()
