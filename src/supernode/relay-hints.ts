/** The relays that one end of a call tells the other of: at most eight, with the round trip from the teller. */

import { decoded } from '../lib/decoded.ts'
import { packAddress, unpackAddress } from '../overlay/addresses.ts'
import { PUBLIC_KEY_BYTES } from '../overlay/keys.ts'
import { peerIdOf, publicKeyOf } from '../overlay/peer-id.ts'
import { HINTS_MAX, type KnownRelay } from './relay-choice.ts'
import { RelayHints } from './relay.pb.js'

export const HINTS_BYTES_MAX = 2048
const ADDRESSES_MAX = 2
const RTT_MS_MAX = 10_000

export function encodeHints(relays: KnownRelay[]): Uint8Array {
  return RelayHints.encode({
    relays: relays.slice(0, HINTS_MAX).map(({ peerId, rttMs, addresses }) => ({
      peerKey: publicKeyOf(peerId) as Uint8Array,
      rttMs: Math.round(rttMs),
      addresses: addresses.slice(0, ADDRESSES_MAX).map(packAddress),
    })),
  })
}

/** What cannot be read is no hint. */
export function decodeHints(bytes: Uint8Array): KnownRelay[] {
  if (bytes.length > HINTS_BYTES_MAX) return []
  const limits = { relays: HINTS_MAX, relays$: { addresses: ADDRESSES_MAX } }
  const hints = decoded(() => RelayHints.decode(bytes, { limits }))
  return (hints?.relays ?? []).flatMap(({ peerKey, rttMs, addresses }) => {
    if (peerKey.length !== PUBLIC_KEY_BYTES) return []
    return [
      {
        peerId: peerIdOf(peerKey),
        rttMs: Math.min(rttMs, RTT_MS_MAX),
        addresses: addresses.flatMap((address) => unpackAddress(address) ?? []),
      },
    ]
  })
}
