import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { seededRandom } from '../../src/lib/random.ts'
import {
  admits,
  alternatives,
  ATTACHMENT,
  backoffMs,
  BEATS_BETWEEN_MOVES,
  chooseHome,
  chooseMove,
  CLIENTS_HARD_MAX,
  CLIENTS_SOFT_MAX,
  hasRoomElsewhere,
  HOMES_WANTED,
  networksOf,
  retryAfterMs,
  shedCount,
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

attachment('a supernode that is known to be full is no place to send anybody; one unheard of may be', () => {
  assert.not(hasRoomElsewhere([]))
  assert.not(hasRoomElsewhere([at('a', '1.1.0.1', { clients: CLIENTS_SOFT_MAX })]))
  assert.ok(hasRoomElsewhere([at('a', '1.1.0.1', { clients: CLIENTS_SOFT_MAX - 1 })]))
  assert.ok(hasRoomElsewhere([at('a', '1.1.0.1')]))
})

attachment('the fuller a home, the later it wants to be asked again, and never all at once', () => {
  const middling = (clients: number) => retryAfterMs(clients, () => 0.5)
  assert.is(middling(0), 30_000)
  assert.is(middling(CLIENTS_SOFT_MAX), 30_000)
  assert.is(middling(CLIENTS_HARD_MAX), 60_000)
  assert.is(middling(10 * CLIENTS_HARD_MAX), 60_000)
  assert.is.not(retryAfterMs(0, seededRandom(1)), retryAfterMs(0, seededRandom(2)))
})

/** A toss that is always won, and a draw in the order given. */
const ALWAYS = () => 0
const loaded = (loads: (number | undefined)[]): Prospect[] =>
  loads.map((clients, i) => at(`p${i}`, `${i}.1.0.1`, { clients }))
const names = (prospects: Prospect[]) => prospects.map(({ peerId }) => peerId).join(' ')

attachment('who is sent away is told of emptier homes, the emptiest first, then of those that nobody knows', () => {
  const table: [loads: (number | undefined)[], own: number, count: number, named: string][] = [
    [[200, 100, 400, 50], 300, 8, 'p3 p1 p0'],
    [[200, undefined, 400], 300, 8, 'p0 p1'],
    [[400, 350], 300, 8, 'p1 p0'], // fuller than we are, but there is nobody else
    [[400, undefined], 300, 8, 'p1'],
    [[], 300, 8, ''],
  ]
  for (const [loads, own, count, named] of table)
    assert.is(names(alternatives(loaded(loads), own, count, ALWAYS)), named)
})

attachment('nobody sends everybody to the same few: over many refusals the emptiest share the newcomers', () => {
  const others = loaded(Array.from({ length: 100 }, (_, i) => i))
  const named = new Map<string, number>()
  const random = seededRandom(5)
  for (let i = 0; i < 400; i++)
    for (const { peerId } of alternatives(others, 300, 8, random)) named.set(peerId, (named.get(peerId) ?? 0) + 1)
  assert.is(named.size, 16) // the emptier half of those that are named at all is not one node
  for (const [peerId, count] of named) assert.ok(count > 120 && count < 280, `${peerId}: ${count}`)
})

const home = (peerId: string, host: string, clients: number) => ({ ...at(peerId, host), clients })
const threeHomes = [home('a', '1.1.0.1', 200), home('b', '2.2.0.1', 40), home('c', '3.3.0.1', 40)]
const moves: [what: string, homes: typeof threeHomes, prospects: Prospect[], to: string | undefined][] = [
  ['to one that has less than half of the clients', threeHomes, [at('x', '9.9.0.1', { clients: 100 })], 'x'],
  ['not to one that has little more than half', threeHomes, [at('x', '9.9.0.1', { clients: 101 })], undefined],
  ['not from its last homes', threeHomes.slice(0, 2), [at('x', '9.9.0.1', { clients: 0 })], undefined],
  [
    'not while most others are unknown',
    threeHomes,
    [at('x', '9.9.0.1', { clients: 0 }), at('y', '8.8.0.1'), at('z', '7.7.0.1')],
    undefined,
  ],
  ['not to one that refused a moment ago', threeHomes, [at('x', '9.9.0.1', { clients: 0, notBeforeMs: 1 })], undefined],
  ['not into the network of another home', threeHomes, [at('x', '2.2.9.9', { clients: 0 })], undefined],
  ['but within the network of the home it leaves', threeHomes, [at('x', '1.1.9.9', { clients: 0 })], 'x'],
  [
    'not for a few clients more or less',
    [home('a', '1.1.0.1', 29), home('b', '2.2.0.1', 1), home('c', '3.3.0.1', 1)],
    [at('x', '9.9.0.1', { clients: 0 })],
    undefined,
  ],
  ['not to one of its homes', threeHomes, [at('b', '2.2.0.1', { clients: 0 })], undefined],
]
for (const [what, homes, prospects, to] of moves)
  attachment(`a client moves ${what}`, () => assert.is(chooseMove(homes, prospects, 0, ALWAYS)?.to.peerId, to))

attachment('a client that moves leaves the fullest of its homes', () => {
  assert.is(chooseMove(threeHomes, [at('x', '9.9.0.1', { clients: 0 })], 0, ALWAYS)?.from, 'a')
})

attachment('clients that all stayed with the first supernodes spread over the later ones, and then stay', () => {
  const random = seededRandom(11)
  const [early, supernodes, count] = [8, 24, 2_000]
  const contacts = Array.from({ length: supernodes }, (_, i) => at(`s${i}`, `${i}.1.0.1`, { clients: 0, rttMs: 20 }))
  const clients = Array.from({ length: count }, () => {
    const first = Math.floor(random() * early)
    return {
      homes: [first, (first + 1) % early, (first + 2) % early],
      beat: Math.floor(random() * BEATS_BETWEEN_MOVES),
    }
  })
  const loads = () => {
    const sums = new Array<number>(supernodes).fill(0)
    for (const { homes } of clients) for (const each of homes) sums[each] = (sums[each] as number) + 1
    return sums
  }
  let [movedEarly, movedLate] = [0, 0]
  for (let beat = 0; beat < 400; beat++) {
    const known = loads() // all see the loads of the beat before
    const prospects = contacts.map((each, i) => ({ ...each, clients: known[i] as number }))
    for (const client of clients) {
      if (++client.beat < BEATS_BETWEEN_MOVES) continue
      const move = chooseMove(
        client.homes.map((i) => prospects[i] as (typeof prospects)[0]),
        prospects,
        0,
        random,
      )
      if (move === undefined) continue
      client.beat = 0
      if (beat < 300) movedEarly++
      else movedLate++
      client.homes = [...client.homes.filter((i) => `s${i}` !== move.from), Number(move.to.peerId.slice(1))]
      assert.is(new Set(client.homes).size, HOMES_WANTED)
    }
  }
  const after = loads()
  const mean = (count * HOMES_WANTED) / supernodes
  assert.ok(Math.max(...after) < 1.8 * mean && Math.min(...after) > 0.5 * mean, after.join(' '))
  // two thirds of the places had to move; not many more did, and at last nobody does
  assert.ok(movedEarly < 1.3 * (2 / 3) * count * HOMES_WANTED, `${movedEarly}`)
  assert.is(movedLate, 0)
})

attachment(
  'a home asks some clients to go only beyond its soft cap, only where there is room, and few at a time',
  () => {
    const room = [at('x', '9.9.0.1', { clients: 10 })]
    const table: [clients: number, others: Prospect[], count: number][] = [
      [CLIENTS_SOFT_MAX, room, 0],
      [CLIENTS_SOFT_MAX + 1, room, 1],
      [CLIENTS_SOFT_MAX + 80, room, 10],
      [CLIENTS_HARD_MAX, room, 16],
      [CLIENTS_HARD_MAX, [], 0],
      [CLIENTS_HARD_MAX, [at('x', '9.9.0.1', { clients: 200 })], 0],
      [CLIENTS_HARD_MAX, [at('x', '9.9.0.1')], 0],
    ]
    for (const [clients, others, count] of table) assert.is(shedCount(clients, others), count, `${clients}`)
  },
)

attachment.run()
