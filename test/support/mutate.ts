/** Messages gone wrong in the ways that a hostile or broken peer sends them, the same for the same seed. */

/** Numbers from 0 up to 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const LONG = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01) // the largest varint

/** One of `seeds` with a few wounds: flipped, cut, doubled, grafted with another, or with a length that lies. */
export function mutate(seeds: readonly Uint8Array[], random: () => number): Uint8Array {
  const below = (bound: number) => Math.floor(random() * Math.max(1, bound))
  const pick = () => seeds[below(seeds.length)] as Uint8Array
  let bytes = Uint8Array.from(pick())
  for (let wounds = 1 + below(3); wounds > 0; wounds--) {
    const at = below(bytes.length)
    const piece = bytes.subarray(at, at + 1 + below(40))
    switch (below(8)) {
      case 0:
      case 1:
        bytes[at] = (bytes[at] as number) ^ (1 << below(8))
        break
      case 2:
        bytes[at] = below(256)
        break
      case 3:
        bytes = bytes.slice(0, at)
        break
      case 4:
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...piece, ...bytes.subarray(at)])
        break
      case 5:
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + piece.length)])
        break
      case 6:
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...LONG, ...bytes.subarray(at + 1)])
        break
      default: {
        const other = pick()
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...other.subarray(below(other.length))])
      }
    }
    if (bytes.length === 0) bytes = new Uint8Array(1)
  }
  return bytes
}
