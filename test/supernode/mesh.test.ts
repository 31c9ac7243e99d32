import { createHash } from 'node:crypto'

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { compareDistance } from '../../src/overlay/peer-id.ts'
import {
  chooseLinks,
  commonPrefixBits,
  LINKS_MAX,
  LINKS_NEAREST,
  nextHops,
  type LinkPeer,
} from '../../src/supernode/mesh.ts'
import { holds } from '../support/property.ts'

const mesh = suite('mesh')

const kadId = (name: string) => new Uint8Array(createHash('sha256').update(name).digest())
const own = kadId('own')
const peers = (count: number, from = 0): LinkPeer[] =>
  Array.from({ length: count }, (_, i) => ({ peerId: `p${from + i}`, kadId: kadId(`p${from + i}`) }))
const NONE = new Set<string>()
const ids = (links: LinkPeer[]) => new Set(links.map(({ peerId }) => peerId))

mesh('in a small network every supernode is linked to every other', () => {
  assert.equal(ids(chooseLinks(own, peers(LINKS_NEAREST), NONE)), ids(peers(LINKS_NEAREST)))
})

mesh('in a large one: the nearest, and three at each greater distance', () => {
  const known = peers(5_000)
  const links = chooseLinks(own, known, NONE)
  const nearest = known.toSorted((a, b) => compareDistance(own, a.kadId, b.kadId))
  assert.equal(links.slice(0, LINKS_NEAREST), nearest.slice(0, LINKS_NEAREST))
  const far = links.slice(LINKS_NEAREST)
  const buckets = new Map<number, number>()
  for (const link of far) {
    const bits = commonPrefixBits(own, link.kadId)
    buckets.set(bits, (buckets.get(bits) ?? 0) + 1)
  }
  for (const bits of [0, 1, 2, 3, 4, 5, 6, 7]) assert.is(buckets.get(bits), 3, `${bits}`)
  assert.ok(Math.max(...buckets.values()) === 3 && links.length < 60, `${links.length}`)
})

mesh('at a distance the ones that have held long and answer soon are taken', () => {
  const far = peers(2_000).filter((peer) => commonPrefixBits(own, peer.kadId) === 0)
  const [slow, quick, old] = far as [LinkPeer, LinkPeer, LinkPeer]
  const known = [
    ...far.slice(3).map((peer) => ({ ...peer, rttMs: 150 })),
    { ...slow, rttMs: 900 },
    { ...quick, rttMs: 5 },
    { ...old, rttMs: 150, heldMs: 86_400_000 },
    ...peers(LINKS_NEAREST * 50).filter((peer) => commonPrefixBits(own, peer.kadId) > 3),
  ]
  const links = ids(chooseLinks(own, known, NONE))
  assert.ok(links.has(quick.peerId) && links.has(old.peerId) && !links.has(slow.peerId))
})

mesh('a better link does not push out one that is held', () => {
  const known = peers(2_000)
  const links = chooseLinks(own, known, NONE)
  const tempting = known.map((peer) => (ids(links).has(peer.peerId) ? { ...peer, rttMs: 300 } : { ...peer, rttMs: 1 }))
  assert.equal(ids(chooseLinks(own, tempting, ids(links))), ids(links))
})

mesh('a newcomer that is nearer costs no link; many of them do', () => {
  const known = peers(2_000)
  const held = ids(chooseLinks(own, known, NONE))
  const newcomers = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      peerId: `n${i}`,
      kadId: Uint8Array.from(own, (b, at) => (at === 31 ? b ^ (i + 1) : b)),
    }))
  const one = ids(chooseLinks(own, [...known, ...newcomers(1)], held))
  assert.ok(one.has('n0') && [...held].every((peerId) => one.has(peerId)))
  const many = ids(chooseLinks(own, [...known, ...newcomers(60)], held))
  assert.ok(many.size <= LINKS_MAX && [...held].some((peerId) => !many.has(peerId)))
})

mesh('a link that is known no longer is replaced, and nothing else changes', () => {
  const known = peers(2_000)
  const before = chooseLinks(own, known, NONE)
  const lost = before[0] as LinkPeer
  const after = ids(
    chooseLinks(
      own,
      known.filter((peer) => peer !== lost),
      ids(before),
    ),
  )
  assert.not(after.has(lost.peerId))
  assert.is(after.size, before.length)
  for (const { peerId } of before.slice(1)) assert.ok(after.has(peerId))
})

const id = fc.uint8Array({ minLength: 32, maxLength: 32 })
mesh('whatever is known: the links are known ones, each once, within the bound, and settle at once', () => {
  const known = fc.uniqueArray(fc.record({ peerId: fc.nat(2_000).map(String), kadId: id }), {
    maxLength: 300,
    selector: ({ peerId }) => peerId,
  })
  holds(
    fc.property(id, known, fc.array(fc.nat(2_000).map(String)), (self, all, held) => {
      const links = chooseLinks(self, all, new Set(held))
      assert.ok(links.length <= LINKS_MAX && ids(links).size === links.length)
      assert.ok(links.length >= Math.min(all.length, LINKS_NEAREST))
      for (const link of links) assert.ok((all as LinkPeer[]).includes(link))
      assert.equal(ids(chooseLinks(self, all, ids(links))), ids(links))
    }),
  )
})

mesh('the next hops are nearer than we are, the nearest first', () => {
  holds(
    fc.property(
      id,
      id,
      fc.array(
        id.map((each) => ({ kadId: each })),
        { maxLength: 40 },
      ),
      fc.nat(5),
      (key, self, links, count) => {
        const hops = nextHops(key, self, links, count)
        const nearer = links.filter((link) => compareDistance(key, link.kadId, self) < 0)
        assert.is(hops.length, Math.min(count, nearer.length))
        hops.forEach((hop, i) => {
          assert.ok(compareDistance(key, hop.kadId, self) < 0)
          if (i > 0) assert.ok(compareDistance(key, (hops[i - 1] as typeof hop).kadId, hop.kadId) <= 0)
        })
      },
    ),
  )
})

mesh('from any supernode of a large network a key’s nearest is a few hops away over warm links alone', () => {
  const all = peers(2_000)
  const links = new Map<string, LinkPeer[]>()
  const linksOf = (peer: LinkPeer) => {
    const known =
      links.get(peer.peerId) ??
      chooseLinks(
        peer.kadId,
        all.filter((each) => each !== peer),
        NONE,
      )
    links.set(peer.peerId, known)
    return known
  }
  const hopsTaken = Array.from({ length: 60 }, (_, i) => {
    const key = kadId(`key ${i}`)
    const nearest = all.reduce((a, b) => (compareDistance(key, b.kadId, a.kadId) < 0 ? b : a))
    let at = all[i * 31] as LinkPeer
    let hops = 0
    for (; at !== nearest; hops++) {
      const [next] = nextHops(key, at.kadId, linksOf(at), 1)
      assert.ok(next !== undefined, 'stuck before the nearest')
      at = next
    }
    return hops
  })
  const mean = hopsTaken.reduce((sum, hops) => sum + hops, 0) / hopsTaken.length
  assert.ok(mean < 5 && Math.max(...hopsTaken) <= 9, hopsTaken.join(' '))
})

mesh('the common prefix counts bits', () => {
  const table: [number[], number[], number][] = [
    [[0], [128], 0],
    [[0], [1], 7],
    [[255, 0], [255, 64], 9],
    [[1, 2], [1, 2], 16],
  ]
  for (const [a, b, bits] of table) assert.is(commonPrefixBits(Uint8Array.from(a), Uint8Array.from(b)), bits)
})

mesh.run()
