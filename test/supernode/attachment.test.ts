import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { seededRandom } from '../../src/lib/random.ts'
import {
  admits,
  ATTACHMENT,
  backoffMs,
  chooseHome,
  CLIENTS_HARD_MAX,
  CLIENTS_SOFT_MAX,
  networksOf,
  type Prospect,
} from '../../src/supernode/attachment.ts'
import { holds } from '../support/property.ts'

const attachment = suite('attachment')

const at = (peerId: string, host: string, more: Partial<Prospect> = {}): Prospect => ({
  peerId,
  addresses: [host.includes(':') ? `/ip6/${host}/tcp/4001` : `/ip4/${host}/tcp/4001`],
  ...more,
})
/** Draws these numbers one after the other. */
const draws =
  (...values: number[]) =>
  () =>
    values.shift() ?? 0

attachment('with no prospect there is no choice', () => {
  assert.is(chooseHome([], [], 0, Math.random), undefined)
})

attachment('of two drawn, the one that costs less is taken: the emptier, the nearer', () => {
  const empty = at('a', '1.1.0.1', { clients: 0, rttMs: 50 })
  const full = at('b', '2.2.0.1', { clients: 300, rttMs: 50 })
  const near = at('c', '3.3.0.1', { clients: 300, rttMs: 1 })
  for (const pair of [
    [0, 0.5],
    [0.5, 0],
  ]) {
    assert.is(chooseHome([empty, full], [], 0, draws(...pair))?.peerId, 'a')
    assert.is(chooseHome([full, near], [], 0, draws(...pair))?.peerId, 'c')
  }
})

attachment('a full home costs as much as one that is 100 ms farther away', () => {
  const fullAndNear = at('a', '1.1.0.1', { clients: CLIENTS_SOFT_MAX, rttMs: 10 })
  for (const [rttMs, winner] of [
    [109, 'b'],
    [111, 'a'],
  ] as const) {
    const emptyAndFar = at('b', '2.2.0.1', { clients: 0, rttMs })
    assert.is(chooseHome([fullAndNear, emptyAndFar], [], 0, draws(0, 0.5))?.peerId, winner)
  }
})

attachment('a home is not asked again, nor who must not be asked yet', () => {
  const prospects = [at('a', '1.1.0.1'), at('b', '2.2.0.1', { notBeforeMs: 100 })]
  assert.is(chooseHome(prospects, [at('a', '1.1.0.1')], 99, Math.random), undefined)
  assert.is(chooseHome(prospects, [at('a', '1.1.0.1')], 100, Math.random)?.peerId, 'b')
})

attachment('where there is a choice, homes are in different networks', () => {
  const homes = [at('a', '1.1.0.1')]
  const same = Array.from({ length: 50 }, (_, i) => at(`s${i}`, `1.1.0.${i}`, { clients: 0, rttMs: 1 }))
  const elsewhere = at('e', '9.9.0.1', { clients: 299, rttMs: 900 })
  const random = seededRandom(1)
  for (let i = 0; i < 50; i++) assert.is(chooseHome([...same, elsewhere], homes, 0, random)?.peerId, 'e')
  assert.match(chooseHome(same, homes, 0, random)?.peerId ?? '', /^s/)
})

attachment('two choices spread many nodes over the supernodes evenly', () => {
  const random = seededRandom(7)
  const supernodes = Array.from({ length: 20 }, (_, i) => at(`s${i}`, `${i}.${i}.0.1`, { clients: 0, rttMs: 20 }))
  for (let node = 0; node < 2_000; node++) {
    const chosen = chooseHome(supernodes, [], 0, random) as Prospect
    chosen.clients = (chosen.clients ?? 0) + 1
  }
  const loads = supernodes.map(({ clients }) => clients ?? 0)
  assert.ok(Math.max(...loads) - Math.min(...loads) < 20, loads.join(' '))
})

attachment('whatever is offered, the choice is open, and in a new network if any is', () => {
  const prospect = fc
    .record({
      id: fc.nat(20),
      host: fc.nat(5),
      clients: fc.option(fc.nat(900), { nil: undefined }),
      rttMs: fc.option(fc.nat(500), { nil: undefined }),
      notBeforeMs: fc.option(fc.nat(100), { nil: undefined }),
    })
    .map(({ id, host, ...more }) => at(`p${id}`, `10.${host}.0.1`, more))
  holds(
    fc.property(
      fc.array(prospect),
      fc.array(prospect, { maxLength: 3 }),
      fc.nat(100),
      fc.integer(),
      (offered, homes, nowMs, seed) => {
        const chosen = chooseHome(offered, homes, nowMs, seededRandom(seed))
        const taken = new Set(homes.map(({ peerId }) => peerId))
        const networks = new Set(homes.flatMap(networksOf))
        const open = offered.filter(({ peerId, notBeforeMs = 0 }) => !taken.has(peerId) && notBeforeMs <= nowMs)
        assert.is(chosen === undefined, open.length === 0)
        if (chosen === undefined) return
        assert.ok(open.includes(chosen))
        const isNew = (each: Prospect) => !networksOf(each).some((network) => networks.has(network))
        if (open.some(isNew)) assert.ok(isNew(chosen))
      },
    ),
  )
})

attachment('a supernode takes newcomers to its soft cap, and beyond it only who has nowhere else to go', () => {
  const table: [clients: number, hasAlternatives: boolean, isTaken: boolean][] = [
    [0, true, true],
    [CLIENTS_SOFT_MAX - 1, true, true],
    [CLIENTS_SOFT_MAX, true, false],
    [CLIENTS_SOFT_MAX, false, true],
    [CLIENTS_HARD_MAX - 1, false, true],
    [CLIENTS_HARD_MAX, false, false],
    [CLIENTS_HARD_MAX, true, false],
  ]
  for (const [clients, hasAlternatives, isTaken] of table)
    assert.is(admits(clients, hasAlternatives), isTaken, `${clients}`)
})

attachment('the wait between tries grows, with jitter, between its bounds', () => {
  for (const times of Object.values(ATTACHMENT)) {
    holds(
      fc.property(fc.nat(1_000), fc.integer(), (attempt, seed) => {
        const waitMs = backoffMs(attempt, times, seededRandom(seed))
        assert.ok(waitMs >= 0.5 * times.backoffMinMs && waitMs <= 1.5 * times.backoffMaxMs)
      }),
    )
    const middling = (attempt: number) => backoffMs(attempt, times, () => 0.5)
    assert.is(middling(0), times.backoffMinMs)
    assert.is(middling(1), 2 * times.backoffMinMs)
    assert.is(middling(1_000), times.backoffMaxMs)
    assert.is.not(backoffMs(3, times, seededRandom(1)), backoffMs(3, times, seededRandom(2)))
  }
})

attachment('the network of an address is its /16, or its /32 of IPv6', () => {
  const table: [addresses: string[], networks: string[]][] = [
    [['/ip4/203.0.113.7/tcp/4001'], ['203.0']],
    [
      ['/ip4/203.0.113.7/tcp/4001', '/ip4/198.51.100.1/tcp/1/ws'],
      ['203.0', '198.51'],
    ],
    [['/ip6/2001:db8:1::1/tcp/4001'], ['2001:db8']],
    [['/dns4/example.com/tcp/4001'], []],
    [['nonsense', ''], []],
    [[], []],
  ]
  for (const [addresses, networks] of table) assert.equal(networksOf({ peerId: 'p', addresses }), networks)
})

attachment.run()
