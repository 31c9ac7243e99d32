/**
 * The registrar side of the index: answers role `index` from our own table, and signs that it has seen a claim. What the
 * table does not judge is judged here: the work of a claim, and whose word for a claim's age counts.
 */

import type { Clock } from '../lib/clock.ts'
import { decoded } from '../lib/decoded.ts'
import { median } from '../lib/median.ts'
import type { SigningKey } from '../overlay/keys.ts'
import type { Overlay, ProfileName } from '../overlay/overlay.ts'
import { Refusal, type Handler } from '../overlay/rpc.ts'
import { kadIdOfKey } from '../overlay/peer-id.ts'
import type { Bid } from './index-entry.ts'
import { CLOCK_SKEW_MS, type Held, type IndexTable } from './index-table.ts'
import { GrantOutcome, GrantReply, IndexRequest, type Grant, type Holder } from './index.pb.js'
import { encodeHolders } from './lookup-reply.ts'
import { nameKeys, nearestTo, REPLICAS } from './placement.ts'
import { WorkVerifier } from './proof-of-work.ts'
import { GrantQuota } from './quota.ts'
import {
  makeWitness,
  openClaim,
  openLease,
  openWitness,
  readWitness,
  same,
  type Claim,
  type Witness,
} from './records.ts'

/** A claim that so many registrars near its name hold may stand beside another's. */
const WITNESSES_NEEDED = 3
/** A word given longer ago is worth nothing: the claim may have lapsed since. */
const WITNESS_LIFE_MS = 30 * 86_400_000
export const WITNESSES_MAX = 5
/** Whose word counts: the supernodes that could be registrars of the name, some having come or gone. */
const WITNESSES_AMONG = 4 * REPLICAS
const WORK_RETRY_MS = 2_000
export const HOPS_MAX = 2

export interface RegistrarParts {
  overlay: Overlay
  table: IndexTable
  /** This node's device key. */
  key: SigningKey
  profile: ProfileName
  /** For quotas. */
  clock: Clock
  /** The network's: for what is signed and what expires. */
  time: Clock
}

type Witnessed = Required<Pick<Bid, 'witnessedMs' | 'saidMs'>>

/** Asks others, nearer to the key, what they hold. Never rejects. */
export type AskOn = (key: Uint8Array, hops: number) => Promise<Holder[]>

export class Registrar {
  readonly #parts: RegistrarParts
  readonly #work: WorkVerifier
  readonly #quota: GrantQuota
  /** The accounts that most of the registrars around us hold a name for. */
  neighboursHold: (key: Uint8Array) => Promise<Held[]> = async () => []

  constructor(parts: RegistrarParts) {
    this.#parts = parts
    this.#work = new WorkVerifier(parts.profile)
    this.#quota = new GrantQuota(parts.profile)
  }

  handler(askOn: AskOn): Handler {
    return async (_from, body) => {
      const request = decoded(() => IndexRequest.decode(body, { limits: { grant: { witnesses: WITNESSES_MAX } } }))
      if (request?.lookup !== undefined) {
        const { key, hops } = request.lookup
        const holders = this.lookup(key)
        const isAskedOn = holders.length === 0 && hops > 0
        return encodeHolders(isAskedOn ? await askOn(key, Math.min(hops, HOPS_MAX) - 1) : holders)
      }
      return request?.grant && GrantReply.encode(await this.grant(request.grant))
    }
  }

  lookup(key: Uint8Array): Holder[] {
    const { table, time } = this.#parts
    return table.lookupPacked(key, time.now())
  }

