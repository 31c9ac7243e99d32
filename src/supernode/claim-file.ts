/**
 * What an account keeps to show for its names: `claim.json` in the node's home. Several names and networks share it,
 * those used last first. A corrupt one is told and left as it is: it may be all that says how the name came to us.
 */

import { TincanError } from '../errors.ts'
import { decoded } from '../lib/decoded.ts'
import { readJsonFile, writeJsonFile } from '../lib/json-file.ts'
import { publicKeyOf } from '../overlay/peer-id.ts'
import {
  NONCE_BYTES,
  openSuccession,
  openWitness,
  REVOKED_DEVICES_MAX,
  same,
  SUCCESSIONS_MAX,
  type Claim,
  type ProofOfWork,
} from './records.ts'
import { isUsername } from './username.ts'

/** More than anybody has names; the one not used for longest is forgotten. */
const CLAIMS_MAX = 16
/** As many as a name has registrars: five near each of its three places. */
const WITNESSES_KEPT = 15

export interface ClaimState extends Pick<Claim, 'network' | 'name' | 'accountKey'> {
  /** Of the claim as it was placed last, or will be. */
  seq: number
  /** A registrar has held it. */
  isGranted: boolean
  recoveryKeyHash: Uint8Array | undefined
  proofOfWork: ProofOfWork | undefined
  contestedMs: number
  /** Signed envelopes, oldest first. */
  successions: Uint8Array[]
  /** Peer ids. */
  revokedDevices: string[]
  /** Signed envelopes of distinct registrars, those heard last first. */
  witnesses: Uint8Array[]
  /** How far the search for work has come, for the next run to go on. */
  search: { nextNonce: bigint; tries: number } | undefined
}

type Of = Pick<Claim, 'network' | 'name' | 'accountKey'>

export class ClaimFile {
  readonly #path: string | undefined
  #claims: ClaimState[]

  /** Without a path it lives in memory. Throws TincanError BAD_KEY when there is a file that cannot be read. */
  constructor(path: string | undefined) {
    this.#path = path
    this.#claims = path === undefined ? [] : read(path)
  }

  /** What is known of this account's claim; undefined when it never was made. */
  find(of: Of): ClaimState | undefined {
    const state = this.#claims.find((each) => isOf(each, of))
    return state && { ...state }
  }

  /** All claims of one account, those used last first. */
  all(accountKey: Uint8Array): ClaimState[] {
    return this.#claims.filter((each) => same(each.accountKey, accountKey)).map((each) => ({ ...each }))
  }

