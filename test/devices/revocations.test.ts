import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { Revocations } from '../../src/devices/revocations.ts'
import { type Claim, openClaim } from '../../src/supernode/records.ts'
import { peerIdOf } from '../../src/overlay/peer-id.ts'
import { holds } from '../support/property.ts'
import { claimOf, keyOf, NETWORK, person } from '../supernode/people.ts'

const revocations = suite('revocations')

const alice = person('alice')
const [laptop, phone] = ['laptop', 'phone'].map((name) => peerIdOf(keyOf(name).publicKey)) as [string, string]
const claim = (seq: number, revokedDevices: string[], whose = alice) =>
  openClaim(claimOf(whose, { seq, revokedDevices }), NETWORK) as Claim
const of = (devicePeerId: string, whose = alice) => ({ accountKey: whose.account.publicKey, devicePeerId })

revocations('a device is removed by its own account’s claim, and by no other’s', () => {
  const known = new Revocations()
  assert.not(known.has(of(laptop)))
  known.saw(claim(1, [laptop], { ...person('mallory'), name: 'alice' }))
  assert.not(known.has(of(laptop)))
  known.saw(claim(2, [laptop]))
  assert.ok(known.has(of(laptop)))
  assert.not(known.has(of(phone)))
})

revocations('of the claims seen in any order the newest counts', () => {
  const claims = [claim(1, []), claim(2, [laptop]), claim(3, [laptop, phone])]
  holds(
    fc.property(fc.shuffledSubarray(claims, { minLength: 1 }), (seen) => {
      const known = new Revocations()
      for (const each of seen) known.saw(each)
      const newest = Math.max(...seen.map(({ seq }) => seq))
      assert.equal([known.has(of(laptop)), known.has(of(phone))], [newest >= 2, newest >= 3])
    }),
  )
})

revocations('accounts that have removed nobody take no room, and old ones make room', () => {
  const known = new Revocations()
  known.saw(claim(2, [laptop]))
  const others = Array.from({ length: 1_000 }, (_, i) => new Uint8Array(Buffer.from(`${i}`.padEnd(32))))
  for (const accountKey of others) known.saw({ ...claim(1, []), accountKey })
  assert.ok(known.has(of(laptop)))
  for (const accountKey of others) known.saw({ ...claim(2, [phone]), accountKey })
  assert.not(known.has(of(laptop)))
})

revocations.run()
