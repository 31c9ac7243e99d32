/** Why a name is ours no longer, and what to do about it. */

import { TincanError } from '../errors.ts'
import { recoveryKeyHashOf, same, type Claim } from './records.ts'
import { fullAddress } from './username.ts'

/** Whether the account's key, or the recovery key that it committed to, has signed the name over to another account. */
export function isPassedOn({ accountKey, recoveryKeyHash }: Claim, { successions }: Claim): boolean {
  const step = successions.find(({ fromAccountKey }) => same(fromAccountKey, accountKey))
  if (step === undefined) return false
  const isByRecovery = recoveryKeyHash !== undefined && same(recoveryKeyHashOf(step.signer), recoveryKeyHash)
  return same(step.signer, accountKey) || isByRecovery
}

export const taken = (name: string): TincanError =>
  new TincanError('NAME_TAKEN', `“${name}” is taken. Choose another username.`)

export const passed = ({ name, accountKey }: Claim): TincanError =>
  new TincanError(
    'NAME_TAKEN',
    `“${name}” has passed from this account to ${fullAddress(name, accountKey)}. Use the home that has its key, or choose another username.`,
  )

export const joinAnew = ({ name, accountKey }: Claim): TincanError =>
  new TincanError(
    'NAME_TAKEN',
    `“${name}” has a new key, ${fullAddress(name, accountKey)}, which has not certified this device. Add it anew: tincan device add where the account is, then here: tincan device join`,
  )

export const objected = (name: string): TincanError =>
  new TincanError(
    'NAME_TAKEN',
    `The account that holds “${name}” has objected to the recovery. If it was stolen, try again: tincan recover ${name}`,
  )

export const revoked = (name: string): TincanError =>
  new TincanError(
    'DEVICE_REVOKED',
    `This device has been removed from “${name}”. To use it again, give it a home of its own (--home DIR) and join anew: tincan device join`,
  )
