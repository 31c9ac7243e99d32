/** Sealed messages from one device to another: sealed by the one, opened by the other, all in this process. */

import { randomBytes } from 'node:crypto'

import { Envelopes } from '../src/envelope/envelopes.ts'
import { systemClock } from '../src/lib/clock.ts'
import { generateSeed, sealingPublicKey, signingKey } from '../src/overlay/keys.ts'
import { peerIdOf } from '../src/overlay/peer-id.ts'
import { CAPABILITY_AUDIO, makeCertificate, makeLease, openLease, type Lease } from '../src/supernode/records.ts'
import type { Benchmark } from './figures.ts'
import { perSecond } from './throughput.ts'

const NETWORK = 'bench'
/** An invite with its offer. */
const SIGNAL_BYTES = 1000
const AT_ONCE = 8
const WARM_UP_MS = 500
const MEASURED_MS = 3_000

export const envelopes: Benchmark = {
  names: ['sealedEnvelopesPerSecond'],
  async measure({ note }) {
    note('envelopes, sealed and opened')
    const [alice, bob] = [device('alice'), device('bob')]
    const signal = new Uint8Array(randomBytes(SIGNAL_BYTES))
    const sendOne = async () => {
      const opened = await bob.envelopes.open(await alice.envelopes.seal(bob.lease, alice.lease, { signal }))
      if (typeof opened === 'string') throw new Error(`an envelope was not taken: ${opened}`)
    }
    const value = await perSecond(sendOne, { atOnce: AT_ONCE, warmUpMs: WARM_UP_MS, measuredMs: MEASURED_MS })
    const how = `envelopes of ${SIGNAL_BYTES} bytes, each sealed and opened, counted once; both ends in one process, ${AT_ONCE} at a time`
    return { sealedEnvelopesPerSecond: { value, unit: '/s', how } }
  },
}

function device(name: string): { envelopes: Envelopes; lease: Lease } {
  const [account, key] = [signingKey(generateSeed()), signingKey(generateSeed())]
  const issuedMs = Date.now()
  const bytes = makeLease(key, makeCertificate(account, key, NETWORK, issuedMs), {
    network: NETWORK,
    name,
    homes: Array.from({ length: 3 }, () => ({
      peerId: peerIdOf(signingKey(generateSeed()).publicKey),
      addresses: ['/ip4/203.0.113.7/tcp/4001'],
    })),
    sealingKey: sealingPublicKey(key),
    capabilities: CAPABILITY_AUDIO,
    seq: 1,
    issuedMs,
    expiresMs: issuedMs + 600_000,
  })
  const lease = openLease(bytes, NETWORK)
  if (lease === undefined) throw new Error('the lease is not genuine')
  return { envelopes: new Envelopes(NETWORK, key, systemClock), lease }
}
