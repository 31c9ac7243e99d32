/**
 * The work that a claim shows: a nonce whose scrypt hash (RFC 7914) over network, name and account key begins with
 * enough zero bits. Finding it costs minutes and memory, which keeps anybody from claiming names by the thousand;
 * checking it costs one hash. Short names, which are fewer and wanted more, are dearer.
 */

import { createHash, scrypt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { TincanError } from '../errors.ts'
import type { ProfileName } from '../overlay/overlay.ts'
import { NONCE_BYTES, type Claim, type ProofOfWork } from './records.ts'

/** 4 MiB and about 10 ms a try: too much memory for a graphics card to run thousands side by side. */
const COST = { N: 2 ** 12, r: 8, p: 1 }
const HASH_BYTES = 32
const BITS_MAX = 32
const BITS_SHORTEST = 15
const BITS_LONGEST = 10
/** Of the four threads of Node's pool one is left to files and hosts; of the cores, one to the calls of this node. */
const THREADS = 3
const CHECKED_AT_ONCE = 2
/** Beyond this a registrar would answer later than its askers wait: 64 take a third of a second. */
const WAITING_MAX = 64
const REMEMBERED_MAX = 200_000 // as many as a registrar holds names; 100 bytes each

const hash = promisify<Uint8Array, Uint8Array, number, typeof COST, Buffer>(scrypt)

/** What the work is for: it is worth nothing for another name or another account. */
export interface WorkGoal extends Pick<Claim, 'network' | 'name' | 'accountKey'> {
  bits: number
}

/** The bits that a claim of this name must show at least; the tries expected are 2 to the power of them. */
export const workBits = (profile: ProfileName, name: string): number =>
  profile === 'local' ? 0 : Math.min(BITS_SHORTEST, Math.max(BITS_LONGEST, 18 - name.length))

/** How many bits are zero before the first that is not. */
export function countZeroBits(bytes: Uint8Array): number {
  const at = bytes.findIndex((byte) => byte !== 0)
  return at < 0 ? bytes.length * 8 : at * 8 + Math.clz32(bytes[at] as number) - 24
}

/** 8 bytes, big-endian; past the last comes the first. */
export function nonceBytes(nonce: bigint): Uint8Array {
  const bytes = Buffer.alloc(NONCE_BYTES)
  bytes.writeBigUInt64BE(BigInt.asUintN(64, nonce))
  return new Uint8Array(bytes)
}

const passwordOf = ({ network, name, accountKey }: Omit<WorkGoal, 'bits'>): Uint8Array =>
  Buffer.concat([Buffer.from(`tincan work v1\n${network}\n${name}\n`), accountKey])

const zeroBitsOf = async (password: Uint8Array, nonce: Uint8Array): Promise<number> =>
  countZeroBits(await hash(password, nonce, HASH_BYTES, COST))

export interface WorkOptions {
  /** The nonce to begin with: where work that was interrupted goes on. */
  from?: bigint | undefined
  signal?: AbortSignal | undefined
  /** After each try: how many there were in this run, and the nonce that a later run goes on with. */
  onProgress?: ((tries: number, nextNonce: bigint) => void) | undefined
}

/** Tries nonces, several at once, until one does. Rejects TincanError ABORTED. */
export async function findWork(goal: WorkGoal, options: WorkOptions = {}): Promise<ProofOfWork> {
  const { bits } = goal
  if (bits > BITS_MAX) throw new RangeError(`work of ${bits} bits is never found`)
  const password = passwordOf(goal)
  const underWay = new Set<bigint>()
  let next = options.from ?? 0n
  let tries = 0
  let found: Uint8Array | undefined
  let isOver = false
  const search = async () => {
    while (!isOver && options.signal?.aborted !== true) {
      const nonce = next++
      const bytes = nonceBytes(nonce)
      underWay.add(nonce)
      const isEnough = (await zeroBitsOf(password, bytes)) >= bits
      underWay.delete(nonce)
      tries++
      if (isEnough) {
        isOver = true
        found ??= bytes
      } else options.onProgress?.(tries, lowest(underWay) ?? next)
    }
  }
  const searches = Array.from({ length: Math.min(THREADS, Math.max(1, availableParallelism() - 1)) }, search)
  await Promise.all(searches).finally(() => (isOver = true))
  if (found === undefined) throw new TincanError('ABORTED', 'Aborted.')
  return { bits, nonce: found }
}

const lowest = (nonces: Set<bigint>): bigint | undefined =>
  [...nonces].reduce<bigint | undefined>(
    (least, each) => (least === undefined || each < least ? each : least),
    undefined,
  )

/** Checks the work of strangers: few at a time, each claim once. */
export class WorkVerifier {
  readonly #profile: ProfileName
  /** What was found to be enough, the last asked for last: a claim signed again costs nothing. */
  readonly #verified = new Set<string>()
  readonly #underWay = new Map<string, Promise<boolean>>()
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(profile: ProfileName) {
    this.#profile = profile
  }

  /** How many claims wait to be checked. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Whether a claim shows the work that its name asks for; `busy` when too many are waiting to be checked. */
  async verify(claim: Claim): Promise<boolean | 'busy'> {
    const needed = workBits(this.#profile, claim.name)
    if (needed === 0) return true
    const { proofOfWork } = claim
    if (proofOfWork === undefined || proofOfWork.bits < needed || proofOfWork.bits > BITS_MAX) return false
    const id = idOf(claim, proofOfWork)
    if (this.#verified.delete(id)) {
      this.#verified.add(id)
      return true
    }
    const known = this.#underWay.get(id)
    if (known !== undefined) return known
    if (this.#underWay.size >= CHECKED_AT_ONCE + WAITING_MAX) return 'busy'
    const checked = this.#check(claim, proofOfWork).finally(() => this.#underWay.delete(id))
    this.#underWay.set(id, checked)
    const isEnough = await checked
    if (isEnough) this.#remember(id)
    return isEnough
  }

  async #check(claim: Claim, { bits, nonce }: ProofOfWork): Promise<boolean> {
    if (this.#running < CHECKED_AT_ONCE) this.#running++
    else await new Promise<void>((resolve) => this.#waiting.push(resolve)) // gets the place of whoever is done
    try {
      return (await zeroBitsOf(passwordOf(claim), nonce)) >= bits
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }

  #remember(id: string): void {
    if (this.#verified.size >= REMEMBERED_MAX) this.#verified.delete(this.#verified.values().next().value as string)
    this.#verified.add(id)
  }
}

/** Half a hash is enough: whoever could find two claims with the same one would have done more work than was asked. */
function idOf(claim: Claim, { bits, nonce }: ProofOfWork): string {
  const digest = createHash('sha256').update(passwordOf(claim)).update(nonce).update(Uint8Array.of(bits)).digest()
  return digest.toString('latin1', 0, 16)
}
