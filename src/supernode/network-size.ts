/** How large the network is, from what one node sees of it. Pure; estimates, good to some tens of percent. */

import { compareDistance } from '../overlay/peer-id.ts'

/** Up to here the table holds the whole network and counting is exact; buckets of 8 overflow well beyond it. */
const COUNTED_MAX = 64
const NEIGHBOURS = 8

/**
 * Supernodes besides us: ids are uniform, so the distance to the k-th nearest of S peers is about k/S of the key
 * space; the median over several k is robust against a lucky neighbour.
 */
export function estimateSupernodes(ownKadId: Uint8Array, kadIds: Uint8Array[]): number {
  if (kadIds.length <= COUNTED_MAX) return kadIds.length
  const nearest = [...kadIds].sort((a, b) => compareDistance(ownKadId, a, b)).slice(0, 2 * NEIGHBOURS)
  const estimates = nearest.slice(NEIGHBOURS / 2).map((kadId, i) => (i + NEIGHBOURS / 2) / distance(ownKadId, kadId))
  estimates.sort((a, b) => a - b)
  // never fewer than those we can name
  return Math.max(kadIds.length, Math.round(estimates[estimates.length >> 1] as number))
}

const mean = (counts: number[]): number => counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length)

/** All nodes: each is a client of `homesEach` supernodes, so supernodes × mean clients ÷ homes counts them. */
export function estimateNodes(
  supernodes: number,
  clientsEach: number[],
  homesEach: number,
  knownPeers: number,
): number {
  return Math.max(supernodes, knownPeers, Math.round((supernodes * mean(clientsEach)) / Math.max(1, homesEach)))
}

/** XOR distance as a share of the key space, from its first 48 bits. */
function distance(a: Uint8Array, b: Uint8Array): number {
  let value = 0
  for (let i = 0; i < 6; i++) value = value * 256 + ((a[i] as number) ^ (b[i] as number))
  return Math.max(value, 1) / 2 ** 48
}
