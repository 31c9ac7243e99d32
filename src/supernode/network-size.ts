/** How large the network is, from what one node sees of it. Pure; estimates, good to some tens of percent. */

/** Up to here the table holds the whole network and counting is exact; buckets of 8 overflow well beyond it. */
export const COUNTED_MAX = 64
const NEAREST_MIN = 16
/**
 * The table has 8 contacts in each 1024th of the key space at most, and may not have met all the neighbours. Where it
 * tells of so much fewer than walks do, it does not count.
 */
const TRUSTED_SHARE = 0.8
/** Our own neighbourhood ends where the next shell is so much thinner: farther out the table does not know everybody. */
const THIN = 0.8
const SAMPLES_MAX = 16
/** Walks correct the count of a small network only when there are enough of them, and much is missing. */
const WALKS_MIN = 6
const UNMET = 1.5

/** So many supernodes are nearer to some point than this share of the key space. */
export interface DensitySample {
  count: number
  share: number
}

/** What a walk says: the supernodes nearest to a point, all of them. Undefined when there are too few to tell. */
export function densityOf(target: Uint8Array, kadIds: Uint8Array[]): DensitySample | undefined {
  if (kadIds.length < 2) return undefined
  return { count: kadIds.length, share: Math.max(...kadIds.map((kadId) => distance(target, kadId))) }
}

/** The latest samples, from walks to points all over the key space. */
export class DensitySamples {
  readonly #samples: DensitySample[] = []

  add(sample: DensitySample | undefined): void {
    if (sample === undefined) return
    this.#samples.push(sample)
    if (this.#samples.length > SAMPLES_MAX) this.#samples.shift()
  }

  list(): DensitySample[] {
    return [...this.#samples]
  }
}

/**
 * Supernodes besides us: ids are uniform, so the k-th nearest of S peers is at about k/S of the key space, whatever the
 * point. The distances to the k-th nearest of several points add up, and (Σk − 1) ÷ Σdistance is unbiased; it is good to
 * 1/√Σk. One point is our own, as far as the table knows our neighbours; the others are those of walks.
 */
export function estimateSupernodes(
  ownKadId: Uint8Array,
  kadIds: Uint8Array[],
  walked: readonly DensitySample[] = [],
): number {
  if (kadIds.length <= COUNTED_MAX) {
    const told = walked.length < WALKS_MIN ? 0 : densityEstimate(walked)
    return told > UNMET * kadIds.length ? Math.round(told) : kadIds.length
  }
  const distances = kadIds.map((kadId) => distance(ownKadId, kadId)).sort((a, b) => a - b)
  const own = neighbourhood(distances)
  const isTrusted = walked.length === 0 || densityEstimate([own]) >= TRUSTED_SHARE * densityEstimate(walked)
  const samples = isTrusted ? [own, ...walked] : walked
  // never fewer than those we can name
  return Math.max(kadIds.length, Math.round(densityEstimate(samples)))
}

/** As many of the nearest as are as dense as the nearest of all. */
function neighbourhood(distances: number[]): DensitySample {
  let count = NEAREST_MIN
  while (2 * count <= distances.length) {
    const [inner, outer] = [distances[count - 1] as number, distances[2 * count - 1] as number]
    if (count / (outer - inner) < (THIN * count) / inner) break
    count *= 2
  }
  return { count, share: distances[count - 1] as number }
}

const densityEstimate = (samples: readonly DensitySample[]): number =>
  (samples.reduce((sum, { count }) => sum + count, 0) - 1) / samples.reduce((sum, { share }) => sum + share, 0)

/** Our own estimate and what our homes tell of theirs: where nobody can count, all of them are as good as each other. */
export function combinedSupernodes(seen: number, told: number): number {
  if (Math.min(seen, told) <= COUNTED_MAX) return Math.max(seen, told)
  return Math.round(Math.sqrt(seen * told))
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
