/**
 * Who a node is: an account (the user) and a device key (this machine), on disk or only in memory. The home of the first
 * machine holds the account's key; that of a device that was added holds the account's word for it instead.
 */

import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DeviceList } from './devices/device-list.ts'
import { labelFrom } from './devices/label.ts'
import type { Granted } from './devices/link-join.ts'
import {
  createMembership,
  keepMembership,
  loadMembership,
  replaceMembership,
  type StoredMembership,
} from './devices/membership.ts'
import { TincanError } from './errors.ts'
import { systemClock as clock } from './lib/clock.ts'
import { takeLock } from './lib/lock-file.ts'
import { loadOrCreateKey } from './overlay/key-file.ts'
import { generateSeed, signingKey, type SigningKey } from './overlay/keys.ts'
import { peerIdOf } from './overlay/peer-id.ts'
import type { Identity } from './supernode/registration.ts'

export interface OpenIdentity extends Identity {
  /** What the node goes by; undefined when it only looks around. */
  username: string | undefined
  /** What this device is called, where the account's list of devices is elsewhere. */
  label: string | undefined
  /** Of an added device, even if the node only looks around: whose it is. */
  memberOf: string | undefined
  /** The account's devices, with its key. */
  list: DeviceList | undefined
  /** The account was made up to look around with. */
  isMadeUp: boolean
  /** Makes this home that of a device of an account; undefined where it has one of its own. Throws BAD_DEVICE, BAD_KEY. */
  join?: ((granted: Granted, label: string) => void) | undefined
  /** Lets another process use the home. */
  release(): void
}

export interface Wanted {
  /** Undefined is what the home is a member of; false is none. */
  username: string | false | undefined
  network: string
}

/**
 * Opens the identity of a home, alone; `undefined` makes one that is forgotten. A home gets an account when it first
 * wants a username. Throws BAD_KEY, BAD_USERNAME or ALREADY_RUNNING.
 */
export function openIdentity(home: string | undefined, wanted: Wanted): OpenIdentity {
  if (home === undefined) {
    const [account, device] = [signingKey(generateSeed()), signingKey(generateSeed())]
    const list = new DeviceList(undefined, thisMachine(device))
    return { ...own(wanted.username || undefined, account, device, list), isMadeUp: false, release() {} }
  }
  const lockPath = join(home, 'lock')
  const lock = lockHome(home, lockPath)
  if (typeof lock === 'number')
    throw new TincanError(
      'ALREADY_RUNNING',
      `A node is already up in ${home} (process ${lock}). Stop it first, or use another home with --home DIR. If no such process is yours, remove ${lockPath}.`,
    )
  try {
    return { ...load(home, wanted), release: lock }
  } catch (error) {
    lock()
    throw error
  }
}

/** The account that a home has, for good: undefined where one was made up to look around with. */
export const accountOf = ({ accountKey, isMadeUp }: OpenIdentity): Uint8Array | undefined =>
  isMadeUp ? undefined : accountKey

function load(home: string, wanted: Wanted): Omit<OpenIdentity, 'release'> {
  const device = loadOrCreateKey(join(home, 'device.key'))
  const membership = loadMembership(home, device.publicKey)
  if (membership !== undefined) return member(home, membership, device, wanted)
  const path = join(home, 'account.key')
  const username = wanted.username || undefined
  // whoever only looks around needs no account, and may yet join one
  const isNew = username === undefined && !existsSync(path)
  const account = isNew ? signingKey(generateSeed()) : loadOrCreateKey(path)
  const list = new DeviceList(isNew ? undefined : join(home, 'devices.json'), thisMachine(device))
  const keep = (granted: Granted, label: string) => {
    const { network } = wanted
    createMembership(home, { ...granted, network, label, joinedMs: clock.now() })
  }
  return { ...own(username, account, device, list), isMadeUp: isNew, join: isNew ? keep : undefined }
}

function own(username: string | undefined, account: SigningKey, device: SigningKey, list: DeviceList) {
  const accountKey = account.publicKey
  return {
    username,
    label: undefined,
    memberOf: undefined,
    account,
    accountKey,
    device,
    list,
    revokedDevices: () => list.revoked,
  }
}

function member(home: string, membership: StoredMembership, device: SigningKey, { username, network }: Wanted) {
  const { accountKey, certificate, claim, label } = membership
  if (username !== undefined && username !== false && username !== membership.username)
    throw new TincanError(
      'BAD_USERNAME',
      `The home ${home} is that of a device of “${membership.username}”, not of “${username}”. Use another home with --home DIR.`,
    )
  if (username !== false && network !== membership.network)
    throw new TincanError(
      'BAD_USERNAME',
      `The home ${home} speaks for “${membership.username}” on the network “${membership.network}”, not on “${network}”. Name the network with --network ${membership.network}, or use another home.`,
    )
  return {
    username: username === false ? undefined : membership.username,
    label,
    memberOf: membership.username,
    accountKey,
    device,
    certificate,
    claim,
    list: undefined,
    isMadeUp: false,
    /** Anew: the account's key has changed since. */
    join(granted: Granted, newLabel: string) {
      replaceMembership(home, { ...granted, network, label: newLabel, joinedMs: clock.now() })
    },
    keepClaim: (newer: Uint8Array) => keepMembership(home, { ...membership, claim: newer }),
  }
}

const thisMachine = (device: SigningKey) => ({
  peerId: peerIdOf(device.publicKey),
  label: labelFrom(hostname()),
  addedMs: clock.now(),
})

function lockHome(home: string, lockPath: string): (() => void) | number {
  try {
    return takeLock(lockPath)
  } catch (error) {
    throw new TincanError(
      'BAD_KEY',
      `Cannot use ${home}: ${(error as Error).message}. Choose another home with --home DIR.`,
      {
        cause: error,
      },
    )
  }
}