  /** Rejects Refusal when too many claims are being checked, or this account has had enough. */
  async grant({ key, claim, lease, witnesses }: Grant): Promise<GrantReply> {
    const { overlay, table, clock, time } = this.#parts
    const opened = openClaim(claim, overlay.network)
    // one claim with work behind it must not have us ask our neighbours about key after key
    const isOfKey = opened !== undefined && nameKeys(overlay.network, opened.name).some((own) => same(own, key))
    if (!isOfKey) return reply({ outcome: GrantOutcome.INVALID })
    if (this.#isNews(key, opened, lease)) {
      const waitMs = this.#quota.admit(Buffer.from(opened.accountKey).toString('hex'), clock.now())
      if (waitMs > 0) throw new Refusal(waitMs)
    }
    const isWorked = await this.#work.verify(opened)
    if (isWorked === 'busy') throw new Refusal(WORK_RETRY_MS)
    if (!isWorked) return reply({ outcome: GrantOutcome.INVALID })
    await this.#learn(key)
    const witnessed = witnesses.length === 0 ? undefined : this.#witnessed(key, claim, witnesses)
    const grant = table.grant(key, { claim, lease, ...witnessed }, time.now())
    const { outcome, other, pendingUntilMs, heir, sinceMs } = grant
    return reply({
      outcome: GrantOutcome[outcome],
      ...(other && { claim: other.bytes }),
      ...(pendingUntilMs !== undefined && { pendingUntilMs }),
      ...(heir && { heir: heir.bytes }),
      ...(sinceMs !== undefined && { witness: this.#witness(claim, sinceMs) }),
    })
  }

  /**
   * A name that we have never heard of may be held all around us: whoever asks first where nobody knows better would get
   * it, and by and by, as supernodes come and go, have it everywhere.
   */
  async #learn(key: Uint8Array): Promise<void> {
    const { table, time } = this.#parts
    if (table.lookupPacked(key, time.now()).length > 0) return
    for (const { claim, leases, lapsed, sinceMs } of await this.neighboursHold(key))
      for (const lease of [NONE, ...[...lapsed, ...leases].map(({ bytes }) => bytes)])
        table.grant(key, { claim: claim.bytes, lease, witnessedMs: sinceMs }, time.now())
  }

  /**
   * Whether this was signed since what we hold. The rest anybody can show us, as often as they like: it must not use up
   * what the account may have granted.
   */
  #isNews(key: Uint8Array, claim: Claim, leaseBytes: Uint8Array): boolean {
    const { overlay, table, time } = this.#parts
    const { name, accountKey, seq, issuedMs } = claim
    const nowMs = time.now()
    const held = table.lookup(key, nowMs).find((each) => same(each.claim.accountKey, accountKey))
    if (held === undefined) return true
    const { claim: known, leases, lapsed } = held
    if (seq > known.seq || (seq === known.seq && issuedMs > known.issuedMs)) return true
    const lease = leaseBytes.length === 0 ? undefined : openLease(leaseBytes, overlay.network)
    if (lease === undefined || lease.name !== name || !same(lease.accountKey, accountKey)) return false
    if (lease.expiresMs <= nowMs || known.revokedDevices.has(lease.devicePeerId)) return false
    return [...leases, ...lapsed].every((each) => each.devicePeerId !== lease.devicePeerId || each.seq < lease.seq)
  }

  #witness(claimBytes: Uint8Array, sinceMs: number): Uint8Array {
    const { network, name, accountKey } = openClaim(claimBytes, this.#parts.overlay.network) as Claim
    return makeWitness(this.#parts.key, { network, name, accountKey, sinceMs, issuedMs: this.#parts.time.now() })
  }

  /**
   * Since when others know the claim, by the median of what enough of them say, each near the name and none twice; and
   * when enough had said so. A claim is shown with its witnesses at every renewal: unless they would make it older than we
   * hold it, their signatures are not looked at.
   */
  #witnessed(key: Uint8Array, claimBytes: Uint8Array, witnesses: Uint8Array[]): Witnessed | undefined {
    const { overlay, table, time } = this.#parts
    const nowMs = time.now()
    const claim = openClaim(claimBytes, overlay.network)
    if (claim === undefined) return undefined
    const near = nearestTo(key, overlay.nearest(kadIdOfKey(key), WITNESSES_AMONG), WITNESSES_AMONG)
    const trusted = new Set(near.map(({ peerId }) => peerId))
    const saidBy = (open: typeof openWitness) => {
      const said = new Map<string, Witness>()
      for (const bytes of witnesses) {
        const witness = open(bytes, overlay.network)
        if (witness === undefined || witness.name !== claim.name || !same(witness.accountKey, claim.accountKey))
          continue
        if (trusted.has(witness.peerId) && isCurrent(witness, nowMs)) said.set(witness.peerId, witness)
      }
      const latest = [...said.values()].sort((a, b) => b.issuedMs - a.issuedMs)
      const witnessedMs = median(latest.map(({ sinceMs }) => sinceMs))
      const saidMs = latest[witnessesNeeded(trusted.size) - 1]?.issuedMs
      return witnessedMs === undefined || saidMs === undefined ? undefined : { witnessedMs, saidMs }
    }
    const heldMs = table.lookupPacked(key, nowMs).find((holder) => same(holder.claim, claimBytes))?.sinceMs
    const unverified = saidBy(readWitness)
    return unverified === undefined || unverified.witnessedMs >= (heldMs ?? Infinity) ? undefined : saidBy(openWitness)
  }
}

/** Where there are fewer supernodes than witnesses are wanted, all of them are enough. */
const witnessesNeeded = (supernodes: number): number => Math.min(WITNESSES_NEEDED, Math.max(1, supernodes - 1))

export const isCurrent = ({ sinceMs, issuedMs }: Witness, nowMs: number): boolean =>
  sinceMs <= nowMs && issuedMs <= nowMs + CLOCK_SKEW_MS && nowMs - issuedMs < WITNESS_LIFE_MS

const NONE = new Uint8Array()
const reply = (fields: Partial<GrantReply>): GrantReply => ({
  outcome: GrantOutcome.INVALID,
  claim: NONE,
  witness: NONE,
  pendingUntilMs: 0,
  heir: NONE,
  ...fields,
})
