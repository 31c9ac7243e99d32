import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { virtualClock } from '../../src/lib/clock.ts'
import { Refusal } from '../../src/overlay/rpc.ts'
import { Gate, homeWork, indexWork } from '../../src/supernode/gate.ts'
import { HomeRequest } from '../../src/supernode/home.pb.js'
import { IndexRequest } from '../../src/supernode/index.pb.js'
import { MemoryNetwork } from '../support/memory-overlay.ts'

const gates = suite('gate')

const KEY = new Uint8Array(32)
const NONE = new Uint8Array()
const LOOKUP = IndexRequest.encode({ lookup: { key: KEY, hops: 0 } })
const GRANT = IndexRequest.encode({ grant: { key: KEY, claim: NONE, lease: NONE, witnesses: [] } })

const table: [what: string, work: ReturnType<typeof homeWork>, expected: string, times?: number][] = [
  ['a look-up', indexWork(LOOKUP), 'lookup'],
  ['a grant', indexWork(GRANT), 'grant'],
  ['what is no message', indexWork(Uint8Array.of(255, 255)), 'lookup'],
  ['attaching', homeWork(HomeRequest.encode({ attach: { homes: [] } })), 'attach'],
  [
    'placing under three keys',
    homeWork(HomeRequest.encode({ place: { keys: [KEY, KEY, KEY], claim: NONE, lease: NONE, witnesses: [] } })),
    'place',
    3,
  ],
  [
    'placing under none',
    homeWork(HomeRequest.encode({ place: { keys: [], claim: NONE, lease: NONE, witnesses: [] } })),
    'place',
    1,
  ],
  ['resolving', homeWork(HomeRequest.encode({ resolve: { key: KEY, isThorough: false } })), 'resolve'],
  [
    'forwarding',
    homeWork(HomeRequest.encode({ forward: { deviceKey: KEY, homeKeys: [], envelope: NONE } })),
    'forward',
  ],
  ['delivering', homeWork(HomeRequest.encode({ deliver: { deviceKey: KEY, envelope: NONE } })), 'deliver'],
  ['detaching', homeWork(HomeRequest.encode({ detach: {} })), 'attach'],
  ['nonsense', homeWork(Uint8Array.of(9)), 'attach'],
]
for (const [what, { work, times }, expected, expectedTimes] of table) {
  gates(`${what} is ${expected}`, () => {
    assert.is(work, expected)
    if (expectedTimes !== undefined) assert.is(times, expectedTimes)
  })
}

function gate() {
  const [net, clock] = [new MemoryNetwork(), virtualClock(1_000)]
  const overlay = net.peer(0)
  const of = new Gate(overlay, 'internet', clock)
  let asked = 0
  const handler = of.guard(indexWork, () => {
    asked++
    return NONE
  })
  /** How many of `count` are let in. */
  const flood = (from: string, body: Uint8Array, count: number) => {
    const before = asked
    for (let i = 0; i < count; i++) {
      try {
        void handler(from, body)
      } catch (error) {
        assert.ok(error instanceof Refusal && error.retryAfterMs > 0)
      }
    }
    return asked - before
  }
  return { net, clock, overlay, of, flood }
}

gates('a flood is refused before it costs anything, and counted; the handler hears what is let in', () => {
  const { net, of, flood } = gate()
  const stranger = net.peer(1)
  assert.is(flood(stranger.peerId, LOOKUP, 5_000), 4_000)
  assert.equal(of.loads().index, { perSecond: 400, served: 4_000, refused: 1_000 })
  assert.equal(of.loads().home, { perSecond: 0, served: 0, refused: 0 })
})

gates('a supernode of our routing table gets its larger share, and so do we ourselves', async () => {
  const { net, overlay, flood } = gate()
  const supernode = net.peer(1)
  await supernode.setServing(true)
  assert.is(flood(supernode.peerId, LOOKUP, 5_000), 5_000)
  assert.is(flood(overlay.peerId, LOOKUP, 5_000), 5_000)
})

gates('who reconnects has the budget it had', () => {
  const { net, overlay, clock, flood } = gate()
  const stranger = net.peer(1)
  assert.is(flood(stranger.peerId, LOOKUP, 5_000), 4_000)
  overlay.emit('disconnect', stranger.peerId)
  assert.is(flood(stranger.peerId, LOOKUP, 1_000), 0)
  clock.advance(1_000)
  assert.is(flood(stranger.peerId, LOOKUP, 1_000), 50)
})

gates('however many strangers come, together they get their share and no more', () => {
  const { net, flood } = gate()
  let admitted = 0
  for (let i = 0; i < 400; i++) admitted += flood(`unknown ${i}`, LOOKUP, 200)
  assert.is(admitted, 40_000)
  assert.is(flood(net.peer(5).peerId, LOOKUP, 1), 0)
})

gates('envelopes to one device are bounded for each sender', () => {
  const { of } = gate()
  let pushed = 0
  for (let i = 0; i < 1_000; i++) {
    try {
      of.admitDelivery('sender', 'device')
      pushed++
    } catch (error) {
      assert.ok(error instanceof Refusal)
    }
  }
  assert.is(pushed, 150)
  of.admitDelivery('another', 'device')
  assert.is(of.loads().forward.refused, 850)
})

gates.run()
