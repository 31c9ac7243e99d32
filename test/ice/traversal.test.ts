/** Whole agents in a virtual network: NATs of every kind, loss, deaths of relays, and moves, each from a seed. */

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import type { Candidate } from '../../src/ice/candidate.ts'
import { PAIRS_MAX } from '../../src/ice/pairs.ts'
import { SEEN_MAX, TOLD_MAX } from '../../src/ice/remotes.ts'
import { holds } from '../support/property.ts'
import { VirtualCall } from './virtual-call.ts'
import { NAT_KINDS, Nat, type NatKind, seeded } from './virtual-net.ts'

const traversal = suite('ice traversal')

const REAL_LIFE = { delayMs: 50, jitterMs: 15 }

const isPerDestination = (kind: NatKind): boolean => kind === 'symmetric' || kind === 'sequential'

/** Two NATs that both map each destination anew never meet; whoever has no UDP reaches nobody. */
const canMeet = (a: NatKind, b: NatKind): boolean =>
  a !== 'blocked' && b !== 'blocked' && !(isPerDestination(a) && isPerDestination(b))

const kind = fc.constantFrom(...NAT_KINDS)
const seed = fc.nat()

for (const lossPercent of [0, 5, 10, 20]) {
  traversal(`with ${lossPercent} % loss, ends that start apart meet directly wherever it is possible`, () => {
    for (const a of NAT_KINDS) {
      for (const b of NAT_KINDS) {
        const call = new VirtualCall({ seed: lossPercent + 1, a, b, ...REAL_LIFE, lossPercent, lateMs: 1_300 })
        assert.is(call.connectDirectly(canMeet(a, b) ? 15_000 : 8_000), canMeet(a, b), `${a} ${b}`)
      }
    }
  })
}

traversal('whenever they start and whatever is lost, they meet directly where it is possible', () => {
  holds(
    fc.property(kind, kind, seed, fc.nat(3_000), fc.nat(20), (a, b, at, lateMs, lossPercent) => {
      fc.pre(canMeet(a, b))
      const call = new VirtualCall({ seed: at, a, b, ...REAL_LIFE, lossPercent, lateMs })
      assert.ok(call.connectDirectly(25_000))
    }),
  )
})

traversal('with relays every pair of homes connects, blocked ones too', () => {
  holds(
    fc.property(kind, kind, seed, fc.nat(3_000), fc.nat(10), (a, b, at, lateMs, lossPercent) => {
      const call = new VirtualCall({ seed: at, a, b, ...REAL_LIFE, lossPercent, lateMs, relayCount: 2 })
      assert.ok(call.connect(lateMs + 4_000))
    }),
  )
})

traversal('a call that began on a relay moves to the direct way by itself, without a gap', () => {
  for (let at = 1; at <= 10; at++) {
    const call = new VirtualCall({ seed: at, a: 'port', b: 'symmetric', ...REAL_LIFE, relayCount: 2, hasSpeech: true })
    assert.ok(call.connect(2_000))
    assert.not.ok(call.a.isDirect && call.b.isDirect)
    assert.ok(call.connectDirectly(10_000))
    call.runFor(1_000)
    assert.ok(call.a.longestGapMs < 200 && call.b.longestGapMs < 200, `seed ${at}`)
  }
})

for (const lossPercent of [0, 10]) {
  traversal(`with ${lossPercent} % loss, a relay that dies costs less than a second of silence`, () => {
    for (let at = 1; at <= 15; at++) {
      const options = { seed: at, ...REAL_LIFE, lossPercent, relayCount: 2, hasSpeech: true }
      const call = new VirtualCall({ ...options, a: 'symmetric', b: 'symmetric' })
      call.net.run(8_000)
      const used = call.a.selected!.base.relay ?? call.b.selected!.base.relay
      call.relays.find(({ host }) => host === used)!.isDown = true
      call.a.longestGapMs = call.b.longestGapMs = 0
      call.runFor(4_000)
      assert.ok(call.a.longestGapMs < 1_000, `seed ${at}: a heard nothing for ${call.a.longestGapMs} ms`)
      assert.ok(call.b.longestGapMs < 1_000, `seed ${at}: b heard nothing for ${call.b.longestGapMs} ms`)
    }
  })
}

traversal('a direct path with 10 % loss is not left while it works', () => {
  for (let at = 1; at <= 10; at++) {
    const options = { seed: at, ...REAL_LIFE, lossPercent: 10, relayCount: 2, hasSpeech: true }
    const call = new VirtualCall({ ...options, a: 'port', b: 'port' })
    call.net.run(3_000)
    const before = [call.a.moves.length, call.b.moves.length]
    const polls = call.a.polls
    call.runFor(60_000)
    assert.ok(call.a.polls - polls < 60 * 100, 'and it costs little')
    assert.equal([call.a.moves.length, call.b.moves.length], before, `seed ${at}`)
  }
})

const DISASTERS: [name: string, gapMs: number, strike: (call: VirtualCall) => void][] = [
  [
    'both NATs forget',
    1_000,
    ({ a, b }) => {
      a.nat.forget()
      b.nat.forget()
    },
  ],
  [
    'seven seconds of darkness in which both NATs forget',
    9_500,
    (call) => {
      const all = [call.a.nat, call.b.nat, ...call.relays]
      for (const each of all) each.isDown = true
      call.runFor(7_000)
      for (const each of all) each.isDown = false
      call.a.nat.forget()
      call.b.nat.forget()
    },
  ],
  ['one end moves', 1_000, ({ net, a }) => a.moveTo(new Nat(net, a.nat.kind, '198.51.100.11'), '192.168.7.7')],
  [
    'both ends move at once',
    2_500,
    ({ net, a, b }) => {
      a.moveTo(new Nat(net, a.nat.kind, '198.51.100.11'), '192.168.7.7')
      b.moveTo(new Nat(net, b.nat.kind, '198.51.100.12'), '192.168.8.8')
    },
  ],
]

