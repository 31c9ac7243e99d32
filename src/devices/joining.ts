/**
 * Joining an account, on the new device: finds all who hold the name, asks each of their devices, and waits for the one
 * that knows the code. Whom to believe is link-join.ts's business.
 */

import { TincanError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { Held } from '../supernode/index-table.ts'
import type { Lease } from '../supernode/records.ts'
import { readCode } from './link-code.ts'
import { type Granted, LinkJoin } from './link-join.ts'
import type { RefusalReason } from './link-offer.ts'

/** All in all; a machine that is up answers within one trip there and back. */
const JOIN_MS_MAX = 20_000
/** An answer may be lost: asking again does no harm. */
const AGAIN_AFTER_MS = 3_000

export interface JoinOptions {
  /** What the device is to be called. */
  label: string
  signal?: AbortSignal | undefined
}

/** Whose device this is from its next start on. */
export interface Joined {
  username: string
  address: string
}

export interface JoiningParts {
  network: string
  peerId: string
  clock: Clock
  find(username: string, signal: AbortSignal | undefined): Promise<Held[]>
  send(to: Lease, ownLease: Lease, link: Uint8Array, signal?: AbortSignal): Promise<void>
  strangersLease(username: string): Lease
  /** From now on every word about linking goes to the listener. */
  hear(listener: LinkListener): void
}

export type LinkListener = (link: Uint8Array, from: Lease) => void

/** Rejects BAD_CODE, NO_SUCH_USER, OFFLINE, NO_NETWORK or ABORTED. */
export async function join(text: string, { label, signal }: JoinOptions, parts: JoiningParts): Promise<Granted> {
  const code = readCode(text)
  const { username } = code
  const { network, peerId, clock } = parts
  const joining = new LinkJoin({ code, network, devicePeerId: peerId, label })
  let granted: Granted | undefined
  let wake = () => {}
  parts.hear((link, from) => {
    granted ??= joining.take(link, from)
    if (granted !== undefined || joining.refusal !== undefined) wake()
  })
  const giveUp = new AbortController()
  const abort = () => {
    giveUp.abort()
    wake()
  }
  signal?.addEventListener('abort', abort, { once: true })
  const untilMs = clock.now() + JOIN_MS_MAX
  try {
    for (let isFirst = true; clock.now() < untilMs; isFirst = false) {
      // everybody who goes by the name: one of them has the code, and proves it
      const holders = await parts.find(username, signal)
      if (isFirst && holders.length === 0) throw noSuchUser(username)
      const own = parts.strangersLease(username)
      for (const lease of holders.flatMap(({ leases }) => leases)) {
        const link = joining.request(lease.devicePeerId)
        if (link !== undefined) parts.send(lease, own, link, giveUp.signal).catch(() => {}) // and again, if it comes to that
      }
      if (granted === undefined && joining.refusal === undefined && !giveUp.signal.aborted)
        await new Promise<void>((resolve) => {
          const cancel = clock.after(AGAIN_AFTER_MS, resolve)
          wake = () => {
            cancel()
            resolve()
          }
        })
      if (granted !== undefined) return granted
      if (giveUp.signal.aborted) throw new TincanError('ABORTED', 'Aborted.')
      if (joining.refusal !== undefined) throw refused(joining.refusal)
    }
    throw noAnswer(username)
  } finally {
    giveUp.abort()
    signal?.removeEventListener('abort', abort)
  }
}

const noSuchUser = (username: string): TincanError =>
  new TincanError('NO_SUCH_USER', `Nobody on this network is called “${username}”. Check the code and the network.`)

const noAnswer = (username: string): TincanError =>
  new TincanError(
    'OFFLINE',
    `No device of “${username}” answers. Is the machine that printed the code still up and online? Then try again with the same code.`,
  )

const REFUSED: Record<RefusalReason, string> = {
  NO_CODE: 'The code holds no longer, or was made on another machine. Make another there: tincan device add',
  WRONG_CODE: 'The code is wrong. Check it, letter by letter; after five wrong tries it holds no longer.',
  SPENT: 'The code was used by another device, or tried wrongly too often. Make another: tincan device add',
}

const refused = (reason: RefusalReason): TincanError => new TincanError('BAD_CODE', REFUSED[reason])
