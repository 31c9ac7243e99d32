/** One account that holds a name, in the words of a look-up. */

import type { FoundHolder } from './node-interface.ts'
import type { Held } from './supernode/index-table.ts'
import type { Lease } from './supernode/records.ts'
import { fullAddress } from './supernode/username.ts'

export function foundHolder({ claim, leases, lapsed, sinceMs }: Held): FoundHolder {
  const device = (isOnline: boolean) => (lease: Lease) => ({
    peerId: lease.devicePeerId,
    homes: lease.homes.map(({ peerId }) => peerId),
    online: isOnline && lease.homes.length > 0,
    ...(!isOnline && { lastSeenMs: lease.issuedMs }),
  })
  return {
    address: fullAddress(claim.name, claim.accountKey),
    accountKey: Buffer.from(claim.accountKey).toString('hex'),
    sinceMs,
    devices: [...leases.map(device(true)), ...lapsed.map(device(false))],
  }
}