for (const [name, gapMs, strike] of DISASTERS) {
  traversal(`${name}: the voice comes back, and goes directly again where it can`, () => {
    for (const [a, b] of [
      ['port', 'port'],
      ['public', 'port-random'],
      ['symmetric', 'port'],
      ['symmetric', 'symmetric'],
      ['fullcone', 'sequential'],
    ] as const) {
      for (let at = 1; at <= 5; at++) {
        const options = { seed: at, ...REAL_LIFE, lossPercent: 5, relayCount: 2, hasSpeech: true }
        const call = new VirtualCall({ ...options, a, b })
        call.net.run(8_000)
        call.a.longestGapMs = call.b.longestGapMs = 0
        strike(call)
        call.runFor(12_000)
        const silentMs = Math.max(call.a.longestGapMs, call.b.longestGapMs)
        assert.ok(silentMs < gapMs, `${a} ${b} seed ${at}: silent for ${silentMs} ms`)
        assert.ok(call.isConnected && call.a.isDirect === canMeet(a, b), `${a} ${b} seed ${at}`)
        assert.ok(call.net.nowMs - call.a.heardMs! < 500 && call.net.nowMs - call.b.heardMs! < 500)
      }
    }
  })
}

traversal('with relayOnly no packet leaves for the peer but through a relay', () => {
  const options = { seed: 5, ...REAL_LIFE, relayCount: 2, hasSpeech: true }
  const call = new VirtualCall({ ...options, a: 'public', b: 'public', relayOnly: true })
  const told: Candidate[] = []
  const { tell } = call.a
  call.a.tell = (candidate) => {
    told.push(candidate)
    tell(candidate)
  }
  assert.ok(call.connect(5_000))
  call.runFor(5_000)
  assert.equal([...new Set(told.map(({ type }) => type))], ['relay'])
  assert.is(call.a.sentTo.size + call.b.sentTo.size, 0)
  assert.not.ok(call.a.isDirect)
})

traversal('probing is bounded, and goes nowhere but to the address the peer told', () => {
  const call = new VirtualCall({ seed: 3, a: 'port', b: 'symmetric', ...REAL_LIFE })
  // the hard side gives up without a word: nothing will ever be met
  call.net.after(900, () => (call.b.nat.isDown = true))
  call.net.run(90_000)
  assert.ok(call.a.packetsSent > 2_000 && call.a.packetsSent < 7_000, `${call.a.packetsSent}`)
  assert.ok(call.b.probesMost <= 256 && call.b.probesOpen === 0)
  for (const host of call.a.sentTo.keys()) assert.match(host, /^(198\.51\.100\.2|203\.0\.113\.[123]|192\.168\.1\.2)$/)
})

traversal('nothing of what strangers send is answered or kept, and the path is unharmed', () => {
  const call = new VirtualCall({ seed: 8, a: 'public', b: 'public', ...REAL_LIFE, hasSpeech: true })
  assert.ok(call.connectDirectly(3_000))
  call.runFor(500)
  const random = seeded(99)
  const check = call.b.traversal.paths.checkBytes([...call.b.traversal.paths.bases][0]!, Buffer.alloc(12, 7))!
  const { moves } = call.b
  const [before, movesBefore] = [call.a.traversal.paths, moves.length]
  const pairsBefore = before.pairs.size
  const droppedBefore = before.dropped
  const sentBefore = call.a.packetsSent
  for (let i = 0; i < 20_000; i++) {
    let bytes = Buffer.from(Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256)))
    if (i % 2 === 0) {
      bytes = Buffer.from(check)
      // not in FINGERPRINT, without which it is authentic all the same
      bytes[Math.floor(random() * (bytes.length - 8))]! ^= 1 << Math.floor(random() * 8)
    }
    call.a.receive({ host: '198.51.100.66', port: 1 + (i % 60_000) }, bytes)
  }
  assert.is(call.a.packetsSent, sentBefore)
  assert.is(before.pairs.size, pairsBefore)
  assert.ok(before.dropped - droppedBefore > 19_000)
  call.runFor(3_000)
  assert.is(moves.length, movesBefore)
  assert.ok(call.a.longestGapMs < 200 && call.b.longestGapMs < 200)
})

traversal('however many candidates a peer tells, pairs and candidates stay bounded', () => {
  const call = new VirtualCall({ seed: 4, a: 'public', b: 'public', ...REAL_LIFE, relayCount: 2 })
  for (let i = 0; i < 3_000; i++) {
    const host = `198.51.${100 + (i >> 8)}.${i & 255}`
    call.a.addCandidate({ type: 'host', host, port: 1_000 + i, priority: i, foundation: 'f', ufrag: undefined })
  }
  assert.ok(call.connect(10_000))
  call.runFor(2_000)
  const { paths } = call.a.traversal
  assert.ok(paths.remotes.size <= TOLD_MAX + SEEN_MAX)
  assert.ok(paths.pairs.size <= PAIRS_MAX)
})

traversal.run()
