/** The registrar side of the index: answers role `index` from our own table. */

import type { Clock } from '../lib/clock.ts'
import { decoded } from '../lib/decoded.ts'
import type { Handler } from '../overlay/rpc.ts'
import type { IndexTable } from './index-table.ts'
import { GrantOutcome, GrantReply, IndexRequest, LookupReply } from './index.pb.js'

export function registrarHandler(table: IndexTable, clock: Clock): Handler {
  return (_from, body) => {
    const request = decoded(() => IndexRequest.decode(body))
    if (request?.grant !== undefined) {
      const { key, claim, lease } = request.grant
      const { outcome, holder } = table.grant(key, claim, lease, clock.now())
      return GrantReply.encode({ outcome: GrantOutcome[outcome], claim: holder ?? new Uint8Array() })
    }
    if (request?.lookup !== undefined) {
      const held = table.lookup(request.lookup.key, clock.now())
      return LookupReply.encode(
        held === undefined ? {} : { claim: held.claim.bytes, leases: held.leases.map(({ bytes }) => bytes) },
      )
    }
    return undefined
  }
}