  /** Keeps it in memory, then on disk. Throws the system's error, and the old file stays. */
  put(...states: ClaimState[]): void {
    const others = this.#claims.filter((each) => !states.some((state) => isOf(each, state)))
    this.#claims = [...states.map((state) => ({ ...state })), ...others].slice(0, CLAIMS_MAX)
    if (this.#path === undefined) return
    writeJsonFile(this.#path, { claims: this.#claims.map(toJson) })
  }
}

/** A claim that was never made. */
export const newClaimState = ({ network, name, accountKey }: Of): ClaimState => ({
  network,
  name,
  accountKey,
  seq: 1,
  isGranted: false,
  recoveryKeyHash: undefined,
  proofOfWork: undefined,
  contestedMs: 0,
  successions: [],
  revokedDevices: [],
  witnesses: [],
  search: undefined,
})

/**
 * The witnesses to keep, of those that came and those we had, in that order: genuine ones for this claim, of distinct
 * registrars, and of each its latest word. Whoever spoke last is there for sure; the others may be gone.
 */
export function keptWitnesses(of: Of, witnesses: Iterable<Uint8Array>): Uint8Array[] {
  const byRegistrar = new Map<string, { issuedMs: number; bytes: Uint8Array }>()
  for (const bytes of witnesses) {
    const witness = openWitness(bytes, of.network)
    if (witness?.name !== of.name || !same(witness.accountKey, of.accountKey)) continue
    const { peerId, issuedMs } = witness
    const known = byRegistrar.get(peerId)
    if (known === undefined || issuedMs > known.issuedMs) byRegistrar.set(peerId, { issuedMs, bytes })
  }
  return [...byRegistrar.values()].slice(0, WITNESSES_KEPT).map(({ bytes }) => bytes)
}

const isOf = (state: ClaimState, { network, name, accountKey }: Of): boolean =>
  state.network === network && state.name === name && same(state.accountKey, accountKey)

function read(path: string): ClaimState[] {
  try {
    const claims = readJsonFile(path, (content) => {
      if (content['v'] !== 1) throw new TypeError('it is of another version')
      const list = content['claims']
      if (!Array.isArray(list) || list.length > CLAIMS_MAX) throw new TypeError('it has no list of claims')
      return list.map(fromJson)
    })
    return claims ?? []
  } catch (error) {
    throw corrupt(path, error)
  }
}

const corrupt = (path: string, cause: unknown): TincanError =>
  new TincanError(
    'BAD_KEY',
    `${path} cannot be used: ${(cause as Error).message}. It is left as it is: restore it from a copy, or move it away, and the claim is made anew.`,
    { cause },
  )

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** What is undefined is left out. */
function toJson(state: ClaimState): object {
  const { accountKey, recoveryKeyHash, proofOfWork, search, contestedMs } = state
  return {
    network: state.network,
    name: state.name,
    accountKey: hex(accountKey),
    seq: state.seq,
    isGranted: state.isGranted,
    recoveryKeyHash: recoveryKeyHash && hex(recoveryKeyHash),
    proofOfWork: proofOfWork && { bits: proofOfWork.bits, nonce: hex(proofOfWork.nonce) },
    contestedMs: contestedMs === 0 ? undefined : contestedMs,
    successions: state.successions.map(base64),
    revokedDevices: state.revokedDevices,
    witnesses: state.witnesses.map(base64),
    search: search && { nextNonce: search.nextNonce.toString(), tries: search.tries },
  }
}

/** Throws what is wrong; witnesses and a search that cannot be read are left out: both can be had again. */
function fromJson(value: unknown): ClaimState {
  if (typeof value !== 'object' || value === null) throw new TypeError('a claim is no object')
  const { network, name, ...json } = value as Record<string, unknown>
  if (typeof network !== 'string' || typeof name !== 'string' || !isUsername(name))
    throw new TypeError('a claim has no name')
  const of = { network, name, accountKey: bytesOf(json['accountKey'], 32, `the account key of “${name}”`) }
  const { recoveryKeyHash, proofOfWork, contestedMs = 0, seq } = json
  if (!isCount(seq) || !isCount(contestedMs)) throw new TypeError(`“${name}” has no sequence number`)
  return {
    ...of,
    seq,
    isGranted: json['isGranted'] === true,
    recoveryKeyHash:
      recoveryKeyHash === undefined ? undefined : bytesOf(recoveryKeyHash, 32, `the recovery key of “${name}”`),
    proofOfWork: proofOfWork === undefined ? undefined : proofFromJson(proofOfWork, name),
    contestedMs,
    successions: successionsFromJson(json['successions'], of),
    revokedDevices: devicesFromJson(json['revokedDevices'], name),
    witnesses: keptWitnesses(of, textsOf(json['witnesses']).map(fromBase64)),
    search: decoded(() => searchFromJson(json['search'])),
  }
}

function proofFromJson(value: unknown, name: string): ProofOfWork {
  const { bits, nonce } = (value ?? {}) as { bits?: unknown; nonce?: unknown }
  if (!isCount(bits) || bits > 255) throw new TypeError(`the work of “${name}” cannot be read`)
  return { bits, nonce: bytesOf(nonce, NONCE_BYTES, `the work of “${name}”`) }
}

function successionsFromJson(value: unknown, { network, name }: Of): Uint8Array[] {
  const successions = textsOf(value).map(fromBase64)
  const isGenuine = successions.every((bytes) => openSuccession(bytes, network)?.name === name)
  if (successions.length > SUCCESSIONS_MAX || !isGenuine)
    throw new TypeError(`how “${name}” came to this account cannot be read`)
  return successions
}

function devicesFromJson(value: unknown, name: string): string[] {
  const devices = textsOf(value)
  if (devices.length > REVOKED_DEVICES_MAX || devices.some((each) => publicKeyOf(each) === undefined))
    throw new TypeError(`the removed devices of “${name}” cannot be read`)
  return devices
}

function searchFromJson(value: unknown): ClaimState['search'] {
  const { nextNonce, tries } = value as { nextNonce: unknown; tries: unknown }
  if (typeof nextNonce !== 'string' || !/^\d{1,20}$/.test(nextNonce) || !isCount(tries)) return undefined
  return { nextNonce: BigInt(nextNonce), tries }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.map((each) => (typeof each === 'string' ? each : '')) : []

const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))

function bytesOf(value: unknown, length: number, what: string): Uint8Array {
  if (typeof value !== 'string' || !/^[0-9a-f]*$/.test(value) || value.length !== 2 * length)
    throw new TypeError(`${what} cannot be read`)
  return new Uint8Array(Buffer.from(value, 'hex'))
}
