/**
 * Records that were verified before: the same claim or lease passes a supernode many times, and three signatures cost
 * a hundred times more than finding the bytes again. Only the very same bytes hit; only what verified is kept.
 */

const RECORDS_MAX = 1024

export class VerifiedRecords<T> {
  readonly #bytesMax: number
  readonly #verify: (bytes: Uint8Array, network: string) => T | undefined
  readonly #verified = new Map<string, T>()

  constructor(bytesMax: number, verify: (bytes: Uint8Array, network: string) => T | undefined) {
    this.#bytesMax = bytesMax
    this.#verify = verify
  }

  /** What `verify` makes of the bytes; undefined when they are too long or not genuine. Never throws. */
  open(bytes: Uint8Array, network: string): T | undefined {
    if (bytes.length > this.#bytesMax) return undefined
    const id = `${network} ${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')}`
    const known = this.#verified.get(id)
    if (known !== undefined) return known
    // a copy: the bytes may be a piece of a large read, which the record would keep alive
    const record = this.#verify(Uint8Array.from(bytes), network)
    if (record === undefined) return undefined
    if (this.#verified.size >= RECORDS_MAX) this.#verified.delete(this.#verified.keys().next().value as string)
    this.#verified.set(id, record)
    return record
  }
}
